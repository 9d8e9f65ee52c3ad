"""Imports: documents that forces published elsewhere, from the file to the register and back.

Reading, accepting and undoing are jobs: a page asks for one and shows how far it is. Rows, findings and questions
are in `import_rows`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.deciding.actions import not_with_another
from coordination.intake import asking
from coordination.intake.actions import changes_nothing
from coordination.intake.extract.errors import Unreadable
from coordination.intake.extract.limits import MIB, Limits
from coordination.intake.models import Batch, Line, Match, StagedRow
from coordination.intake.profile import profiles
from design.components import NavItem, Row
from design.forms import Form, Look
from design.numbers import moment_text, number_text
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import may, require
from forces.refusals import Forbidden, Refusal
from jobs.models import Job
from portal.national.import_words import LEFT_WAITING, brought, counted, published, standing
from portal.national.pages import answers, changing, decide, needs, show

BATCHES_A_PAGE = 25


class UploadForm(Form):
    file = forms.FileField(
        label=gettext_lazy("Document"),
        allow_empty_file=True,  # the importer says it better
        error_messages={"required": gettext_lazy("Choose the document.")},
    )
    profile = forms.ChoiceField(
        label=gettext_lazy("How to read it"),
        required=False,
        help_text=gettext_lazy("Leave this as it is unless a document was read in the wrong way."),
    )
    looks = {"profile": Look(optional=False)}

    def __init__(self, *args: Any, too_large: tuple[str, int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted(profiles().values(), key=lambda each: each.title)
        self.fields["profile"].choices = [  # type: ignore[attr-defined]
            ("", _("Recognise it by its headings")),
            *((each.name, each.title) for each in known),
        ]
        limit = Limits().file_bytes // MIB
        self.fields["file"].help_text = _(
            "PDF, CSV, XLSX, ODS or HTML, up to %(limit)s MB. What it is, is judged by its content."
        ) % {"limit": limit}
        if too_large is not None:
            name, size = too_large
            words = {"size": f"{size / MIB:.0f} MB", "limit": f"{limit} MB"}
            self.fields["file"].error_messages["required"] = str(Unreadable("too_large", name=name, **words))


class UndoForm(Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it undone?"),
        max_length=1000,
        widget=forms.Textarea,
        help_text=gettext_lazy("Published with every withdrawal. Do not name members of the public."),
    )
    looks = {"reason": Look(rows=3)}


class NoQuestions(Form):
    """For a page that asks only whether to go on."""


# Pages ------------------------------------------------------------------------------------------------


@needs(Capability.IMPORT_RECORDS)
def imports(request: HttpRequest) -> HttpResponse:
    """Every import, newest first."""
    found = Batch.objects.select_related("document", "requested_by").order_by("-id")
    page = page_of(request, found, BATCHES_A_PAGE)
    jobs = asking.last_jobs(page)
    titles = {name: profile.title for name, profile in profiles().items()}
    rows = [
        {
            "batch": batch,
            "standing": standing(batch, jobs.get(str(batch.uid))),
            "profile": titles.get(batch.profile, batch.profile),
            "counted": counted(batch),
            "by": brought(batch.requested_by),
        }
        for batch in page
    ]
    return show(request, "imports", {"rows": rows, **turning(request, page)})


@changing
def bring(request: HttpRequest) -> HttpResponse:
    """Send a document. It is read by a job; nothing is published."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.IMPORT_RECORDS)
    given, files = answers(request), request.FILES
    # Set while the request is read: config/uploads.py.
    form = UploadForm(given, files or None, too_large=getattr(request, "too_large", None))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = asking.ask_to_read(
                Path(file.temporary_file_path()),
                name=file.name,
                profile=form.cleaned_data["profile"],
                by=person,
                at=db_now(),
            )
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_error("profile" if refusal.pointer == "profile" else "file", str(refusal))
        else:
            return redirect("admin:national-import", batch=batch.uid)
    limits = Limits()
    context = {
        "form": form,
        "pages": limits.pages,
        "rows": limits.rows,
        "back": reverse("admin:national-imports"),
    }
    return show(request, "imports_new", context, status=422 if form.is_bound and form.errors else 200)


