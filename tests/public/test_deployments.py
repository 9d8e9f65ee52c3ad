"""The list of deployments: found, filtered, summed, and refused in plain words."""

import re
from html import unescape

import pytest

from coordination.collation.measures import ARRESTS
from forces.clock import db_now
from public.sums import total_of
from register import actions
from register.models import Head
from register.search import Search

pytestmark = pytest.mark.django_db
LIST = "/deployments/"


def text(response):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", response.content.decode())))


def references(response):
    assert response.status_code == 200, text(response)
    return re.findall(r'href="/(?:demonstration/)?deployments/(LFR-[0-9A-Z-]+)/"', response.content.decode())


def test_pages_hold_every_record_once(client, kent, entered):
    wanted = {entered(kent, on=f"2024-{1 + n // 28:02}-{1 + n % 28:02}")["reference"] for n in range(60)}
    first = client.get(LIST)
    (following,) = re.findall(r'href="(\?[^"]*after=[^"]*)"', first.content.decode())
    second = client.get(LIST + unescape(following))
    assert len(references(first)) == 50
    assert sorted(references(first) + references(second)) == sorted(wanted)
    assert "60 records" in text(first)


def test_filters_keep_their_place_on_the_next_page(client, kent, entered):
    for day in range(1, 29):
        for month in (1, 2):
            entered(kent, on=f"2024-{month:02}-{day:02}")
    page = client.get(f"{LIST}?force=kent&year=2024&month=").content.decode()
    assert re.search(r'href="\?force=kent&amp;year=2024&amp;after=[^"]+"', page)


def test_chips_take_one_filter_away(client, kent, entered):
    entered(kent)
    page = client.get(f"{LIST}?force=kent&year=2024").content.decode()
    assert 'href="?year=2024"' in page
    assert 'href="?force=kent"' in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("yeer=2024", "yeer: There is no such filter."),
        ("force=narnia", "Force: No force of this register has that name."),
        ("force=northmoor", "Force: No force of this register has that name."),
        ("year=soon", "Year: Give a whole number from 1990 to 2100."),
        ("year=99999999999999999999", "Year: Give a whole number"),
        ("month=4", "Year: Choose a year as well as a month."),
        ("year=2024&month=13", "Month: Give a whole number from 1 to 12."),
        ("tier=best", "Source: Choose one of: primary, secondary."),
        ("origin=moon", "Entered by: Choose one of"),
        ("status=maybe", "Status: Choose one of"),
        ("state=lost", "Records: Choose one of"),
        ("technology=x", "technology: Choose one of"),
        ("place=a", "Place: Use 2 to 100 characters."),
        ("place=%00%00%00", "Place: Use letters and numbers"),
        ("measure=accuracy&tier=primary", "Total of: Choose one of"),
        ("measure=arrests", "Source: Choose a source to see a total"),
        ("watchlist=many", "Watchlist size: Choose one of: under_1000, 1000_to_4999"),
        ("published=late", "Time to publish: Choose one of: within_5_days"),
        ("use_case=%00", "Use case: Use letters and numbers"),
        ("threshold=0.1234567890123", "Threshold: Use 1 to 13 characters."),
        ("after=5", "after: This is not a place in the list."),
        ("year=2024&year=2023", "Year: Give this only once."),
    ],
)
def test_a_wrong_filter_is_told_and_lists_nothing(client, kent, northmoor, entered, query, words):
    entered(kent)
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 400
    assert "There is a problem" in text(response)
    assert words in text(response)
    assert "<title>Error: " in response.content.decode()
    assert "LFR-" not in response.content.decode()


def test_markup_in_a_filter_is_text(client, db):
    page = client.get(LIST, {"<script>alert(1)</script>": "x", "place": "<script>alert(2)</script>"})
    assert page.status_code == 400
    assert b"<script>alert" not in page.content


def test_markup_and_long_names_in_records_are_text(client, kent, entered):
    name = "<script>alert(1)</script>" + "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3
    reference = entered(kent, place={"name": name[:200], "area": '"><img src=x onerror=alert(3)>'})[
        "reference"
    ]
    for address in ("/", LIST, f"{LIST}{reference}/", "/forces/kent/"):
        page = client.get(address).content
        assert b"<script>alert" not in page, address
        assert b"<img" not in page, address


def test_an_empty_list_says_what_it_does_not_mean(client, kent, entered):
    assert "No records have been placed on this register yet." in text(client.get(LIST))
    assert "That does not mean that it held no deployments" in text(client.get(f"{LIST}?force=kent"))
    entered(kent)
    assert "That does not mean that there were no deployments" in text(client.get(f"{LIST}?year=2019"))


def test_a_total_is_added_up_again_and_matches(client, kent, entered):
    for arrests in (3, 4, None):
        entered(kent, figures={"arrests": arrests})
    shown = text(client.get(f"{LIST}?year=2024&force=kent&tier=primary&measure=arrests"))
    assert "Arrests: Kent Police, 2024, the force's own record" in shown
    assert "Added up just now from 3 records. Known for 2 of 3 records." in shown
    assert "Matches The statistics say 7." in shown


def test_a_total_of_the_nation_says_of_how_many_forces_it_speaks(client, kent, avon, entered):
    entered(kent)
    shown = text(client.get(f"{LIST}?year=2024&tier=primary&measure=arrests"))
    assert "Records from 1 of 2 forces. As of " in shown


