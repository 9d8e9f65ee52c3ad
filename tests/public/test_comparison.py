"""Forces side by side: compared within one setting, and shown without comparison everywhere else."""

import csv
import io
import json
from urllib.parse import urlencode

import pytest

from tests.people import make_force
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db
ADDRESS = "/statistics/comparison"
NEOSCAN = {"vendor": "Made-up Vision", "product": "NeoScan", "version": "4.2"}
NAMED = {"algorithm": "Made-up Vision NeoScan 4.2", "threshold": "0.64"}
OF_TWO_PARTS = {"alerts": 40, "false_alerts": 1}


@pytest.fixture
def forces(northmoor, entered):
    """Two whose rates differ by more than chance, one with few alerts, one that leaves a record without figures."""
    southfold, westmere, tinbury = (
        make_force(f"X-{slug.upper()}", slug, f"{slug.capitalize()} Police", realm="demonstration")
        for slug in ("southfold", "westmere", "tinbury")
    )
    for force, alerts, false in (
        (northmoor, 2_000, 20),
        (southfold, 2_000, 80),
        (westmere, 2_000, 52),
        (tinbury, 40, 1),
    ):
        entered(force, algorithm=NEOSCAN, threshold="0.64", figures={"alerts": alerts, "false_alerts": false})
    nothing = dict.fromkeys(("false_alerts", "false_alerts_confirmed", "false_alerts_unconfirmed"))
    entered(westmere, algorithm=NEOSCAN, threshold="0.64", figures={"alerts": 10, **nothing})
    return northmoor, southfold, westmere, tinbury


def rows(response):
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_without_algorithms_nothing_is_compared_and_the_page_says_what_forces_would_have_to_publish(
    client, entered, kent, avon
):
    for force, false in ((kent, 1), (avon, 9)):
        entered(force, algorithm=None, figures={"alerts": 40, "false_alerts": false})
    page = client.get(f"{ADDRESS}/")
    said = text(page)
    assert "Nothing can be compared fairly today" in said
    assert "None of the 2 records names an algorithm." in said
    assert "What forces would have to publish" in said
    assert "Not compared: the algorithm is not published." in said
    assert '<svg class="lfr-chart' not in page.content.decode()


def test_one_setting_is_a_funnel_and_every_force_is_in_its_table(client, forces):
    page = client.get(f"/demonstration{ADDRESS}/")
    said = text(page)
    assert "2 of 3 forces that can be judged lie outside the 95% limits of chance" in said
    assert "Records from 4 of 4 made-up forces." in said
    assert said.count("Made-up records of made-up forces") == 2  # in the strip and under the chart
    assert "own published records" not in said
    assert "Below the 99.8% limit" in said
    assert "Above the 99.8% limit" in said
    assert "Unreliable: within what chance explains" in said
    assert "Incomplete: Known for 1 of 2 records." in said
    assert page.content.count(b"lfr-chart__drawing--") == 2
    assert all(force.name in said for force in forces)
    assert forces[0].name not in text(client.get(f"{ADDRESS}/"))


def test_a_number_opens_the_records_that_add_up_to_it(client, forces):
    first = rows(client.get(f"/demonstration{ADDRESS}.csv"))[0]
    page = client.get(first["records_url"].removeprefix("http://testserver"))
    assert page.status_code == 200
    assert f"{int(first['false_alerts']):,}" in text(page)


def test_page_csv_and_json_say_the_same(client, forces):
    asked = urlencode(NAMED)
    found = rows(client.get(f"/demonstration{ADDRESS}.csv?{asked}"))
    assert [row["force_name"] for row in found] == sorted(force.name for force in forces)
    by_name = {row["force_name"]: row for row in found}
    south, tin, west = (by_name[f"{name} Police"] for name in ("Southfold", "Tinbury", "Westmere"))
    assert (south["standing"], south["is_unreliable"]) == ("above_998", "false")
    assert (tin["is_unreliable"], west["is_incomplete"], west["records"]) == ("true", "true", "2")
    assert int(south["low_998"]) < int(south["low_95"]) < float(south["false_alerts_expected"])
    assert float(south["false_alerts_expected"]) < int(south["high_95"]) < int(south["high_998"])
    told = json.loads(client.get(f"/demonstration{ADDRESS}.json?{asked}").content)
    assert told["is_made_up"] is True
    assert (told["coverage"], told["source"]) == (
        "Records from 4 of 4 made-up forces.",
        "Made-up records of made-up forces",
    )
    assert "binomial" in told["method"]
    assert [row["false_alerts"] for row in told["rows"]] == [int(row["false_alerts"]) for row in found]
    page = text(client.get(f"/demonstration{ADDRESS}/?{asked}"))
    assert f"{int(south['low_95']) + 1} to {int(south['high_95']) - 1}" in page


def test_settings_are_never_mixed(client, entered, kent, avon):
    entered(kent, algorithm=NEOSCAN, threshold="0.6", figures=OF_TWO_PARTS)
    entered(avon, algorithm=NEOSCAN, threshold="0.64", figures=OF_TWO_PARTS)
    said = text(client.get(f"{ADDRESS}/"))
    assert said.count("fewer than two forces") == 2
    assert "under no setting do two forces give both" in said


def test_a_year_without_records_says_so_and_keeps_the_setting(client, forces):
    page = client.get(f"/demonstration{ADDRESS}/?{urlencode({**NAMED, 'year': 2019})}")
    assert page.status_code == 200
    assert "No record of this setting is of the year asked for" in text(page)


def test_the_form_leads_to_an_address_in_the_words_of_the_list(client, forces):
    chosen = {"setting": '["Made-up Vision NeoScan 4.2", "0.64"]', "year": ""}
    answer = client.get(f"/demonstration{ADDRESS}/?{urlencode(chosen)}")
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/demonstration{ADDRESS}/?{urlencode(NAMED)}",
    )
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"algorithm": "NeoScan"}, "Give “algorithm” and “threshold” together"),
        ({"algorithm": "NeoScan", "threshold": "0.1"}, "No record names this algorithm together with"),
        ({"setting": "nonsense"}, "Choose one of the settings that forces have published."),
        ({"setting": '["a", ["b"]]'}, "Choose one of the settings that forces have published."),
        ({"setting": "[" * 300}, "Choose one of the settings that forces have published."),
        ({"setting": '["a", "b"]', "threshold": "0.1"}, "not both"),
        ({"year": "soon"}, "Give a whole number from 1990 to 2100."),
        ({"force": "kent"}, "There is no filter “force”."),
        ({"algorithm": "\x00", "threshold": "0.1"}, "control characters"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(client, db, asked, said):
    page = client.get(f"{ADDRESS}/?{urlencode(asked)}")
    assert page.status_code == 400
    assert "There is a problem" in text(page)
    assert said in text(page)
    assert client.get(f"{ADDRESS}.csv?{urlencode(asked)}").status_code == 400