@needs(Capability.IMPORT_RECORDS)
def one(request: HttpRequest, batch: Any) -> HttpResponse:
    """How far it is, what was found, and what may be done next."""
    found = batch_or_404(batch)
    job = asking.last_jobs([found]).get(str(found.uid))
    staged = found.state == Batch.State.STAGED
    errors = found.counts.get("errors", 0)
    in_hand = job is not None and job.state in asking.UNFINISHED
    context = {
        **headed(found, "one"),
        "standing": standing(found, job),
        "job": job,
        "in_hand": in_hand,
        "failed": _failure(found, job),
        "about": _about(found),
        "counts": found.counts,
        "waiting": questions(found).count(),
        "left_waiting": LEFT_WAITING,
        "errors": errors,
        "nothing": staged and not errors and not in_hand and changes_nothing(found),
        "lost": staged and not in_hand and found.rows > 0 and not found.staged.exists(),
        "may_undo": may(request.person, Capability.UNDO_IMPORTS),  # type: ignore[attr-defined]
        "published": published(found),
        "others": found.document.batches.exclude(pk=found.pk).order_by("-id")[:10],
    }
    return show(request, "imports_batch", context)


@changing
def read_again(request: HttpRequest, batch: Any) -> HttpResponse:
    found = batch_or_404(batch)

    def act(_given: dict[str, Any]) -> str:
        asking.ask_to_read_again(found, by=request.person, at=db_now())  # type: ignore[attr-defined]
        return _("The document will be read again.")

    return decide(
        request,
        NoQuestions(answers(request)),
        act,
        needs=Capability.IMPORT_RECORDS,
        title=_("Read the document again"),
        button=_("Read it again"),
        back=_address(found),
        about=[Row(_("Document"), found.document.name)],
    )


@changing
def accept(request: HttpRequest, batch: Any) -> HttpResponse:
    found = batch_or_404(batch)

    def act(_given: dict[str, Any]) -> str:
        by, at = request.person, db_now()  # type: ignore[attr-defined]
        _not_with_another(found, by, at)
        asking.ask_to_accept(found, by=by, at=at)
        return _("The import is being taken to the register, all of it or nothing.")

    return decide(
        request,
        NoQuestions(answers(request)),
        act,
        needs=Capability.IMPORT_RECORDS,
        title=_("Accept this import"),
        button=_("Accept and publish"),
        back=_address(found),
        about=evidence_of(found),
        note=_(
            "New rows become public on the national register, under the names of the forces, and count in the "
            "statistics. A corrected record keeps its earlier versions for all to see. You can undo the import as a "
            "whole: its records are then withdrawn, never deleted."
        ),
    )


def evidence_of(found: Batch) -> list[Row]:
    """What accepting would do to the register."""
    count, left = found.counts, questions(found).count()
    codes = found.staged.exclude(force_code="").values("force_code")
    forces = Force.objects.filter(code__in=codes).order_by("name").values_list("name", flat=True)
    about = [
        Row(_("Document"), found.document.name),
        Row(_("Forces"), ", ".join(forces)),
        Row(_("New deployments that become public"), number_text(count.get("new", 0))),
        Row(_("Public records that are corrected"), number_text(count.get("correction", 0))),
        Row(_("Rows that are on the register already"), number_text(count.get("unchanged", 0))),
        Row(_("Warnings"), number_text(count.get("warnings", 0))),
    ]
    going = found.staged.filter(match=Match.MISSING, decided=True).count()
    if going:
        about.insert(5, Row(_("Public records that are withdrawn, as you answered"), number_text(going)))
    if left:
        about.append(Row(_("Rows left until you answer"), number_text(left)))
    return about


@changing
def undo(request: HttpRequest, batch: Any) -> HttpResponse:
    found = batch_or_404(batch)

    def act(given: dict[str, Any]) -> str:
        by = request.person  # type: ignore[attr-defined]
        asking.ask_to_undo(found, by=by, at=db_now(), reason=given["reason"])
        return _("The import is being undone.")

    lines = Line.objects.filter(batch=found)
    gone = found.counts.get("withdrawn", 0) if found.state == Batch.State.ACCEPTED else 0
    stays = [Row(_("Records it withdrew, which stay withdrawn"), number_text(gone))] if gone else []
    return decide(
        request,
        UndoForm(answers(request)),
        act,
        needs=Capability.UNDO_IMPORTS,
        title=_("Undo this import"),
        button=_("Undo and publish why"),
        back=_address(found),
        about=[
            Row(_("Document"), found.document.name),
            Row(_("Records to withdraw"), number_text(lines.filter(match=Match.NEW).count())),
            Row(
                _("Records to put back as they were"),
                number_text(lines.filter(match=Match.CORRECTION).count()),
            ),
            *stays,
        ],
        note=_(
            "The records stay public, marked as withdrawn with your reason, and no longer count in the statistics. "
            "A record that was changed after this import stays as it is."
        ),
        warns=True,
    )


@changing
def discard(request: HttpRequest, batch: Any) -> HttpResponse:
    found = batch_or_404(batch)

    def act(_given: dict[str, Any]) -> str:
        by, at = request.person, db_now()  # type: ignore[attr-defined]
        _not_with_another(found, by, at)
        asking.leave(found, by=by, at=at)
        return _("The import was left. Nothing was published.")

    return decide(
        request,
        NoQuestions(answers(request)),
        act,
        needs=Capability.IMPORT_RECORDS,
        title=_("Leave this import"),
        button=_("Leave it"),
        back=_address(found),
        about=[Row(_("Document"), found.document.name)],
        note=_("Nothing of it becomes public. To take it up again, bring the document again."),
    )


