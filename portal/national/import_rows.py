"""What was found in an import: errors and warnings, rows as printed and as read, and questions about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordination.intake.actions import LEAVE, NEW, WITHDRAW, resolve_match
from coordination.intake.matching import BY_THE_FORCE, COMPARED, FROM_ELSEWHERE
from coordination.intake.models import Batch, Finding, Line, Match, StagedRow
from coordination.intake.profile import profiles
from coordination.intake.rules import RULES
from design.components import Column, Link, NavItem, Table
from design.forms import Form, Look
from design.numbers import date_text, number_text
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Realm
from forces.permissions import require
from forces.refusals import Forbidden, Refusal
from portal.national import import_words as words
from portal.national.imports import batch_or_404, headed, page_of, questions, turning
from portal.national.pages import answers, changing, needs, show
from register.models import Head
from register.queries import documents

FINDINGS_A_PAGE = 100
ROWS_A_PAGE = 50
TITLES = {"error": gettext_lazy("Errors"), "warning": gettext_lazy("Warnings"), "note": gettext_lazy("Notes")}
SEVERITIES = {
    "error": gettext_lazy("Errors keep the whole document out until they are mended."),
    "warning": gettext_lazy("Nothing was changed. Look at each before you accept."),
    "note": gettext_lazy("For the record. Nothing needs to be done."),
}
NONE_FOUND = {
    "error": gettext_lazy("There are no errors."),
    "warning": gettext_lazy("There are no warnings."),
    "note": gettext_lazy("There are no notes."),
}


class QuestionForm(Form):
    to = forms.ChoiceField(label=gettext_lazy("Which is it?"), choices=(), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, row: StagedRow, choices: list[tuple[str, str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(value, text) for value, text, _hint in choices]  # type: ignore[attr-defined]
        self.looks = {"to": Look(hints={value: hint for value, _text, hint in choices if hint})}
        if row.match == Match.MISSING:
            self.fields["to"].label = _("What follows?")


# Pages ------------------------------------------------------------------------------------------------


@needs(Capability.IMPORT_RECORDS)
def findings(request: HttpRequest, batch: Any) -> HttpResponse:
    """Every error, warning or note, by row and cell, each with its plain sentence."""
    found = batch_or_404(batch)
    severity = request.GET.get("severity", "error")
    if severity not in SEVERITIES:
        raise Http404(_("Findings are errors, warnings or notes."))
    of_kind = Finding.objects.filter(batch=found, severity=severity)
    kinds = list(of_kind.values_list("code").annotate(n=Count("pk")).order_by("-n", "code"))
    code = request.GET.get("code", "")
    if code in dict(kinds):
        of_kind = of_kind.filter(code=code)
    page = page_of(request, of_kind.order_by("number", "id"), FINDINGS_A_PAGE)
    shown = set(
        found.staged.filter(number__in=[f.number for f in page if f.number]).values_list("number", flat=True)
    )
    context = {
        **headed(found, severity),
        **turning(request, page),
        "title": TITLES[severity],
        "severity": severity,
        "meaning": SEVERITIES[severity],
        "none_found": NONE_FOUND[severity],
        "kinds": [
            {"text": str(RULES[kind].holds_for) if kind in RULES else kind, "code": kind, "count": n}
            for kind, n in kinds
        ],
        "code": code,
        "table": Table(
            _("In the order of the document"),
            [Column(_("Where")), Column(_("What"))],
            [[_place(found, each, shown), each.message] for each in page],
            caption_hidden=True,
        )
        if page
        else None,
    }
    return show(request, "imports_findings", context)


@needs(Capability.IMPORT_RECORDS)
def rows(request: HttpRequest, batch: Any) -> HttpResponse:
    """What each row prints, what it was read as, and what it is to the register."""
    found = batch_or_404(batch)
    match = request.GET.get("match", "")
    if match not in ("", *Match.values):
        raise Http404(_("There are no rows of that kind."))
    staged = found.staged.order_by("number")
    if not staged.exists():
        return _lines(request, found, match)
    kinds = [(value, text, staged.filter(match=value).count()) for value, text in Match.choices]
    page = page_of(request, staged.filter(match=match) if match else staged, ROWS_A_PAGE)
    address = reverse("admin:national-import-rows", args=[found.uid])
    filters = [NavItem(_("All"), address, not match)]
    filters += [
        NavItem(f"{text} ({number_text(n)})", f"{address}?match={value}", match == value)
        for value, text, n in kinds
        if n
    ]
    context = {
        **headed(found, "rows"),
        **turning(request, page),
        "filters": filters,
        "as_read": True,
        "table": _printed_and_read(found, list(page)),
    }
    return show(request, "imports_rows", context)


@needs(Capability.IMPORT_RECORDS)
def next_question(request: HttpRequest, batch: Any) -> HttpResponse:
    found = batch_or_404(batch)
    first = questions(found).first()
    if first is None:
        return redirect("admin:national-import", batch=found.uid)
    return redirect(_row_address(found, first.number))


@changing
def row(request: HttpRequest, batch: Any, number: int) -> HttpResponse:
    """One row beside what stands on the register; where it waits for a person, the question."""
    person = request.person  # type: ignore[attr-defined]
    require(person, Capability.IMPORT_RECORDS)
    found = batch_or_404(batch)
    one = found.staged.filter(number=number).first()
    if one is None:
        raise Http404(_("There is no such row in this import."))
    open_to_answer = found.state in (Batch.State.STAGED, Batch.State.ACCEPTED)
    asks = open_to_answer and questions(found).filter(pk=one.pk).exists()
    form = (
        QuestionForm(answers(request), row=one, choices=_choices(one))
        if asks or request.method == "POST"
        else None
    )
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            resolve_match(found, number, to=form.cleaned_data["to"], by=person, at=db_now())
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_error("to", str(refusal))
        else:
            return _to_the_next(request, found, number)
    heads = Head.objects.in_bulk(_references(one))
    context = {
        **headed(found, "rows"),
        "row": one,
        "where": words.where(one),
        "standing": words.standing_of_row(one),
        "form": form,
        "asks": asks,
        "at_once": found.state == Batch.State.ACCEPTED,
        "left": questions(found).count(),
        "why": _why(one),
        "printed": _one_printed(found, one),
        "beside": _beside(one, heads),
        "findings": Finding.objects.filter(batch=found, number=number).order_by("id"),
    }
    return show(request, "imports_row", context, status=422 if form is not None and form.errors else 200)


# Parts ------------------------------------------------------------------------------------------------


def _row_address(batch: Batch, number: int) -> str:
    return reverse("admin:national-import-row", args=[batch.uid, number])


def _record_address(head: Head) -> str:
    made_up = head.realm == Realm.DEMONSTRATION
    return reverse(
        "public:demonstration:deployment" if made_up else "public:deployment", args=[head.reference]
    )


def _place(batch: Batch, finding: Finding, shown: set[int]) -> Any:
    if finding.number is None:
        return finding.where or _("The whole document")
    text = finding.where or _("row %(row)s") % {"row": finding.number}
    return Link(text, _row_address(batch, finding.number)) if finding.number in shown else text


def _printed_and_read(batch: Batch, page: list[StagedRow]) -> Table:
    """A line for each row: in every cell what was read, and under it what is printed where that looks different."""
    profile = profiles().get(batch.profile)
    columns = profile.columns if profile is not None else {}
    labels = _in_order(columns, {label for row in page for label in row.printed})
    lines = []
    for row in page:
        tag = words.standing_of_row(row)
        cells: list[Any] = [Link(words.where(row), _row_address(batch, row.number)), tag.text]
        cells += [_cell(columns.get(label), label, row) for label in labels]
        lines.append(cells)
    heads = [Column(_("Row"), nowrap=True), Column(_("Match")), *(Column(label) for label in labels)]
    return Table(_("Rows of the document"), heads, lines, caption_hidden=True)


def _in_order(columns: Iterable[str], labels: Iterable[str]) -> list[str]:
    """As the profile has them; columns it does not know, which only unreadable rows have, by number."""
    known = [label for label in columns if label in labels]
    return known + sorted(set(labels) - set(known), key=lambda label: (len(label), label))


def _cell(column: Any, label: str, row: StagedRow) -> SafeString | str:
    if row.match == Match.MISSING:
        return "–"
    printed, read = row.printed.get(label), words.read_as(column, row) if column else None
    if read is None or read == "":
        return printed or "–"
    if not words.differs(printed, read):
        return str(read)
    return format_html(
        "{}<br><small>{}</small>",
        read,
        _("printed: %(text)s") % {"text": printed or _("nothing")},
    )


def _one_printed(batch: Batch, row: StagedRow) -> Table | None:
    if not row.printed:
        return None
    profile = profiles().get(batch.profile)
    columns = profile.columns if profile is not None else {}
    lines = []
    for label in _in_order(columns, row.printed):
        text, column = row.printed[label], columns.get(label)
        read = words.read_as(column, row) if column is not None else None
        lines.append([label, text or _("nothing"), _("Not taken") if read is None or read == "" else read])
    return Table(
        _("As printed and as read"), [Column(_("Column")), Column(_("Printed")), Column(_("Read as"))], lines
    )


def _beside(row: StagedRow, heads: dict[str, Head]) -> Table | None:
    """The row and each record that it is, or may be, laid side by side; what differs is marked."""
    bodies = documents(head.entry_id for head in heads.values())
    records = [(head, bodies[head.entry_id]) for head in heads.values() if head.entry_id in bodies]
    if row.mapped is None and not records:
        return None
    columns = [Column(_("What"))]
    columns += [Column(_("This row"))] if row.mapped is not None else []
    columns += [
        Column(_("Register: %(reference)s") % {"reference": head.reference}) for head, _body in records
    ]
    lines: list[list[Any]] = []
    for field in COMPARED:
        mine = words.value_of(row.mapped, field) if row.mapped is not None else None
        cells: list[Any] = [words.name_of(field)]
        cells += [mine] if row.mapped is not None else []
        for _head, body in records:
            theirs = words.value_of(body, field)
            marked = row.mapped is not None and _text(theirs) != _text(mine)
            cells.append(
                format_html("<strong>{}</strong> ({})", _text(theirs), _("differs")) if marked else theirs
            )
        lines.append(cells)
    if records:
        lines.append(
            [
                _("Record"),
                *(["–"] if row.mapped is not None else []),
                *(_link(head) for head, _body in records),
            ]
        )
    caption = _("Beside the register") if records else _("What the record will say")
    return Table(caption, columns, lines)


def _link(head: Head) -> Link:
    return Link(_("Open %(reference)s") % {"reference": head.reference}, _record_address(head))


def _text(value: Any) -> str:
    return _("Not provided") if value is None else str(value)


def _references(row: StagedRow) -> list[str]:
    found = [candidate["reference"] for candidate in row.candidates]
    return [*dict.fromkeys([*([row.reference] if row.reference else []), *found])]


def _why(row: StagedRow) -> str:
    """Why a person is asked."""
    reasons = {candidate.get("why") for candidate in row.candidates}
    if row.match == Match.MISSING:
        return _(
            "An earlier edition printed this deployment. This edition covers its date and does not print it."
        )
    if BY_THE_FORCE in reasons:
        return _(
            "The force published this deployment itself, with other figures. Only the force can correct it."
        )
    if FROM_ELSEWHERE in reasons:
        return _("The register has this deployment from another source, which says otherwise.")
    return _("More than one record on the register may be this deployment, and nothing tells which.")


def _choices(row: StagedRow) -> list[tuple[str, str, str]]:
    """Value, words and hint of each answer."""
    if row.match == Match.MISSING:
        return [
            (LEAVE, _("Leave it on the register"), _("It stays public and counts as before.")),
            (WITHDRAW, _("Withdraw it"), _("It stays public, marked as withdrawn, and no longer counts.")),
        ]
    heads = Head.objects.in_bulk(_references(row))
    found = []
    for candidate in row.candidates:
        reference, why = candidate["reference"], candidate.get("why")
        head = heads.get(reference)
        if head is None or why == BY_THE_FORCE:
            continue
        hint = _("%(place)s, %(date)s") % {"place": head.place, "date": date_text(head.on)}
        if why == FROM_ELSEWHERE:
            found.append((reference, _("Correct %(reference)s") % {"reference": reference}, hint))
            continue
        same = candidate.get("same", 0)
        alike = ngettext("%(n)s cell agrees", "%(n)s cells agree", same) % {"n": same}
        text = _("It is %(reference)s") % {"reference": reference}
        found.append((reference, text, _("%(what)s; %(alike)s") % {"what": hint, "alike": alike}))
    return [
        *found,
        (NEW, _("It is a deployment that the register does not have"), _("A new public record is made.")),
        (LEAVE, _("Leave the row out"), _("Nothing of it becomes public. The register stays as it is.")),
    ]


def _to_the_next(request: HttpRequest, batch: Batch, number: int) -> HttpResponse:
    """The next question after this one, then those before it, then the summary."""
    left = questions(batch)
    following = left.filter(number__gt=number).first() or left.first()
    if following is None:
        messages.success(request, _("Every question is answered."))
        return redirect("admin:national-import", batch=batch.uid)
    messages.success(request, _("The answer is kept. This is the next question."))
    return redirect(_row_address(batch, following.number))


def _lines(request: HttpRequest, batch: Batch, match: str) -> HttpResponse:
    """Once the staged rows are gone: which record each row became."""
    lines = Line.objects.filter(batch=batch).order_by("number")
    page = page_of(request, lines.filter(match=match) if match else lines, ROWS_A_PAGE)
    heads = Head.objects.in_bulk([line.reference for line in page])
    table = Table(
        _("Rows and the records they are"),
        [Column(_("Row")), Column(_("Was")), Column(_("Record"))],
        [
            [
                _("page %(page)s, row %(row)s") % {"page": line.page, "row": line.row}
                if line.page
                else line.number,
                line.get_match_display(),
                Link(line.reference, _record_address(heads[line.reference]))
                if line.reference in heads
                else line.reference,
            ]
            for line in page
        ],
    )
    context = {**headed(batch, "rows"), **turning(request, page), "table": table if page else None}
    return show(request, "imports_rows", context)
