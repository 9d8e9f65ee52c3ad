"""Pictures of areas: the layout of the tiles, and what is drawn of a value."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from design.charts import LETTER
from design.components import Table
from design.force_tiles import COLUMNS, PLACES, placed
from design.tiles import DARK, GAP, Outline, Tile, TileGrid

ROOT = Path(settings.BASE_DIR)
WIDE, NARROW = 640 / COLUMNS - GAP, 290 / COLUMNS - GAP
# Forces whose areas share a stretch of border, by the last two digits of their codes; W is for Wales.
_BORDERS = """
01-27 01-28 01-29 01-31 01-32 01-34 02-03 02-07 02-08 02-09 03-04 03-05 03-09 03-10 04-05 04-06 05-06 05-10 05-18 06-15
06-16 06-18 06-W1 07-08 08-09 08-13 09-10 09-11 09-12 09-13 10-11 10-18 11-12 11-18 11-19 12-19 12-20 14-15 14-16 14-17
15-16 15-17 15-18 15-21 16-17 16-37 16-W1 16-W2 16-W4 17-21 17-22 17-29 17-37 18-19 18-21 19-20 19-21 20-21 20-23 20-24
21-22 22-23 22-26 22-29 23-24 23-25 23-26 23-27 23-28 24-25 25-28 26-27 26-29 27-28 27-29 29-30 29-31 29-37 29-38 30-31
30-33 30-38 30-39 31-32 31-33 32-33 35-36 35-39 36-37 36-38 36-39 37-38 37-W2 38-39 W1-W4 W2-W3 W2-W4 W3-W4
"""
BORDERS = _BORDERS.split()


def code(short: str) -> str:
    return f"W1500000{short[1]}" if short.startswith("W") else f"E230000{short}"


def tile(place: int = 0, **changed) -> Tile:
    given = {
        "code": f"X{place}",
        "name": f"Area {place} Police",
        "label": f"Area {place}",
        "short": f"A{place}",
        "column": place % 2,
        "row": place // 2,
        "value": None,
        "said": "not known",
        "href": f"/{place}/",
    }
    return Tile(**{**given, **changed})


def grid(*tiles: Tile, **changed) -> TileGrid:
    given = {
        "id": "picture",
        "title": "One of two is known",
        "subtitle": "Deployments",
        "tiles": tiles
        or (tile(0, value=7, said="7 deployments"), tile(1), tile(2, value=0, said="0 deployments")),
        "steps": (1, 10, 50, 200),
        "unknown": "Not known",
        "zero": "None",
        "table": Table("Deployments", [], []),
    }
    return TileGrid(**{**given, **changed})


def drawn(given: TileGrid) -> str:
    return Template("{% load design %}{% tile_grid grid %}").render(Context({"grid": given}))


def test_every_territorial_force_has_one_place_and_none_shares_it():
    with (ROOT / "reference/forces.csv").open(encoding="utf-8") as file:
        territorial = {row["code"] for row in csv.DictReader(file) if row["body_type"] == "territorial"}
    assert len(territorial) == 43
    assert set(PLACES) == territorial
    assert len({(place.column, place.row) for place in PLACES.values()}) == 43
    assert {place.column for place in PLACES.values()} == set(range(COLUMNS))


def test_neighbours_stay_neighbours():
    """Nine in ten pairs that share a border touch, at a side or a corner; no pair is more than a tile apart."""
    apart = []
    for pair in BORDERS:
        one, other = (PLACES[code(short)] for short in pair.split("-"))
        apart.append(max(abs(one.column - other.column), abs(one.row - other.row)))
    assert len(apart) == 98
    assert max(apart) <= 2
    assert sum(distance == 1 for distance in apart) >= 0.9 * len(apart)


def test_labels_fit_their_tiles():
    for place in PLACES.values():
        for line in place.label.split("|"):
            assert len(line) * LETTER * 14 / 15 <= WIDE, line
        assert len(place.label.split("|")) <= 2, place
        assert len(place.short) * LETTER * 12 / 15 <= NARROW, place.short


def test_a_force_without_a_place_gets_one_below_the_others():
    places = placed(
        [("E23000007", "Northumbria Police"), *((f"X{n}", f"Made-up Force {n}") for n in range(9))]
    )
    others = [places[f"X{n}"] for n in range(9)]
    assert {place.row for place in others} == {1, 2}
    assert len({(place.column, place.row) for place in places.values()}) == 10
    assert all(len(line) <= 11 for place in others for line in place.label.split("|"))


def test_links_stand_in_the_order_in_which_one_reads():
    given = grid(tile(3), tile(0), tile(2), tile(1))
    for picture in (given.wide, given.narrow):
        assert [area.href for area in picture.areas] == ["/0/", "/1/", "/2/", "/3/"]


def test_what_is_not_known_never_looks_like_zero():
    known, unknown, zero = grid().wide.areas
    assert (known.kind, unknown.kind, zero.kind) == ("q1", "unknown", "q0")
    assert [label.words for label in zero.labels] == ["Area 2", "0"]
    assert [label.words for label in unknown.labels] == ["Area 1"]
    assert ("unknown", "Not known") in grid().legend
    assert ("q0", "None") in grid().legend


@pytest.mark.parametrize(
    ("value", "kind"),
    [(1, "q1"), (9, "q1"), (10, "q2"), (49, "q2"), (50, "q3"), (199, "q3"), (200, "q4"), (9999, "q4")],
)
def test_the_steps_are_those_of_the_legend(value, kind):
    assert grid().kind(value) == kind
    assert dict(grid().legend) | {"unknown": "Not known", "q0": "None"} == {
        "unknown": "Not known",
        "q0": "None",
        "q1": "1 – 9",
        "q2": "10 – 49",
        "q3": "50 – 199",
        "q4": "200+",
    }


def test_a_link_says_the_name_the_value_and_the_words_on_it():
    given = tile(0, name="West Yorkshire Police", label="West|Yorkshire", short="W Yor", has_dot=True)
    page = drawn(grid(given, dot="others report some"))
    assert 'aria-label="West Yorkshire Police: not known; others report some"' in page
    assert 'aria-label="W Yor – West Yorkshire Police: not known; others report some"' in page
    assert page.count("<circle") == 3  # two drawings and the legend
    assert " style=" not in page


def test_steps_and_places_are_checked():
    for wrong in ((0, 5), (2, 5), (1, 5, 5), (1, 2, 3, 4, 5), ()):
        with pytest.raises(ValueError, match="step"):
            grid(steps=wrong)
    with pytest.raises(ValueError, match="share"):
        grid(tile(0), tile(1, column=0))


def test_on_a_map_what_is_too_small_or_has_no_shape_stands_beside():
    outline = Outline(
        100,
        200,
        {"X0": "M0 0l9 9z", "X1": "M1 1l2 2z"},
        {"X0": (0, 0, 90, 90), "X1": (1, 1, 9, 90)},
        "Made up.",
    )
    given = grid(tile(0, value=3), tile(1), tile(2), outline=outline)
    shape, small, without = given.wide.areas
    assert shape.path == "M0 0l9 9z"
    assert [label.words for label in shape.labels] == ["3"]
    for box in (small, without):
        assert box.path == ""
        assert float(box.x) >= outline.width
        assert float(box.x) + float(box.width) <= given.wide.width
        assert float(box.y) + float(box.height) <= given.wide.height
    assert all(area.path == "" for area in given.narrow.areas)
    assert "Made up." in drawn(given)


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_words_on_every_colour_can_be_read():
    css = (ROOT / "design/build/_own.scss").read_text(encoding="utf-8")
    for kind in ("q0", "q1", "q2", "q3", "q4", "unknown"):
        found = re.search(rf"^\.{kind} {{ fill: (#[0-9a-f]+)", css, re.MULTILINE)
        assert found, kind
        colour = found[1] if len(found[1]) == 7 else "#" + "".join(2 * digit for digit in found[1][1:])
        ink = "#ffffff" if kind in DARK else "#0b0c0c"
        low, high = sorted((_light(colour), _light(ink)))
        assert (high + 0.05) / (low + 0.05) >= 4.5, kind
