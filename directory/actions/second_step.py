"""The second step of signing in: codes from an app on something one has, and recovery codes for the day it is lost.

Codes are those of RFC 6238 (six digits, thirty seconds, one step of clock difference either way), kept in allauth's
tables. A code works once: the last one used is kept in the same row, locked, because a cache may forget.
"""

from __future__ import annotations

import time
from datetime import datetime
from urllib.parse import quote, urlencode

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.db import transaction
from django.utils.translation import gettext as _

from directory import events
from directory.actions.sign_in import end_sessions
from directory.sealing import unseal
from events.outbox import record
from forces.capabilities import Capability
from forces.models import Person, User
from forces.permissions import require
from forces.refusals import Invalid, Refusal
from forces.tenancy import as_myself, national_scope

PERIOD = 30  # seconds
DRIFT = 1  # periods that a clock may be off, either way
APP, RECOVERY_CODE = "app", "recovery_code"


class NotSet(Refusal):
    """The login has a second step already, or has none."""


def has_second_step(user: User) -> bool:
    """Whether the login has an app set up."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def new_key() -> str:
    """A key for an app, in base 32: 160 bits."""
    return generate_totp_secret()


def address_of(key: str, user: User, issuer: str) -> str:
    """What the square code holds: an otpauth address."""
    label = f"{quote(issuer)}:{quote(user.email)}"
    return f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': issuer}, quote_via=quote)}"


def set_second_step(user: User, *, key: str, code: str, at: datetime) -> list[str]:
    """Set up the app that holds `key` and has just shown `code`. Returns recovery codes, to be shown once.

    Raises Invalid (`code`), NotSet.
    """
    used = _period_of(key, code, after=-1)
    if used is None:
        raise Invalid({"code": [_("That is not the code the app shows for this key. Enter the newest one.")]})
    with as_myself(Person(pk=user.person_id)):
        User.objects.select_for_update().get(pk=user.pk)
        if has_second_step(user):
            raise NotSet(_("This login has a second step already."))
        app = TOTP.activate(user, key).instance
        app.data["used"] = used
        app.save(update_fields=["data"])
        codes = _new_codes(user)
        person = Person.objects.get(pk=user.person_id)
        record(events.SecondStepSet(person.pk), force=None, by=person, at=at, subject=str(person.public_id))
    return codes


def use_code(user: User, code: str) -> str:
    """Use up a code of the app or a recovery code: APP or RECOVERY_CODE, or empty for a wrong or used one.

    Raises directory.sealing.Unsealable.
    """
    with transaction.atomic():
        held = {each.type: each for each in Authenticator.objects.select_for_update().filter(user=user)}
        app = held.get(Authenticator.Type.TOTP)
        if app is None:
            return ""
        used = _period_of(unseal(app.data["secret"]), code, after=app.data.get("used", -1))
        if used is not None:
            app.data["used"] = used
            app.save(update_fields=["data"])
            app.record_usage()
            return APP
        recovery = held.get(Authenticator.Type.RECOVERY_CODES)
        if recovery is not None and RecoveryCodes(recovery).validate_code(code):
            return RECOVERY_CODE
    return ""


def recovery_codes_left(user: User) -> int:
    held = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(held).get_unused_codes()) if held is not None else 0


def renew_recovery_codes(user: User, *, code: str, at: datetime) -> list[str]:
    """New recovery codes for somebody who can show a code; the ones before stop working. Raises Invalid (`code`)."""
    with as_myself(Person(pk=user.person_id)):
        if not use_code(user, code):
            raise Invalid({"code": [_("That code is not right, or was used already.")]})
        codes = _new_codes(user)
        person = Person.objects.get(pk=user.person_id)
        made = events.RecoveryCodesMade(person.pk)
        record(made, force=None, by=person, at=at, subject=str(person.public_id))
    return codes


def remove_second_step(user: User, *, by: Person | None, at: datetime, reason: str) -> None:
    """For somebody who lost app and codes: their sessions end, and they set up a new app at the next sign-in.

    The national lead's alone, and never their own: with the password it lets a person in. `by` None is for whoever
    installs the service. Raises Forbidden, NotSet.
    """
    if by is not None:
        require(by, Capability.APPOINT)
        if by.pk == user.person_id:
            raise NotSet(_("You cannot remove your own second step. Use a recovery code."))
    if not reason.strip():
        raise NotSet(_("Say why the second step is removed."), pointer="reason")
    with national_scope(by):
        if not Authenticator.objects.filter(user=user).delete()[0]:
            raise NotSet(_("That login has no second step."))
        end_sessions(user.person)
        record(
            events.SecondStepRemoved(user.person_id),
            force=None,
            by=by,
            at=at,
            subject=str(user.person.public_id),
            reason=reason,
        )


def _new_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return RecoveryCodes.activate(user).get_unused_codes()


def _period_of(key: str, code: str, *, after: int) -> int | None:
    """The period whose code this is, if it is near now and later than `after`."""
    now = int(time.time()) // PERIOD
    for period in range(now - DRIFT, now + DRIFT + 1):
        if period > after and compare_user_code(
            actual=code, expected=format_hotp_value(hotp_value(key, period))
        ):
            return period
    return None
