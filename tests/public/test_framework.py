"""The legal framework in public: any day, every source, who is stricter and why, and what each version changed."""

import csv
import io
from datetime import timedelta

import pytest

from coordination.framework import actions
from coordination.framework.models import Requirement, Version
from coordination.framework.reference import load_framework
from coordination.framework.rules import rules_for
from forces.clock import db_now, london_date
from tests.people import make_member, make_national
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    load_framework(at=db_now())
    return london_date(db_now())


@pytest.fixture
def stricter(kent, today):
    chief = make_member(kent, "chief_officer")
    return actions.tighten(
        kent,
        requirement="watchlist-age",
        parameter="hours",
        value=12,
        why="The scrutiny panel asked for it",
        starts_on=today,
        by=chief,
        at=db_now(),
    )


@pytest.fixture
def second(today):
    """Adopted to take effect in ten days: one requirement changed, one added, one gone."""
    lead, adviser = make_national("national_lead"), make_national("legal_adviser")
    version = actions.draft(summary="Fresher watchlists.", by=lead, at=db_now())
    actions.state(version, "watchlist-age", {"parameters": {"hours": 6}}, by=lead, at=db_now())
    copy = Requirement.objects.get(version=version, code="kit-booked")
    fields = {
        name: getattr(copy, name) for name in ("group", "weight", "source_kind", "citation", "verified_note")
    }
    fields |= {name: getattr(copy, name) for name in ("check_name", "phase", "fixed_by", "effective_from")}
    actions.state(
        version,
        "van-booked",
        {"title": "Van", "sentence": "A van is booked.", **fields},
        by=lead,
        at=db_now(),
    )
    actions.drop(version, "kit-booked", by=lead, at=db_now())
    actions.propose(version, takes_effect_on=today + timedelta(days=10), by=lead, at=db_now())
    actions.adopt(Version.objects.get(pk=version.pk), seen=1, by=adviser, at=db_now())
    return version


def rows(response):
    return {row["code"]: row for row in csv.DictReader(io.StringIO(response.content.decode()))}


def test_every_requirement_is_listed_with_its_source_and_what_follows(client, today):
    page = client.get("/framework/")
    said = text(page)
    for rule in rules_for(None, today):
        assert f'href="/framework/{rule.code}/"' in page.content.decode()
        assert rule.title in said
    assert "Stops a plan. Nobody can set it aside." in said
    assert "Warns only, because its source has not been verified." in said


def test_any_day_can_be_asked(client, today):
    page = client.get("/framework/?on=2019-06-01")
    said = text(page)
    assert "The first version of this framework had not been adopted on this day." in said
    assert "Strict necessity of processing biometric data" in said
    assert "Why this place" not in said
    assert 'href="/framework/dpia/?on=2019-06-01"' in page.content.decode()
    assert "No requirement is known here for this day." in text(client.get("/framework/?on=1999-01-01"))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/framework/?on=yesterday", "Give a day as year, month and day"),
        ("/framework/?force=nowhere", "Force"),
        ("/framework/?weight=law", "weight"),
        ("/framework/framework.csv?on=2024-13-01", "Give a day"),
        ("/framework/dpia/?on=no", "Give a day"),
        ("/framework/dpia/?force=kent", "force"),
        ("/framework/versions/?on=2024-01-01", "on"),
    ],
)
def test_a_mistyped_address_is_told_so(client, kent, today, address, words):
    response = client.get(address)
    assert response.status_code == 400
    assert words in text(response)


def test_a_requirement_shows_who_is_stricter_and_why(client, kent, stricter):
    said = text(client.get("/framework/watchlist-age/"))
    assert "no more than 24 hours before" in said
    assert "Kent Police 12 hours 24 hours" in said
    assert "The scrutiny panel asked for it." in said
    listed = text(client.get("/framework/"))
    assert "1 force is stricter." in listed
    own = text(client.get("/framework/?force=kent"))
    assert "no more than 12 hours before" in own
    assert "The nation’s value: 24 hours." in own


def test_made_up_forces_are_told_of_in_the_demonstration_alone(client, kent, stricter, settings):
    settings.DEMONSTRATION = True
    assert "Kent" not in text(client.get("/demonstration/framework/watchlist-age/"))
    assert client.get("/demonstration/framework/?force=kent").status_code == 400


def test_a_value_that_has_ended_is_kept_with_its_days(client, kent, stricter, today):
    tomorrow = today + timedelta(days=1)
    actions.end_tightening(stricter, ends_on=tomorrow, why="Too hard", by=stricter.decided_by, at=db_now())
    assert "Too hard" in text(client.get("/framework/watchlist-age/"))
    assert "stricter." not in text(client.get(f"/framework/?on={tomorrow}")).split("never less strict")[1]


def test_history_shows_what_each_version_changed(client, second, today):
    later = today + timedelta(days=10)
    said = text(client.get("/framework/versions/"))
    assert said.index("Version 2") < said.index("Version 1")
    assert "Fresher watchlists." in said
    assert "by two people at the national centre" in said
    for words in (
        "Changed Age of the watchlist",
        "Added Van",
        "Removed Equipment",
        "Came with this platform.",
    ):
        assert words in said
    one = text(client.get("/framework/watchlist-age/"))
    assert "no more than 24 hours" in one.split("History")[0]
    assert "no more than 6 hours" in one.split("History")[1]
    assert (
        "no more than 6 hours"
        in text(client.get(f"/framework/watchlist-age/?on={later}")).split("History")[0]
    )
    assert "Not asked on" in text(client.get("/framework/van-booked/"))
    assert "Removed: no longer asked." in text(client.get("/framework/kit-booked/"))
    assert "kit-booked" not in client.get(f"/framework/?on={later}").content.decode()


def test_a_draft_is_nobody_s_business_yet(client, today):
    version = actions.draft(summary="A secret plan.", by=make_national("national_lead"), at=db_now())
    new = {
        **{
            f.attname: getattr(version.requirements.first(), f.attname)
            for f in Requirement._meta.concrete_fields
        }
    }
    new = {name: value for name, value in new.items() if name not in {"id", "version_id", "code"}}
    actions.state(version, "not-yet", new, by=make_national("legal_adviser"), at=db_now())
    assert client.get("/framework/not-yet/").status_code == 404
    assert "A secret plan." not in text(client.get("/framework/versions/"))


def test_page_csv_and_json_say_the_same(client, kent, stricter, today):
    table = rows(client.get("/framework/framework.csv"))
    said = client.get("/framework/framework.json").json()
    assert (
        list(table)
        == [each["code"] for each in said["requirements"]]
        == [rule.code for rule in rules_for(None, today)]
    )
    assert table["watchlist-age"]["parameters"] == '{"hours": 24}'
    assert table["watchlist-age"]["stricter_forces"] == "1"
    assert said["version"] == 1
    (own,) = said["stricter"]
    assert (own["force"], own["value"], own["starts_on"]) == (kent.code, 12, today.isoformat())
    kents = client.get("/framework/framework.json?force=kent").json()
    assert next(each for each in kents["requirements"] if each["code"] == "watchlist-age")["parameters"] == {
        "hours": 12
    }


def test_the_sitemap_names_every_requirement(client, today):
    said = client.get("/sitemap-pages.xml").content.decode()
    for rule in rules_for(None, today):
        assert f"/framework/{rule.code}/</loc>" in said
