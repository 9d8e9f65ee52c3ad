"""The Decide queue: what waits for this person, what is late, and the page on which one item is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coordination.deciding import actions
from coordination.deciding import queue as reading
from coordination.deciding.models import Decided
from coordination.deciding.queue import Item
from coordination.deciding.types import TYPES, DecisionType, Fact
from design.components import Link, Row
from design.numbers import moment_text, time_text
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Person
from forces.permissions import require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.national.forms import AnswerForm, DecideForm, QueueFilter
from portal.national.imports import page_of, turning
from portal.national.pages import changing, needs, show
from portal.national.waiting import age_of

ITEMS_A_PAGE = 25
LATELY = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the list."""

    item: Item
    words: str
    href: str
    age: str
    is_late: bool
    is_mine: bool


@needs(Capability.READ_ALL_FORCES)
def queue(request: HttpRequest) -> HttpResponse:
    """What this person may decide: the late first, then the oldest. Filters and page are in the address."""
    person: Person = request.person  # type: ignore[attr-defined]
    now, kinds = db_now(), reading.kinds_for(person)
    filters = QueueFilter(request.GET, kinds=kinds)
    every = reading.lines(kinds, now)
    held = reading.holdings_now(now)
    mine = {key for key, holding in held.items() if holding.by_id == person.pk}
    asked = filters.cleaned_data if filters.is_valid() else {"type": "", "whose": ""}
    kept = [
        line
        for line in every
        if asked["type"] in ("", line.kind.code)
        and (asked["whose"] != QueueFilter.MINE or (line.kind.code, line.key) in mine)
        and (asked["whose"] != QueueFilter.NOBODYS or (line.kind.code, line.key) not in held)
    ]
    page = page_of(request, kept, ITEMS_A_PAGE) if filters.is_valid() else None
    found = reading.items(list(page), now) if page is not None else []
    oldest = min((line.since for line in every if line.since), default=None)
    address = reverse("admin:national-decide")
    context = {
        "filters": filters,
        "shown": [_shown(item, person, now) for item in found],
        "count": len(every),
        "late": sum(line.is_late(now) for line in every),
        "oldest": age_of(oldest, now) if oldest else "",
        "mine": sum((line.kind.code, line.key) in mine for line in every),
        "mine_href": f"{address}?whose={QueueFilter.MINE}",
        "lately": _lately(kinds),
        "lists": [Link(str(kind.title), reverse(kind.list_at)) for kind in kinds if kind.list_at],
        **(turning(request, page) if page is not None else {}),
    }
    return show(request, "queue", context)


