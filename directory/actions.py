"""People's lives here: invite, grant, revoke, appoint; and the forces they belong to.

Rights follow memberships and appointments. Nobody grants anything to themselves.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from directory import events
from events.outbox import record
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Appointment, Force, Membership, Person, User
from forces.permissions import may, require
from forces.ranks import Rank
from forces.refusals import Forbidden, Refusal
from forces.roles import FORCE_ROLES, NATIONAL_ROLES
from forces.tenancy import acting, as_myself, national_scope


class NotGrantable(Refusal):
    """The role cannot be granted to that person as asked."""


class NotRevocable(Refusal):
    """The role is not held, or may not be taken away by this person."""


class EmailTaken(Refusal):
    """A login with that address exists."""


# People ---------------------------------------------------------------------------------------------


def invite(
    force: Force, *, name: str, email: str, role: str, rank: str = "", by: Person, at: datetime
) -> Membership:
    """Make a person with a login, and grant them a role in the force. The login has no password yet.

    Raises Forbidden, EmailTaken, NotGrantable.
    """
    require(by, Capability.MANAGE_TEAM, force)
    with acting(force, by):
        person = _new_person(name=name, email=email, by=by)
        record(events.PersonInvited(person.pk), force=force, by=by, at=at, subject=str(person.public_id))
        return grant(person, role, force=force, rank=rank, by=by, at=at)


def grant(
    person: Person,
    role: str,
    *,
    force: Force,
    rank: str = "",
    by: Person | None,
    at: datetime,
    until: datetime | None = None,
    reason: str = "",
) -> Membership:
    """Give a person a role in a force from `at` until `until` (None: until revoked).

    `by` None is for setting up a force that has nobody yet. Raises Forbidden, NotGrantable.
    """
    if by is None:
        _require_empty(force)
    else:
        require(by, Capability.MANAGE_TEAM, force)
    if role not in FORCE_ROLES:
        raise NotGrantable(_("“%(role)s” is not a role in a force.") % {"role": role}, pointer="role")
    if rank and rank not in Rank.values:
        raise NotGrantable(_("“%(rank)s” is not a rank.") % {"rank": rank}, pointer="rank")
    if until is not None and until <= at:
        raise NotGrantable(_("The role must end after it begins."), pointer="until")
    if by is not None and by.pk == person.pk:
        raise NotGrantable(_("You cannot grant a role to yourself. Ask another owner of the team."))
    with acting(force, by):
        try:
            with transaction.atomic():
                membership = Membership.objects.create(
                    person=person,
                    force=force,
                    role=role,
                    rank=rank,
                    group=Group.objects.get(name=f"{force.code}:{role}"),
                    period=DateTimeTZRange(at, until),
                )
        except IntegrityError as error:
            raise NotGrantable(
                _("%(person)s already holds that role.") % {"person": person.name}, pointer="role"
            ) from error
        _follow(person)
        record(
            events.RoleGranted(person.pk, role, rank),
            force=force,
            by=by,
            at=at,
            subject=str(person.public_id),
            reason=reason,
        )
    return membership


def revoke(membership: Membership, *, by: Person, at: datetime, reason: str) -> None:
    """End a role now. Raises Forbidden, NotRevocable."""
    force = membership.force
    require(by, Capability.MANAGE_TEAM, force)
    if not reason.strip():
        raise NotRevocable(_("Say why the role ends."), pointer="reason")
    if by.pk == membership.person_id:
        raise NotRevocable(_("You cannot take a role from yourself. Ask another owner of the team."))
    with acting(force, by):
        ended = Membership.objects.filter(pk=membership.pk, force=force, period__contains=at).update(
            period=DateTimeTZRange(membership.period.lower, at)
        )
        if not ended:
            raise NotRevocable(_("That role has already ended."))
        _follow(membership.person)
        record(
            events.RoleRevoked(membership.person_id, membership.role),
            force=force,
            by=by,
            at=at,
            subject=str(membership.person.public_id),
            reason=reason,
        )


def appoint(
    *,
    role: str,
    by: Person | None,
    at: datetime,
    person: Person | None = None,
    name: str = "",
    email: str = "",
) -> Appointment:
    """Give a national role to `person`, or to a new person with this name and e-mail.

    `by` None is for the first national lead of an installation, while there is none.
    Raises Forbidden, NotGrantable, EmailTaken.
    """
    with national_scope(by):
        if by is None:
            if Appointment.objects.filter(role="national_lead", period__contains=at).exists():
                raise Forbidden(by, Capability.APPOINT, None)
        else:
            require(by, Capability.APPOINT)
        if role not in NATIONAL_ROLES:
            raise NotGrantable(_("“%(role)s” is not a national role.") % {"role": role}, pointer="role")
        if by is not None and person is not None and by.pk == person.pk:
            raise NotGrantable(_("You cannot appoint yourself."))
        if person is None:
            person = _new_person(name=name, email=email, by=by)
        try:
            with transaction.atomic():
                appointment = Appointment.objects.create(
                    person=person,
                    role=role,
                    group=Group.objects.get(name=f"national:{role}"),
                    period=DateTimeTZRange(at, None),
                )
        except IntegrityError as error:
            raise NotGrantable(
                _("%(person)s already holds that role.") % {"person": person.name}, pointer="role"
            ) from error
        _follow(person)
        record(
            events.AppointmentMade(person.pk, role),
            force=None,
            by=by,
            at=at,
            subject=str(person.public_id),
        )
    return appointment


def dismiss(appointment: Appointment, *, by: Person, at: datetime, reason: str) -> None:
    """End a national role now. Raises Forbidden, NotRevocable."""
    with national_scope(by):
        require(by, Capability.APPOINT)
        if not reason.strip():
            raise NotRevocable(_("Say why the appointment ends."), pointer="reason")
        if by.pk == appointment.person_id:
            raise NotRevocable(_("You cannot end your own appointment."))
        ended = Appointment.objects.filter(pk=appointment.pk, period__contains=at).update(
            period=DateTimeTZRange(appointment.period.lower, at)
        )
        if not ended:
            raise NotRevocable(_("That appointment has already ended."))
        _follow(appointment.person)
        record(
            events.AppointmentEnded(appointment.person_id, appointment.role),
            force=None,
            by=by,
            at=at,
            subject=str(appointment.person.public_id),
            reason=reason,
        )


def disable_login(
    user: User, *, by: Person, at: datetime, force: Force | None = None, reason: str = ""
) -> None:
    """Stop a login from working, at once. A force's owner may do it for people who belong to that force alone.

    Raises Forbidden, NotRevocable.
    """
    require(by, Capability.MANAGE_TEAM, force)
    with national_scope(by):
        elsewhere = Membership.objects.filter(person=user.person_id, period__contains=at).exclude(force=force)
        appointed = Appointment.objects.filter(person=user.person_id, period__contains=at)
        if not may(by, Capability.APPOINT) and (elsewhere.exists() or appointed.exists()):
            raise NotRevocable(_("This person also works elsewhere: end their role in your force instead."))
        if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            raise NotRevocable(_("That login is already disabled."))
        with acting(force, by) if force is not None else national_scope(by):
            record(
                events.LoginDisabled(user.person_id),
                force=force,
                by=by,
                at=at,
                subject=str(user.person.public_id),
                reason=reason,
            )


def note_refusal(refusal: Forbidden, *, door: str) -> None:
    """Keep a refused attempt in the history of the force it was about, in a transaction of its own."""
    if refusal.by is None:
        return
    at = db_now()
    refused = events.AccessRefused(refusal.capability.value, door[:200])
    if refusal.force is not None:
        with acting(refusal.force, refusal.by):
            record(refused, force=refusal.force, by=refusal.by, at=at)
    else:
        with as_myself(refusal.by):
            record(refused, force=None, by=refusal.by, at=at)


def _new_person(*, name: str, email: str, by: Person | None) -> Person:
    name, email = name.strip(), email.strip().lower()
    if not name:
        raise NotGrantable(_("Enter the person's name."), pointer="name")
    with national_scope(by):
        if User.objects.filter(email=email).exists():
            raise EmailTaken(
                _("%(email)s already has a login. Ask the national centre to add the role to that person.")
                % {"email": email},
                pointer="email",
            )
        person = Person.objects.create(name=name)
        User.objects.create_user(email, person=person)
    return person


def _follow(person: Person) -> None:
    """Keep the person's logins in the groups of the roles they hold now, so that guardian's own answers agree."""
    with national_scope():
        held = set(
            Membership.objects.filter(person=person, period__contains=db_now()).values_list(
                "group", flat=True
            )
        ) | set(
            Appointment.objects.filter(person=person, period__contains=db_now()).values_list(
                "group", flat=True
            )
        )
        for user in User.objects.filter(person=person):
            user.groups.set(held)
    person.__dict__.pop("grants", None)


def _require_empty(force: Force) -> None:
    with national_scope():
        if Membership.objects.filter(force=force, role="force_owner").exists():
            raise Forbidden(None, Capability.MANAGE_TEAM, force)
