"""Areas of forces out of a GeoJSON file (RFC 7946): within limits, in degrees, each with a code that is known."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from forces.refusals import Refusal

MOST_BYTES = 30_000_000
MOST_FEATURES = 200
MOST_POINTS = 400_000
MOST_PROBLEMS = 20
# Great Britain with a margin, in degrees: what lies outside is in metres, or has its two numbers the wrong way round.
WEST, EAST, SOUTH, NORTH = -9.0, 3.0, 49.0, 61.0
# The Office for National Statistics names the column after the year of its list: PFA23CD.
CODE_NAMES = re.compile(r"(?i)pfa\d\dcd|ons_code|pfa_code|code")
DEGREES = ("crs84", "4326")

Point = tuple[float, float]
Ring = list[Point]
# A polygon is its outer ring and its holes; an area has one or more of them.
Polygon = list[Ring]
Areas = dict[str, list[Polygon]]


class UnfitMap(Refusal):
    """The file cannot be drawn. `problems` says each thing that is wrong, where, and how to mend it."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        more = len(problems) - MOST_PROBLEMS
        told = problems[:MOST_PROBLEMS] + ([_("… and %d more.") % more] if more > 0 else [])
        super().__init__("\n".join(told))


def read(document: bytes, codes: Collection[str], code_name: str = "") -> Areas:
    """The areas by code of the force, with every ring closed and in degrees (longitude, latitude).

    `code_name` is the property that holds the code; without it, the usual names are looked for. Raises UnfitMap.
    """
    if len(document) > MOST_BYTES:
        raise UnfitMap(
            [_("The file is larger than %d MB. Use generalised boundaries.") % (MOST_BYTES // 1_000_000)]
        )
    features = _features(_parsed(document))
    areas: Areas = {}
    problems: list[str] = []
    points = 0
    for number, feature in enumerate(features, 1):
        try:
            code = _code(feature, code_name)
            if code not in codes:
                raise ValueError(
                    _("no territorial police force of England and Wales has the code %r.") % code[:40]
                )
            if code in areas:
                raise ValueError(_("%s is there twice. Join its parts into one MultiPolygon.") % code)
            areas[code] = _polygons(feature.get("geometry"))
        except ValueError as wrong:
            problems.append(_("Feature %(number)d: %(what)s") % {"number": number, "what": wrong})
            continue
        points += sum(len(ring) for polygon in areas[code] for ring in polygon)
        if points > MOST_POINTS:
            problems.append(_("There are more than %d points. Use generalised boundaries.") % MOST_POINTS)
            break
    if problems:
        raise UnfitMap(problems)
    return areas


def _parsed(document: bytes) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(_("%s is no number of JSON.") % constant)

    try:
        return json.loads(document.decode("utf-8-sig"), parse_constant=refuse)
    except UnicodeDecodeError as error:
        raise UnfitMap([_("The file is not UTF-8 text.")]) from error
    except RecursionError as error:
        raise UnfitMap([_("The file is nested too deeply.")]) from error
    except ValueError as error:
        raise UnfitMap([_("The file is not JSON: %s") % error]) from error


def _features(parsed: Any) -> list[Any]:
    if not isinstance(parsed, dict) or parsed.get("type") != "FeatureCollection":
        raise UnfitMap([_("The file must hold a GeoJSON FeatureCollection.")])
    system = json.dumps(parsed.get("crs") or "crs84").lower()
    if not any(name in system for name in DEGREES):
        raise UnfitMap([_in_degrees()])
    features = parsed.get("features")
    if not isinstance(features, list) or not features:
        raise UnfitMap([_("The FeatureCollection has no features.")])
    if len(features) > MOST_FEATURES:
        raise UnfitMap(
            [
                _("There are %(found)d features, of at most %(most)d: one for each force.")
                % {"found": len(features), "most": MOST_FEATURES}
            ]
        )
    return features


def _code(feature: Any, code_name: str) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, Mapping):
        raise ValueError(_("it has no properties, so no code."))
    if code_name:
        found = [properties.get(code_name)]
    else:
        found = [value for name, value in properties.items() if CODE_NAMES.fullmatch(str(name))]
    code = next((value for value in found if isinstance(value, str) and value), "")
    if not code:
        raise ValueError(
            _("it has no code of a police force area. Name the property that holds it with --code-property.")
        )
    return code


def _polygons(geometry: Any) -> list[Polygon]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    parts = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind == "Polygon":
        parts = [parts]
    elif kind != "MultiPolygon":
        raise ValueError(_("its geometry must be a Polygon or a MultiPolygon, not %s.") % str(kind)[:40])
    polygons = [[list(_ring(ring)) for ring in _list(part)] for part in _list(parts)]
    if not polygons or not all(polygons):
        raise ValueError(_("its geometry is empty."))
    return polygons


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(_("its coordinates are not nested as GeoJSON says."))
    return value


def _ring(ring: Any) -> Iterator[Point]:
    positions = _list(ring)
    if len(positions) < 4 or positions[0] != positions[-1]:
        raise ValueError(_("a ring must have four positions or more and end where it begins."))
    for position in positions:
        if len(_list(position)) not in (2, 3) or not all(map(_is_number, position)):
            raise ValueError(_("a position must be two numbers, not %s.") % json.dumps(position)[:40])
        x, y = float(position[0]), float(position[1])
        if not (WEST <= x <= EAST and SOUTH <= y <= NORTH):
            raise ValueError(f"{_in_degrees()} ({x:g}, {y:g})")
        yield x, y


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _in_degrees() -> str:
    return _("Positions must be longitude and latitude in degrees (WGS 84), within Great Britain.")
