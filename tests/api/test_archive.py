"""Everything published in one file: whole, of one instant, described truly, and gone when it must be."""

import csv
import hashlib
import io
import json
import re
import zipfile
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Thread

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

from api import columns
from api.archive import fields, making
from api.archive.making import LONGEST, QUIET, is_due, make, make_if_due, version_of
from api.archive.packing import Package
from coordination.collation.counting import count_again
from forces.clock import db_now
from forces.models import Force
from register import actions, archives
from register.canonical import canonical_bytes
from register.models import Archive, Entry
from tests.notices import cancelled, change, tell
from tests.people import make_force, make_member, make_national
from tests.records import enter, redact

pytestmark = pytest.mark.commits
ADDRESS = "/data/latest.zip"


@pytest.fixture
def files(settings, tmp_path):
    """A storage and a data folder of the test's own."""
    settings.DATA_DIR = tmp_path
    options = {"location": tmp_path / "files", "base_url": None}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}
    return tmp_path / "files" / "archive"


@pytest.fixture
def register(committed_db, files):
    """Two forces with records, one of them corrected, one withdrawn, and a made-up force's."""
    kent = make_force("E23000032", "kent", "Kent Police")
    first = enter(kent, on="2024-04-06")
    actions.correct(
        {**first, "figures": {**first["figures"], "alerts": 9}},
        force=kent,
        origin="submitted",
        by=None,
        at=db_now(),
        reason="=Two alerts were left out.",
    )
    withdrawn = enter(kent, on="2024-05-01", figures={"arrests": None})
    actions.withdraw(
        withdrawn["reference"], force=kent, by=None, at=db_now(), reason="It was recorded twice."
    )
    count_again(kent, [first["reference"], withdrawn["reference"]])
    enter(kent, on="2023-04-06", figures={"arrests": None}, place={"name": "=SUM(1)", "area": None})
    enter(kent, tier="secondary", origin="collated")
    northmoor = make_force("X-TEST", "northmoor", "Northmoor Police", realm="demonstration")
    enter(northmoor)
    tell(northmoor, place={"name": "Moor Gate", "area": None})
    change(kent, cancelled(tell(kent)))
    return first


def opened(archive: Archive) -> zipfile.ZipFile:
    with default_storage.open(archive.path) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def lines(package, name):
    return [json.loads(line) for line in package.read(name).decode().splitlines()]


def rows(package, name):
    return list(csv.DictReader(io.StringIO(package.read(name).decode(), newline="")))


def test_the_archive_holds_everything_once_and_says_what_it_is(register):
    archive = make()
    package = opened(archive)
    assert package.testzip() is None
    records = lines(package, "deployments.jsonl")
    assert [each["state"] for each in records] == ["standing"] * 3 + ["withdrawn"]
    assert {each["realm"] for each in records} == {"national"}
    assert archive.records == 4
    standing = next(each for each in records if each["reference"] == register["reference"])
    text = next(
        line
        for line in package.read("deployments.jsonl").splitlines()
        if register["reference"].encode() in line
    )
    assert canonical_bytes(standing["document"]) in text
    assert standing["sha256"] == hashlib.sha256(canonical_bytes(standing["document"])).hexdigest()
    assert [row["reference"] for row in rows(package, "deployments.csv")] == [
        each["reference"] for each in records
    ]
    earlier = lines(package, "earlier-versions.jsonl")
    assert [(each["version"], each["state"]) for each in earlier] == [(1, "superseded"), (1, "superseded")]
    assert register in [each["document"] for each in earlier]
    told = lines(package, "notices.jsonl")
    assert [(each["version"], each["state"], each["document"]["status"]) for each in told] == [
        (2, "standing", "cancelled"),
        (1, "superseded", "planned"),
    ]
    changes = rows(package, "revisions.csv")
    assert [(row["kind"], row["field"], row["old_value"], row["new_value"]) for row in changes] == [
        ("withdrawal", "", "", ""),
        ("correction", "figures.alerts", "3", "9"),
    ]
    assert changes[1]["reason"] == "'=Two alerts were left out."
    assert "'=SUM(1)" in {row["place"] for row in rows(package, "deployments.csv")}
    (year,) = [row for row in rows(package, "statistics/deployments-by-year.csv") if row["year"] == "2023"]
    assert (year["deployments"], year["arrests"]) == ("1", "[x]")
    assert "Northmoor" not in b"".join(package.read(name) for name in package.namelist()).decode()
    readme = package.read("README.txt").decode()
    assert "Open Government Licence v3.0" in readme
    assert re.search(r"deployments\.jsonl +4 rows", readme)


