"""How long a session lasts, what it was opened with, and when it gets a new id."""

from __future__ import annotations

import hashlib
import time

from django.contrib.auth import logout
from django.http import HttpRequest

from directory import actions
from directory.sessions import BEGAN, SECOND_STEP, SEEN, is_over
from forces.models import Person, User

RIGHTS = "rights"  # what the person held when the session was last used
MINUTE = 60


def begin(request: HttpRequest, user: User, *, second_step: str) -> None:
    """The session that was just opened under a new id starts now. `second_step` is how it was taken, or empty."""
    now = int(time.time())
    request.session[BEGAN] = request.session[SEEN] = now
    request.session[SECOND_STEP] = second_step
    actions.note_sign_in(user, second_step=second_step)


def goes_on(request: HttpRequest) -> bool:
    """Whether the session may be used for this request; if not, it is over, and a stranger is asking.

    A page that asks by itself whether it is still true (design/build/live.js) is nobody's sign of life.
    """
    session, now = request.session, int(time.time())
    if is_over(session, now):
        logout(request)
        return False
    by_itself = "Lfr-Live" in request.headers
    if BEGAN not in session or (now - session.get(SEEN, now) >= MINUTE and not by_itself):
        # Written once a minute at most.
        session[BEGAN], session[SEEN] = session.get(BEGAN, now), now
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
