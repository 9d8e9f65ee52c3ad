"""One deployment: every figure, where it comes from, what was changed since, and the exact bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from coordination.collation.figures import Tally, figure
from coordination.collation.measures import RATES
from coordination.intake.fields import FIGURES
from coordination.intake.profile import profiles
from coordination.intake.quality import QUALITY
from deployments.arithmetic import questions
from design.components import Column, Event, Link, Row, Table
from design.numbers import date_text, moment_text
from forces.clock import london_date
from forces.documents import contact_of
from forces.models import Realm
from public import values, wording
from public.rules_of_record import counts, judged
from public.stored import copy_of, sent
from public.worlds import World, page, world_of
from register.models import Act, Entry, Head, Origin
from register.queries import bodies, history, standing_document


@page
def record(request: HttpRequest, reference: str, *, world: World) -> HttpResponse:
    if reference != reference.upper():
        return redirect(world.url("deployment", reference.upper()))
    head = Head.objects.select_related("force").filter(pk=reference).first()
    if head is None:
        raise Http404(_("No record on the register has the reference %(it)s.") % {"it": reference})
    if head.realm != world.realm:
        return redirect(world_of(head.realm).url("deployment", reference))
    versions = history(reference)
    document = standing_document(head)
    kept = bodies(entry.pk for entry in versions)
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("deployments"),
        "head": head,
        "contact": contact_of(head.force),
        "force_url": world.url("force", head.force.slug),
        "list_url": world.url("deployments"),
        "place": wording.place(head.place, head.area),
        "redaction": next(filter(None, (getattr(entry, "redaction", None) for entry in versions)), None)
        if head.is_redacted
        else None,
        "withdrawal": versions[0] if head.is_withdrawn else None,
        "withdrawn_because": "" if hasattr(versions[0], "redaction") else versions[0].reason,
        "changes_url": f"{world.url('revisions')}?record={reference}"
        if head.version > 1 or any(hasattr(entry, "redaction") for entry in versions)
        else "",
        "strip": _strip(head, document),
        "timeline": [_happened(entry) for entry in versions],
        "citation": _citation(request, head, versions[0]),
        "copies": [
            copy_of(entry, kept.get(entry.pk), world.url("document", reference, entry.version))
            for entry in versions
        ],
    }
    if document is not None:
        context |= {
            "document": document,
            "how": _how(document),
            "figures": _figures(document),
            "rates": [
                Row(str(rate.label), wording.rate(figure(rate, Tally.of(rate.contribute(document)))))
                for rate in RATES
            ],
            "answered": _answered(document),
            "quality": [QUALITY.get(code, code) for code in document["quality"]],
            "source": _source(document["provenance"]),
            "printed": _printed(document["provenance"]),
            "errata": _errata(document["provenance"]),
            "rules": counts(judged(head, document)),
            "rules_url": world.url("record-rules", reference),
        }
    return render(request, "public/record.html", context)


@page
def stored(request: HttpRequest, reference: str, version: int, *, world: World) -> HttpResponse:
    """The exact bytes of one entry. They never change; they can only be removed."""
    return sent(request, Entry.objects.of_results(), reference, version, world)


# --- the parts of the page ---------------------------------------------------------------------------


def _citation(request: HttpRequest, head: Head, latest: Entry) -> str:
    """To be copied as it stands: what, of which version and day, and where."""
    said = _(
        "National register of police facial recognition: %(force)s, %(place)s, %(on)s. Record %(reference)s, "
        "version %(version)s of %(entered)s. %(address)s"
    )
    told = {
        "force": head.force.name,
        "place": wording.place(head.place, head.area),
        "on": date_text(head.on),
        "reference": head.reference,
        "version": head.version,
        "entered": date_text(london_date(latest.entered_at)),
        "address": request.build_absolute_uri(request.path),
    }
    return (_("Made up: %s") if head.realm == Realm.DEMONSTRATION else "%s") % (said % told)


def _strip(head: Head, document: Mapping[str, Any] | None) -> list[Row]:
    return [
        Row(_("Reference"), head.reference),
        Row(_("Deployed by"), head.force.name),
        Row(_("Date"), wording.day(document["on"]) if document else head.on),
        Row(_("Placed on the register"), head.first_entered_at.date()),
    ]


def _how(document: Mapping[str, Any]) -> list[Row]:
    """Why, when and with what."""
    rows = [
        Row(_("Technology"), values.value(document, "technology")),
        Row(_("Status"), values.status(document)),
        Row(_("Use case"), values.value(document, "use_case")),
    ]
    if document["ends_on"]:
        rows.append(Row(_("Ended on"), values.value(document, "ends_on")))
    fields = ("started_at", "ended_at", "duration_minutes", "watchlist_size", "algorithm")
    threshold = values.value(document, "threshold")
    return [
        *rows,
        *(Row(wording.field_name(field), values.value(document, field)) for field in fields),
        Row(
            wording.field_name("threshold"),
            threshold
            if document["threshold"] is None
            else _("%(threshold)s (the scale is the algorithm's own: do not compare it with another's)")
            % {"threshold": threshold},
        ),
    ]


def _answered(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the force was asked about its figures, in words worked out from the document itself, and its answers."""
    started, ended = (
        datetime.fromisoformat(document[field]) if document[field] else None
        for field in ("started_at", "ended_at")
    )
    asked = {
        question.check: question.words
        for question in questions(
            document["figures"],
            is_aborted=document["status"] == "aborted",
            minutes=document["duration_minutes"],
            window=ended - started if started and ended else None,
        )
    }
    return [(asked.get(each["check"], each["check"]), each["answer"]) for each in document["arithmetic"]]


