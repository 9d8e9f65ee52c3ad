"""The documents that forces have published, as the checks see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from deployments.readiness.services import NOT_RECORDED, NotRecorded
from deployments.readiness.subject import Held
from forces.models import Force


def documents_for(
    wanted: Collection[tuple[Force, date]],
) -> dict[tuple[int, date], Mapping[str, Held] | NotRecorded]:
    """By force id and day: what stands on that day, by kind."""
    return {(force.pk, day): NOT_RECORDED for force, day in wanted}
