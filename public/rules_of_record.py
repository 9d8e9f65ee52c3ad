"""Which rules of the legal framework applied on a record's day, and what can be said of each from the record alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.framework.vocabulary import Group, Weight
from deployments.readiness import Readiness, State, Verdict
from deployments.readiness.records import verdicts_of_record
from design.components import Column, Link, Table
from forces.clock import db_now
from public import wording
from public.worlds import World, page, world_of
from register.models import Head, Origin
from register.queries import standing_document

_ORDER = (State.NOT_MET, State.MET, State.NOT_KNOWN, State.NOT_APPLICABLE)


@page
def rules(request: HttpRequest, reference: str, *, world: World) -> HttpResponse:
    if reference != reference.upper():
        return redirect(world.url("record-rules", reference.upper()))
    head = Head.objects.select_related("force").filter(pk=reference).first()
    document = standing_document(head) if head is not None else None
    if head is None or document is None:
        raise Http404(
            _("The register holds no document of a record with the reference %(it)s.") % {"it": reference}
        )
    if head.realm != world.realm:
        return redirect(world_of(head.realm).url("record-rules", reference))
    readiness = judged(head, document)
    by_state = [(state, [each for each in readiness.verdicts if each.state == state]) for state in _ORDER]
    return render(
        request,
        "public/rules_of_record.html",
        {
            "realm": world.realm,
            "world": world,
            "pages": world.pages("deployments"),
            "head": head,
            "place": wording.place(head.place, head.area),
            "list_url": world.url("deployments"),
            "record_url": world.url("deployment", reference),
            "framework_url": f"{world.url('framework')}?{urlencode({'on': head.on.isoformat()})}",
            "counts": counts(readiness),
            "version": readiness.framework_version,
            "sections": [
                (state.label, _table(world, head, state, these)) for state, these in by_state if these
            ],
        },
    )


def judged(head: Head, document: Mapping[str, Any]) -> Readiness:
    """The verdicts of a record's day. Only what a force published itself tells when it did."""
    published_at = head.first_entered_at if head.origin == Origin.SUBMITTED else None
    return verdicts_of_record(document, head.force, at=db_now(), published_at=published_at)


def counts(readiness: Readiness) -> str:
    """One sentence: how many rules applied, and how many can be judged which way. Blank where none applied."""
    number = Counter(str(verdict.state) for verdict in readiness.verdicts)
    applied = len(readiness.verdicts) - number[State.NOT_APPLICABLE]
    if not applied:
        return ""
    begun = ngettext(
        "%(n)d rule of the legal framework applied on that day:",
        "%(n)d rules of the legal framework applied on that day:",
        applied,
    ) % {"n": applied}
    told = _(
        "%(met)d met, %(not_met)d not met, and %(unknown)d that cannot be judged from what was published."
    ) % {
        "met": number[State.MET],
        "not_met": number[State.NOT_MET],
        "unknown": number[State.NOT_KNOWN],
    }
    return f"{begun} {told}"


def _table(world: World, head: Head, state: State, verdicts: Sequence[Verdict]) -> Table:
    """The rules of one state. Why is told once in the page's words where it is the same for all."""
    day = urlencode({"on": head.on.isoformat()})
    differ = len({verdict.words for verdict in verdicts}) > 1 or state != State.NOT_KNOWN
    rows = [
        [
            Link(verdict.rule.title, f"{world.url('requirement', verdict.rule.code)}?{day}"),
            str(Group(verdict.rule.group).label),
            _weight(verdict),
            *([verdict.words] if differ else []),
        ]
        for verdict in verdicts
    ]
    columns = [Column(_("Rule")), Column(_("About")), Column(_("Weight"))]
    if differ:
        columns.append(Column(_("Why")))
    return Table(str(state.label), columns, rows, caption_hidden=True, stacked=True)


def _weight(verdict: Verdict) -> str:
    label = str(Weight(verdict.rule.weight).label)
    return label if verdict.rule.source.verified else _("%(weight)s, source not verified") % {"weight": label}
