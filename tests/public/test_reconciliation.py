"""Published claims beside the records: nobody is called wrong, and nothing is said that is not known."""

import csv
import io
import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from coordination.collation.models import Claim
from coordination.collation.reconciliation.working import reconcile
from tests.claims import make_claim
from tests.public.test_deployments import text
from tests.public.test_statistics import links

pytestmark = pytest.mark.django_db

ADDRESS = "/statistics/reconciliation/"


@pytest.fixture
def claimed(kent):
    """`claimed(value)` is a claim about Kent's arrests from March to May 2024, held against the records."""

    return lambda value, **fields: make_claim(fields.pop("subject", kent), value, **fields)


@pytest.fixture
def arrests(entered):
    def made(force, on, number, **fields):
        return entered(force, on=on, figures={"arrests": number}, **fields)

    return made


OTHER = {"tier": "secondary", "origin": "collated"}


def shown(client):
    """The words of the page of all claims, then those of each claim's own."""
    reconcile()
    codes = Claim.objects.values_list("code", flat=True)
    return " ".join(
        text(client.get(address)) for address in (ADDRESS, *(f"{ADDRESS}{code}/" for code in codes))
    )


def test_a_claim_stands_beside_both_sums_with_their_parts(client, kent, claimed, arrests):
    claimed(9)
    arrests(kent, "2024-03-04", 2)
    arrests(kent, "2024-03-05", 4, **OTHER)
    page = shown(client)
    assert "Somebody: 9 arrests Kent Police, March 2024 to May 2024 9 2 6 2 + 4 3 more claimed" in page
    assert "Forces' own records here end on 4 March 2024. After that there are only other sources." in page
    assert "Beyond that, why they differ is not known." in page


def test_every_sum_opens_as_many_records_as_it_says(client, kent, avon, claimed, arrests):
    claimed(9, subject=None)
    claimed(9, first=date(2024, 3, 2), last=date(2024, 3, 4), precision="day")
    for force, on, number, fields in (
        (kent, "2024-03-01", 7, {}),
        (kent, "2024-03-04", 2, {}),
        (kent, "2024-03-03", 4, OTHER),
        (avon, "2024-05-31", 1, OTHER),
    ):
        arrests(force, on, number, **fields)
    reconcile()
    found = {
        (words, href)
        for address in (ADDRESS, f"{ADDRESS}claim-0/", f"{ADDRESS}claim-1/")
        for words, href in links(client.get(address))
        if "measure=" in href
    }
    assert len(found) >= 7
    for words, href in found:
        opened = client.get(href)
        assert f'<p class="govuk-heading-l">{words}</p>' in opened.content.decode(), href
        assert "Does not match" not in text(opened)
        assert set(parse_qs(urlsplit(href).query)) <= {"force", "since", "until", "tier", "measure"}


def test_an_arithmetical_match_is_called_nothing_more(client, kent, claimed, arrests):
    claimed(6)
    arrests(kent, "2024-03-04", 2)
    arrests(kent, "2024-04-06", 4, **OTHER)
    arrests(kent, "2024-04-20", 5)
    page = shown(client)
    assert (
        "With other sources, the records come to 6 at the end of 6 April 2024: an arithmetical match, not an "
        "established cut-off. It stays so to the end of 19 April 2024." in page
    )
    assert "Forces' own records go past 6 on 20 April 2024, and equal it at the end of no day." in page
    assert "The claim names months." in page
    assert client.get(f"{ADDRESS}claim-0/").content.count(b'role="img"') == 2


def test_what_agrees_is_said_to_agree_and_no_more(client, kent, claimed, arrests):
    claimed(2)
    arrests(kent, "2024-03-04", 2)
    page = shown(client)
    assert "They agree." in page
    assert "arithmetical match, not an established" not in page
    assert "is not known" not in page.split("All claims")[1]
    arrests(kent, "2024-03-05", 3)
    Claim.objects.update(value=5)
    assert "They agree." in shown(client)
    Claim.objects.update(value=6)
    arrests(kent, "2024-03-06", 1, **OTHER)
    assert "They agree once records from other sources are added." in shown(client)


def test_a_rounded_claim_may_agree_within_its_rounding(client, kent, claimed, arrests):
    claimed(100, qualifier="rounded", rounded_to=10)
    arrests(kent, "2024-03-04", 96)
    assert "None, within the rounding" in shown(client)
    Claim.objects.update(value=110)
    arrests(kent, "2024-06-04", 1)
    arrests(kent, "2024-03-05", 1)
    page = shown(client)
    assert "110, rounded" in page
    assert "13 more claimed, give or take 5" in page


