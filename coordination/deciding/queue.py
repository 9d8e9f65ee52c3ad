"""What waits now. Read live from where it lives, so the queue never says what is not so.

Whoever asks must be reading nationally.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Min, Q

from coordination.deciding.models import Decided, Holding, Proposal
from coordination.deciding.types import TYPES, DecisionType
from forces.models import Force, Person, Realm
from forces.permissions import may


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a kind wait, how many of them too long, and since when the oldest does."""

    kind: DecisionType
    count: int
    late: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One item that waits. `due` None: no deadline."""

    kind: DecisionType
    pk: Any
    key: str
    since: datetime | None
    due: datetime | None
    force_id: int | None

    def is_late(self, now: datetime) -> bool:
        return self.due is not None and self.due < now


@dataclass(frozen=True, slots=True)
class Item:
    """One item with its row, to be looked at. `proposal`: what the first of two people decided, if it stands."""

    line: Line
    row: Any
    force: Force | None
    held: Holding | None = None
    proposal: Proposal | None = None


def kinds_for(person: Person | None) -> list[DecisionType]:
    """Those that this person may decide, in the order in which they were registered."""
    return [kind for kind in TYPES.values() if may(person, kind.capability)]


def count(kind: DecisionType, now: datetime, *, only_real: bool = False) -> Waiting:
    """One statement. `only_real` leaves out what belongs to a made-up force of a demonstration."""
    rows = kind.waiting()
    if only_real and kind.force:
        realm = "realm" if kind.force == "pk" else f"{kind.force}__realm"
        rows = rows.exclude(**{realm: Realm.DEMONSTRATION})
    late = _late(kind, now)
    asked = {"n": Count("pk"), "oldest": Min(kind.since)}
    if late is not None:
        asked["late"] = Count("pk", filter=late)
    found = rows.order_by().aggregate(**asked)
    return Waiting(kind, found["n"], found.get("late", 0), found["oldest"])


def _late(kind: DecisionType, now: datetime) -> Q | None:
    if kind.due is None:
        return None
    if isinstance(kind.due, str):
        return Q(**{f"{kind.due}__lt": now})
    return Q(**{f"{kind.since}__lt": now - kind.due})


def lines(kinds: Iterable[DecisionType], now: datetime) -> list[Line]:
    """All that waits: what is late first, the deadline longest passed before others; then the oldest first."""
    found = [line for kind in kinds for line in _lines(kind)]
    return sorted(found, key=lambda line: _order(line, now))


def _lines(kind: DecisionType, **only: Any) -> list[Line]:
    due = kind.due if isinstance(kind.due, str) else kind.since
    names = ("pk", kind.key, kind.since, due, kind.force or "pk")
    rows = kind.waiting().filter(**only).order_by().values_list(*map(F, names))
    return [_line(kind, *row) for row in rows]


def _line(kind: DecisionType, pk: Any, key: Any, since: Any, due: Any, force: Any) -> Line:
    if not isinstance(kind.due, str):
        due = since + kind.due if kind.due is not None and since is not None else None
    return Line(kind, pk, str(key), since, due, force if kind.force else None)


def _order(line: Line, now: datetime) -> tuple[bool, datetime, str, str]:
    late = line.is_late(now)
    return (not late, (line.due if late else line.since) or now, line.kind.code, line.key)


def items(chosen: Sequence[Line], now: datetime) -> list[Item]:
    """The rows of these lines, in their order, with who holds each. What stopped waiting meanwhile is left out."""
    rows = {}
    for kind in {line.kind.code: line.kind for line in chosen}.values():
        wanted = [line.pk for line in chosen if line.kind is kind]
        rows.update({(kind.code, row.pk): row for row in kind.waiting().filter(pk__in=wanted)})
    forces = Force.objects.in_bulk([line.force_id for line in chosen if line.force_id is not None])
    holdings, proposals = holdings_now(now), _proposals()
    return [
        Item(
            line,
            rows[line.kind.code, line.pk],
            forces.get(line.force_id) if line.force_id is not None else None,
            holdings.get((line.kind.code, line.key)),
            _standing(proposals.get((line.kind.code, line.key)), line),
        )
        for line in chosen
        if (line.kind.code, line.pk) in rows
    ]


def holdings_now(now: datetime) -> dict[tuple[str, str], Holding]:
    """Who holds what now, by kind and item.

    One that begins later counts, too: whoever waited for another's transaction has an earlier `now`.
    """
    found = Holding.objects.filter(until__gt=now).select_related("by")
    return {(held.kind, held.item): held for held in found}


def _proposals() -> dict[tuple[str, str], Proposal]:
    found = Proposal.objects.filter(state=Proposal.State.OPEN).select_related("proposed_by")
    return {(proposal.kind, proposal.item): proposal for proposal in found}


def _standing(proposal: Proposal | None, line: Line) -> Proposal | None:
    """A proposal about an earlier time that the same thing waited speaks of nothing any more."""
    if proposal is None or line.since is None or proposal.proposed_at >= line.since:
        return proposal
    return None


def find(kind: DecisionType, key: str, now: datetime) -> Item | None:
    """The item with this key, if it waits now; None for nonsense too."""
    try:
        found = _lines(kind, **{kind.key: key})
    except (ValueError, ValidationError):
        return None
    together = items(found[:1], now)
    return together[0] if together else None


def last_decided(kind: str, key: str) -> Decided | None:
    """What was last decided on this item through the queue."""
    found = Decided.objects.filter(kind=kind, item=key).select_related("by", "proposed_by")
    return found.order_by("-pk").first()