def _figures(document: Mapping[str, Any]) -> Table:
    printed = _printed_by_field(document["provenance"])
    columns = [Column(_("Figure")), Column(_("Published")), Column(_("How it was counted"))]
    if printed:
        columns.append(Column(_("Printed in the source")))
    rows = []
    for field in FIGURES:
        number = document["figures"][field]
        method = wording.METHODS[document["methods"].get(field, "not_stated")]
        row = [
            wording.field_name(field),
            values.value(document, "figures", field),
            "–" if number is None else str(method),
        ]
        rows.append([*row, printed.get(field, "–")] if printed else row)
    return Table(_("Figures of this deployment"), columns, rows, caption_hidden=True)


@cache
def _columns() -> dict[str, str]:
    """Which field each known column heading feeds; a heading that profiles disagree about is left out."""
    found: dict[str, set[str]] = {}
    for profile in profiles().values():
        for label, column in profile.columns.items():
            if column.field:
                found.setdefault(label, set()).add(column.field)
    return {label: next(iter(fields)) for label, fields in found.items() if len(fields) == 1}


def _printed_by_field(provenance: Mapping[str, Any] | None) -> dict[str, str]:
    if provenance is None:
        return {}
    columns = _columns()
    return {
        columns.get(label, label): f"“{text}”" if text else _("nothing")
        for label, text in provenance["printed"].items()
        if columns.get(label, label) in FIGURES
    }


def _source(provenance: Mapping[str, Any] | None) -> list[Row]:
    if provenance is None:
        return []
    url = provenance["url"]
    title = provenance["document"] or url
    return [
        Row(_("Publisher"), provenance["publisher"]),
        Row(_("Document"), Link(title, url) if url and title else title or _("Not stated")),
        Row(
            _("Page and row"),
            _("page %(page)s, row %(row)s") % provenance
            if provenance["page"] and provenance["row"]
            else _("page %(page)s") % provenance
            if provenance["page"]
            else _("row %(row)s") % provenance
            if provenance["row"]
            else _("Not stated"),
        ),
        Row(
            _("SHA-256 of the file that was read"),
            provenance["sha256"] or _("The file is not held; the figures were keyed in from it."),
        ),
    ]


def _printed(provenance: Mapping[str, Any] | None) -> Table | None:
    if provenance is None or not provenance["printed"]:
        return None
    return Table(
        _("What the source prints in each column"),
        [Column(_("Column")), Column(_("Printed text"))],
        [
            [label, f"“{text}”" if text else _("Nothing printed")]
            for label, text in provenance["printed"].items()
        ],
        caption_hidden=True,
    )


def _errata(provenance: Mapping[str, Any] | None) -> list[dict[str, str]]:
    if provenance is None:
        return []
    return [
        {
            "field": wording.field_name(each["field"]),
            "printed": each["printed"] if each["printed"] is not None else _("nothing"),
            "corrected": each["corrected"] if each["corrected"] is not None else _("no value"),
            "reason": each["reason"],
        }
        for each in provenance["corrections"]
    ]


def _happened(entry: Entry) -> Event:
    by = (
        entry.force.name
        if entry.origin == Origin.SUBMITTED
        else _("the national centre, from a published source")
    )
    what = {
        Act.ORIGINAL: _("Version %(version)s: first published"),
        Act.CORRECTION: _("Version %(version)s: corrected"),
        Act.WITHDRAWAL: _("Version %(version)s: withdrawn"),
    }[Act(entry.act)]
    redaction = getattr(entry, "redaction", None)
    # The reason stood in the document too, so it is not shown once that is gone.
    text = "" if redaction else entry.reason
    if redaction:
        text = _("The document was removed on %(when)s: %(reason)s") % {
            "when": moment_text(redaction.redacted_at),
            "reason": redaction.public_reason,
        }
    return Event(what % {"version": entry.version}, entry.entered_at, by=by, text=text)
