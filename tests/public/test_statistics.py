"""Statistics and the pages of forces: figures with what must be said beside them, and a way to their records."""

import csv
import io
import re
from html import unescape

import pytest

from coordination.collation.published.tables import TABLES
from tests.people import make_force
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db
BY_YEAR = "/statistics/deployments-by-year/"
RATES = "/statistics/false-alert-rates-by-year/"
PACE = "/statistics/faces-per-hour-by-month/"


@pytest.fixture
def met(db):
    """A force under the code whose series is known to break."""
    return make_force("E23000001", "metropolitan", "Metropolitan Police Service")


def links(response):
    return [
        (unescape(re.sub(r"<[^>]*>", "", words)).strip(), unescape(href))
        for href, words in re.findall(
            r'<a class="govuk-link" href="(/deployments/\?[^"]*)">(.*?)</a>', response.content.decode(), re.S
        )
    ]


def test_every_number_opens_records_that_add_up_to_it(client, met, entered):
    for on in ("2023-04-06", "2024-01-10", "2024-02-10"):
        entered(met, on=on)
    addresses = {"/forces/metropolitan/": 2 * 9, f"{BY_YEAR}?from=2023&to=2023": 2 * 12}
    for each in TABLES:
        addresses[f"/statistics/{each.code}/"] = 2 * len(each.measures)
        for filters in ("year=2024", "from=2024", "to=2023", "force=metropolitan"):
            if filters.split("=")[0] in each.dimension.filters:
                addresses[f"/statistics/{each.code}/?{filters}"] = 2 * len(each.measures)
    seen = set()
    for address, fewest in addresses.items():
        opened = [href for _words, href in links(client.get(address)) if "measure=" in href]
        assert len(opened) >= fewest, (address, len(opened))
        seen.update(opened)
    for href in seen:
        assert "Matches" in text(client.get(href)), href


def test_a_rate_stands_beside_its_counts_and_interval(client, met, entered):
    entered(met, figures={"alerts": 1286, "false_alerts": 27, "faces_seen": 902_748})
    for address in (BY_YEAR, RATES):
        shown = text(client.get(address))
        assert "27 of 1,286 alerts , 2.1% (95% interval 1.4% to 3.0%)" in shown
        assert "27 of 902,748 faces seen , 0.0030% (95% interval 0.0020% to 0.0044%)" in shown


def test_coverage_and_as_of_stand_before_the_figures(client, kent, avon, entered):
    entered(kent)
    for address in ("/", "/statistics/", *(f"/statistics/{each.code}/" for each in TABLES)):
        shown = text(client.get(address))
        assert "Coverage Records from 1 of 2 forces." in shown, address
        assert re.search(r"As of \d+ \w+ \d{4} at ", shown), address


def test_titles_compare_whole_years_only(client, met, entered):
    for on in ("2022-05-01", "2023-05-01", "2023-06-01", "2024-01-01"):
        entered(met, on=on)
    shown = text(client.get(BY_YEAR))
    assert "2 deployments in 2023, compared with 1 in 2022" in shown
    assert "2024 to 1 January" in shown


def test_titles_do_not_compare_years_of_different_forces(client, met, kent, entered):
    entered(met, on="2022-05-01")
    for force in (met, kent):
        entered(force, on="2023-05-01")
    entered(met, on="2024-01-01")
    shown = text(client.get(BY_YEAR))
    assert "compared with" not in shown
    assert "4 deployments on record, 1 May 2022 to 1 January 2024" in shown


def test_a_break_in_series_is_marked_and_explained(client, met, entered):
    for on in ("2023-05-01", "2024-05-01"):
        entered(met, on=on)
    for address in (BY_YEAR, PACE):
        shown = text(client.get(address))
        assert "[b]" in shown
        assert "Faces seen per hour fell from 2,771 in 2023 to 480" in shown
    assert "Faces seen per hour went from 2,771 to 480 in January 2024" in text(client.get(PACE))


def test_secondary_records_stand_in_a_table_of_their_own(client, met, entered):
    entered(met, figures={"arrests": 3})
    entered(met, figures={"arrests": 40}, tier="secondary", origin="collated")
    own, others = client.get(BY_YEAR), client.get(f"{BY_YEAR}?tier=secondary")
    assert "Never add these to the forces' own figures" in text(others)
    assert ("3", "/deployments/?year=2024&tier=primary&measure=arrests") in links(own)
    assert ("40", "/deployments/?year=2024&tier=secondary&measure=arrests") in links(others)
    assert not {"40", "43"} & {words for words, _href in links(own)}
    assert all("tier=primary" in href for _words, href in links(own) if "measure=" in href)
    assert all("tier=secondary" in href for _words, href in links(others) if "measure=" in href)


def test_a_total_of_some_records_says_of_how_many(client, met, entered):
    entered(met, figures={"arrests": 3})
    entered(met, figures={"arrests": None})
    assert "from 1 of 2 records" in text(client.get(BY_YEAR))


def test_the_csv_holds_the_same_figures(client, met, entered):
    entered(met, figures={"arrests": 575})
    response = client.get("/statistics/deployments-by-year.csv")
    (row,) = csv.DictReader(io.StringIO(response.content.decode()))
    assert (row["year"], row["arrests"], row["forces_with_records"]) == ("2024", "575", "1")


