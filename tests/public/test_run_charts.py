"""Change over time: each force against itself, its signals marked, with the rules and how often they cry wolf."""

import csv
import io
import json

import pytest

from coordination.collation.run_chart import false_alarm_rate
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db
ADDRESS = "/statistics/run-charts"
QUIET, LOUD = (1, 3, 2, 1, 3, 2, 1, 2, 3, 1), (9, 8, 9, 8, 9, 8, 9, 8, 9, 8)


@pytest.fixture
def monthly(entered):
    """`monthly(force, [1, 2])` publishes so many false alerts out of 100, month by month from January 2024."""

    def publish(force, false):
        for number, each in enumerate(false):
            on = f"{2024 + number // 12}-{number % 12 + 1:02}-05"
            entered(force, on=on, figures={"alerts": 100, "false_alerts": each})

    return publish


def test_a_shift_is_marked_and_the_page_says_by_which_rule_and_how_often_it_cries_wolf(client, kent, monthly):
    monthly(kent, QUIET + LOUD)
    page = client.get(f"{ADDRESS}/?force=kent&measure=far_alerts")
    said = text(page)
    assert "Kent Police: a sign of change in 20 months" in said
    assert "10 months in a row are on one side of the median; chance seldom gives more than 7." in said
    alarms = round(false_alarm_rate(20) * 1000)
    assert f"Of 1,000 charts with 20 months off the median in which nothing changes, {alarms} signal." in said
    assert said.count("1 of 100 , 1.0%") == 4
    assert page.content.decode().count('class="c4"') == 41  # 20 months in each drawing, and the legend's


def test_the_list_has_every_force_and_what_cannot_be_judged(client, kent, avon, monthly):
    monthly(kent, QUIET + LOUD)
    monthly(avon, QUIET[:3])
    said = text(client.get(f"{ADDRESS}/?measure=far_alerts"))
    assert "Too few months to tell change from chance: 2 of 12." in said
    assert "Records from 2 of 2 forces." in said
    assert "1 chart is judged. If nothing had changed anywhere, 0.02 signals would be expected." in said


def test_files_say_the_same(client, kent, monthly):
    monthly(kent, QUIET + LOUD)
    asked = "?force=kent&measure=far_alerts"
    rows = list(csv.DictReader(io.StringIO(client.get(f"{ADDRESS}.csv{asked}").content.decode())))
    assert [int(row["numerator"]) for row in rows] == [*QUIET, *LOUD]
    assert {row["is_signal"] for row in rows} == {"true"}
    (chart,) = json.loads(client.get(f"{ADDRESS}.json{asked}").content)["charts"]
    assert [signal["first"] for signal in chart["signals"]] == ["2024-01", "2024-11"]
    assert chart["false_alarm_rate"] == round(false_alarm_rate(20), 6)


def test_months_lead_to_their_records(client, kent, monthly):
    monthly(kent, QUIET[:2])
    page = client.get(f"{ADDRESS}/?force=kent&measure=far_alerts").content.decode()
    address = "/deployments/?force=kent&amp;year=2024&amp;month=2&amp;tier=primary&amp;measure=false_alerts"
    assert address in page
    assert client.get(address.replace("&amp;", "&")).status_code == 200


def test_nothing_published_is_said_outright(client, kent):
    said = text(client.get(f"{ADDRESS}/?force=kent"))
    assert "There is not one month with this rate in the records." in said
    assert "Remove this filter: Force: Kent Police" in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("force=nowhere", "Force: Choose one from the list."),
        ("measure=alerts", "Rate: Choose one of: False alerts out of"),
        ("year=2024", "There is no filter “year”."),
    ],
)
def test_what_is_wrong_with_an_address_is_said(client, db, asked, said):
    page = client.get(f"{ADDRESS}/?{asked}")
    assert page.status_code == 400
    assert said in text(page)
    assert client.get(f"{ADDRESS}.json?{asked}").status_code == 400
