"""A map of forces' areas: what a file must hold, how its lines are drawn, and who gets it."""

from __future__ import annotations

import json
import math
import random
import re
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from forces.areas import geojson
from forces.areas.drawing import MOST_POINTS, draw
from forces.areas.geojson import UnfitMap, read
from forces.areas.lines import simpler
from forces.areas.loading import load_map, remove_map
from forces.clock import db_now
from forces.models import AreaMap

CREDIT = "Made-up areas, for tests. No licence is needed."
KENT = "E23000032"


def square(west: float, south: float, size: float = 1.0) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: str = KENT, rings=None, **properties) -> dict:
    return {
        "type": "Feature",
        "properties": {"PFA23CD": code, **properties},
        "geometry": {"type": "Polygon", "coordinates": rings or [square(0, 51)]},
    }


def collection(*features, **more) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def put(feature: dict, **geometry) -> dict:
    return {**feature, "geometry": {**feature["geometry"], **geometry}}


@pytest.mark.parametrize("name", ["PFA23CD", "pfa21cd", "ons_code", "code"])
def test_the_code_is_found_under_its_usual_names(name):
    given = {**feature(), "properties": {"name": "Kent", name: KENT}}
    assert set(read(collection(given), {KENT})) == {KENT}


def test_the_code_is_found_where_it_is_said_to_be():
    given = {**feature("X"), "properties": {"police": KENT, "code": "other"}}
    assert set(read(collection(given), {KENT}, "police")) == {KENT}