def test_every_member_has_its_fingerprint_and_its_rows(register):
    archive = make()
    package = opened(archive)
    sums = dict(reversed(line.split("  ")) for line in package.read("SHA256SUMS").decode().splitlines())
    assert set(sums) == set(package.namelist()) - {"SHA256SUMS"}
    for name, said in sums.items():
        assert hashlib.sha256(package.read(name)).hexdigest() == said, name
    for resource in json.loads(package.read("datapackage.json"))["resources"]:
        body = package.read(resource["path"])
        assert resource["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
        assert resource["bytes"] == len(body)
        found = rows if resource["format"] == "csv" else lines
        assert resource["rows"] == len(found(package, resource["path"])), resource["path"]


CASTS = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
    "datetime": lambda text: re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text
    ).group(),
    "year": int,
    "yearmonth": lambda text: date.fromisoformat(f"{text}-01"),
}


def test_the_descriptions_are_true_of_every_cell(register):
    package = opened(make())
    described = 0
    for resource in json.loads(package.read("datapackage.json"))["resources"]:
        assert re.fullmatch(r"[a-z0-9._-]+", resource["name"])
        if resource["format"] != "csv":
            continue
        described += 1
        known = resource["schema"]["fields"]
        assert all(field["description"] for field in known)
        missing = resource["schema"]["missingValues"]
        headings, *cells = csv.reader(io.StringIO(package.read(resource["path"]).decode(), newline=""))
        assert headings == [field["name"] for field in known]
        for row in cells:
            for field, cell in zip(known, row, strict=True):
                assert cell in missing or CASTS[field["type"]](cell) is not None, (
                    resource["path"],
                    field,
                    cell,
                )
        metadata = json.loads(package.read(f"{resource['path']}-metadata.json"))
        # A bare name is none of the vocabulary's: validators refuse the whole description for it.
        assert metadata["dc:modified"]["@type"] == "xsd:dateTime"
        assert metadata["url"] == resource["path"].rpartition("/")[2]
        assert [column["name"] for column in metadata["tableSchema"]["columns"]] == headings
    assert described >= 4


def test_the_same_register_gives_the_same_bytes(register):
    first = make()
    with default_storage.open(first.path) as file:
        before = file.read()
    Archive.objects.update(version="", path="", sha256="")
    again = make()
    with default_storage.open(again.path) as file:
        assert file.read() == before
    (stamp,) = {info.date_time for info in opened(again).infolist()}
    assert stamp[:5] == tuple(again.as_of.timetuple())[:5]


def test_a_change_leaves_one_file_and_one_that_is_newer(register, files):
    first = make()
    kent = Force.objects.get(slug="kent")
    enter(kent, on="2024-08-01")
    second = make()
    assert second.sha256 != first.sha256
    assert [path.name for path in files.iterdir()] == [second.path.removeprefix("archive/")]
    left = files / "national-left-behind-by-a-killed-worker.zip"
    left.write_bytes(b"half")
    enter(kent, on="2024-08-02")
    make()
    assert not left.exists()


def test_it_is_made_once_for_many_changes_and_never_for_good_too_late(register):
    assert make_if_due() is not None
    assert make_if_due() is None
    stored, now = Archive.objects.get(), db_now()
    same, other = stored.version, "something else"
    state = archives.with_notices("national")
    assert not is_due(stored, state, same, now=now + timedelta(days=1))
    assert not is_due(stored, state._replace(as_of=now), other, now=now + QUIET - timedelta(seconds=1))
    assert is_due(stored, state._replace(as_of=now), other, now=now + QUIET)
    busy = state._replace(as_of=stored.made_at + LONGEST)
    assert is_due(stored, busy, other, now=stored.made_at + LONGEST)
    assert is_due(stored, state._replace(redaction=99, as_of=now), other, now=now)


