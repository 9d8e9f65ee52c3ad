"""The API's own way to its views: without sessions and sign-in, with everything that protects."""

import pytest
from django.test import Client

from config.short_way import ShortWayMiddleware
from tests.records import entered  # noqa: F401

LIST = "/api/v1/deployments"
OF_PAGES_AND_API = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Content-Length",
)


@pytest.mark.parametrize("address", [LIST, f"{LIST}?x=1", f"{LIST}/LFR-0000-0000", "/api/v1/nothing"])
def test_headers_that_protect_are_those_of_pages(db, client, address):
    page, answer = client.get("/methods/"), client.get(address)
    assert page.status_code == 200
    for name in OF_PAGES_AND_API:
        assert answer[name] == page[name] or name in ("Content-Security-Policy", "Content-Length"), name
    assert policy(answer) == policy(page)


def policy(response):
    return set(response["Content-Security-Policy"].split("; "))


def test_a_session_is_neither_read_nor_prolonged(db, kent_planner, signed_in, django_assert_num_queries):
    client = signed_in(kent_planner)
    client.get(LIST)
    with django_assert_num_queries(1):
        answer = client.get(LIST)
    assert not answer.cookies
    assert "cookie" not in answer["Vary"].lower()


def test_what_the_api_says_follows_the_reader_s_language_alone(db):
    client = Client()
    client.post("/language/", {"language": "cy", "next": "/"})
    assert client.get("/", headers={"Accept-Language": "en"})["Content-Language"] == "cy"
    assert Client().get(LIST)["Content-Language"] == "en-gb"
    assert Client().get(LIST, headers={"Accept-Language": "cy"})["Content-Language"] == "cy"


@pytest.mark.parametrize("address", ["/api/v1/%00", f"{LIST}?place=%00ab"])
def test_what_cannot_be_read_is_refused_on_the_short_way_too(db, client, address):
    assert client.get(address).status_code in {400, 404}


def test_a_body_too_large_is_refused_before_it_is_read(db, client):
    answer = client.post(LIST, data=b"x" * 3_000_000, content_type="application/json")
    assert answer.status_code == 413


@pytest.mark.parametrize("address", ["/api/problems/not-found", "/", "/healthz", "/API/v1/deployments"])
def test_everybody_else_takes_the_long_way(rf, address):
    taken = []
    ShortWayMiddleware(taken.append)(rf.get(address))
    assert len(taken) == 1


def test_middleware_whose_hooks_would_be_forgotten_is_refused(settings):
    settings.API_MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]
    with pytest.raises(TypeError, match="process_view"):
        ShortWayMiddleware(lambda request: None)