def test_a_force_without_records_is_not_said_to_have_held_none(client, kent):
    shown = text(client.get("/forces/kent/"))
    assert (
        "No records of this force are on this register. That does not mean that it held no deployments."
        in shown
    )
    assert "Not known. No published source" in shown


def test_forces_are_told_in_one_fixed_order(client, kent, entered):
    entered(kent)
    page = client.get("/forces/kent/").content.decode()
    order = [
        page.index(f'id="{part}"')
        for part in ("policy", "dpia", "eia", "contacts", "notices", "results", "engagement", "returns")
    ]
    assert order == sorted(order)


def test_what_is_not_held_of_a_force_is_said_in_a_line_each_before_its_figures(client, kent, avon, entered):
    for tier, origin in (("primary", "submitted"), ("secondary", "collated"), ("secondary", "collated")):
        entered(kent, tier=tier, origin=origin)
    entered(avon)
    page = client.get("/forces/kent/")
    assert text(page).count("We have not been told of one that is published.") == 3
    assert "has published no notice of a deployment to come here" in text(page)
    assert "In its own records: 1. In other sources: 2. Never add the two up." in text(page)
    assert "No monthly declarations are collected here yet" in text(page)
    body = page.content.decode()
    assert body.index('id="returns"') < body.index('id="figures"') < body.index('id="use"')
    for address in (
        "policeconduct.gov.uk",
        "ico.org.uk",
        "ukpga/2002/30/part/2",
        "ukpga/2018/12/section/165",
    ):
        assert address in body
    assert 'href="#complain"' in body and 'id="complain"' in body


def test_figures_and_files_stand_once_beside_a_drawing(client, kent, entered):
    for year in range(2020, 2024):
        entered(kent, on=f"{year}-05-01")
    for address, table in (("/forces/kent/", "by-year"), (BY_YEAR, "table")):
        page = client.get(address).content.decode()
        assert f'href="#{table}">These figures as a table' in page
        assert f'id="{table}"' in page
        assert "govuk-tabs" not in page
        assert page.count('.ods"') <= 2, address  # the link, and what programs read in the head


def test_other_bodies_are_never_counted_among_the_forces(client, kent, entered):
    btp = make_force("GB-BTP", "btp", "British Transport Police", body_type="special")
    entered(btp)
    assert "forces' own records of 0 of 1 territorial forces" in text(client.get("/forces/"))
    for address in ("/statistics/", BY_YEAR, "/statistics/deployments-by-force/"):
        assert "Also from British Transport Police, not counted among the 1." in text(client.get(address))


def test_a_force_is_found_by_name(client, kent):
    assert client.get("/forces/?find=kent")["Location"] == "/forces/kent/"
    assert client.get("/forces/?find=").status_code == 200
    wrong = client.get("/forces/?find=narnia")
    assert (wrong.status_code, "Choose a force from the list below." in text(wrong)) == (400, True)


def test_what_a_table_does_not_know_is_refused_and_never_an_empty_page(client, kent, entered):
    entered(kent)
    assert "cannot be narrowed by force" in text(client.get("/statistics/?force=kent"))
    wrong = {
        "colour=red": "There is no filter “colour”.",
        "force=narnia": "Force: Choose one of: Kent Police.",
        "tier=tertiary": "Source: Choose one of: Press and other sources.",
        "from=1066": "From year: Give a whole number from 1990 to 2100.",
        "from=2024&to=2023": "To year: Give a year that is not before 2024, or leave it out.",
        "from=2024&from=2023": "From year: Give this only once.",
        "year=2024": "There is no filter “year”.",
    }
    for query, words in wrong.items():
        for address in (
            BY_YEAR,
            "/statistics/deployments-by-year.csv",
            "/statistics/deployments-by-year.ods",
        ):
            answer = client.get(f"{address}?{query}")
            assert answer.status_code == 400, (address, query)
        shown = text(client.get(f"{BY_YEAR}?{query}"))
        assert "There is a problem" in shown
        assert words in shown
    by_force = "/statistics/deployments-by-force/"
    assert client.get(f"{by_force}?force=kent").status_code == 400
    assert client.get(f"{by_force}?year=2024").status_code == 200
    assert client.get(f"{BY_YEAR}?force=&tier=&from=&to=").status_code == 200
    assert client.get("/statistics/deployments-by-year.csv?force=").status_code == 400


def test_a_choice_without_records_says_so(client, kent, avon, entered):
    entered(kent)
    for query in (f"force={avon.slug}", "from=2025", "tier=secondary"):
        answer = client.get(f"{BY_YEAR}?{query}")
        assert answer.status_code == 200
        assert "There are no records for this choice. That does not mean that nothing happened." in text(
            answer
        )


def test_there_is_no_table_or_file_of_another_name(client, db):
    for address in (
        "no-such-table/",
        "no-such-table.csv",
        "deployments-by-year.doc",
        "deployments-by-year.pdf",
    ):
        assert client.get(f"/statistics/{address}").status_code == 404


def test_taking_the_source_away_takes_the_total_with_it(client, kent, entered):
    entered(kent)
    page = client.get("/deployments/?tier=primary&measure=arrests")
    assert page.status_code == 200
    assert 'href="/deployments/?measure=arrests"' not in page.content.decode()
