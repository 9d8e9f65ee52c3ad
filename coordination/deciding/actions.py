"""Taking an item of the queue, giving it back, deciding on it, and the second person's word.

Each asks for the right that the kind names, then queues for the item: of two who press at once the second finds
what the first has done. The action that carries a decision out guards itself as well, for it may have other doors.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from coordination.deciding import events
from coordination.deciding.models import Decided, Holding, Proposal, subject_of
from coordination.deciding.queue import Item, find, holdings_now, last_decided
from coordination.deciding.types import TYPES, Choice, DecisionType
from events.outbox import record
from forces.models import Person
from forces.permissions import require
from forces.personal_data import refuse_personal_data
from forces.refusals import Refusal
from forces.tenancy import national_scope

HOLDING_LASTS = timedelta(hours=2)  # then it lapses, so that nobody's absence keeps an item
LONGEST_REASON = 1000


class Held(Refusal):
    """Somebody else has taken the item."""


class Settled(Refusal):
    """The item does not wait any more: decided by somebody else, or settled where it comes from."""


class NotDecidable(Refusal):
    """It cannot be decided so, or not by this person."""


def claim(kind: DecisionType, key: str, *, by: Person, at: datetime) -> Holding:
    """Take an item, or take it for longer. Raises Forbidden, Settled, Held."""
    require(by, kind.capability)
    with _item(kind, key, by=by, at=at) as item:
        _not_with_another(item.held, by)
        until, mine = at + HOLDING_LASTS, item.held
        if mine is not None and Holding.objects.filter(pk=mine.pk, until__gt=at).update(until=until):
            mine.until = until
        else:
            mine = Holding.objects.create(
                kind=kind.code, item=item.line.key, by=by, claimed_at=at, until=until
            )
        _record(events.DecisionClaimed(kind.code, item.line.key, until.isoformat()), by=by, at=at)
    return mine


def release(kind: DecisionType, key: str, *, by: Person, at: datetime) -> None:
    """Give back an item that one has taken. Raises Forbidden, NotDecidable (not taken by this person)."""
    require(by, kind.capability)
    with national_scope(by):
        _queue_for(kind, key)
        if not _end_holding(kind, key, by=by, at=at):
            raise NotDecidable(_("You do not hold this: it was given back, or your time with it has passed."))
        _record(events.DecisionReleased(kind.code, key), by=by, at=at)


def decide(kind: DecisionType, key: str, *, choice: str, reason: str, by: Person, at: datetime) -> str:
    """Decide, or propose where a second person must agree. Returns a sentence that says what was done.

    Raises Forbidden, Settled, Held, NotDecidable, PersonalData, and whatever the kind's own action refuses.
    """
    require(by, kind.capability)
    with _item(kind, key, by=by, at=at) as item:
        _not_with_another(item.held, by)
        chosen, why = _chosen(kind, choice), _said(reason, item)
        if by.pk in kind.not_by(item.row):
            raise NotDecidable(_("You asked for this, so somebody else must decide."))
        if kind.second_person:
            return _propose(item, chosen, why, by=by, at=at)
        return _carry_out(item, chosen, why, by=by, at=at)


def confirm(proposal: Proposal, kind: DecisionType, *, by: Person, at: datetime) -> str:
    """Agree with what the first person decided, which is then done. Never by that person.

    Raises Forbidden, Settled, Held, NotDecidable, and whatever the kind's own action refuses.
    """
    require(by, kind.capability)
    with _item(kind, proposal.item, by=by, at=at) as item:
        _answerable(item, proposal, by)
        chosen = _chosen(kind, proposal.choice)
        _answer(proposal, Proposal.State.CONFIRMED, by=by, at=at)
        return _carry_out(item, chosen, proposal.reason, proposal=proposal, by=by, at=at)


def decline(proposal: Proposal, kind: DecisionType, *, reason: str, by: Person, at: datetime) -> None:
    """Do not agree: nothing is done and the item waits again. Never by whoever proposed it.

    Raises Forbidden, Settled, Held, NotDecidable, PersonalData.
    """
    require(by, kind.capability)
    with _item(kind, proposal.item, by=by, at=at) as item:
        _answerable(item, proposal, by)
        why = _said(reason, item)
        _answer(proposal, Proposal.State.DECLINED, by=by, at=at, answer=why)
        _end_holding(kind, item.line.key, by=by, at=at)
        _record(
            events.DecisionDeclined(kind.code, item.line.key, proposal.choice, proposal.proposed_by_id),
            by=by,
            at=at,
            reason=why,
        )


def not_with_another(kind: str, key: str, *, by: Person, at: datetime) -> None:
    """For a page of its own on which the same thing is decided. Raises Forbidden, Held (another has taken it)."""
    require(by, TYPES[kind].capability)
    with national_scope(by):
        _not_with_another(holdings_now(at).get((kind, key)), by)


# --- parts ------------------------------------------------------------------------------------------------


@contextmanager
def _item(kind: DecisionType, key: str, *, by: Person, at: datetime) -> Iterator[Item]:
    """The item as it stands once nobody else works on it, in a transaction. Raises Settled."""
    with national_scope(by):
        _queue_for(kind, key)
        item = find(kind, key, at)
        if item is None:
            raise Settled(settled_words(kind, key))
        yield item


def settled_words(kind: DecisionType, key: str) -> str:
    """What to tell somebody whose item does not wait any more."""
    last = last_decided(kind.code, key)
    if last is None:
        return _("This does not wait any more: it was settled elsewhere, or what it was about is over.")
    choice = kind.choice(last.choice)
    return _("%(who)s has decided this already: %(what)s.") % {
        "who": last.by.name,
        "what": choice.label if choice else last.choice,
    }


def _queue_for(kind: DecisionType, key: str) -> None:
    """Until the transaction ends, nobody else takes this item or decides on it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"deciding:{subject_of(kind.code, key)}"],
        )


