"""Figures and register read in one state. Statistics follow the register by a moment, and a page reads both."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext as _

from coordination.collation.behind import statistics_are_behind
from forces.refusals import Refusal
from register import archives
from register.archives import State

# A person waits no longer than this; a worker may.
TRIES, BETWEEN = 4, 0.25  # seconds

Found = TypeVar("Found")


class Moving(Refusal):
    """The register changed while it was read, each time."""


def steady(
    realm: str,
    read: Callable[[State], Found],
    *,
    tries: int = TRIES,
    is_settled: Callable[[], bool] = lambda: True,
) -> Found:
    """What `read` finds, when every record was counted and none changed from its first statement to its last.

    `is_settled` says whether what else is read has followed the register. Raises Moving after so many `tries`.
    """
    for attempt in range(tries):
        if attempt:
            time.sleep(BETWEEN)
        state = archives.state(realm)
        if statistics_are_behind(realm) or not is_settled():
            continue
        found = read(state)
        if archives.state(realm).version == state.version:
            return found
    raise Moving(
        _(
            "Records are being published at this moment, so the figures are still moving. Try again in a minute."
        )
    )
