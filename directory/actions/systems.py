"""A force's own systems: connecting one, changing what it may do, disconnecting it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from directory import events
from events.outbox import record
from forces.capabilities import FOR_SYSTEMS, Capability
from forces.models import Force, Person, System, SystemLogin
from forces.models.systems import digest, new_secret
from forces.permissions import require
from forces.refusals import Invalid, Refusal
from forces.tenancy import acting, national_scope

LONGEST = timedelta(days=366)


class NotConnected(Refusal):
    """The system is not connected, or not any more."""


class ConnectedAlready(Refusal):
    """The same request connected its system before, and its secret was shown then."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A new system with what it signs in with. The secret is nowhere else: show it once."""

    system: System
    client_id: str
    secret: str


def connect_system(
    force: Force,
    *,
    name: str,
    capabilities: Iterable[str],
    until: datetime,
    by: Person,
    at: datetime,
    once: UUID | None = None,
) -> Connected:
    """Let a system of the force's own act for it until a moment, with these rights and no others.

    It acts under its own name. `capabilities` are codes of `forces.capabilities.FOR_SYSTEMS`. What is asked for
    again under the same `once` connects no second one.
    Raises Forbidden, Invalid (`name`, `capabilities`, `until`), ConnectedAlready.
    """
    require(by, Capability.MANAGE_SYSTEMS, force)
    name, allowed = " ".join(name.split()), _checked(capabilities)
    if not name or len(name) > 120:
        raise Invalid({"name": [_("Give the system a name of 120 characters or fewer.")]})
    if not at < until <= at + LONGEST:
        raise Invalid({"until": [_("It must end in the future, a year from now at the latest.")]})
    secret = new_secret()
    with acting(force, by):
        person = _new_person(name, by=by, once=once)
        system = System.objects.create(
            force=force,
            person=person,
            capabilities=allowed,
            period=DateTimeTZRange(at, until),
            connected_by=by,
            connected_at=at,
        )
        login = SystemLogin.objects.create(person=person, client_secret=digest(secret))
        record(
            events.SystemConnected(person.pk, ", ".join(allowed), until.isoformat()),
            force=force,
            by=by,
            at=at,
            subject=str(person.public_id),
        )
    return Connected(system, login.client_id, secret)


def change_system(system: System, *, capabilities: Iterable[str], by: Person, at: datetime) -> None:
    """Let a system do this from now on and nothing else. Its next call finds it so.

    Raises Forbidden, Invalid (`capabilities`), NotConnected.
    """
    force = system.force
    require(by, Capability.MANAGE_SYSTEMS, force)
    allowed = _checked(capabilities)
    with acting(force, by):
        if not _connected(system, at).update(capabilities=allowed):
            raise NotConnected(_("That system is not connected any more."))
        record(
            events.SystemChanged(system.person_id, ", ".join(allowed)),
            force=force,
            by=by,
            at=at,
            subject=str(system.person.public_id),
        )
    system.capabilities = allowed


def disconnect_system(system: System, *, reason: str, by: Person, at: datetime) -> None:
    """End a system's connection: its next call is a stranger's, whatever token it holds.

    Raises Forbidden, Invalid (`reason`), NotConnected.
    """
    force = system.force
    require(by, Capability.MANAGE_SYSTEMS, force)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why it is disconnected.")]})
    with acting(force, by):
        ended = _connected(system, at).update(
            period=DateTimeTZRange(system.period.lower, at), disconnected_by=by
        )
        if not ended:
            raise NotConnected(_("That system is not connected any more."))
        record(
            events.SystemDisconnected(system.person_id),
            force=force,
            by=by,
            at=at,
            subject=str(system.person.public_id),
            reason=reason.strip(),
        )


def _new_person(name: str, *, by: Person, once: UUID | None) -> Person:
    """Its public id is `once`, of which there is one: of two requests at the same time the second waits, and loses."""
    known = {"public_id": once} if once else {}
    try:
        with national_scope(by), transaction.atomic():
            return Person.objects.create(name=name, kind=Person.Kind.SYSTEM, **known)
    except IntegrityError as error:
        if once is None:
            raise
        raise ConnectedAlready(
            _(
                "That system is connected already, and its secret was shown then. If it was not kept, disconnect it."
            )
        ) from error


def _connected(system: System, at: datetime):
    return System.objects.filter(pk=system.pk, force=system.force_id, period__contains=at)


def _checked(codes: Iterable[str]) -> list[str]:
    """The codes in their own order. Raises Invalid for none, and for what no system may ever do."""
    asked = set(codes)
    allowed = [each.value for each in FOR_SYSTEMS if each.value in asked]
    if not allowed or len(allowed) != len(asked):
        raise Invalid(
            {
                "capabilities": [
                    _("Select what the system may do. No system reviews, publishes, withdraws or manages.")
                ]
            }
        )
    return allowed
