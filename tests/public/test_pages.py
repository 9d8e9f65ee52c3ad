"""What holds of every public page."""

import gzip
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordination.collation.published.tables import TABLES
from tests.notices import tell

pytestmark = pytest.mark.django_db
OF_TABLES = [f"statistics/{each.code}/" for each in TABLES]
FIXED = [
    "/",
    "/notices/",
    "/notices/calendar/",
    "/deployments/",
    "/statistics/",
    "/statistics/force-capability/",
    "/statistics/comparison/",
    "/statistics/run-charts/",
    "/statistics/reconciliation/",
    "/revisions/",
    "/forces/",
    "/framework/",
    "/framework/versions/",
    "/methods/",
    "/data/",
    "/accessibility/",
    "/privacy/",
    "/cookies/",
    "/contact/",
    "/demonstration/",
    "/demonstration/deployments/",
    "/demonstration/statistics/",
    "/demonstration/statistics/force-capability/",
    "/demonstration/statistics/comparison/",
    "/demonstration/statistics/run-charts/",
    "/demonstration/revisions/",
    "/demonstration/forces/",
    "/demonstration/framework/",
    *(f"/{address}" for address in OF_TABLES),
    *(f"/demonstration/{address}" for address in OF_TABLES),
]
PUBLIC_TABLES = re.compile(
    r'"?(register_(?:archive|changecount|entry|entrybody|head|noticehead|redaction)'
    r"|framework_(?:requirement|tightening|version)"
    r"|collation_(?:breakdown|cell|claim|counted|reconciled)"
    r"|forces_(?:areamap|contactpoint|document|documentwithdrawal|force|lfruse|succession))\b"
)
ANY_TABLE = re.compile(r'(?:FROM|JOIN|UPDATE|INTO) "?([a-z_]+)"?', re.IGNORECASE)


@pytest.fixture
def addresses(kent, northmoor, entered):
    """Every kind of public page, with enough records to need a second page of the list."""
    records = [entered(kent, on=f"2024-03-{day:02}") for day in range(1, 29)]
    records += [entered(kent, on=f"2023-03-{day:02}") for day in range(1, 29)]
    other = entered(kent, tier="secondary", origin="collated", on="2024-05-01")
    made_up = entered(northmoor)
    return [
        *FIXED,
        f"/deployments/{records[0]['reference']}/",
        f"/deployments/{other['reference']}/",
        "/deployments/?force=kent&year=2024&tier=primary&measure=arrests",
        "/forces/kent/",
        f"/notices/{tell(kent)['reference']}/",
        f"/demonstration/deployments/{made_up['reference']}/",
        "/demonstration/forces/northmoor/",
    ]


def test_every_page_answers_without_any_data(client, db):
    for address in FIXED:
        assert client.get(address).status_code == 200, address


def test_no_page_sets_a_cookie_or_reads_one(client, addresses):
    client.cookies["session"] = "something-old"
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert not response.headers.get("Set-Cookie"), address
        assert not response.cookies, address
        assert "cookie" not in response.headers.get("Vary", "").lower(), address


def test_every_page_has_a_strict_policy_and_no_inline_style_or_script(client, addresses):
    for address in addresses:
        response = client.get(address)
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy, address
        assert "unsafe" not in policy, address
        page = response.content.decode()
        assert " style=" not in page, address
        assert not re.search(r"<script(?![^>]*\b(?:src=|type=.application/ld\+json\b))", page), address
        assert not re.search(r"\son[a-z]+=", page), address


def test_every_page_stays_within_its_budgets(client, addresses):
    for address in addresses:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(address)
        assert len(queries) <= 12, (address, len(queries))
        weight = len(gzip.compress(response.content))
        assert weight <= 15_000, (address, weight)


def test_no_page_reads_a_table_that_is_not_public(client, addresses):
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        for query in queries.captured_queries:
            for table in ANY_TABLE.findall(query["sql"]):
                assert PUBLIC_TABLES.fullmatch(table), (address, query["sql"])
            assert "set_config" not in query["sql"], address


def test_every_page_has_one_heading_of_the_first_level_and_a_title(client, addresses):
    for address in addresses:
        page = client.get(address).content.decode()
        assert len(re.findall(r"<h1\b", page)) == 1, address
        assert re.search(r"<title>\s*\S.* - Facial Recognition Register", page), address


def test_made_up_pages_say_so_and_real_ones_hold_nothing_made_up(client, addresses):
    for address in addresses:
        page = client.get(address).content.decode()
        assert (
            "Everything on this page is made up." in page or "Northmoor Police and everything" in page
        ) == (address.startswith("/demonstration/")), address
        if not address.startswith("/demonstration/"):
            assert "Northmoor" not in page, address
        elif address not in FIXED:
            assert "Kent" not in page, address


def test_demonstration_pages_are_missing_where_none_is_installed(client, db, settings):
    settings.DEMONSTRATION = False
    for address in FIXED:
        expected = 404 if address.startswith("/demonstration/") else 200
        assert client.get(address).status_code == expected, address


def test_whoever_runs_the_register_is_reached_where_an_address_is_set(client, db, settings):
    assert b"has not set a contact address yet" in client.get("/contact/").content
    settings.CONTACTS = ["mailto:register@example.org", "https://register.example/tell"]
    page = client.get("/contact/").content
    assert b'href="mailto:register@example.org">register@example.org</a>' in page
    assert b'href="https://register.example/tell">https://register.example/tell</a>' in page
    assert b"has not set" not in page


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_pages_can_only_be_read(client, db, method):
    response = getattr(client, method)("/statistics/")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert b"It can only be read" in response.content


@pytest.mark.parametrize(
    "address", ["/nothing/", "/deployments/LFR-0000-0000/", "/forces/narnia/", "/deployments/%00/"]
)
def test_what_is_not_there_is_a_page_in_the_design(client, db, address):
    response = client.get(address)
    assert response.status_code == 404
    assert b"Page not found" in response.content


def test_a_host_that_is_not_ours_gets_a_page_and_not_a_fault(client, db):
    response = client.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert b"evil" not in response.content
