"""The kinds of long work there are. Each app declares its own in `jobs.py`, which is loaded at start."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forces.capabilities import Capability

if TYPE_CHECKING:
    from jobs.progress import Progress

_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)+")

Work = Callable[["Progress"], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` is stored with each job and never changes. `capability` is what its requester must hold."""

    name: str
    capability: Capability
    work: Work


KINDS: dict[str, Kind] = {}


def job(name: str, capability: Capability) -> Callable[[Work], Work]:
    """Register a function that takes a `Progress`, does the work in steps, and returns a JSON-able result.

    It may be started again after its worker died, from the last checkpoint. Commit each step's work and its
    checkpoint in one transaction (`with progress.step(): …`), and nothing is done twice. Its requester's rights
    are asked again at every start; the actions it calls ask too.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a job's name such as 'intake.import'.")

    def register(work: Work) -> Work:
        if name in KINDS and KINDS[name].work.__qualname__ != work.__qualname__:
            raise ValueError(f"Two jobs are called {name}.")
        KINDS[name] = Kind(name, capability, work)
        return work

    return register
