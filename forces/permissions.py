"""May this person do that, for this force? Doors ask `may` to hide a button; only `require` in an action counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.db import connection

from forces.capabilities import NATIONAL, Capability
from forces.models import Appointment, Force, ForceGrant, Membership, Person, System
from forces.refusals import Forbidden
from forces.tenancy import as_myself, national_scope


@dataclass(frozen=True, slots=True)
class Grants:
    """What a person holds now: codes held nationally, and codes by force id."""

    national: frozenset[str]
    by_force: dict[int, frozenset[str]]

    def holds(self, capability: Capability, force: Force | None) -> bool:
        if capability.value in self.national:
            return True
        return (
            force is not None
            and capability not in NATIONAL
            and capability.value in self.by_force.get(force.pk, frozenset())
        )

    def readable_forces(self) -> frozenset[int] | None:
        """Ids of the forces whose records may be read; None for all of them."""
        if Capability.READ_ALL_FORCES.value in self.national:
            return None
        wanted = Capability.READ_RECORDS.value
        return frozenset(force for force, codes in self.by_force.items() if wanted in codes)

    def narrowed_to(self, codes: frozenset[str]) -> Grants:
        """The same without what is not among `codes`: a token may ask for less than its system may do."""
        return Grants(self.national & codes, {force: held & codes for force, held in self.by_force.items()})


_GRANTS = """
SELECT m.person_id, m.force_id, p.codename
  FROM {membership} m
  JOIN {grant} g ON g.group_id = m.group_id AND g.content_object_id = m.force_id
  JOIN {permission} p ON p.id = g.permission_id
 WHERE m.person_id = ANY (%(people)s) AND m.period @> statement_timestamp()
UNION
SELECT a.person_id, NULL, p.codename
  FROM {appointment} a
  JOIN auth_group_permissions g ON g.group_id = a.group_id
  JOIN {permission} p ON p.id = g.permission_id
 WHERE a.person_id = ANY (%(people)s) AND a.period @> statement_timestamp()
UNION
SELECT s.person_id, s.force_id, unnest(s.capabilities)
  FROM {system} s
 WHERE s.person_id = ANY (%(people)s) AND s.period @> statement_timestamp()
"""


def grants_of(person: Person) -> Grants:
    """Read from guardian's grants to the groups of the roles held at this instant: an ended role grants nothing.

    A force's own system holds no role: what it was allowed stands in its own row, while that lasts.
    """
    with as_myself(person):
        return _grants_of([person.pk])[person.pk]


def grants_of_many(people: Collection[int]) -> dict[int, Grants]:
    """The same for many people's ids at once, in the national scope: for the service's own watch over rights."""
    with national_scope():
        return _grants_of(people)


def _grants_of(people: Collection[int]) -> dict[int, Grants]:
    statement = _GRANTS.format(
        membership=Membership._meta.db_table,
        appointment=Appointment._meta.db_table,
        grant=ForceGrant._meta.db_table,
        permission=Permission._meta.db_table,
        system=System._meta.db_table,
    )
    national: dict[int, set[str]] = {person: set() for person in people}
    by_force: dict[int, dict[int, set[str]]] = {person: {} for person in people}
    with connection.cursor() as cursor:
        cursor.execute(statement, {"people": list(people)})
        for person, force, code in cursor.fetchall():
            (national[person] if force is None else by_force[person].setdefault(force, set())).add(code)
    return {
        person: Grants(
            frozenset(national[person]),
            {force: frozenset(codes) for force, codes in by_force[person].items()},
        )
        for person in people
    }


def may(person: Person | None, capability: Capability, force: Force | None = None) -> bool:
    """Whether the person holds the capability, for showing or hiding; nobody holds nothing."""
    return person is not None and person.grants.holds(capability, force)


def require(by: Person | None, capability: Capability, force: Force | None = None) -> None:
    """Raise Forbidden unless `by` holds `capability` for `force` (or nationally). First line of every action."""
    if not may(by, capability, force):
        raise Forbidden(by, capability, force)
