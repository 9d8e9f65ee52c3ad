"""The figures of the record that comes with the project, against what is known of it."""

from dataclasses import dataclass

import pytest
from django.db import transaction

from coordination.collation.figures import Code
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Table
from coordination.collation.published.tables import DEPLOYMENTS_BY_YEAR
from coordination.collation.queries import Figures, by_month, by_year
from coordination.collation.recount import Difference, differences
from coordination.collation.series import SERIES_BREAKS
from coordination.intake.reference import load as load_records
from forces.models import Realm
from forces.reference import load as load_forces
from tests.coordination.collation.histories import deliver, happened

NATIONAL = Realm.NATIONAL.value


@dataclass(frozen=True)
class Record:
    """What is asked of the published record, read once: loading it takes a few seconds."""

    years: dict[int, Figures]
    months: tuple[Figures, ...]
    differences: list[Difference]
    primary: Table
    secondary: Table


@pytest.fixture(scope="module")
def record(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        load_forces()
        load_records()
        deliver(happened())
        read = Record(
            {figures.period.year: figures for figures in by_year(NATIONAL, tier="primary")},
            by_month(NATIONAL, tier="primary"),
            differences(),
            Table.of(DEPLOYMENTS_BY_YEAR, Question(NATIONAL)),
            Table.of(DEPLOYMENTS_BY_YEAR, Question(NATIONAL, tier="secondary")),
        )
        transaction.set_rollback(True)
    return read


@pytest.fixture(scope="module")
def years(record):
    return record.years


# Added up by hand from the Metropolitan Police's published grids, declared errata corrected.
KNOWN = {
    2020: {"deployments": 3, "aborted_deployments": 1, "faces_seen": 13_200, "alerts": 8, "arrests": 1},
    2022: {"deployments": 6, "faces_seen": 144_366, "alerts": 20, "true_alerts": 17, "false_alerts": 3},
    2023: {"deployments": 23, "faces_seen": 326_392, "alerts": 58, "true_alerts": 56, "false_alerts": 2, "arrests": 34},
    2024: {
        "deployments": 180, "faces_seen": 902_748, "alerts": 1_286, "true_alerts_confirmed": 1_242,
        "true_alerts_unconfirmed": 18, "false_alerts": 27, "arrests": 575,
    },
}  # fmt: skip


def test_the_published_record_comes_to_what_is_known_of_it(record):
    for year, known in KNOWN.items():
        assert {measure: record.years[year][measure].number for measure in known} == known
    assert record.differences == []


def test_every_year_says_that_it_speaks_of_one_force(years):
    assert {figures.coverage.sentence for figures in years.values() if figures.has_records} == {
        "Records from 1 of 43 forces."
    }
    assert not years[2021].has_records
    assert years[2021]["deployments"].code is Code.NOT_AVAILABLE


def test_enforcement_actions_of_2023_and_2024_are_not_shown(years):
    for year in (2023, 2024):
        figure = years[year]["enforcement_actions"]
        assert (figure.code, figure.tally.misleading) == (Code.NOT_AVAILABLE, figure.records)
    assert years[2025]["enforcement_actions"].number is not None


def test_both_false_alert_rates_carry_their_counts(years):
    rate = years[2024]["far_alerts"]
    assert (rate.numerator, rate.denominator, rate.marks) == (27, 1_286, ())
    rate = years[2024]["far_faces"]
    assert (rate.numerator, rate.denominator) == (27, 902_748)
    assert set(rate.marks) == {Code.ESTIMATED, Code.BREAK}
    assert Code.LOW_RELIABILITY in years[2022]["far_alerts"].marks


def test_breaks_in_series_are_what_the_records_show(record):
    """Faces seen per hour on either side of each break, worked out again from the months."""
    months = [month for month in record.months if month.has_records]

    def faces_an_hour(first, last):
        within = [month for month in months if first <= month.period.first < last]
        faces = sum(month["faces_seen"].number or 0 for month in within)
        return round(faces * 60 / sum(month["duration_minutes"].number or 0 for month in within))

    starts = [months[0].period.first.replace(year=2023, month=1)] + [known.on for known in SERIES_BREAKS]
    ends = [known.on for known in SERIES_BREAKS] + [months[-1].period.last]
    hourly = [faces_an_hour(first, last) for first, last in zip(starts, ends, strict=True)]
    assert hourly == [SERIES_BREAKS[0].before, *(known.after for known in SERIES_BREAKS)]


def test_secondary_records_stand_apart(record):
    deployments = [record.years[year]["deployments"].number or 0 for year in record.years]
    assert record.primary.total.cells[0].figure.number == sum(deployments)
    assert record.secondary.total.cells[0].figure.number > 0
