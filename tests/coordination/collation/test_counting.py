"""Cells follow what stands on the register, however its events arrive."""

import pytest

from coordination.collation.models import Cell, Counted
from coordination.collation.recount import differences
from tests.coordination.collation.histories import correct, deliver, happened, publish, redact, withdraw

pytestmark = pytest.mark.django_db


def cell(force, measure, starts_on="2024-04-01", span="month", tier="primary"):
    found = Cell.objects.filter(
        force=force, measure=measure, starts_on=starts_on, span=span, tier=tier
    ).first()
    return (found.total, found.base, found.known) if found else None


def nothing_is_counted():
    columns = ("total", "base", "known", "not_published", "not_applicable", "aborted", "misleading")
    return not any(any(row) for row in Cell.objects.values_list(*columns))


def test_a_publication_is_counted_in_its_month_and_year(kent):
    publish(kent, figures={"alerts": 9, "false_alerts": 2, "faces_seen": 4000})
    deliver(happened())
    assert cell(kent, "deployments") == (1, 0, 1)
    assert cell(kent, "alerts") == (9, 0, 1)
    assert cell(kent, "far_alerts") == (2, 9, 1)
    assert cell(kent, "far_faces", "2024-01-01", "year") == (2, 4000, 1)
    assert differences() == []


def test_delivered_twice_it_counts_once(kent):
    publish(kent)
    deliver(happened() * 3)
    assert cell(kent, "deployments") == (1, 0, 1)
    assert differences() == []


def test_a_correction_replaces_what_was_counted(kent):
    entry = publish(kent, figures={"alerts": 9})
    deliver(happened())
    correct(entry, figures={"alerts": 4})
    deliver(happened())
    assert cell(kent, "alerts") == (4, 0, 1)
    assert differences() == []


def test_a_corrected_date_moves_between_months_and_years(kent):
    """The trap of the published grids: a deployment of July 2024 dated 2023."""
    entry = publish(kent, on="2023-07-11")
    deliver(happened())
    correct(entry, on="2024-07-11")
    deliver(happened())
    assert cell(kent, "deployments", "2023-07-01") == (0, 0, 0)
    assert cell(kent, "deployments", "2023-01-01", "year") == (0, 0, 0)
    assert cell(kent, "deployments", "2024-07-01") == (1, 0, 1)
    assert differences() == []


def test_a_withdrawal_takes_back_everything(kent):
    entry = publish(kent)
    deliver(happened())
    withdraw(entry)
    deliver(happened())
    assert nothing_is_counted()
    assert Counted.objects.get().entry is None
    assert differences() == []


def test_a_withdrawal_that_arrives_first_counts_nothing(kent):
    withdraw(publish(kent))
    first, second = happened()
    deliver([second, first])
    assert nothing_is_counted()
    assert differences() == []


def test_a_redacted_result_is_no_longer_counted(kent, force_people, national_lead):
    entry = publish(kent)
    deliver(happened())
    redact(entry, force_people(kent, "data_protection_officer"), national_lead)
    deliver(happened())
    assert nothing_is_counted()
    assert differences() == []


def test_redacting_what_a_correction_superseded_changes_no_figure(kent, force_people, national_lead):
    first = publish(kent, figures={"alerts": 9})
    correct(first, figures={"alerts": 4})
    redact(first, force_people(kent, "data_protection_officer"), national_lead)
    deliver(happened())
    assert cell(kent, "alerts") == (4, 0, 1)
    assert differences() == []


def test_tiers_are_never_added_together(kent):
    entry = publish(kent, tier="secondary", figures={"alerts": 9})
    deliver(happened())
    assert cell(kent, "alerts", tier="secondary") == (9, 0, 1)
    assert cell(kent, "alerts") is None
    correct(entry, tier="primary", figures={"alerts": 8})
    deliver(happened())
    assert cell(kent, "alerts", tier="secondary") == (0, 0, 0)
    assert cell(kent, "alerts") == (8, 0, 1)
    assert differences() == []


def test_a_made_up_record_moves_only_made_up_figures(kent, northmoor):
    publish(kent)
    publish(northmoor)
    deliver(happened())
    assert set(Cell.objects.values_list("realm", "force__slug")) == {
        ("national", "kent"),
        ("demonstration", "northmoor"),
    }
    assert differences() == []


def test_missing_figures_are_counted_as_missing(kent):
    absent = {
        "alerts": {"code": "misleading", "why": "Said by the test."},
        "arrests": {"code": "not_applicable", "why": "Said by the test."},
    }
    figures = {"alerts": None, "arrests": None, "engagements": None}
    absent["engagements"] = {"code": "not_published", "why": "Said by the test."}
    publish(kent, figures=figures, absent=absent)
    deliver(happened())
    row = Cell.objects.get(measure="alerts", span="month")
    assert (row.total, row.known, row.misleading) == (0, 0, 1)
    row = Cell.objects.get(measure="enforcement_actions", span="month")
    assert (row.known, row.not_applicable) == (0, 1)
    assert differences() == []
