"""Small files at fixed addresses, and parameters that pages do not take."""

import re
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import addresses
from forces.clock import db_now

pytestmark = pytest.mark.django_db
SECURITY = "/.well-known/security.txt"


def test_robots_are_kept_from_what_is_made_up(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert b"Disallow: /demonstration/\n" in response.content
    assert b"Disallow: /\n" not in response.content


def test_the_icon_is_our_own(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert re.search(r"/design/favicon-32\..*png$", response["Location"])


def test_nobody_is_named_for_security_unless_somebody_is_set(client, settings):
    settings.SECURITY_CONTACTS = []
    assert client.get(SECURITY).status_code == 404


def test_the_contact_for_security_is_as_rfc_9116_says(client, settings):
    settings.SECURITY_CONTACTS = ["mailto:security@register.example", "https://register.example/report"]
    response = client.get(SECURITY)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in response.content.decode().splitlines()]
    assert [value for name, value in fields if name == "Contact"] == settings.SECURITY_CONTACTS
    (expires,) = (datetime.fromisoformat(value) for name, value in fields if name == "Expires")
    assert db_now() < expires < db_now() + timedelta(days=366)
    assert ["Canonical", f"http://testserver{SECURITY}"] in fields


@pytest.mark.parametrize("wrong", ["security@register.example", "mailto:a b", "javascript:alert(1)"])
def test_a_contact_that_is_no_address_stops_the_start(monkeypatch, wrong):
    monkeypatch.setenv("LFR_SECURITY_CONTACT", wrong)
    with pytest.raises(ImproperlyConfigured, match="is no address"):
        addresses("LFR_SECURITY_CONTACT")


@pytest.mark.parametrize("address", ["/", "/statistics/", "/methods/", "/forces/kent/", "/data/", "/forces/"])
def test_a_page_refuses_what_it_does_not_take(client, kent, address):
    assert client.get(f"{address}?yeer=2024").status_code == 400
    assert b"narrowed by colour, year" in client.get(f"{address}?year=2024&colour=blue").content


@pytest.mark.parametrize("address", ["/", "/statistics/", "/deployments/", "/forces/"])
def test_what_others_hang_onto_an_address_is_looked_past(client, kent, address):
    assert client.get(f"{address}?fbclid=abc&utm_source=letter").status_code == 200
