"""`manage.py collate`: the checker, and the repair."""

import io

import pytest
from django.core.management import CommandError, call_command

from coordination.collation.models import SUMS, Breakdown, Cell, Counted
from coordination.collation.rebuilding import outdated, rebuild
from coordination.collation.recount import differences
from forces.tenancy import acting
from tests.coordination.collation.histories import correct, deliver, happened, publish, withdraw

pytestmark = pytest.mark.django_db


def collate(*arguments):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("collate", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return ended.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_verify_finds_nothing_where_all_is_well(kent, northmoor):
    publish(kent)
    publish(northmoor)
    deliver(happened())
    assert collate("--verify") == (0, "Every cell is what its entries add up to.\n", "")


def test_verify_shows_the_cells_that_differ_and_fails(kent):
    publish(kent, figures={"alerts": 9})
    deliver(happened())
    with acting(kent, None):
        Cell.objects.filter(measure="alerts", span="month").update(total=10)
    code, _out, err = collate("--verify", "--realm", "national")
    assert code == 1
    assert "total 10/9" in err
    assert "1 cell is not" in err
    assert collate("--verify", "--realm", "demonstration")[0] == 0


def test_collate_asks_what_to_do():
    with pytest.raises(CommandError, match="--verify or --rebuild"):
        collate()


def test_rebuild_counts_what_no_event_ever_told(kent, avon, northmoor):
    entry = publish(kent)
    correct(entry, on="2024-05-01")
    withdraw(publish(avon))
    publish(northmoor, figures={"alerts": None})
    assert len(differences()) > 0
    code, out, _err = collate("--rebuild", "--verify")
    assert (code, out.splitlines()[0]) == (0, "2 records were counted otherwise before.")


def test_rebuild_mends_cells_and_what_was_counted(kent):
    for alerts in range(5):
        publish(kent, figures={"alerts": alerts})
    deliver(happened())
    with acting(kent, None):
        Cell.objects.filter(measure="alerts").update(total=99)
        Cell.objects.create(
            realm="national", tier="primary", force=kent, span="month", starts_on="2022-01-01",
            technology="live", measure="alerts", total=1, known=1,
        )  # fmt: skip
        Breakdown.objects.filter(measure="alerts").update(total=99)
        wrong = Counted.objects.first()
        wrong.under["use_case"] = "Parade"
        wrong.contributions["alerts"] = 1000
        wrong.save(update_fields=["contributions", "under"])
    assert rebuild(kent) == 1
    assert differences() == []
    deliver(happened())
    assert differences() == []


def test_catching_up_counts_what_was_counted_before_a_dimension_was_declared(kent, avon):
    for force in (kent, avon):
        publish(force, figures={"alerts": 9})
    deliver(happened())
    assert outdated() == []
    with acting(kent, None):
        Breakdown.objects.filter(force=kent).update(**dict.fromkeys(SUMS, 0))
        Counted.objects.filter(force=kent).update(under={})
    assert outdated() == [kent]
    assert len(differences()) > 0
    assert collate("--catch-up")[1] == "1 record was counted otherwise before.\n"
    assert (differences(), outdated()) == ([], [])
    assert collate("--catch-up")[1] == "0 records were counted otherwise before.\n"


def test_rebuild_of_what_is_right_changes_nothing(kent):
    publish(kent)
    deliver(happened())
    rows = list(Cell.objects.order_by("pk").values())
    assert rebuild(kent) == 0
    assert list(Cell.objects.order_by("pk").values()) == rows


def test_rebuild_works_in_batches(kent):
    for _record in range(5):
        publish(kent)
    assert rebuild(kent, batch=2) == 5
    assert differences() == []


def test_one_force_cannot_write_the_cells_of_another(kent, avon):
    publish(kent)
    deliver(happened())
    with acting(avon, None):
        assert Cell.objects.filter(force=kent).update(total=7) == 0
        assert Counted.objects.filter(force=kent).update(on="2020-01-01") == 0
    assert differences() == []
