"""What holds of every address of the API."""

import pytest
from django.http import Http404
from django.urls import path

from config.urls import *  # noqa: F403 - the real addresses, and one that breaks
from config.urls import urlpatterns as real
from tests.api.checks import assert_problem

pytestmark = pytest.mark.django_db
ADDRESSES = [
    "/api/v1/deployments",
    "/api/v1/forces",
    "/api/v1/measures",
    "/api/v1/statistics",
    "/api/v1/openapi.json",
    "/api/v1/last-updated",
    "/api/v1",
    "/api/",
]


def breaks(request):
    raise RuntimeError("A fault of ours.")


def gone(request):
    raise Http404


urlpatterns = [path("api/v1/breaks", breaks), path("api/v1/gone", gone), *real]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_are_refused(client, address, method):
    response = getattr(client, method)(address)
    assert_problem(response, 405, "method-not-allowed")
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("address", ADDRESSES)
def test_other_formats_are_refused(client, address):
    assert_problem(client.get(address, headers={"Accept": "text/csv"}), 406, "not-acceptable")
    assert client.get(address, headers={"Accept": "text/html, */*;q=0.1"}).status_code == 200
    assert client.get(address, headers={"Accept": "application/problem+json"}).status_code == 200


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json;q=0", 406),
        ("application/json; q=0.000, */*", 406),
        ("*/*;q=0", 406),
        ("application/*;q=0, */*", 406),
        ("application/json;q=0.001", 200),
        ("*/*;q=0, application/json", 200),
        ("text/html;q=0, */*", 200),
    ],
)
def test_a_format_weighed_with_nought_is_not_wanted(client, accept, status):
    assert client.get("/api/v1/measures", headers={"Accept": accept}).status_code == status


@pytest.mark.parametrize("address", ADDRESSES)
def test_unknown_parameters_are_refused(client, address):
    assert_problem(client.get(f"{address}?colour=blue"), 400, "wrong-parameter")


@pytest.mark.parametrize(
    "address",
    ["/api", "/api/v1/", "/api/v1/deployments/", "/api/v2/deployments", "/api/%00"],
)
def test_addresses_that_are_none_are_problems(client, address):
    if address == "/api":
        assert client.get(address).status_code in (301, 404)
    else:
        assert_problem(client.get(address), 404, "not-found")


def test_a_problem_names_the_address_as_an_address(client):
    problem = client.get("/api/v1/deployments/î, ").json()
    assert problem["instance"] == "/api/v1/deployments/%C3%AE%2C%20"


def test_a_fault_of_ours_is_a_problem_without_its_cause(client, settings):
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    response = client.get("/api/v1/breaks")
    problem = assert_problem(response, 500, "server-error")
    assert "A fault of ours" not in str(problem)


def test_a_missing_thing_outside_our_views_is_a_problem(client, settings):
    settings.ROOT_URLCONF = __name__
    assert_problem(client.get("/api/v1/gone"), 404, "not-found")


def test_a_host_that_is_not_ours_is_a_problem(client):
    response = client.get("/api/v1/deployments", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert b"evil" not in response.content


@pytest.mark.parametrize("address", ADDRESSES)
def test_answers_set_no_cookie_and_may_be_read_from_anywhere(client, address):
    response = client.get(address)
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, no-cache"


def test_head_answers_like_get_without_a_body(client, kent, entered):
    entered(kent)
    response = client.head("/api/v1/deployments")
    assert (response.status_code, response.content) == (200, b"")
    assert response["ETag"]


def test_options_says_what_is_allowed(client):
    response = client.options("/api/v1/deployments")
    assert (response.status_code, response["Allow"]) == (204, "GET, HEAD, OPTIONS")
