"""A force's page of the legal framework: both values, and being stricter than the nation."""

from datetime import timedelta

import pytest

from coordination.framework.models import Tightening
from coordination.framework.reference import load_framework
from forces.clock import db_now, london_date
from tests.people import make_member
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db
LIST = "/portal/kent/rules/"
AGE = f"{LIST}watchlist-age/"


@pytest.fixture
def today(db):
    load_framework(at=db_now())
    return london_date(db_now())


@pytest.fixture
def chief(kent, signed_in, today):
    return signed_in(make_member(kent, "chief_officer", rank="chief_constable"))


def on(day, name="starts_on"):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def test_a_chief_officer_sets_a_stricter_value_and_ends_it(client, chief, today):
    assert "24 hours" in text(chief.get(LIST))
    assert "Be stricter" in text(chief.get(AGE))
    done = chief.post(AGE, {"value": "12", "why": "The panel asked.", **on(today)}, follow=True)
    assert "The force’s own value is published." in text(done)
    assert "no more than 12 hours before" in text(done)
    assert "The panel asked." in text(client.get("/framework/watchlist-age/"))
    made = Tightening.objects.get()
    tomorrow = today + timedelta(days=1)
    ending = f"{AGE}end/{made.pk}/"
    assert "12 hours" in text(chief.get(ending))
    ended = chief.post(ending, {"why": "Too hard.", **on(tomorrow, "ends_on")}, follow=True)
    assert "The nation’s value holds again from that day." in text(ended)
    made.refresh_from_db()
    assert made.ends_on == tomorrow


@pytest.mark.parametrize(
    ("address", "value"),
    [
        (f"{LIST}authority-rank/", "chief_superintendent"),
        (f"{LIST}use-case/", ["locate_wanted"]),
        (f"{LIST}watchlist-size/", "2000"),
    ],
)
def test_each_kind_of_value_has_a_field(chief, today, address, value):
    chief.post(address, {"value": value, "why": "We decided so.", **on(today)})
    kept = Tightening.objects.get().value
    assert kept == (int(value) if value == "2000" else value)


@pytest.mark.parametrize(
    ("value", "why", "days", "words"),
    [
        ("25", "Easier.", 0, "never less strict"),
        ("12", "", 0, "Say why"),
        ("12", "Ask Jo on 07700 900123.", 0, "telephone"),
        ("12", "Back then.", -2, "does not change"),
        ("soon", "Soon.", 0, "number"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(chief, today, value, why, days, words):
    answer = chief.post(AGE, {"value": value, "why": why, **on(today + timedelta(days=days))})
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Tightening.objects.exists()


def test_a_rule_that_the_nation_alone_sets_offers_nothing(chief, today):
    assert "Be stricter" not in text(chief.get(f"{LIST}dpia/"))
    assert chief.get(f"{LIST}astrology/").status_code == 404


def test_others_read_and_set_nothing(kent_planner, signed_in, today):
    planner = signed_in(kent_planner)
    assert "Be stricter" not in text(planner.get(AGE))
    assert planner.post(AGE, {"value": "12", "why": "No right.", **on(today)}).status_code == 403
    assert not Tightening.objects.exists()


def test_another_force_s_value_is_not_ended_here(chief, avon, signed_in, today):
    theirs = signed_in(make_member(avon, "chief_officer"))
    theirs.post(
        "/portal/avon-and-somerset/rules/watchlist-age/", {"value": "12", "why": "Ours.", **on(today)}
    )
    made = Tightening.objects.get()
    assert chief.post(f"{AGE}end/{made.pk}/", {"why": "Mine now."}).status_code == 404
