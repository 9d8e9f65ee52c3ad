"""How many of a group stood how, drawn."""

from __future__ import annotations

import pytest

from design.standing import Moment, Standing, StandingChart

STANDINGS = [Standing("Own", "c1"), Standing("Paused", "c3"), Standing("Not known", "unknown")]


def chart(*moments: Moment) -> StandingChart:
    given = moments or (
        Moment("Quarter 1 of 2024", [1, 0, 42], "2024 Q1"),
        Moment("Quarter 2 of 2024", [3, 0, 40]),
    )
    return StandingChart("chart", "Three are known", "Forces", STANDINGS, given, "Quarter", "Forces")


def test_what_nobody_ever_was_is_in_the_table_alone():
    assert [kind for kind, _name in chart().legend] == ["c1", "unknown"]
    assert chart().table.rows == [["Quarter 1 of 2024", 1, 0, 42, 43], ["Quarter 2 of 2024", 3, 0, 40, 43]]


def test_each_column_is_the_whole():
    boxes = chart().wide.boxes
    for place in {box["x"] for box in boxes}:
        tall = sum(float(box["height"]) for box in boxes if box["x"] == place)
        assert tall == pytest.approx(302, abs=1)


def test_nothing_is_drawn_outside_the_picture():
    many = chart(*(Moment(f"Quarter {n}", [n, 1, 42 - n], f"20{n:02} Q1") for n in range(40)))
    for drawing in (chart().wide, chart().narrow, many.wide, many.narrow):
        for box in drawing.boxes:
            assert 0 <= float(box["x"]) <= float(box["x"]) + float(box["width"]) <= drawing.width
            assert 0 <= float(box["y"]) <= float(box["y"]) + float(box["height"]) <= drawing.height + 0.1


def test_a_group_is_named_once():
    years = [
        Moment(f"{y} Q{q}", [1, 0, 1], f"{y} Q{q}", str(y)) for y in range(2020, 2027) for q in (1, 2, 3, 4)
    ]
    words = [text["words"] for text in chart(*years).wide.texts]
    assert [word for word in words if len(word) == 4] == [str(year) for year in range(2020, 2027)]


def test_the_values_are_there_in_words():
    assert "Quarter 2 of 2024: 3 own, 40 not known" in chart().description


def test_each_moment_has_a_number_for_each_standing():
    with pytest.raises(ValueError, match="3 standings"):
        chart(Moment("2024", [1, 2]))
