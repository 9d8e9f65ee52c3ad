"""Who asks, by their credential, and whether they still may: read again every moment while a stream is open."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from api.stream.audiences import Rights
from directory.sessions import is_over
from forces.models import User
from forces.permissions import grants_of_many


@dataclass(frozen=True, slots=True)
class Session:
    """The credential of a browser: the key in its cookie."""

    key: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands behind a credential, and what they may hear now."""

    person: int
    rights: Rights


def standing_of(sessions: Iterable[Session]) -> dict[Session, Standing]:
    """Those whose session goes on and whose login works; the others are missing. Three queries, however many."""
    people = _people_behind({session.key for session in sessions})
    grants = grants_of_many(set(people.values())) if people else {}
    return {Session(key): Standing(person, Rights.of(grants[person])) for key, person in people.items()}


def _people_behind(keys: set[str]) -> dict[str, int]:
    """As Django finds the user of a request, for many sessions at once."""
    kept = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    found = kept.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    now = int(time.time())
    told: dict[str, Mapping[str, Any]] = {
        each.session_key: said for each in found if not is_over(said := each.get_decoded(), now)
    }
    logins = {
        str(user.pk): user
        for user in User.objects.filter(
            pk__in={said[SESSION_KEY] for said in told.values() if SESSION_KEY in said}, is_active=True
        )
    }
    return {
        key: user.person_id
        for key, said in told.items()
        if (user := logins.get(str(said.get(SESSION_KEY)))) is not None and _is_of(said, user)
    }


def _is_of(said: Mapping[str, Any], user: User) -> bool:
    """Whether the session was begun by a way in that is still open, with the password that is still theirs."""
    if said.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    given = str(said.get(HASH_SESSION_KEY, ""))
    known = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(given, each) for each in known)
