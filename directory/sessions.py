"""When a session is over: one answer for every door that takes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

# What a session remembers, besides what Django keeps in it. Seconds since 1970, and how the second step was taken.
BEGAN, SEEN, SECOND_STEP = "began", "seen", "second_step"


def is_over(said: Mapping[str, Any], now: int) -> bool:
    """Whether what a session says means that it may be used no more.

    It ends after `SESSION_IDLE` seconds without a request, `SESSION_COOKIE_AGE` seconds after signing in, and where
    two steps are asked for and it was opened with one (a demonstration that became something else).
    """
    began, seen = said.get(BEGAN, now), said.get(SEEN, now)
    if now - seen > settings.SESSION_IDLE or now - began > settings.SESSION_COOKIE_AGE:
        return True
    return bool(settings.TWO_STEPS) and not said.get(SECOND_STEP)
