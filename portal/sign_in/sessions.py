"""How long a session lasts, what it was opened with, and when it gets a new id."""

from __future__ import annotations

import hashlib
import time

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest

from directory import actions
from forces.models import Person, User

# What a session remembers, besides what Django keeps in it.
BEGAN, SEEN, SECOND_STEP, RIGHTS = "began", "seen", "second_step", "rights"
MINUTE = 60


def begin(request: HttpRequest, user: User, *, second_step: str) -> None:
    """The session that was just opened under a new id starts now. `second_step` is how it was taken, or empty."""
    now = int(time.time())
    request.session[BEGAN] = request.session[SEEN] = now
    request.session[SECOND_STEP] = second_step
    actions.note_sign_in(user, second_step=second_step)


def goes_on(request: HttpRequest) -> bool:
    """Whether the session may be used for this request; if not, it is over, and a stranger is asking.

    It ends after `SESSION_IDLE` seconds without a request, `SESSION_COOKIE_AGE` seconds after signing in, and where
    two steps are asked for and it was opened with one (a demonstration that became something else).
    """
    session, now = request.session, int(time.time())
    began, seen = session.get(BEGAN, now), session.get(SEEN, now)
    is_over = now - seen > settings.SESSION_IDLE or now - began > settings.SESSION_COOKIE_AGE
    if is_over or (settings.TWO_STEPS and not session.get(SECOND_STEP)):
        logout(request)
        return False
    if BEGAN not in session or now - seen >= MINUTE:  # written once a minute at most
        session[BEGAN], session[SEEN] = began, now
    return True


def follow_rights(request: HttpRequest, person: Person) -> None:
    """A new session id once the person holds more or less than before: an id that was seen is worth nothing then."""
    held = repr(
        (sorted(person.grants.national), sorted((f, sorted(c)) for f, c in person.grants.by_force.items()))
    )
    rights = hashlib.sha256(held.encode()).hexdigest()
    before = request.session.get(RIGHTS)
    if before != rights:
        if before is not None:
            request.session.cycle_key()
        request.session[RIGHTS] = rights
