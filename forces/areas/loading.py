"""Putting a map in the place of the tiles, and taking it away again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from forces.areas.drawing import draw
from forces.areas.geojson import UnfitMap, read
from forces.models import AreaMap, Force

MOST_CREDIT = 500


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of it. `missing` are forces that the file has no area for; `is_new` is false if it stood already."""

    count: int
    missing: tuple[Force, ...]
    is_new: bool


@transaction.atomic
def load_map(document: bytes, *, attribution: str, at: datetime, code_name: str = "") -> Loaded:
    """Draw the areas of a GeoJSON file; from then on pages show this map. The same file again changes nothing.

    `attribution` is shown below the map as it stands: who made it, and under which licence. Raises UnfitMap.
    """
    credit = " ".join(attribution.split())
    if not credit:
        raise UnfitMap([_("Say whose map it is and under which licence: --attribution.")])
    if len(credit) > MOST_CREDIT:
        raise UnfitMap([_("The attribution is longer than %d characters.") % MOST_CREDIT])
    forces = {force.code: force for force in Force.objects.national().territorial().order_by("name")}
    areas = read(document, forces, code_name)
    drawing = draw(areas)
    made = AreaMap(
        drawing=drawing, attribution=credit, sha256=hashlib.sha256(document).hexdigest(), loaded_at=at
    )
    standing = AreaMap.standing()
    is_new = standing is None or (standing.drawing, standing.attribution) != (drawing, credit)
    if is_new:
        made.save()
    return Loaded(
        len(areas),
        tuple(force for code, force in forces.items() if code not in areas),
        is_new,
    )


def remove_map(*, at: datetime) -> bool:
    """Go back to tiles; false if there was no map. What was loaded stays on record."""
    if AreaMap.standing() is None:
        return False
    AreaMap.objects.create(drawing=None, attribution="", sha256="", loaded_at=at)
    return True