@changing
def item(request: HttpRequest, decision: str, item: str) -> HttpResponse:
    """One item: what it is about, who has taken it, and deciding on it, or answering what another proposed."""
    person: Person = request.person  # type: ignore[attr-defined]
    kind, now = _kind_for(decision, person), db_now()
    found = reading.find(kind, item, now)
    if found is None:
        return _settled(request, kind, item)
    form: DecideForm | AnswerForm
    answering = "proposal" in request.POST or (request.method != "POST" and found.proposal is not None)
    given = request.POST if request.method == "POST" else None
    if answering:
        form = AnswerForm(given, initial={"proposal": found.proposal.pk if found.proposal else None})
    else:
        form = DecideForm(given, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            if answering:
                done = _answer(found, form.cleaned_data, by=person, at=now)
            else:
                done = actions.decide(kind, found.line.key, **form.cleaned_data, by=person, at=now)
        except actions.Settled:
            return _settled(request, kind, found.line.key)
        except Forbidden:
            raise
        except Invalid as refusal:
            for field, said in refusal.errors.items():
                form.add_error(field if field in form.fields else None, said)
        except Refusal as refusal:
            form.add_error(refusal.pointer if refusal.pointer in form.fields else None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("admin:national-decide")
    context = {
        **_about(found, person, now),
        "form": form,
        "answering": answering,
        "button": kind.choices[0].label if len(kind.choices) == 1 and not answering else _("Decide"),
        "warns": any(each.warns for each in kind.choices),
    }
    return show(request, "queue_item", context, status=422 if form.is_bound and form.errors else 200)


def _answer(found: Item, given: dict[str, Any], *, by: Person, at: datetime) -> str:
    """The second person's word, on the proposal that they saw."""
    kind, proposal = found.line.kind, found.proposal
    if proposal is None or proposal.pk != given["proposal"]:
        raise Refusal(_("That proposal does not stand any more. Look at the item again."))
    if given["answer"] == AnswerForm.CONFIRM:
        return actions.confirm(proposal, kind, by=by, at=at)
    actions.decline(proposal, kind, reason=given["reason"], by=by, at=at)
    return _("Declined. It waits again.")


@require_POST
def take(request: HttpRequest, decision: str, item: str) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    kind = _kind_for(decision, person)
    try:
        held = actions.claim(kind, item, by=person, at=db_now())
    except actions.Settled:
        return _settled(request, kind, item)
    except actions.Held as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You have taken this until %(time)s.") % {"time": time_text(held.until)})
    return redirect("admin:national-decide-item", decision, item)


@require_POST
def give_back(request: HttpRequest, decision: str, item: str) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    kind = _kind_for(decision, person)
    try:
        actions.release(kind, item, by=person, at=db_now())
    except actions.NotDecidable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You have given it back."))
    return redirect("admin:national-decide-item", decision, item)


# Parts ------------------------------------------------------------------------------------------------


def _kind_for(code: str, person: Person) -> DecisionType:
    kind = TYPES.get(code)
    if kind is None:
        raise Http404(_("There is no such kind of decision."))
    require(person, kind.capability)
    return kind


def _settled(request: HttpRequest, kind: DecisionType, key: str) -> HttpResponse:
    """What does not wait any more: who decided what, if it was decided here. A change is refused, a look is not."""
    last = reading.last_decided(kind.code, key)
    status = 409 if request.method == "POST" else 200 if last else 404
    context = {"kind": kind, "last": _told(last) if last else None, "said": actions.settled_words(kind, key)}
    return show(request, "queue_settled", context, status=status)


def _told(decided: Decided) -> dict[str, Any]:
    kind = TYPES.get(decided.kind)
    choice = kind.choice(decided.choice) if kind else None
    return {
        "decided": decided,
        "kind": kind.title if kind else decided.kind,
        "choice": choice.label if choice else decided.choice,
    }


def _lately(kinds: list[DecisionType]) -> list[dict[str, Any]]:
    found = Decided.objects.filter(kind__in=[kind.code for kind in kinds]).select_related("by", "proposed_by")
    return [_told(each) for each in found.order_by("-pk")[:LATELY]]


def _shown(found: Item, person: Person, now: datetime) -> Shown:
    line = found.line
    return Shown(
        found,
        line.kind.say(found.row),
        reverse("admin:national-decide-item", args=[line.kind.code, line.key]),
        age_of(line.since, now) if line.since else "",
        line.is_late(now),
        found.held is not None and found.held.by_id == person.pk,
    )


def _about(found: Item, person: Person, now: datetime) -> dict[str, Any]:
    """What the page of one item says, and what this person may do there."""
    shown, kind = _shown(found, person, now), found.line.kind
    with_another = found.held is not None and not shown.is_mine
    proposed_by_me = found.proposal is not None and found.proposal.proposed_by_id == person.pk
    asked_by_me = person.pk in kind.not_by(found.row)
    return {
        "kind": kind,
        "shown": shown,
        "evidence": [*_heading(found, shown), *(_row(fact) for fact in kind.evidence(found.row))],
        "proposal": found.proposal,
        "proposed": kind.choice(found.proposal.choice) if found.proposal else None,
        "with_another": with_another,
        "proposed_by_me": proposed_by_me,
        "asked_by_me": asked_by_me,
        "may_decide": bool(kind.choices) and not (with_another or proposed_by_me or asked_by_me),
        "address": shown.href,
        "hours": int(actions.HOLDING_LASTS.total_seconds() // 3600),
    }


def _heading(found: Item, shown: Shown) -> list[Row]:
    rows = []
    if found.force is not None:
        made_up = _("%(force)s (made up)") % {"force": found.force.name}
        rows.append(Row(_("Force"), made_up if found.force.is_made_up else found.force.name))
    if found.line.since:
        told = {"when": moment_text(found.line.since), "age": shown.age}
        rows.append(Row(_("Waits since"), _("%(when)s (%(age)s)") % told))
    if found.line.due:
        words = _("%(when)s: late") if shown.is_late else "%(when)s"
        rows.append(Row(_("To be decided by"), words % {"when": moment_text(found.line.due)}))
    return rows


def _row(fact: Fact) -> Row:
    if not fact.href:
        return Row(str(fact.label), fact.value)
    return Row(str(fact.label), format_html('<a class="govuk-link" href="{}">{}</a>', fact.href, fact.value))
