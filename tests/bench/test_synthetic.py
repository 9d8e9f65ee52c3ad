"""The generator makes documents of the public schema, marked as made up, and statistics that are their sum."""

from __future__ import annotations

import pytest

from bench import synthetic
from coordination.collation.recount import differences
from register.canonical import parse, validate
from register.models import Entry, Head

FORCES = [synthetic.SyntheticForce(1, 1), synthetic.SyntheticForce(2, 2)]


def test_each_record_is_a_document_of_the_public_schema_in_canonical_form():
    for record in synthetic.records(500, FORCES):
        validate(parse(record.body()))


def test_each_record_says_that_it_is_made_up():
    for record in synthetic.records(50, FORCES):
        document = record.document()
        assert "synthetic" in document["quality"]
        assert document["place"]["name"].startswith("Synthetic")
        assert record.force.name.startswith("Synthetic")


def test_no_reference_comes_twice():
    assert len({synthetic.reference(number) for number in range(100_000)}) == 100_000


def test_the_same_records_come_each_time():
    first, second = (list(synthetic.records(20, FORCES)) for _ in range(2))
    assert [record.body() for record in first] == [record.body() for record in second]


@pytest.mark.commits
def test_fill_refuses_a_database_that_is_not_thrown_away(committed_db):
    with pytest.raises(synthetic.NotThrowAway):
        synthetic.fill(_admin(committed_db), 10)
    assert not Entry.objects.exists()


@pytest.mark.commits
def test_statistics_are_the_sum_of_the_records(committed_db, monkeypatch):
    name = committed_db.app_url.rsplit("/", 1)[1]
    monkeypatch.setattr(synthetic, "PREFIX", name[:4])
    synthetic.fill(_admin(committed_db), 300)
    assert Head.objects.in_realm("demonstration").count() == 300
    assert differences() == []


def _admin(place) -> str:
    name = place.app_url.rsplit("/", 1)[1]
    return place.admin_url.rsplit("/", 1)[0] + f"/{name}"