BAD = [
    (b"\xff\xfe", "not UTF-8"),
    (b"{", "not JSON"),
    (b'{"type": "FeatureCollection", "features": [NaN]}', "NaN"),
    (b"[" * 100_000, "nested too deeply"),
    (b"[]", "FeatureCollection"),
    (b'{"type": "FeatureCollection", "features": {}}', "no features"),
    (collection(crs={"properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}), "degrees"),
    (collection(*([feature()] * 201)), "201 features, of at most 200"),
    (collection("text"), "no properties"),
    (collection({"type": "Feature", "properties": {"name": "Kent"}}), "--code-property"),
    (collection(feature("E23000099")), "'E23000099'"),
    (collection(feature(), feature()), "Feature 2: E23000032 is there twice"),
    (collection(put(feature(), type="Point")), "must be a Polygon or a MultiPolygon, not Point"),
    (collection({**feature(), "geometry": None}), "must be a Polygon"),
    (collection(put(feature(), coordinates=[])), "empty"),
    (collection(put(feature(), coordinates=7)), "not nested"),
    (collection(put(feature(), coordinates=[[[0, 51], [1, 51], [0, 51]]])), "four positions or more"),
    (collection(put(feature(), coordinates=[square(0, 51)[:-1]])), "end where it begins"),
    (collection(feature(rings=[[["0", 51]] + [[0, 51]] * 3 + [["0", 51]]])), "two numbers"),
    (collection(feature(rings=[[[True, 51]] + [[0, 51]] * 3 + [[True, 51]]])), "two numbers"),
    (collection(feature(rings=[square(530_000, 180_000)])), "degrees"),
    (collection(feature(rings=[square(51, 0)])), "degrees"),
]


@pytest.mark.parametrize(("document", "complaint"), BAD, ids=[words for _document, words in BAD])
def test_an_unfit_file_is_refused_in_words(document, complaint):
    with pytest.raises(UnfitMap, match=re.escape(complaint)):
        read(document, {KENT})


def test_everything_wrong_is_said_at_once_and_not_without_end():
    with pytest.raises(UnfitMap) as refusal:
        read(collection(*(feature(f"X{number}") for number in range(50))), {KENT})
    assert len(refusal.value.problems) == 50
    assert len(str(refusal.value).splitlines()) == geojson.MOST_PROBLEMS + 1


def test_there_are_limits_to_size_and_points(monkeypatch):
    monkeypatch.setattr(geojson, "MOST_POINTS", 6)
    with pytest.raises(UnfitMap, match="more than 6 points"):
        read(collection(feature(rings=[square(0, 51), square(0.2, 51.2, 0.5)])), {KENT})
    monkeypatch.setattr(geojson, "MOST_BYTES", 10)
    with pytest.raises(UnfitMap, match="larger than"):
        read(collection(feature()), {KENT})


def wavy(seed: int) -> list[tuple[int, int]]:
    """A line from north to south that is never straight, on a small scale nor on a large one."""
    chance = random.Random(seed)
    return [(round(400 * math.sin(place / 12)) + chance.randint(-9, 9), 10 * place) for place in range(200)]


def test_neighbours_keep_one_line_between_them():
    line = wavy(1)
    west = [(-3000, 0), *line, (-3000, 1990), (-3000, 0)]
    # The same line the other way round, begun somewhere else.
    east = [(3000, 0), (3000, 1990), *reversed(line), (3000, 0)]
    east = [*east[50:-1], *east[:51]]
    made = simpler([west, east], 60)
    assert sum(map(len, made)) <= 60
    sides = [{frozenset(step) for step in pairwise(ring)} for ring in made]
    between = sides[0] & sides[1]
    assert len(between) > 5
    outer = (sides[0] | sides[1]) - between
    assert all(abs(x) == 3000 or (x, y) in (line[0], line[-1]) for step in outer for x, y in step)


def test_an_island_in_a_lake_fits_its_hole():
    ring = [*wavy(2), (900, 1000), wavy(2)[0]]
    hole = ring[::-1]
    hole = [*hole[30:-1], *hole[:31]]
    island, lake = simpler([ring, hole], 30)
    assert {frozenset(step) for step in pairwise(island)} == {frozenset(step) for step in pairwise(lake)}


def test_a_ring_keeps_its_shape_where_there_is_room():
    ring = [(0, 0), (500, 0), (500, 500), (0, 500), (0, 0)]
    assert set(simpler([ring], 100)[0]) == set(ring)
    assert simpler([[(0, 0), (0, 0), (1, 1), (0, 0)]], 100) == [[]]


def test_the_drawing_is_bounded_and_nobody_vanishes():
    chance = random.Random(3)
    coast = [[chance.uniform(-4, 1), chance.uniform(51, 55)] for _ in range(20_000)]
    tiny = [square(0, 51, 0.0001)]
    document = collection(feature("A", [[*coast, coast[0]]]), feature("B", tiny))
    drawn = draw(read(document, {"A", "B"}))
    assert set(drawn["paths"]) == {"A", "B"}
    assert len(drawn["paths"]["A"].split()) <= 2 * MOST_POINTS
    assert all(re.fullmatch(r"(M[-\d. ]+l[-\d. ]+z)+", path) for path in drawn["paths"].values())
    assert drawn["width"] <= 480
    assert drawn["height"] <= 640


def test_north_is_up_and_west_is_left():
    drawn = draw(read(collection(feature("A"), feature("B", [square(-2, 53)])), {"A", "B"}))
    south_east, north_west = drawn["boxes"]["A"], drawn["boxes"]["B"]
    assert south_east[0] > north_west[2]
    assert south_east[1] > north_west[3]


@pytest.mark.django_db
def test_a_map_takes_its_place_once_and_gives_it_back(kent, avon):
    loaded = load_map(collection(feature(kent.code)), attribution=f" {CREDIT}\n", at=db_now())
    assert (loaded.count, loaded.is_new) == (1, True)
    assert [force.slug for force in loaded.missing] == [avon.slug]
    standing = AreaMap.standing()
    assert standing.attribution == CREDIT
    assert set(standing.drawing["paths"]) == {kent.code}
    again = load_map(collection(feature(kent.code)), attribution=CREDIT, at=db_now())
    assert not again.is_new
    assert AreaMap.objects.count() == 1
    assert remove_map(at=db_now())
    assert AreaMap.standing() is None
    assert not remove_map(at=db_now())
    assert AreaMap.objects.count() == 2


@pytest.mark.django_db
def test_a_map_belongs_to_real_forces_alone(northmoor):
    with pytest.raises(UnfitMap, match="no territorial police force"):
        load_map(collection(feature(northmoor.code)), attribution=CREDIT, at=db_now())


@pytest.mark.django_db
def test_a_loaded_map_cannot_be_changed(kent):
    load_map(collection(feature(kent.code)), attribution=CREDIT, at=db_now())
    for change in ("UPDATE forces_areamap SET attribution = 'mine'", "DELETE FROM forces_areamap"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


@pytest.mark.django_db
def test_the_command_says_what_it_did_and_what_is_wrong(kent, avon, tmp_path, capsys):
    file = tmp_path / "areas.geojson"
    file.write_bytes(collection(feature(kent.code)))
    call_command("load_boundaries", str(file), attribution=CREDIT)
    said = capsys.readouterr().out
    assert "1 area is drawn." in said
    assert avon.name in said
    call_command("load_boundaries", str(file), attribution=CREDIT)
    assert "shown already" in capsys.readouterr().out
    call_command("load_boundaries", remove=True)
    assert "tiles again" in capsys.readouterr().out
    for arguments, options, complaint in (
        ([str(file)], {}, "licence"),
        ([str(file)], {"attribution": CREDIT, "remove": True}, "not both"),
        ([], {"attribution": CREDIT}, "Name a GeoJSON file"),
        ([str(tmp_path / "none.geojson")], {"attribution": CREDIT}, "No such file"),
        ([str(file)], {"attribution": "x" * 501}, "longer than 500"),
        ([str(file)], {"attribution": CREDIT, "code_property": "name"}, "--code-property"),
    ):
        with pytest.raises(CommandError, match=complaint):
            call_command("load_boundaries", *arguments, **options)
