"""What was typed into a form whose session was over: kept until its writer has signed in again, and shown to them.

A form holds a sealed word on who it was shown to and where. Sent by a stranger, as whoever was signed out meanwhile
is, it is kept in that browser's own session, sealed, for half an hour. It is shown once, at that address and to that
person alone, filled in again; it never sends itself. Of anybody else nothing is kept, nor of passwords and files,
whose forms hold no such word.
"""

from __future__ import annotations

import json
import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from design.forms import ShownAgain
from directory.sealing import Unsealable, seal, unseal
from forces.models import Person, User

FIELD = "typed_by"
KEPT = "typed"
PATIENCE = 30 * 60  # seconds
LARGEST = 64 * 1024  # bytes of one form
MOST = 3  # forms of one browser
LONGEST_WORD = 1000  # characters


def word(person: Person, address: str) -> str:
    """What a form at this address holds, so that it is known whose it was; sealed, so that nobody else can say it."""
    return seal(json.dumps(["typed", person.pk, address, int(time.time())]))


def keep(request: HttpRequest) -> None:
    """What a stranger sent, if it was typed into a form that somebody signed in was shown at this address."""
    person = _whose(request.POST.get(FIELD, ""), request.path)
    if person is None or request.FILES:
        return
    said = {
        name: values for name, values in request.POST.lists() if name not in (FIELD, "csrfmiddlewaretoken")
    }
    text = json.dumps({"person": person, "said": said})
    if len(text.encode()) > LARGEST:
        return
    kept = request.session.get(KEPT, {})
    kept.pop(request.path, None)
    kept[request.path] = {"at": int(time.time()), "sealed": seal(text)}
    request.session[KEPT] = dict(list(kept.items())[-MOST:])
    request.session.set_expiry(PATIENCE)  # of a stranger's session; signing in takes it back


def carry(request: HttpRequest, kept: Any) -> None:
    """Into the session that follows another on the way to being signed in. `kept` was `request.session.get(KEPT)`."""
    if kept:
        request.session[KEPT] = kept
        request.session.set_expiry(PATIENCE)


def settle(request: HttpRequest, user: User) -> None:
    """Somebody has signed in: what others typed in this browser is let go."""
    kept = request.session.pop(KEPT, None)
    if kept is None:
        return
    request.session.set_expiry(None)
    mine = {address: each for address, each in kept.items() if _opened(each, user.person_id) is not None}
    if mine:
        request.session[KEPT] = mine


def take(request: HttpRequest) -> ShownAgain | None:
    """What this person typed at this address before they had to sign in again; once, and with a word about it."""
    kept = request.session.get(KEPT)
    if request.method != "GET" or not kept or request.path not in kept:
        return None
    each = kept.pop(request.path)
    request.session[KEPT] = kept
    said = _opened(each, request.person.pk)  # type: ignore[attr-defined]
    if said is None:
        return None
    again = ShownAgain(mutable=True)
    for name, values in said.items():
        again.setlist(name, values)
    messages.info(
        request,
        _(
            "You had been signed out. What you typed is here again, and nothing has been sent: check it and send it."
        ),
    )
    return again


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is filled with: what was sent, or what was typed before signing in again; None for a new one."""
    return request.POST if request.method == "POST" else getattr(request, "typed", None)


def _whose(given: str, address: str) -> int | None:
    """The id of the person to whom the form at this address was shown, no longer ago than a session can last."""
    try:
        purpose, person, where, at = json.loads(unseal(given[:LONGEST_WORD]))
    except (Unsealable, ValueError, TypeError):
        return None
    is_young = time.time() - at <= settings.SESSION_COOKIE_AGE + PATIENCE
    return person if (purpose, where) == ("typed", address) and is_young else None


def _opened(each: dict[str, Any], person: int) -> dict[str, list[str]] | None:
    """The values by name, if this person typed them and not too long ago."""
    if time.time() - each["at"] > PATIENCE:
        return None
    try:
        held = json.loads(unseal(each["sealed"]))
    except Unsealable:
        return None
    return held["said"] if held["person"] == person else None
