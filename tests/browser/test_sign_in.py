"""Signing in with two steps in a real Chromium, every page looked at."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from tests.browser.checks import look_round, press
from tests.browser.server import WithFiles, closing_connections, serving
from tests.people import make_force, make_member
from tests.portal.test_second_step import PASSWORD, code_of

pytestmark = pytest.mark.commits


@pytest.fixture
def service(committed_db):
    cache.clear()
    kent = make_force("E23000032", "kent", "Kent Police")
    login = make_member(kent, "planner", name="Ada Lovell").logins.get()
    login.set_password(PASSWORD)
    login.save()
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with (
        override_settings(STORAGES={**settings.STORAGES, **plain}, TWO_STEPS=True),
        serving(closing_connections(WithFiles(WSGIHandler()))) as address,
    ):
        yield address, login


def test_two_steps_from_the_first_sign_in_to_the_recovery_codes(page, service):
    address, login = service
    page.goto(f"{address}/sign-in/")
    look_round(page, "sign-in-without-a-demonstration")
    page.get_by_label("Email address").fill(login.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page.get_by_role("button", name="Sign in"))
    page.get_by_role("heading", name="Set up your second step").wait_for()
    look_round(page, "sign-in-set-up")
    key = re.sub(r"\s", "", page.locator("code").first.inner_text())
    page.get_by_label("Code", exact=True).fill("000000")
    press(page.get_by_role("button", name="Continue"))
    page.get_by_role("heading", name="There is a problem").wait_for()
    look_round(page, "sign-in-set-up-wrong")
    page.get_by_label("Code", exact=True).fill(code_of(key, -30))
    press(page.get_by_role("button", name="Continue"))
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    assert page.locator("code").count() == 10
    look_round(page, "sign-in-recovery-codes")
    press(page.get_by_role("button", name="I have kept them"))
    page.wait_for_url(f"{address}/portal/**")
    press(page.get_by_role("button", name="Sign out"))

    page.goto(f"{address}/sign-in/")
    page.get_by_label("Email address").fill(login.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page.get_by_role("button", name="Sign in"))
    page.get_by_role("heading", name="Enter your code").wait_for()
    look_round(page, "sign-in-code")
    page.get_by_label("Code", exact=True).fill(code_of(key))
    press(page.get_by_role("button", name="Sign in"))
    page.wait_for_url(f"{address}/portal/**")
    look_round(page, "")
    press(page.get_by_role("link", name="Recovery codes"))
    page.get_by_role("heading", name="Get new recovery codes").wait_for()
    look_round(page, "sign-in-new-codes")
