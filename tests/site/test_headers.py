"""Every answer of the site, to a stranger and to people, carries what protects the reader, and runs nothing inline."""

import re

import pytest
from django.conf import settings
from django.test import Client

from tests.site.walker import addresses, path

ADDRESSES = addresses()
BY_COOKIE = ("/portal/", "/admin/", "/sign-in/")
# Attributes and elements that a page without 'unsafe-inline' cannot use.
INLINE = re.compile(
    r"<[^>]+\s(style|on[a-z]+)\s*=\s*[\"']|<style\b|"
    # Facts for search engines are data: no browser runs them.
    r"<script(?![^>]*\s(?:src=|type=.application/ld\+json\b))[^>]*>",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def people(planted):
    made = {"stranger": Client(raise_request_exception=False)}
    for name, person in (("owner", planted.ours.people["force_owner"]), ("lead", planted.lead)):
        client = Client(raise_request_exception=False)
        client.force_login(person.logins.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
        made[name] = client
    return made


def asked_of(client: Client, address: str):
    """The answer, read to its end: a file holds a transaction until then."""
    answer = client.get(address)
    if answer.streaming:
        for _ in answer:
            pass
    return answer


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_every_answer_protects_its_reader(world, people, address):
    asked = path(address, world.ours)
    for who, client in people.items():
        answer = asked_of(client, asked)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, (who, asked)
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in answer["Permissions-Policy"]
        if asked.startswith(BY_COOKIE):
            assert answer["Cache-Control"] == "private, no-store", (who, asked)
        if answer["Content-Type"].startswith("text/html") and not answer.streaming:
            found = INLINE.search(answer.content.decode())
            assert not found, (who, asked, found.group(0))


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_what_strangers_are_told_never_depends_on_a_cookie_they_did_not_get(world, people, address):
    """A page that shared caches may keep sets no cookie and does not vary by one unless it says so."""
    asked = path(address, world.ours)
    answer = asked_of(Client(raise_request_exception=False), asked)
    if "public" in answer.get("Cache-Control", ""):
        assert not answer.cookies, asked


def test_the_refusals_of_the_framework_are_protected_too(db):
    for answer in (
        Client().get("/", headers={"host": "evil.example"}),
        Client(enforce_csrf_checks=True).post("/sign-in/", {}),
        Client().get("/nowhere/"),
        Client().put("/sign-in/"),
        Client().get("/portal/\x00/"),
    ):
        assert answer.status_code in {400, 403, 404, 405}
        assert "default-src 'none'" in answer["Content-Security-Policy"], answer
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_cookies_are_for_this_site_alone(db):
    client = Client()
    client.get("/sign-in/")
    client.post("/language/", {"language": "cy", "next": "/"})
    assert {settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert not cookie["domain"], name
        assert cookie["path"] == "/", name
    assert not client.cookies[settings.CSRF_COOKIE_NAME]["max-age"]
