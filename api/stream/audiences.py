"""Who hears what. People with the same rights are one audience, for whom an event is read once.

The database decides what can be read at all: nothing is set for strangers, and each chunk for people who are signed
in is read in a scope of its own, opened for one of them. Out of that, an audience hears what its pages would show.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.feed import Happening, feed, public_feed
from forces.capabilities import Capability
from forces.models import Force, Person, Realm
from forces.permissions import Grants

# What whoever reads a force's records sees happen on its pages. The rest is for those who may read its history.
ON_THE_RECORD = "deployment."


class RightsChanged(Exception):
    """The person through whom an audience reads does not hold its rights any more."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One event, ready to be sent."""

    position: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """What an audience hears after one position and up to another, in order."""

    frames: list[Frame]
    upto: int


@dataclass(frozen=True, slots=True)
class Public:
    """Whoever follows the public events of one realm."""

    realm: str

    def read(self, _person: int | None, after: int, upto: int, limit: int) -> Chunk:
        found = public_feed(after, limit, upto=upto)
        forces = _forces_of(found)
        heard = [each for each in found if _realm(each, forces) == self.realm]
        return Chunk([_frame(each, forces, whole=True) for each in heard], _end(found, upto, limit))


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody who is signed in may hear: of every force (`is_national`) or of the forces in `records`.

    `history` are the forces whose history they may open; `whole_history`: every force's, and the centre's own.
    """

    is_national: bool
    records: frozenset[int]
    history: frozenset[int]
    whole_history: bool

    @classmethod
    def of(cls, grants: Grants) -> Rights:
        readable = grants.readable_forces()
        records = readable or frozenset()
        return cls(
            is_national=readable is None,
            records=records,
            history=frozenset(
                force for force in records if grants.holds(Capability.READ_AUDIT, Force(pk=force))
            ),
            whole_history=grants.holds(Capability.READ_NATIONAL_AUDIT, None),
        )

    @property
    def is_nothing(self) -> bool:
        return not self.is_national and not self.records

    def hears(self, happening: Happening) -> bool:
        force = happening.force_id
        if not self.is_national and force not in self.records:
            return False
        return (
            happening.is_public
            or (force is not None and happening.name.startswith(ON_THE_RECORD))
            or (self.is_national and self.whole_history)
            or force in self.history
        )

    def read(self, person: int | None, after: int, upto: int, limit: int) -> Chunk:
        """Raises RightsChanged."""
        reader = Person(pk=person)
        if Rights.of(reader.grants) != self:
            raise RightsChanged
        found = feed(reader, after, limit, upto=upto, forces=None if self.is_national else self.records)
        forces = _forces_of(found)
        heard = [each for each in found if self.hears(each)]
        return Chunk([_frame(each, forces, whole=each.is_public) for each in heard], _end(found, upto, limit))


Audience = Public | Rights


def _end(found: list[Happening], upto: int, limit: int) -> int:
    """How far it has been read: to the last row where there may be more."""
    return found[-1].position if len(found) >= limit else upto


def _forces_of(found: list[Happening]) -> Mapping[int, Force]:
    return Force.objects.in_bulk({each.force_id for each in found if each.force_id is not None})


def _realm(happening: Happening, forces: Mapping[int, Force]) -> str:
    force = forces.get(happening.force_id) if happening.force_id is not None else None
    return force.realm if force else Realm.NATIONAL.value


def _frame(happening: Happening, forces: Mapping[int, Force], *, whole: bool) -> Frame:
    """A private event says that something happened, where and when; what it was is read on its page."""
    force = forces.get(happening.force_id) if happening.force_id is not None else None
    is_named = whole or happening.name.startswith(ON_THE_RECORD)
    said: dict[str, Any] = {
        "position": happening.position,
        "event": happening.name,
        "subject": (happening.subject or None) if is_named else None,
        "realm": _realm(happening, forces),
        "force": force.slug if force else None,
        "happened_at": happening.happened_at.isoformat().replace("+00:00", "Z"),
    }
    if whole:
        said["recorded_at"] = happening.recorded_at.isoformat().replace("+00:00", "Z")
        said["data"] = happening.payload
    data = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    text = f"id: {happening.position}\nevent: {happening.name}\ndata: {data}\n\n"
    return Frame(happening.position, text.encode())
