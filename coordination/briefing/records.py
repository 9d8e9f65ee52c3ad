"""The figures of a list of records: added up from the documents themselves, each kind of source apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from coordination.collation.figures import Coverage, Figure, Tally, figure
from coordination.collation.measures import Measure
from coordination.collation.series import breaks_within
from forces.models import BodyType, Force, Realm
from register.search import InvalidSearch, Search

# A second or two of work; the published tables answer for more at once.
MOST_READ = 20_000
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Sums:
    """What the records found come to. `coverage` is None for one force, `first` and `last` where there is no record."""

    figures: tuple[Figure, ...]
    coverage: Coverage | None
    forces: tuple[Force, ...]
    first: date | None
    last: date | None


def sums_of(search: Search, measures: Sequence[Measure]) -> Sums:
    """Each document is read once. Raises InvalidSearch for a list of more than MOST_READ records."""
    found = search.heads().order_by("on").values_list("force_id", "on", "entry__kept__body")
    if found[MOST_READ : MOST_READ + 1].exists():
        told = _("This list has more than %s records. Narrow it, or take a table.") % f"{MOST_READ:,}"
        raise InvalidSearch({"address": [told]})
    tallies = {measure: Tally() for measure in measures}
    ids: set[int] = set()
    days: list[date] = []
    for force, on, body in found.iterator(chunk_size=AT_ONCE):
        ids.add(force)
        days = [days[0] if days else on, on]
        document = json.loads(bytes(body))
        for measure in measures:
            tallies[measure] += Tally.of(measure.contribute(document))
    in_realm = list(Force.objects.filter(realm=search.realm).order_by("name"))
    forces = tuple(force for force in in_realm if force.pk in ids)
    codes = [force.code for force in forces]
    figures = tuple(
        figure(
            measure,
            tallies[measure],
            has_break=bool(days) and bool(breaks_within(measure.code, codes, days[0], days[-1])),
        )
        for measure in measures
    )
    coverage = None if search.force else _coverage(forces, in_realm, made_up=search.realm != Realm.NATIONAL)
    return Sums(figures, coverage, forces, days[0] if days else None, days[-1] if days else None)


def _coverage(forces: Sequence[Force], in_realm: Sequence[Force], *, made_up: bool) -> Coverage:
    counted = [force for force in forces if force.body_type == BodyType.TERRITORIAL]
    return Coverage(
        counted=len(counted),
        territorial=sum(force.body_type == BodyType.TERRITORIAL for force in in_realm),
        others=tuple(force.name for force in forces if force.body_type != BodyType.TERRITORIAL),
        made_up=made_up,
    )