def test_a_total_that_is_not_counted_yet_says_so(client, kent, entered):
    document = entered(kent, figures={"arrests": 3})
    actions.correct(
        {**document, "figures": {**document["figures"], "arrests": 5}},
        force=kent,
        origin="submitted",
        by=None,
        at=db_now(),
        reason="Two were left out.",
    )
    shown = text(client.get(f"{LIST}?tier=primary&measure=arrests"))
    assert "Does not match The statistics say 3." in shown


def test_a_total_with_no_statistic_says_so(client, kent, entered):
    entered(kent)
    shown = text(client.get(f"{LIST}?tier=primary&measure=arrests&place=mark"))
    assert "there is no published total to compare" in shown


def test_a_large_total_is_added_up_from_what_was_counted(kent, entered):
    for arrests in (3, 4, None):
        entered(kent, figures={"arrests": arrests})
    total = total_of(Search("national", tier="primary"), ARRESTS, most=2)
    assert not total.is_read_again
    assert (total.added.number, total.added.known, total.added.records) == (7, 2, 3)
    assert total.matches


def test_facets_are_filters_and_said_in_words(client, kent, entered):
    one = entered(kent, watchlist_size=None)["reference"]
    entered(kent, threshold="0.6", use_case={"code": "1", "scheme": "A list", "label": None})
    query = "use_case=Crime+hotspot&threshold=0.64&algorithm=not_published"
    query += "&watchlist=not_published&published=over_31_days"
    page = client.get(f"{LIST}?{query}")
    assert references(page) == [one]
    assert (
        "use case “Crime hotspot”, algorithm not published, threshold “0.64”, watchlist size: not published, "
        "time to publish: more than 31 days"
    ) in text(page)
    assert "Remove this filter: Watchlist size: Not published" in text(page)
    assert "1 record" in text(client.get(f"{LIST}?use_case=1+(A+list)"))
    assert references(client.get(f"{LIST}?threshold=not_published")) == []


def test_a_facet_that_nobody_published_says_so(client, kent, entered):
    entered(kent)
    page = client.get(f"{LIST}?use_case=Parade")
    assert references(page) == []
    assert "No record on this register was published with the use case “Parade”." in text(page)


def test_a_total_of_a_facet_has_no_statistic_of_everything_beside_it(client, kent, entered):
    entered(kent, figures={"arrests": 3})
    entered(kent, figures={"arrests": 4}, threshold="0.6")
    shown = text(client.get(f"{LIST}?tier=primary&measure=arrests&threshold=0.6"))
    assert "there is no published total to compare" in shown


def test_a_total_of_one_use_case_or_setting_is_held_against_its_statistic(client, kent, entered):
    entered(kent, figures={"arrests": 3}, on="2023-05-01")
    entered(kent, figures={"arrests": 4}, threshold="0.6")
    for query, total in (
        ("use_case=Crime+hotspot", 7),
        ("use_case=Crime+hotspot&year=2024", 4),
        ("algorithm=not_published&threshold=0.6", 4),
    ):
        shown = text(client.get(f"{LIST}?tier=primary&measure=arrests&{query}"))
        assert f"Matches The statistics say {total}." in shown, query
    # Not kept: a setting within a use case, a month, arrests by watchlist.
    for query in (
        "use_case=Crime+hotspot&threshold=0.6&algorithm=not_published",
        "use_case=Crime+hotspot&year=2024&month=4",
        "watchlist=5000_to_9999",
    ):
        shown = text(client.get(f"{LIST}?tier=primary&measure=arrests&{query}"))
        assert "there is no published total to compare" in shown, query


def test_facets_that_were_published_are_offered(client, kent, northmoor, entered):
    entered(kent, use_case={"code": None, "scheme": None, "label": "B" * 200})
    entered(kent, algorithm={"vendor": "A", "product": "B", "version": "1"})
    entered(northmoor, use_case={"code": None, "scheme": None, "label": "Made up"})
    page = client.get(f"{LIST}?use_case=Parade").content.decode()
    assert f'value="{"B" * 200}">{"B" * 59}…<' in page
    assert '<option value="A B 1"' in page
    assert '<option value="Parade" selected' in page
    assert "Made up<" not in page


def test_withdrawn_records_are_listed_only_when_asked_for(client, kent, entered):
    reference = entered(kent)["reference"]
    actions.withdraw(reference, force=kent, by=None, at=db_now(), reason="It was recorded twice.")
    assert references(client.get(LIST)) == []
    shown = client.get(f"{LIST}?state=withdrawn")
    assert references(shown) == [reference]
    assert "Withdrawn" in text(shown)


def test_lists_of_the_two_worlds_share_nothing(client, kent, northmoor, entered):
    real, made_up = entered(kent)["reference"], entered(northmoor)["reference"]
    assert references(client.get(LIST)) == [real]
    assert references(client.get("/demonstration/deployments/")) == [made_up]
    assert Head.objects.count() == 2


def test_days_narrow_the_list_and_the_total(client, kent, entered):
    for on in ("2024-03-31", "2024-04-01", "2024-04-30", "2024-05-01"):
        entered(kent, on=on, figures={"arrests": 2})
    asked = f"{LIST}?force=kent&tier=primary&measure=arrests"
    months = text(client.get(f"{asked}&since=2024-04-01&until=2024-04-30"))
    assert "2 records" in months
    assert "1 April 2024 to 30 April 2024" in months
    assert "Matches The statistics say 4." in months
    shown = text(client.get(f"{asked}&since=2024-04-30"))
    assert "from 30 April 2024" in shown
    assert "The statistics are not kept for this choice of filters" in shown
    assert "to 31 March 2024" in text(client.get(f"{LIST}?until=2024-03-31"))
    assert "Matches" in text(client.get(f"{asked}&until=2024-03-31"))
