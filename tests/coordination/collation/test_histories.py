"""Any history of publications, delivered in any order and any number of times, ends in the same cells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.collation.dimensions import KEPT
from coordination.collation.models import SUMS, Breakdown, Cell
from coordination.collation.recount import COLUMNS, differences
from forces.tenancy import acting
from register.models import Entry
from tests.coordination.collation.histories import (
    correct,
    deliver,
    deliver_carelessly,
    happened,
    publish,
    redact,
    standing,
    withdraw,
)
from tests.people import make_member

pytestmark = pytest.mark.django_db
in_one_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

FIGURES = ("alerts", "true_alerts", "true_alerts_confirmed", "true_alerts_unconfirmed", "false_alerts",
           "false_alerts_confirmed", "false_alerts_unconfirmed", "faces_seen", "arrests", "other_action")  # fmt: skip
REASONS = ("not_published", "not_applicable", "misleading")


@dataclass(frozen=True)
class Step:
    """What is done to one of the records: published if it is new, else corrected, withdrawn or redacted."""

    record: int
    ends: str
    fields: dict[str, Any]


# What tells records apart: few values, so that records share them and corrections move between them.
settings_of = st.fixed_dictionaries(
    {
        "use_case": st.sampled_from(
            [
                {"code": None, "scheme": None, "label": "Crime hotspot"},
                {"code": "1", "scheme": "A list", "label": None},
                {"code": "1", "scheme": None, "label": None},
                {"code": None, "scheme": "A list", "label": None},
                {"code": None, "scheme": None, "label": "“100%” \\ 'it\u00e9'"},
            ]
        ),
        "algorithm": st.sampled_from(
            [
                None,
                {"vendor": 'A "b"', "product": "C", "version": "1"},
                {"vendor": "A", "product": "C", "version": None},
            ]
        ),
        "threshold": st.sampled_from([None, "0.6", "0.64"]),
        "watchlist_size": st.none() | st.sampled_from([0, 999, 1_000, 4_999, 9_999, 10_000, 15_000]),
        "at": st.none()
        | st.sampled_from(["2024-01-05T23:30:00+00:00", "2024-03-01T12:00:00+00:00"]).map(
            datetime.fromisoformat
        ),
    }
)


@st.composite
def said(draw: st.DrawFn) -> dict[str, Any]:
    """Some figures of a result, a few of them missing for various reasons, and a date of a few."""
    aborted = draw(st.integers(0, 5)) == 0
    reasons = (*REASONS, "aborted") if aborted else REASONS
    figures = draw(st.dictionaries(st.sampled_from(FIGURES), st.none() | st.integers(0, 50), max_size=6))
    return {
        "figures": figures,
        "absent": {
            field: {"code": draw(st.sampled_from(reasons)), "why": "Said by the test."}
            for field, number in figures.items()
            if number is None
        },
        "on": draw(st.sampled_from(["2023-12-31", "2024-01-01", "2024-01-31", "2024-02-29"])),
        "duration_minutes": draw(st.none() | st.integers(0, 300)),
        **draw(settings_of),
        "status": "aborted" if aborted else "completed",
    }


steps = st.builds(
    Step, st.integers(0, 4), st.sampled_from(["", "", "", "", "withdrawn", "redacted", "submitted"]), said()
)
histories = st.lists(steps, max_size=14)


@pytest.fixture
def people(kent, avon, northmoor, national_lead):
    """By force, who proposes a redaction and who approves it."""
    return {
        force.pk: (make_member(force, "data_protection_officer"), national_lead)
        for force in (kent, avon, northmoor)
    }


def play(history: list[Step], forces: list[Any], people: Any, *, half: int = -1, seed: int = 0) -> None:
    """Do it all; a record belongs to the force, tier and origin that its number says, and ends when withdrawn.
    A body that was redacted can be published anew.

    Before step `half`, everything that happened so far is delivered carelessly.
    """
    latest: dict[int, Entry] = {}
    ended: set[int] = set()
    gone: set[int] = set()
    for number, step in enumerate(history):
        if number == half:
            deliver_carelessly(happened(), seed)
        if step.record in ended:
            continue
        if step.record not in latest:
            tier = "secondary" if step.record == 1 else "primary"
            origin = "collated" if step.record in (1, 3) else "submitted"
            force = forces[step.record % len(forces)]
            latest[step.record] = publish(force, tier=tier, origin=origin, **step.fields)
        elif step.ends == "withdrawn":
            withdraw(latest[step.record])
            ended.add(step.record)
        elif step.ends == "redacted" and step.record not in gone:
            redact(latest[step.record], *people[latest[step.record].force_id])
            gone.add(step.record)
        else:
            # "submitted" here says that the force itself submits what the centre had transcribed.
            tier = "primary" if step.ends == "submitted" else None
            latest[step.record] = correct(latest[step.record], tier=tier, **step.fields)
            gone.discard(step.record)


def cells() -> dict[tuple[Any, ...], tuple[int, ...]]:
    """Every cell with something in it."""
    key = ("realm", "tier", "technology", "span", "starts_on", "measure", "force")
    rows = Cell.objects.values_list(*key, *SUMS)
    return {row[: len(key)]: row[len(key) :] for row in rows if any(row[len(key) :])}


def breakdowns() -> dict[tuple[Any, ...], tuple[int, ...]]:
    """Every breakdown cell with something in it."""
    rows = Breakdown.objects.values_list(
        *("realm", "tier", "technology", "starts_on", "measure", "force", "dimension", "value"), *SUMS
    )
    return {row[:8]: row[8:] for row in rows if any(row[8:])}


@in_one_database
@given(histories, st.integers(0, 2**32))
def test_cells_are_a_recount_whatever_happened_and_however_it_arrived(
    kent, avon, northmoor, people, history, seed
):
    with transaction.atomic():
        play(history, [kent, avon, northmoor], people)
        deliver_carelessly(happened(), seed)
        assert differences() == []
        counted = [
            sums[SUMS.index("known")]
            for (_realm, _tier, _technology, span, _starts_on, measure, _force), sums in cells().items()
            if (span, measure) == ("year", "deployments")
        ]
        assert sum(counted) == len(standing())
        transaction.set_rollback(True)


@in_one_database
@given(histories, st.integers(0, 14), st.integers(0, 2**32))
def test_counting_between_the_steps_ends_in_the_same_cells(
    kent, avon, northmoor, people, history, half, seed
):
    """What was counted early, and from a state that no longer stands, leaves no trace."""
    with transaction.atomic():
        play(history, [kent, avon, northmoor], people, half=half, seed=seed)
        deliver_carelessly(happened(), seed + 1)
        assert differences() == []
        as_they_are = cells(), breakdowns()
        deliver_carelessly(happened(), seed + 2)
        assert (cells(), breakdowns()) == as_they_are
        transaction.set_rollback(True)


@in_one_database
@given(histories, said())
def test_publishing_and_withdrawing_is_the_same_as_never(kent, avon, people, history, extra):
    with transaction.atomic():
        play(history, [kent, avon], people)
        deliver(happened())
        without = cells(), breakdowns()
        withdraw(publish(kent, **extra))
        deliver(happened())
        assert (cells(), breakdowns()) == without
        transaction.set_rollback(True)


@in_one_database
@given(histories)
def test_every_cell_speaks_of_each_record_once_in_months_and_in_years(kent, avon, people, history):
    with transaction.atomic():
        play(history, [kent, avon], people)
        deliver(happened())
        found = cells()
        months: dict[tuple[Any, ...], list[int]] = {}
        for (realm, tier, technology, span, starts_on, measure, force), sums in found.items():
            if span == "month":
                key = (realm, tier, technology, "year", starts_on.replace(month=1), measure, force)
                months[key] = [a + b for a, b in zip(months.get(key, [0] * len(SUMS)), sums, strict=True)]
        assert {key: tuple(sums) for key, sums in months.items()} == {
            key: sums for key, sums in found.items() if key[3] == "year"
        }
        transaction.set_rollback(True)


@in_one_database
@given(histories)
def test_the_values_of_each_dimension_add_up_to_the_year(kent, avon, people, history):
    """No record stands under two values, and none under none."""
    with transaction.atomic():
        play(history, [kent, avon], people)
        deliver(happened())
        added: dict[tuple[Any, ...], list[int]] = {}
        for (*key, dimension, _value), sums in breakdowns().items():
            whole = added.setdefault((*key, dimension), [0] * len(SUMS))
            for place, number in enumerate(sums):
                whole[place] += number
        years = {
            (realm, tier, technology, starts_on, measure, force, dimension): list(sums)
            for (realm, tier, technology, span, starts_on, measure, force), sums in cells().items()
            if span == "year"
            for dimension in KEPT
            if measure in KEPT[dimension]
        }
        assert added == years
        transaction.set_rollback(True)


def test_a_planted_fault_in_a_breakdown_is_found(kent):
    publish(kent, figures={"alerts": 9}, threshold=None)
    deliver(happened())
    with acting(kent, None):
        Breakdown.objects.filter(dimension="settings", measure="alerts").update(value='["", "0.64"]')
    found = {(one.dimension, one.value, one.measure): (one.cell[0], one.entries[0]) for one in differences()}
    assert found == {
        ("settings", '["", "0.64"]', "alerts"): (9, 0),
        ("settings", '["", ""]', "alerts"): (0, 9),
    }


def test_a_planted_fault_is_found(kent):
    """The checker checked: one doubled count, one lost record and one cell too many are each told."""
    publish(kent, figures={"alerts": 9})
    deliver(happened())
    with acting(kent, None):
        Cell.objects.filter(measure="alerts", span="month").update(total=18)
        Cell.objects.create(
            realm="national", tier="primary", force=kent, span="month", starts_on="2022-01-01",
            technology="live", measure="alerts", total=1, known=1,
        )  # fmt: skip
    publish(kent, on="2021-05-01")  # its event never arrives
    found = {(one.span, str(one.starts_on), one.measure): one for one in differences()}
    doubled = found["month", "2024-04-01", "alerts"]
    assert (doubled.cell[0], doubled.entries[0]) == (18, 9)
    assert found["month", "2022-01-01", "alerts"].entries == (0,) * len(COLUMNS)
    lost = found["year", "2021-01-01", "deployments"]
    assert (lost.cell[2], lost.entries[2]) == (0, 1)
