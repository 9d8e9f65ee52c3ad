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
        ("yeer=2024", "There is no filter “yeer”. Take it out of the address"),
        ("force=narnia", "Force: Choose one of: Kent Police."),
        ("force=northmoor", "Force: Choose one of: Kent Police."),
        ("year=soon", "Year: Give a whole number from 1990 to 2100."),
        ("year=99999999999999999999", "Year: Give a whole number"),
        ("month=4", "Year: Choose a year as well as a month."),
        ("year=2024&month=13", "Month: Give a whole number from 1 to 12."),
        ("tier=best", "Source: Choose one of: The force's own record; Press and other sources."),
        ("origin=moon", "Entered by: Choose one of"),
        ("status=maybe", "Status: Choose one of"),
        ("state=lost", "Records: Choose one of"),
        ("technology=x", "Technology: Choose one of: Live: cameras on a public place; Retro"),
        ("place=a", "Place: Use 2 to 100 characters."),
        ("place=%00%00%00", "Place: Use letters and numbers"),
        ("place=%00", "Place: Use letters and numbers"),
        ("q=%00", "Words in the records: Use letters and numbers"),
        (f"q={'a' * 10_000}", "Words in the records: Use 1 to 200 characters."),
        ("q=the+of", "Words in the records: These words cannot be looked for"),
        ("q=market&state=redacted", "Words in the records: Words of withdrawn and removed"),
        ("sort=luck", "Order: Choose one of: Best match first; Most false alerts first"),
        ("false_alerts=27", "False alerts: Choose one of: At least one; None; Number not published."),
        ("measure=accuracy&tier=primary", "Total of: Choose one from the list."),
        ("measure=arrests", "Source: Choose a source to see a total"),
        ("watchlist=many", "Watchlist size: Choose one of: Under 1,000; 1,000 to 4,999"),
        ("published=late", "Time to publish: Choose one of: Within 5 days; 6 to 31 days"),
        ("use_case=%00", "Use case: Use letters and numbers"),
        ("threshold=0.1234567890123", "Threshold: Use 1 to 13 characters."),
        ("after=5", "Place in the list: This is not a place in the list."),
        ("year=2024&year=2023", "Year: Give this only once."),
    ],
)
def test_a_wrong_filter_is_told_and_lists_nothing(client, kent, northmoor, entered, query, words):
    entered(kent)
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 400
    assert "There is a problem" in text(response)
    assert words in text(response)
    assert text(response).count(words) <= 2  # in the summary and beside its field
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


def test_words_are_found_and_shown_where_they_stand(client, kent, entered):
    for _ in range(3):
        entered(
            kent,
            place={"name": "Elsewhere", "area": None},
            use_case={"code": None, "scheme": None, "label": "x"},
        )
    one = entered(kent, place={"name": "<b>Market</b> Square", "area": "Northmoor"})["reference"]
    page = client.get(f"{LIST}?q=markets+hotspots&force=kent")
    assert references(page) == [one]
    assert "1 record Kent Police, all years, with “markets hotspots”" in text(page)
    assert "Place: &lt;b&gt;<mark>Market</mark>&lt;/b&gt; Square" in page.content.decode()
    assert "Use case: Crime <mark>hotspot</mark>" in page.content.decode()
    assert "Best match first." in text(page)
    assert 'href="/api/v1/deployments.csv?q=markets+hotspots&amp;force=kent"' in page.content.decode()


def test_words_that_nobody_wrote_find_nothing_and_say_so(client, kent, entered):
    entered(kent)
    assert "No record that stands holds these words" in text(client.get(f"{LIST}?q=zebra"))


def test_page_api_and_files_find_the_same_words(client, kent, northmoor, entered):
    for force in (kent, northmoor):
        for number in range(3):
            entered(force, place={"name": f"Pier {number}", "area": None}, on=f"2024-04-0{number + 1}")
        entered(force)
    for address, realm in ((LIST, "national"), (f"/demonstration{LIST}", "demonstration")):
        asked = f"?q=pier&sort=latest&year=2024{'' if realm == 'national' else '&realm=demonstration'}"
        listed = references(client.get(f"{address}?q=pier&sort=latest&year=2024"))
        api = [each["reference"] for each in client.get(f"/api/v1/deployments{asked}").json()["items"]]
        file = client.get(f"/api/v1/deployments.csv{asked}")
        lines = b"".join(file.streaming_content).decode().splitlines()[1:]
        assert listed == api
        assert [re.search("LFR-[0-9A-Z]{4}-[0-9A-Z]{4}", line)[0] for line in lines] == listed
        assert (len(listed), file["X-Total-Count"]) == (3, "3")


def test_a_total_of_false_alerts_leads_to_the_records_that_hold_it(client, kent, entered):
    some = [
        entered(kent, figures={"false_alerts": n, "false_alerts_confirmed": n})["reference"] for n in (2, 5)
    ]
    for _ in range(4):
        entered(kent, figures={"false_alerts": 0, "false_alerts_confirmed": 0})
    asked = "force=kent&year=2024&tier=primary&measure=false_alerts"
    page = client.get(f"{LIST}?{asked}")
    assert len(references(page)) == 6
    assert "2 records have at least one." in text(page)
    (href,) = re.findall(r'href="([^"]*false_alerts=some[^"]*)"', page.content.decode())
    those = client.get(LIST + unescape(href))
    assert references(those) == [some[1], some[0]]
    assert "Added up just now from 2 records." in text(those)
    assert "Matches The statistics say 7." in text(those)
