"""Where each territorial force has its tile: a fixed layout in which neighbours stay neighbours.

Seven columns, the fewest that keep England and Wales in shape, so that a tile is still wide enough for a finger and
five letters on a phone of 320 pixels. A force without a place (one that came by a merger, or a made-up one) gets one
in lines of their own below, by name, until it is given one here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

COLUMNS = 7


@dataclass(frozen=True, slots=True)
class Place:
    """`label` in one or two lines (“|”) for a wide tile, `short` for a narrow one."""

    column: int
    row: int
    label: str
    short: str


# By the code of the force.
PLACES: dict[str, Place] = {
    "E23000007": Place(3, 0, "Northumbria", "Nthum"),
    "E23000002": Place(2, 1, "Cumbria", "Cumb"),
    "E23000008": Place(3, 1, "Durham", "Durh"),
    "E23000013": Place(4, 1, "Cleveland", "Clev"),
    "E23000003": Place(2, 2, "Lancashire", "Lancs"),
    "E23000009": Place(3, 2, "North|Yorkshire", "N Yor"),
    "E23000004": Place(1, 3, "Merseyside", "Mers"),
    "E23000005": Place(2, 3, "Greater|Manchester", "GMP"),
    "E23000010": Place(3, 3, "West|Yorkshire", "W Yor"),
    "E23000011": Place(4, 3, "South|Yorkshire", "S Yor"),
    "E23000012": Place(5, 3, "Humberside", "Humb"),
    "W15000001": Place(0, 4, "North|Wales", "N Wal"),
    "E23000006": Place(1, 4, "Cheshire", "Ches"),
    "E23000015": Place(2, 4, "Staffs", "Staff"),
    "E23000018": Place(3, 4, "Derbyshire", "Derby"),
    "E23000019": Place(4, 4, "Notts", "Notts"),
    "E23000020": Place(5, 4, "Lincs", "Lincs"),
    "W15000004": Place(0, 5, "Dyfed|Powys", "D-P"),
    "E23000016": Place(1, 5, "West|Mercia", "W Mer"),
    "E23000014": Place(2, 5, "West|Midlands", "W Mid"),
    "E23000021": Place(3, 5, "Leics", "Leics"),
    "E23000022": Place(4, 5, "Northants", "Nhant"),
    "E23000023": Place(5, 5, "Cambs", "Cambs"),
    "E23000024": Place(6, 5, "Norfolk", "Norf"),
    "W15000003": Place(0, 6, "South|Wales", "S Wal"),
    "W15000002": Place(1, 6, "Gwent", "Gwent"),
    "E23000037": Place(2, 6, "Glos", "Glos"),
    "E23000017": Place(3, 6, "Warks", "Warks"),
    "E23000026": Place(4, 6, "Beds", "Beds"),
    "E23000027": Place(5, 6, "Herts", "Herts"),
    "E23000025": Place(6, 6, "Suffolk", "Suff"),
    "E23000036": Place(1, 7, "Avon and|Somerset", "A & S"),
    "E23000038": Place(2, 7, "Wiltshire", "Wilts"),
    "E23000029": Place(3, 7, "Thames|Valley", "TVP"),
    "E23000001": Place(4, 7, "Met", "Met"),
    "E23000034": Place(5, 7, "City of|London", "City"),
    "E23000028": Place(6, 7, "Essex", "Essex"),
    "E23000035": Place(1, 8, "Devon &|Cornwall", "D & C"),
    "E23000039": Place(2, 8, "Dorset", "Dors"),
    "E23000030": Place(3, 8, "Hampshire", "Hants"),
    "E23000031": Place(4, 8, "Surrey", "Surr"),
    "E23000032": Place(5, 8, "Kent", "Kent"),
    "E23000033": Place(4, 9, "Sussex", "Suss"),
}


def placed(forces: Iterable[tuple[str, str]]) -> dict[str, Place]:
    """A place for each force, given as code and name: its own, or one in the lines below all that are given."""
    by_name = sorted(forces, key=lambda force: force[1])
    found = {code: PLACES[code] for code, _name in by_name if code in PLACES}
    below = 1 + max((place.row for place in found.values()), default=-1)
    others = [(code, name) for code, name in by_name if code not in PLACES]
    for number, (code, name) in enumerate(others):
        label = name.removesuffix(" Police").removesuffix(" Constabulary")
        found[code] = Place(number % COLUMNS, below + number // COLUMNS, _in_lines(label), label[:5].strip())
    return found


def _in_lines(label: str) -> str:
    """Two lines of at most eleven letters, the rest cut: the whole name is spoken and stands in the table."""
    first, _space, rest = label.partition(" ")
    lines = [label] if len(label) <= 11 else [first, rest]
    return "|".join(line if len(line) <= 11 else f"{line[:10]}…" for line in lines if line)
