"""Force capability over time, and the national picture."""

import csv
import gzip
import io
import re
from datetime import date

import pytest
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.html import strip_tags

from coordination.collation.rebuilding import rebuild
from forces.areas.loading import load_map
from forces.clock import db_now
from forces.models import Force, LfrUse
from forces.reference import load_forces
from forces.tenancy import acting
from register.models import Head
from tests.forces.test_areas import CREDIT, collection, feature, square

pytestmark = pytest.mark.django_db
ADDRESS = "/statistics/force-capability"
DRAWN = re.compile(r'<path class="(?:q\d|unknown)"')


def text(response) -> str:
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def use(force, status, first, after=None, **more):
    with acting(force, None):
        LfrUse.objects.create(
            force=force, status=status, period=DateRange(first, after), source="=A test", **more
        )


def test_the_page_says_what_is_known_and_what_is_not(client):
    load_forces()
    page = client.get(f"{ADDRESS}/")
    said = text(page)
    assert page.status_code == 200
    assert "of 43 forces are known to have had own, shared or borrowed equipment on" in said
    assert "it is not known" in said
    assert "Own, unverified" in said
    assert "No: unverified" in said
    cumbria = Force.objects.get(slug="cumbria")
    unknown = said[said.index("forces of which nothing is recorded") :]
    assert cumbria.name in unknown
    assert "British Transport Police" not in unknown[: unknown.index("Every statement")]
    assert len(gzip.compress(page.content)) <= 15_000


def test_page_csv_and_json_say_the_same(client, kent, avon):
    use(kent, "own", date(2024, 5, 1))
    use(avon, "shared", date(2024, 2, 1), date(2024, 8, 1), is_verified=True)
    rows = list(csv.DictReader(io.StringIO(client.get(f"{ADDRESS}.csv").content.decode())))
    assert rows[-1] == {
        "quarter": "2024-Q1",
        "last_day": "2024-03-31",
        **dict.fromkeys(("own", "borrowed", "paused", "none"), "0"),
        "shared": "1",
        "not_known": "1",
        "forces": "2",
    }
    said = client.get(f"{ADDRESS}.json").json()
    assert [{name: str(value) for name, value in row.items()} for row in said["rows"]] == rows
    assert [column["name"] for column in said["columns"]] == list(rows[0])
    statements = list(csv.DictReader(io.StringIO(client.get(f"{ADDRESS}-statements.csv").content.decode())))
    assert [(each["force"], each["status"], each["from"], each["to"]) for each in statements] == [
        (avon.code, "shared", "2024-02-01", "2024-07-31"),
        (kent.code, "own", "2024-05-01", ""),
    ]
    assert [each["is_verified"] for each in statements] == ["true", "false"]
    assert statements[0]["source"] == "'=A test"
    assert [each["source"] for each in said["statements"]] == ["=A test", "=A test"]


def test_the_made_up_world_shows_its_own_forces(client, kent):
    call_command("load_demonstration", verbosity=0)
    use(kent, "own", date(2024, 1, 1))
    said = text(client.get(f"/demonstration{ADDRESS}/"))
    assert "made-up forces are known to have had equipment on" in said
    assert "Northmoor Police" in said
    assert "Kent" not in said
    file = client.get(f"/demonstration{ADDRESS}.csv")
    assert "force-capability-demonstration.csv" in file["Content-Disposition"]
    assert client.get(f"/demonstration{ADDRESS}.json").json()["is_made_up"]
    assert "Northmoor" not in text(client.get(f"{ADDRESS}/"))


def test_nothing_recorded_is_said(client, kent):
    assert "Nothing is recorded here" in text(client.get(f"{ADDRESS}/"))
    assert client.get(f"{ADDRESS}.csv").content.decode().count("\n") == 1


def links(page: str) -> list[str]:
    """What each area of the pictures of a page is called."""
    return re.findall(r'<a href="[^"]+" aria-label="([^"]+)"', page)


def test_the_picture_tells_what_is_not_known_from_what_is(client, entered):
    load_forces()
    kent, sussex = (Force.objects.get(slug=slug) for slug in ("kent", "sussex"))
    for day in (1, 2):
        entered(kent, on=f"2024-03-{day:02}")
    entered(sussex, tier="secondary", origin="collated", on="2024-05-01")
    for force in Force.objects.filter(pk__in=Head.objects.values("force")):
        rebuild(force)
    page = client.get("/forces/").content.decode()
    named = links(page)
    assert len(named) == 2 * 43
    assert named.count("Kent 2 – Kent Police: 2 deployments") == 2
    unknown = "no records of its own here: not known"
    assert f"Suss – Sussex Police: {unknown}; other sources report deployments" in named
    assert f"Sussex Police: {unknown}; other sources report deployments" in named
    assert f"Cumbria Constabulary: {unknown}" in named
    assert "1 of 43 forces has records of its own here; how often the other 42 deployed" in page
    assert "1 March 2024 to 2 March 2024" in page
    assert len(gzip.compress(page.encode())) <= 15_000


def test_a_loaded_map_takes_the_place_of_the_wide_tiles_alone(client):
    load_forces()
    codes = list(Force.objects.territorial().values_list("code", flat=True))
    areas = [
        feature(code, [square(-5 + place % 7, 50 + place // 7, 0.9)]) for place, code in enumerate(codes)
    ]
    load_map(collection(*areas), attribution=f"{CREDIT} <b>", at=db_now())
    page = client.get("/forces/").content.decode()
    assert len(DRAWN.findall(page)) == 43
    assert len(links(page)) == 2 * 43
    assert "Made-up areas, for tests. No licence is needed. &lt;b&gt;" in page
    assert len(gzip.compress(page.encode())) <= 30_000


def test_made_up_forces_are_never_on_a_map(client, kent, northmoor):
    load_map(collection(feature(kent.code)), attribution=CREDIT, at=db_now())
    page = client.get("/demonstration/forces/").content.decode()
    assert not DRAWN.search(page)
    assert CREDIT not in page
    assert {name.split(" Police")[0] for name in links(page)} <= {"Northmoor", "North – Northmoor"}
