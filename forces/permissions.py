"""May this person do that, for this force? Doors ask `may` to hide a button; only `require` in an action counts."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.db import connection

from forces.capabilities import NATIONAL, Capability
from forces.models import Appointment, Force, ForceGrant, Membership, Person
from forces.refusals import Forbidden
from forces.tenancy import as_myself


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


_GRANTS = """
SELECT m.force_id, p.codename
  FROM {membership} m
  JOIN {grant} g ON g.group_id = m.group_id AND g.content_object_id = m.force_id
  JOIN {permission} p ON p.id = g.permission_id
 WHERE m.person_id = %(person)s AND m.period @> statement_timestamp()
UNION
SELECT NULL, p.codename
  FROM {appointment} a
  JOIN auth_group_permissions g ON g.group_id = a.group_id
  JOIN {permission} p ON p.id = g.permission_id
 WHERE a.person_id = %(person)s AND a.period @> statement_timestamp()
"""


def grants_of(person: Person) -> Grants:
    """Read from guardian's grants to the groups of the roles held at this instant: an ended role grants nothing."""
    statement = _GRANTS.format(
        membership=Membership._meta.db_table,
        appointment=Appointment._meta.db_table,
        grant=ForceGrant._meta.db_table,
        permission=Permission._meta.db_table,
    )
    national: set[str] = set()
    by_force: dict[int, set[str]] = {}
    with as_myself(person), connection.cursor() as cursor:
        cursor.execute(statement, {"person": person.pk})
        for force_id, code in cursor.fetchall():
            (national if force_id is None else by_force.setdefault(force_id, set())).add(code)
    return Grants(frozenset(national), {force: frozenset(codes) for force, codes in by_force.items()})


def may(person: Person | None, capability: Capability, force: Force | None = None) -> bool:
    """Whether the person holds the capability, for showing or hiding; nobody holds nothing."""
    return person is not None and person.grants.holds(capability, force)


def require(by: Person | None, capability: Capability, force: Force | None = None) -> None:
    """Raise Forbidden unless `by` holds `capability` for `force` (or nationally). First line of every action."""
    if not may(by, capability, force):
        raise Forbidden(by, capability, force)