def test_any_change_of_what_it_holds_is_a_new_version(register):
    kent, lead = Force.objects.get(slug="kent"), make_national("national_lead")
    seen = {version_of(archives.with_notices("national"))}

    def is_new():
        found = version_of(archives.with_notices("national"))
        is_another = found not in seen
        seen.add(found)
        return is_another

    record = enter(kent, on="2024-08-01")
    assert is_new()
    told = tell(kent)
    assert is_new()
    change(kent, cancelled(told))
    assert is_new()
    new = {**record, "watchlist_size": 1}
    actions.correct(new, force=kent, origin="submitted", by=None, at=db_now(), reason="It was misread.")
    assert is_new()
    request = actions.propose_redaction(
        Entry.objects.get(reference=record["reference"], version=1),
        force=kent,
        by=make_member(kent, "data_protection_officer"),
        at=db_now(),
        why="A name.",
        public_reason="A name.",
    )
    actions.redact(request, force=kent, by=lead, at=db_now())
    assert is_new()  # although the version no longer stood
    Force.objects.filter(pk=kent.pk).update(population=123, population_year=2024)
    assert is_new()
    enter(Force.objects.get(slug="northmoor"))
    assert not is_new()


def test_it_waits_for_the_statistics(register):
    kent = Force.objects.get(slug="kent")
    record = enter(kent, on="2024-08-01")
    new = {**record, "watchlist_size": 1}
    actions.correct(new, force=kent, origin="submitted", by=None, at=db_now(), reason="It was misread.")
    assert make() is None
    count_again(kent, [record["reference"]])
    assert make() is not None


def test_only_one_makes_it_at_a_time(register):
    with making._alone() as ours, making_elsewhere() as theirs:
        assert (ours, theirs) == (True, None)
    assert make() is not None


def making_elsewhere():
    @contextmanager
    def tried():
        found = []

        def run():
            found.append(make())
            connection.close()

        thread = Thread(target=run)
        thread.start()
        thread.join()
        yield found[0]

    return tried()


def test_it_is_given_out_as_stored_and_told_from_a_newer_one(register):
    client = Client()
    assert client.get(ADDRESS).status_code == 404
    assert "It has not been made yet." in client.get("/data/").content.decode()
    archive = make()
    answer = client.get(ADDRESS)
    body = b"".join(answer)
    assert hashlib.sha256(body).hexdigest() == archive.sha256
    assert (answer["Content-Length"], answer["Content-Type"]) == (str(len(body)), "application/zip")
    assert answer["ETag"] == f'"{archive.sha256}"'
    assert answer["Cache-Control"] == "public, no-cache"
    assert not answer.cookies
    assert client.get(ADDRESS, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    head = client.head(ADDRESS)
    assert (head["Content-Length"], head.content) == (str(len(body)), b"")
    page = client.get("/data/").content.decode()
    assert archive.sha256 in page
    assert client.get(f"{ADDRESS}?force=kent").status_code == 400
    assert client.get("/demonstration/data/latest.zip").status_code == 404


def test_what_was_removed_is_given_out_no_more(register, files):
    kent = Force.objects.get(slug="kent")
    record = enter(kent, place={"name": "Outside Jane Doe's", "area": None})
    archive = make()
    assert b"Jane Doe" in opened(archive).read("deployments.jsonl")
    redact(kent, record["reference"], by=make_national("national_lead"))
    client = Client()
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    page = client.get("/data/").content.decode()
    assert "so it is not given out" in page
    assert archive.sha256 not in page
    later = make_if_due()  # at once, however short ago the change was
    assert b"Jane Doe" not in b"".join(opened(later).read(name) for name in opened(later).namelist())
    assert [path.name for path in files.iterdir()] == [later.path.removeprefix("archive/")]
    assert b"".join(client.get(ADDRESS)).startswith(b"PK")


def test_an_empty_register_has_an_archive_too(committed_db, files):
    archive = make()
    assert archive.records == 0
    assert lines(opened(archive), "deployments.jsonl") == []
    described = json.loads(opened(archive).read("datapackage.json"))["resources"]
    assert not [
        each["path"] for each in described if each["format"] == "jsonl"
    ]  # no reader takes an empty one
    assert "nothing has been published yet" in opened(archive).read("README.txt").decode()


@pytest.mark.parametrize("name", ["../x", "/x", "a\\b", "x y", "a/b/c", "", "x\n", "é"])
def test_no_member_has_a_name_that_is_not_ours(name):
    with pytest.raises(ValueError, match="cannot be a member"):
        Package(io.BytesIO(), None).add(name, [])


def test_every_column_is_described():
    for known in (fields.DEPLOYMENTS, fields.REVISIONS, fields.FORCES, fields.MEASURES):
        assert all(field.description and field.kind in fields.TYPES for field in known)
    for known, taken in ((fields.FORCES, columns.FORCES), (fields.MEASURES, columns.MEASURES)):
        assert [field.name for field in known] == [name for name, _get in taken]
