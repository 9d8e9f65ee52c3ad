"""What a check is: a function of a subject and its parameters, known by the name that the framework gives it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from deployments.readiness.verdicts import State


class Found(NamedTuple):
    """What a check found. `by_when`: until when it can be mended, if not until the step that its rule belongs to."""

    state: State
    words: str
    by_when: datetime | None = None


Check = Callable[..., Found]
IMPLEMENTED: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Register a check by the function's own name: `name(subject, *, parameter, …) -> Found`.

    It raises CannotTell for what is not known. Parameters are keyword-only and typed as the framework declares them.
    """
    if function.__name__ in IMPLEMENTED:
        raise ValueError(f"Two checks are called {function.__name__}.")
    IMPLEMENTED[function.__name__] = function
    return function


def met(words: str) -> Found:
    return Found(State.MET, words)


def not_met(words: str, by_when: datetime | None = None) -> Found:
    return Found(State.NOT_MET, words, by_when)


def not_applicable(words: str) -> Found:
    return Found(State.NOT_APPLICABLE, words)