# What the pages of one import share -------------------------------------------------------------------


def batch_or_404(uid: Any) -> Batch:
    people = ("requested_by", "accepted_by", "undone_by")
    found = Batch.objects.select_related("document", *people).filter(uid=uid).first()
    if found is None:
        raise Http404(_("There is no such import."))
    return found


def headed(batch: Batch, here: str) -> dict[str, Any]:
    """The heading of every page about one import, and the way to the others."""
    count = batch.counts
    severities = {"error": _("Errors"), "warning": _("Warnings"), "note": _("Notes")}
    items = [NavItem(_("Summary"), _address(batch), here == "one")]
    if batch.staged_at is not None:
        found = reverse("admin:national-import-findings", args=[batch.uid])
        for severity, words in severities.items():
            text = _("%(what)s (%(count)s)") % {
                "what": words,
                "count": number_text(count.get(f"{severity}s", 0)),
            }
            items.append(NavItem(text, f"{found}?severity={severity}", here == severity))
        text = _("%(what)s (%(count)s)") % {"what": _("Rows"), "count": number_text(batch.rows)}
        items.append(NavItem(text, reverse("admin:national-import-rows", args=[batch.uid]), here == "rows"))
    return {"batch": batch, "pages_of_it": items, "list_url": reverse("admin:national-imports")}


def questions(batch: Batch) -> QuerySet[StagedRow]:
    """Rows that wait for a person, in the order of the document."""
    waiting = batch.staged.filter(match__in=[Match.AMBIGUOUS, Match.MISSING], decided=False, entered=False)
    return waiting.order_by("number")


def page_of(request: HttpRequest, rows: QuerySet[Any] | list[Any], size: int) -> Page[Any]:
    """The page that `?page=` asks for; the first or the last where it asks for nonsense."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def turning(request: HttpRequest, page: Page[Any]) -> dict[str, str]:
    """Where the previous and the next page are, with the filters kept, and what they are called."""
    words = _("%(page)s of %(pages)s")

    def there(number: int) -> tuple[str, str]:
        query = request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}", words % {"page": number, "pages": page.paginator.num_pages}

    previous = there(page.number - 1) if page.has_previous() else ("", "")
    following = there(page.number + 1) if page.has_next() else ("", "")
    return {
        "previous": previous[0],
        "previous_label": previous[1],
        "next": following[0],
        "next_label": following[1],
    }


def _not_with_another(batch: Batch, by: Person, at: datetime) -> None:
    """Who takes an import from the Decide queue decides on it, whichever page another is on."""
    not_with_another("import", str(batch.uid), by=by, at=at)


def _address(batch: Batch) -> str:
    return reverse("admin:national-import", args=[batch.uid])


def _failure(batch: Batch, job: Job | None) -> str:
    """The one error to show, if the last work on it ended with one."""
    if batch.error:
        return batch.error
    over = batch.state in (Batch.State.DISCARDED, Batch.State.UNDONE)
    return job.error if job is not None and job.state == Job.State.FAILED and not over else ""


def _about(batch: Batch) -> list[Row]:
    document, at = batch.document, _("%(when)s, by %(who)s")
    profile = profiles().get(batch.profile)
    size = _("%(size)s bytes") % {"size": number_text(document.size)} if document.size is not None else ""
    rows = [
        Row(_("Document"), ", ".join(filter(None, (document.name, document.kind.upper(), size)))),
        Row(_("Kept"), document.get_state_display()),
        Row(_("SHA-256"), document.sha256),
        Row(_("Brought"), at % {"when": moment_text(batch.requested_at), "who": brought(batch.requested_by)}),
    ]
    if batch.profile:
        title = profile.title if profile else batch.profile
        rows.insert(3, Row(_("Read as"), f"{title} ({batch.profile})"))
        rows.insert(4, Row(_("Source"), batch.get_tier_display()))
    if batch.staged_at:
        rows.append(Row(_("Read"), moment_text(batch.staged_at)))
    if batch.accepted_at:
        told = {"when": moment_text(batch.accepted_at), "who": brought(batch.accepted_by)}
        rows.append(Row(_("Accepted"), at % told))
    if batch.undone_at:
        rows.append(
            Row(_("Undone"), at % {"when": moment_text(batch.undone_at), "who": brought(batch.undone_by)})
        )
        rows.append(Row(_("Why it was undone"), batch.undone_because))
    return rows