def _not_with_another(held: Holding | None, by: Person) -> None:
    if held is not None and held.by_id != by.pk:
        raise Held(
            _("%(who)s has taken this. Ask them to give it back; otherwise it comes free by itself.")
            % {"who": held.by.name}
        )


def _chosen(kind: DecisionType, code: str) -> Choice:
    choice = kind.choice(code)
    if choice is None:
        raise NotDecidable(_("Choose what you decide."), pointer="choice")
    return choice


def _said(reason: str, item: Item) -> str:
    said = reason.strip()
    if not said:
        raise NotDecidable(_("Say why."), pointer="reason")
    if len(said) > LONGEST_REASON or "\x00" in said:
        raise NotDecidable(
            _("Say why in at most %(limit)s characters.") % {"limit": LONGEST_REASON}, pointer="reason"
        )
    refuse_personal_data({"reason": said}, force=item.force)
    return said


def _propose(item: Item, choice: Choice, reason: str, *, by: Person, at: datetime) -> str:
    kind, key = item.line.kind, item.line.key
    if item.proposal is not None:
        raise NotDecidable(
            _("%(who)s has proposed a decision on this already: confirm it or decline it.")
            % {"who": item.proposal.proposed_by.name}
        )
    Proposal.objects.filter(kind=kind.code, item=key, state=Proposal.State.OPEN).update(
        state=Proposal.State.OVERTAKEN, answered_at=at
    )
    Proposal.objects.create(
        kind=kind.code, item=key, choice=choice.code, reason=reason, proposed_by=by, proposed_at=at
    )
    _end_holding(kind, key, by=by, at=at)  # the second person must be able to take it
    _record(events.DecisionProposed(kind.code, key, choice.code), by=by, at=at, reason=reason)
    return _("Proposed. Nothing is done until somebody else confirms it.")


def _answerable(item: Item, proposal: Proposal, by: Person) -> None:
    if item.proposal is None or item.proposal.pk != proposal.pk:
        raise Settled(_("That proposal does not stand any more. Look at the item again."))
    if proposal.proposed_by_id == by.pk:
        raise NotDecidable(_("You proposed this, so somebody else must confirm it."))
    _not_with_another(item.held, by)


def _answer(proposal: Proposal, state: str, *, by: Person, at: datetime, answer: str = "") -> None:
    moved = Proposal.objects.filter(pk=proposal.pk, state=Proposal.State.OPEN).update(
        state=state, answered_by=by, answered_at=at, answer=answer
    )
    if not moved:
        raise Settled(_("That proposal does not stand any more. Look at the item again."))


def _carry_out(
    item: Item, choice: Choice, reason: str, *, by: Person, at: datetime, proposal: Proposal | None = None
) -> str:
    kind, key = item.line.kind, item.line.key
    if kind.decide is None:
        raise NotDecidable(_("This is decided elsewhere: the evidence says where."))
    about = kind.say(item.row)[: Decided._meta.get_field("about").max_length]
    said = kind.decide(item.row, choice=choice.code, reason=reason, by=by, at=at)
    Decided.objects.create(
        kind=kind.code,
        item=key,
        about=about,
        choice=choice.code,
        reason=reason,
        by=by,
        at=at,
        proposal=proposal,
        proposed_by_id=proposal.proposed_by_id if proposal else None,
    )
    _end_holding(kind, key, by=by, at=at)
    _record(
        events.DecisionMade(kind.code, key, choice.code, proposal.proposed_by_id if proposal else None),
        by=by,
        at=at,
        reason=reason,
    )
    return said


def _end_holding(kind: DecisionType, key: str, *, by: Person, at: datetime) -> bool:
    held = Holding.objects.filter(kind=kind.code, item=key, by=by, until__gt=at)
    return bool(held.update(until=Greatest(F("claimed_at"), Value(at))))


def _record(happened: events.Happened, *, by: Person, at: datetime, reason: str = "") -> None:
    """In the centre's own history: what a decision changes stands in the force's by the kind's own action."""
    record(
        happened, force=None, by=by, at=at, subject=subject_of(happened.kind, happened.item), reason=reason
    )
