"""Logins: the one-time link to choose a password, closing a login, and what is kept of refused attempts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from directory import events
from events.outbox import record
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Appointment, Force, Membership, Person, User
from forces.permissions import may, require
from forces.personal_data import PersonalData, told
from forces.refusals import Forbidden, Invalid, Refusal
from forces.tenancy import acting, as_myself, national_scope


class NotDisabled(Refusal):
    """The login stays as it is, and this is why."""


class NotIssuable(Refusal):
    """No link to choose a password can be given for this login, or the link no longer works."""


@dataclass(frozen=True, slots=True)
class PasswordLink:
    """Works once, for `settings.PASSWORD_RESET_TIMEOUT` seconds, until a password is chosen or a sign-in happens."""

    login: str
    token: str

    @property
    def path(self) -> str:
        return f"/sign-in/password/{self.login}/{self.token}/"


def issue_password_link(
    user: User, *, by: Person | None, at: datetime, force: Force | None = None, reason: str = ""
) -> PasswordLink:
    """A link with which the person chooses their password. Hand it to them by a channel you trust.

    A force's owner may do it for somebody of that force who has no password yet and works nowhere else: a link for
    a login in use would let them act as a colleague. The national lead may do it for anyone but themselves.
    `by` None is for whoever installs the service. Raises Forbidden, NotIssuable.
    """
    if by is not None:
        require(by, Capability.MANAGE_TEAM, force)
        if by.pk == user.person_id:
            raise NotIssuable(_("You cannot give yourself a link. Ask another owner of the team."))
        if not may(by, Capability.APPOINT):
            _require_own_colleague(user, force, by=by, at=at)
            if user.has_usable_password():
                raise NotIssuable(_("This person has a password. Ask the national centre for a new link."))
    if not user.is_active:
        raise NotIssuable(_("That login is disabled."))
    issued = events.PasswordLinkIssued(user.person_id)
    with acting(force, by) if force is not None else national_scope(by):
        subject = str(user.person.public_id)
        record(issued, force=force, by=by, at=at, subject=subject, reason=reason)
    return PasswordLink(urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user))


def login_for(login: str, token: str) -> User | None:
    """The login a link is for, while the link works."""
    try:
        user = User.objects.get(pk=int(urlsafe_base64_decode(login).decode()), is_active=True)
    except (User.DoesNotExist, ValueError, OverflowError):
        return None
    return user if default_token_generator.check_token(user, token) else None


def choose_password(login: str, token: str, *, password: str, at: datetime) -> User:
    """Use up a link: the login has this password from now on. Raises NotIssuable, Invalid (`password`)."""
    gone = NotIssuable(_("This link no longer works. Ask whoever sent it for a new one."))
    user = login_for(login, token)
    if user is None:
        raise gone
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid({"password": error.messages}) from error
    with as_myself(Person(pk=user.person_id)):
        chosen = make_password(password)
        # The old password is in the token: of two at once, one finds it changed.
        if not User.objects.filter(pk=user.pk, is_active=True, password=user.password).update(
            password=chosen
        ):
            raise gone
        person = user.person
        record(events.PasswordChosen(person.pk), force=None, by=person, at=at, subject=str(person.public_id))
    user.refresh_from_db()
    return user


def disable_login(
    user: User, *, by: Person, at: datetime, force: Force | None = None, reason: str = ""
) -> None:
    """Stop a login from working: its next request is a stranger's, and its password is gone.

    A force's owner may do it for people of that force who work nowhere else. Raises Forbidden, NotDisabled.
    """
    require(by, Capability.MANAGE_TEAM, force)
    if by.pk == user.person_id:
        raise NotDisabled(_("You cannot disable your own login."))
    if not may(by, Capability.APPOINT):
        _require_own_colleague(user, force, by=by, at=at)
    with acting(force, by) if force is not None else national_scope(by):
        # An unusable password changes what sessions are signed with: none comes back if the login does.
        gone = {"is_active": False, "password": make_password(None)}
        if not User.objects.filter(pk=user.pk, is_active=True).update(**gone):
            raise NotDisabled(_("That login is already disabled."))
        record(
            events.LoginDisabled(user.person_id),
            force=force,
            by=by,
            at=at,
            subject=str(user.person.public_id),
            reason=reason,
        )


def enable_login(user: User, *, by: Person, at: datetime, reason: str) -> None:
    """Let a disabled login work again once its person has chosen a new password. The national lead's alone.

    Raises Forbidden, NotDisabled.
    """
    require(by, Capability.APPOINT)
    if by.pk == user.person_id:
        raise NotDisabled(_("You cannot enable your own login."))
    if not reason.strip():
        raise NotDisabled(_("Say why the login works again."), pointer="reason")
    with national_scope(by):
        if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            raise NotDisabled(_("That login is not disabled."))
        record(
            events.LoginEnabled(user.person_id),
            force=None,
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


def note_refused_texts(
    noticed: Collection[PersonalData], *, person: Person, force: Force | None, door: str
) -> None:
    """Keep that texts were refused, by field and kind, in a transaction of its own. Their words are kept nowhere.

    `force` is the one whose page or token it was; what was meant for another says so itself.
    """
    at = db_now()
    for refused in noticed:
        meant_for = refused.force or force
        happened = events.TextRefused(told(refused.found)[:500], door[:200])
        if meant_for is not None:
            with acting(meant_for, person):
                record(happened, force=meant_for, by=person, at=at)
        else:
            with as_myself(person):
                record(happened, force=None, by=person, at=at)


def _require_own_colleague(user: User, force: Force | None, *, by: Person, at: datetime) -> None:
    """Raise NotDisabled unless the person belongs, or belonged, to this force and works nowhere else."""
    with national_scope(by):
        theirs = Membership.objects.filter(person=user.person_id)
        if not theirs.filter(force=force).exists():
            raise Forbidden(by, Capability.MANAGE_TEAM, None)
        elsewhere = theirs.filter(period__contains=at).exclude(force=force).exists()
        if elsewhere or Appointment.objects.filter(person=user.person_id, period__contains=at).exists():
            raise NotDisabled(_("This person also works elsewhere: end their role in your force instead."))
