"""Statistics as machines read them: never a bare number."""

from datetime import UTC, datetime

import pytest

from coordination.collation.counting import count_again
from forces.clock import db_now
from register import actions
from tests.api.checks import assert_problem

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/statistics"


def items(client, query=""):
    response = client.get(f"{ADDRESS}{query}")
    assert response.status_code == 200, response.content
    return response.json()["items"]


def test_a_count_says_what_it_speaks_for(client, kent, avon, entered):
    entered(kent, figures={"arrests": 3})
    entered(kent, figures={"arrests": None}, on="2024-05-01")
    (item,) = items(client, "?measure=arrests")
    assert (item["value"], item["code"], item["records"], item["known"]) == (3, None, 2, 1)
    assert item["not_known"]["not_published"] == 1
    assert item["coverage"]["phrase"] == "records from 1 of 2 forces"
    assert (item["from"], item["to"]) == ("2024-01-01", "2024-12-31")
    assert item["as_of"].endswith("Z")


def test_a_rate_has_its_counts_and_interval(client, kent, entered):
    entered(kent, figures={"alerts": 1286, "false_alerts": 27})
    (item,) = items(client, "?measure=far_alerts")
    assert (item["numerator"], item["denominator"]) == (27, 1286)
    assert item["value"] == pytest.approx(27 / 1286)
    assert item["interval"]["lower"] == pytest.approx(0.0139, abs=1e-4)
    assert item["interval"]["upper"] == pytest.approx(0.0304, abs=1e-4)


def test_a_missing_figure_is_a_code_and_never_a_zero(client, kent, entered):
    entered(kent, figures={"engagements": None})
    (item,) = items(client, "?measure=engagements")
    assert (item["value"], item["code"]) == (None, "x")


def test_tiers_and_realms_are_never_added_up(client, kent, northmoor, entered):
    entered(kent, figures={"arrests": 1})
    entered(kent, figures={"arrests": 10}, tier="secondary", origin="collated")
    entered(northmoor, figures={"arrests": 100})
    for query, expected in (("", 1), ("&tier=secondary", 10), ("&realm=demonstration", 100)):
        (item,) = items(client, f"?measure=arrests{query}")
        assert item["value"] == expected, query


def test_figures_lead_to_records_that_add_up_to_them(client, kent, avon, entered):
    for on in ("2023-01-05", "2024-04-01", "2024-04-30", "2024-05-01"):
        entered(kent, on=on)
    entered(avon, on="2024-04-02")
    for query in (
        "",
        "&by=month&year=2024",
        "&by=force",
        "&by=all",
        "&force=kent",
        "&year=2024",
        "&by=force&year=2024",
    ):
        for item in items(client, f"?measure=deployments{query}"):
            found = client.get(item["records_at"]).json()["items"]
            assert len(found) == item["value"], (query, item)
            assert b"Matches" in client.get(item["page_at"]).content, (query, item)


def test_a_withdrawn_record_leaves_the_figures(client, kent, entered):
    reference = entered(kent)["reference"]
    actions.withdraw(reference, force=kent, by=None, at=db_now(), reason="It was recorded twice.")
    count_again(kent, [reference])
    assert items(client, "?measure=arrests") == []


def test_every_measure_is_given_when_none_is_named(client, kent, entered):
    entered(kent)
    named = {item["measure"] for item in items(client)}
    assert named == {each["code"] for each in client.get("/api/v1/measures").json()["items"]}


def test_no_records_are_an_empty_list_without_a_date(client, db):
    body = client.get(ADDRESS).json()
    assert (body["items"], body["as_of"]) == ([], None)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("measure=accuracy", "measure"),
        ("by=week", "by"),
        ("by=month", "year"),
        ("by=month&year=x", "year"),
        ("by=force&force=kent", "force"),
        ("force=narnia", "force"),
        ("tier=all", "tier"),
        ("technology=x", "technology"),
        ("realm=", "realm"),
        ("year=2024&year=2025", "year"),
        ("group=force", "group"),
    ],
)
def test_wrong_parameters_are_named(client, kent, query, parameter):
    problem = assert_problem(client.get(f"{ADDRESS}?{query}"), 400, "wrong-parameter")
    assert [error["parameter"] for error in problem["errors"]] == [parameter]


def test_statistics_take_few_queries_however_many_records(
    client, kent, entered, django_assert_max_num_queries
):
    for day in range(1, 6):
        entered(kent, on=f"2024-01-{day:02}")
    with django_assert_max_num_queries(5):
        client.get(f"{ADDRESS}?by=month&year=2024")


def test_as_of_is_when_the_register_last_changed_though_another_force_entered_after_it(
    client, kent, avon, entered
):
    later = datetime(2040, 1, 1, tzinfo=UTC)
    document = entered(kent)
    actions.withdraw(
        document["reference"], force=kent, by=None, at=later, reason="It never took place at all."
    )
    entered(avon)
    assert client.get("/api/v1/last-updated").json()["last_updated"] == "2040-01-01T00:00:00Z"
    assert client.get(ADDRESS).json()["as_of"] == "2040-01-01T00:00:00Z"
    assert client.get(f"{ADDRESS}?force=kent").json()["as_of"] == "2040-01-01T00:00:00Z"
    assert "1 January 2040" in client.get("/statistics/deployments-by-year/").content.decode()