def test_where_nothing_is_known_it_says_so(client, kent, claimed, arrests):
    claimed(9, first=date(2024, 3, 1), last=date(2024, 3, 4), precision="day")
    arrests(kent, "2024-03-04", 2)
    assert "7 more claimed Why is not known." in shown(client)


def test_enforcement_actions_are_not_summed_where_a_column_would_mislead(client, kent, claimed, entered):
    claimed(9, measure="enforcement_actions")
    absent = {"other_action": {"code": "misleading", "why": "It repeats no action."}}
    entered(kent, on="2024-03-04", figures={"arrests": 3, "other_action": None}, absent=absent)
    entered(kent, on="2024-03-05", figures={"arrests": 2, "other_action": 2})
    page = shown(client)
    assert "Not summed Cannot be summed: 1 of 2 records print other action as a copy of no action" in page
    assert (
        "Arrests and other action are both given by 1 of 2 records, which come to 4. That is a part." in page
    )
    assert "Arrests alone come to 5 in forces' own records and 0 in other sources." in page
    (row,) = csv.DictReader(io.StringIO(client.get("/statistics/reconciliation.csv").content.decode()))
    assert (row["own_total"], row["both_total"], row["difference_from_both"]) == ("[x]", "[x]", "[x]")


def test_a_record_that_may_count_twice_is_left_out_and_told(client, kent, claimed, arrests):
    claimed(9)
    arrests(kent, "2024-03-04", 2)
    arrests(kent, "2024-03-04", 2, **OTHER)
    assert "1 record from another source stands on a day that the force's own record covers." in shown(client)


def test_before_the_records_were_held_against_it_a_claim_says_so(client, kent, claimed):
    claimed(9)
    page = text(client.get(ADDRESS))
    assert "Not worked out yet The records have not been held against it yet." in page
    assert client.get("/statistics/reconciliation.csv").status_code == 200
    assert json.loads(client.get("/statistics/reconciliation.json").content)["claims"][0]["records"] is None


def test_without_claims_there_is_a_page_all_the_same(client, db):
    assert "No published claims are known here." in text(client.get(ADDRESS))


def test_files_say_what_the_page_says(client, kent, claimed, arrests):
    claimed(6)
    arrests(kent, "2024-03-04", 2)
    arrests(kent, "2024-04-06", 4, **OTHER)
    arrests(kent, "2024-04-20", 5)
    reconcile()
    (row,) = csv.DictReader(io.StringIO(client.get("/statistics/reconciliation.csv").content.decode()))
    assert (row["claimed"], row["own_total"], row["other_total"], row["both_total"]) == ("6", "7", "4", "11")
    assert (row["equal_from"], row["equal_to"], row["passed_on"]) == (
        "2024-04-06",
        "2024-04-19",
        "2024-04-20",
    )
    (told,) = json.loads(client.get("/statistics/reconciliation.json").content)["claims"]
    assert told["records"]["own"]["total"] == 7
    assert told["meets"]["both"]["equal_from"] == "2024-04-06"
    assert told["running"] == [
        {"month": "2024-03", "own": 2, "both": 2},
        {"month": "2024-04", "own": 7, "both": 11},
    ]


def test_the_page_asks_few_questions_however_many_records_there_are(
    client, kent, claimed, arrests, django_assert_num_queries
):
    for _claim in range(4):
        claimed(6, subject=None)
    for day in range(1, 20):
        arrests(kent, f"2024-03-{day:02}", 1)
    reconcile()
    for address in (ADDRESS, f"{ADDRESS}claim-0/"):
        with django_assert_num_queries(2):
            client.get(address)


def test_the_demonstration_has_no_claims(client, db):
    assert client.get("/demonstration/statistics/reconciliation/").status_code == 404
    assert client.get(f"{ADDRESS}?force=kent").status_code == 400


def test_a_claim_that_nobody_knows_has_no_page(client, claimed):
    claimed(6)
    assert client.get(f"{ADDRESS}claim-0/").status_code == 200
    assert client.get(f"{ADDRESS}claim-1/").status_code == 404
    Claim.objects.update(role="early")
    assert client.get(f"{ADDRESS}claim-0/").status_code == 404
