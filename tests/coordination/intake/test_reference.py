"""The published deployments that come with the project, and importing their documents afterwards."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from django.core.management import call_command

from coordination.intake import actions, reference
from coordination.intake.models import Batch, Document, Line
from forces.clock import db_now
from forces.reference import load_forces
from register.models import Entry, Head, Origin, Tier
from register.queries import documents
from tests.coordination.intake.test_published_grids import SUMS, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(db):
    load_forces()
    return reference.load()


def totals(tier):
    years: dict[str, Counter] = {}
    heads = Head.objects.standing().of_tier(tier)
    for document in documents(heads.values_list("entry_id", flat=True)).values():
        year = years.setdefault(document["on"][:4], Counter())
        year["deployments"] += 1
        year["aborted"] += document["status"] == "aborted"
        year.update({name: value for name, value in document["figures"].items() if value is not None})
    return years


def test_a_bare_machine_holds_the_real_record(loaded):
    assert loaded == "456 published deployments, 456 of them new"
    assert Head.objects.of_tier(Tier.PRIMARY).count() == 286
    assert Head.objects.of_tier(Tier.SECONDARY).count() == 170
    years = totals(Tier.PRIMARY)
    for year, known in SUMS.items():
        assert {name: years[year][name] for name in known} == known
    assert set(Entry.objects.values_list("origin", flat=True)) == {Origin.COLLATED}


def test_loading_again_changes_nothing(loaded):
    assert reference.load() == "456 published deployments, 0 of them new"
    assert (Entry.objects.count(), Batch.objects.count()) == (456, 4)


def test_what_was_undone_stays_undone(loaded):
    batch = Batch.objects.filter(tier=Tier.SECONDARY).get()
    actions.undo(batch, by=None, at=db_now(), reason="To be read again.")
    reference.load()
    assert Head.objects.standing().of_tier(Tier.SECONDARY).count() == 0


def test_the_documents_themselves_are_not_carried(loaded):
    assert set(Document.objects.values_list("state", "path")) == {("not_held", "")}


@pytest.mark.parametrize("name", ["met-lfr-grid-2023-to-2024.pdf", "met-lfr-grid-2025-to-may2026.pdf"])
def test_importing_a_published_grid_afterwards_changes_nothing(loaded, name, capsys):
    path = published(name)
    call_command("import", str(path))
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(f"{name}: {203 if '2023' in name else 74} rows (0 new, 0 corrections, ")
    assert Entry.objects.count() == 456
    assert Line.objects.count() == 456


def test_both_grids_go_into_an_empty_register_and_a_second_time_change_nothing(db, capsys):
    load_forces()
    names = ["met-lfr-grid-2023-to-2024.pdf", "met-lfr-grid-2025-to-may2026.pdf"]
    paths = [published(name) for name in names]
    for _time in range(2):
        for path in paths:
            call_command("import", str(path))
        assert (Head.objects.count(), Entry.objects.count()) == (277, 277)
    assert capsys.readouterr().out.splitlines()[-1] == (
        "met-lfr-grid-2025-to-may2026.pdf: 74 rows (0 new, 0 corrections, 74 unchanged), 2 warnings, 0 errors"
    )
    years = totals(Tier.PRIMARY)
    for year in ("2023", "2024"):
        assert {name: years[year][name] for name in SUMS[year]} == SUMS[year]


def test_no_sentence_of_another_is_carried():
    """Figures and facts are carried with their provenance; notes and quotations are not."""
    for name in reference.FILES:
        with (reference.FOLDER / name).open(encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                assert not {"notes", "record_id"} & set(row["result"]["provenance"]["printed"])
