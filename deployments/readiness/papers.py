"""The documents that forces have published, as the checks see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from deployments.readiness.subject import Held
from forces.documents import documents_of_many
from forces.models import Force
from forces.models.documents import Document


def documents_for(wanted: Collection[tuple[Force, date]]) -> dict[tuple[int, date], Mapping[str, Held]]:
    """By force id and day: what stands on that day, by kind; in one statement."""
    return {
        key: {kind: held_as(document) for kind, document in standing.items()}
        for key, standing in documents_of_many(wanted).items()
    }


def held_as(document: Document) -> Held:
    return Held(document.pk, document.kind, document.title, document.version, document.review_on)
