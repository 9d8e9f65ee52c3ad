"""Invite people into a force, grant them roles there and end them. Nobody grants anything to themselves."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from directory import events
from directory.actions.sign_in import end_sessions
from events.outbox import record
from forces.capabilities import Capability
from forces.clock import db_now
from forces.groups import group_name
from forces.models import Appointment, Force, Membership, Person, User
from forces.permissions import require
from forces.ranks import Rank
from forces.refusals import Forbidden, Refusal
from forces.roles import FORCE_ROLES
from forces.tenancy import acting, national_scope


class NotGrantable(Refusal):
    """The role cannot be granted to that person as asked."""


class NotRevocable(Refusal):
    """The role is not held, or may not be taken away by this person."""


class EmailTaken(Refusal):
    """A login with that address exists."""


def invite(
    force: Force,
    *,
    name: str,
    email: str,
    role: str,
    rank: str = "",
    by: Person,
    at: datetime,
    reason: str = "",
) -> Membership:
    """Make a person with a login, and grant them a role in the force. The login has no password yet.

    Raises Forbidden, EmailTaken, NotGrantable.
    """
    require(by, Capability.MANAGE_TEAM, force)
    with acting(force, by):
        person = new_person(name=name, email=email, by=by)
        record(events.PersonInvited(person.pk), force=force, by=by, at=at, subject=str(person.public_id))
        return _give(person, role, force=force, rank=rank, by=by, at=at, until=None, reason=reason)


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

    A force's owner grants to people of their force; the centre to anyone. `by` None is for setting up a force
    that has nobody yet. Raises Forbidden, NotGrantable.
    """
    if by is None:
        _require_empty(force)
    else:
        require(by, Capability.MANAGE_TEAM, force)
        if by.pk == person.pk:
            raise NotGrantable(_("You cannot grant a role to yourself. Ask another owner of the team."))
        if Capability.MANAGE_TEAM.value not in by.grants.national and not _belongs(person, force):
            raise NotGrantable(
                _("This person does not belong to %(force)s. Invite them, or ask the national centre.")
                % {"force": force.name},
                pointer="person",
            )
    return _give(person, role, force=force, rank=rank, by=by, at=at, until=until, reason=reason)


def _give(
    person: Person,
    role: str,
    *,
    force: Force,
    rank: str,
    by: Person | None,
    at: datetime,
    until: datetime | None,
    reason: str,
) -> Membership:
    if role not in FORCE_ROLES:
        raise NotGrantable(_("“%(role)s” is not a role in a force.") % {"role": role}, pointer="role")
    if rank and rank not in Rank.values:
        raise NotGrantable(_("“%(rank)s” is not a rank.") % {"rank": rank}, pointer="rank")
    if until is not None and until <= at:
        raise NotGrantable(_("The role must end after it begins."), pointer="until")
    with acting(force, by):
        try:
            with transaction.atomic():
                membership = Membership.objects.create(
                    person=person,
                    force=force,
                    role=role,
                    rank=rank,
                    group=Group.objects.get(name=group_name(FORCE_ROLES[role], force)),
                    period=DateTimeTZRange(at, until),
                )
        except IntegrityError as error:
            raise NotGrantable(
                _("%(person)s already holds that role.") % {"person": person.name}, pointer="role"
            ) from error
        follow(person)
        record(
            events.RoleGranted(person.pk, str(role), str(rank)),
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
        follow(membership.person)
        end_sessions(membership.person)
        record(
            events.RoleRevoked(membership.person_id, membership.role),
            force=force,
            by=by,
            at=at,
            subject=str(membership.person.public_id),
            reason=reason,
        )


def new_person(*, name: str, email: str, by: Person | None) -> Person:
    """A person with a login that has no password. Within an action that has asked for the right to.

    Raises NotGrantable, EmailTaken.
    """
    name, email = name.strip(), email.strip().lower()
    if not name:
        raise NotGrantable(_("Enter the person's name."), pointer="name")
    if len(name) > 120:
        raise NotGrantable(_("The name must be 120 characters or fewer."), pointer="name")
    try:
        validate_email(email)
    except ValidationError as error:
        raise NotGrantable(
            _("Enter an e-mail address, such as name@example.police.uk."), pointer="email"
        ) from error
    taken = EmailTaken(
        _("%(email)s already has a login. Ask the national centre to add the role to that person.")
        % {"email": email},
        pointer="email",
    )
    with national_scope(by):
        if User.objects.filter(email=email).exists():
            raise taken
        try:
            with transaction.atomic():
                person = Person.objects.create(name=name)
                User.objects.create_user(email, person=person)
        except IntegrityError as error:
            raise taken from error
    return person


def follow(person: Person) -> None:
    """Put the person's logins into guardian's groups of the roles they hold now, and out of all others."""
    now = db_now()
    with national_scope():
        held = {
            group
            for roles in (Membership, Appointment)
            for group in roles.objects.filter(person=person, period__contains=now).values_list(
                "group", flat=True
            )
        }
        for user in User.objects.filter(person=person):
            user.groups.set(held)
    person.__dict__.pop("grants", None)


def _belongs(person: Person, force: Force) -> bool:
    with national_scope():
        return Membership.objects.filter(person=person, force=force).exists()


def _require_empty(force: Force) -> None:
    with national_scope():
        if Membership.objects.filter(force=force, role="force_owner").exists():
            raise Forbidden(None, Capability.MANAGE_TEAM, force)
