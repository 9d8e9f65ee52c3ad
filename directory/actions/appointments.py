"""National roles, and those of outside readers: given and ended by the national lead."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from directory import events
from directory.actions.people import NotGrantable, NotRevocable, follow, new_person
from directory.actions.sign_in import end_sessions
from events.outbox import record
from forces.capabilities import Capability
from forces.groups import group_name
from forces.models import Appointment, Person
from forces.permissions import require
from forces.refusals import Forbidden
from forces.roles import NATIONAL_ROLES
from forces.tenancy import national_scope


def appoint(
    *,
    role: str,
    by: Person | None,
    at: datetime,
    person: Person | None = None,
    name: str = "",
    email: str = "",
    reason: str = "",
) -> Appointment:
    """Give a national role to `person`, or to a new person with this name and e-mail.

    `by` None is for the first national lead of an installation, while there is none.
    Raises Forbidden, NotGrantable, EmailTaken.
    """
    with national_scope(by):
        if by is not None:
            require(by, Capability.APPOINT)
        elif role != "national_lead" or _has_lead(at):
            raise Forbidden(by, Capability.APPOINT, None)
        if role not in NATIONAL_ROLES:
            raise NotGrantable(_("“%(role)s” is not a national role.") % {"role": role}, pointer="role")
        if by is not None and person is not None and by.pk == person.pk:
            raise NotGrantable(_("You cannot appoint yourself."))
        if person is None:
            person = new_person(name=name, email=email, by=by)
        try:
            with transaction.atomic():
                appointment = Appointment.objects.create(
                    person=person,
                    role=role,
                    group=Group.objects.get(name=group_name(NATIONAL_ROLES[role])),
                    period=DateTimeTZRange(at, None),
                )
        except IntegrityError as error:
            raise NotGrantable(
                _("%(person)s already holds that role.") % {"person": person.name}, pointer="role"
            ) from error
        follow(person)
        record(
            events.AppointmentMade(person.pk, role),
            force=None,
            by=by,
            at=at,
            subject=str(person.public_id),
            reason=reason,
        )
    return appointment


def dismiss(appointment: Appointment, *, by: Person, at: datetime, reason: str) -> None:
    """End a national role now. Raises Forbidden, NotRevocable."""
    require(by, Capability.APPOINT)
    if not reason.strip():
        raise NotRevocable(_("Say why the appointment ends."), pointer="reason")
    if by.pk == appointment.person_id:
        raise NotRevocable(_("You cannot end your own appointment."))
    with national_scope(by):
        ended = Appointment.objects.filter(pk=appointment.pk, period__contains=at).update(
            period=DateTimeTZRange(appointment.period.lower, at)
        )
        if not ended:
            raise NotRevocable(_("That appointment has already ended."))
        follow(appointment.person)
        end_sessions(appointment.person)
        record(
            events.AppointmentEnded(appointment.person_id, appointment.role),
            force=None,
            by=by,
            at=at,
            subject=str(appointment.person.public_id),
            reason=reason,
        )


def _has_lead(at: datetime) -> bool:
    """Two first leads at once: the second waits for the first's commit, then sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('the first national lead'))")
    return Appointment.objects.filter(role="national_lead", period__contains=at).exists()
