"""A version of the framework: drafted, proposed by one, adopted by another, and never changed again."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.utils import DatabaseError, IntegrityError

from coordination.framework import actions
from coordination.framework.models import Requirement, Version
from coordination.framework.rules import changed, rules_for, rules_of_version
from coordination.framework.stating import fingerprint
from events.models import Event
from forces.clock import db_now, london_date
from forces.refusals import Forbidden, Invalid
from forces.tenancy import national_scope
from tests.coordination.framework.stated import stated

pytestmark = pytest.mark.django_db


@pytest.fixture
def soon():
    return london_date(db_now()) + timedelta(days=30)


@pytest.fixture
def second(shipped, national_lead) -> Version:
    return actions.draft(summary="Shorter watchlists.", by=national_lead, at=db_now())


def proposed(version, by, on) -> Version:
    actions.propose(version, takes_effect_on=on, by=by, at=db_now())
    return Version.objects.get(pk=version.pk)


def happened(name):
    with national_scope():
        return [event.payload for event in Event.objects.filter(name=name).order_by("pk")]


def rule(rules, code):
    return next((each for each in rules if each.code == code), None)


def test_a_draft_begins_as_a_copy_of_what_stands(shipped, second):
    assert second.number == 2
    assert second.requirements.count() == shipped.requirements.count()
    assert changed(shipped, second) == frozenset()
    assert happened("framework.drafted.v1") == [{"version": 2, "summary": "Shorter watchlists."}]


def test_one_version_is_open_at_a_time(second, adviser):
    with pytest.raises(actions.NotDraftable, match="open already"):
        actions.draft(summary="Another.", by=adviser, at=db_now())


def test_a_change_says_which_verdicts_it_moves(shipped, second, adviser):
    at = db_now()
    actions.state(second, "watchlist-age", {"parameters": {"hours": 12}}, by=adviser, at=at)
    actions.state(second, "dpia", {"title": "Impact on data protection"}, by=adviser, at=at)
    actions.state(second, "weather", stated(), by=adviser, at=at)
    actions.drop(second, "kit-booked", by=adviser, at=at)
    assert changed(shipped, second) == {"watchlist-age", "weather", "kit-booked"}
    assert [(each["requirement"], each["what"]) for each in happened("framework.amended.v1")] == [
        ("watchlist-age", "changed"),
        ("dpia", "changed"),
        ("weather", "added"),
        ("kit-booked", "removed"),
    ]


def test_two_people_adopt_a_version_and_past_days_keep_their_rules(
    shipped, second, national_lead, adviser, soon
):
    actions.state(second, "watchlist-age", {"parameters": {"hours": 6}}, by=adviser, at=db_now())
    actions.drop(second, "kit-booked", by=adviser, at=db_now())
    waiting = proposed(second, national_lead, soon)
    assert rule(rules_for(None, soon), "watchlist-age").national["hours"] == 24
    actions.adopt(waiting, seen=waiting.proposals, by=adviser, at=db_now())

    before, after = rules_for(None, soon - timedelta(days=1)), rules_for(None, soon)
    assert {each.version for each in before} == {1}
    assert {each.version for each in after} == {2}
    assert rule(before, "watchlist-age").national["hours"] == 24
    assert rule(after, "watchlist-age").national["hours"] == 6
    assert rule(before, "kit-booked") is not None
    assert rule(after, "kit-booked") is None
    assert happened("framework.adopted.v1")[-1] == {
        "version": 2,
        "summary": "Shorter watchlists.",
        "takes_effect_on": soon.isoformat(),
    }


def test_a_version_can_be_asked_before_it_is_adopted(shipped, second, adviser, soon):
    actions.state(second, "weather", stated(), by=adviser, at=db_now())
    assert rule(rules_of_version(second, None, soon), "weather").parameters == {"hours": 12}
    assert rule(rules_for(None, soon), "weather") is None


def test_a_requirement_holds_on_the_days_it_says(shipped, second, national_lead, adviser, soon):
    dates = {"effective_from": soon + timedelta(days=10), "effective_to": soon + timedelta(days=20)}
    actions.state(second, "weather", stated(**dates), by=adviser, at=db_now())
    actions.adopt(proposed(second, national_lead, soon), seen=1, by=adviser, at=db_now())
    on = [day for day in range(30) if rule(rules_for(None, soon + timedelta(days=day)), "weather")]
    assert on == list(range(10, 20))


def test_nobody_adopts_what_they_proposed(second, adviser, soon):
    waiting = proposed(second, adviser, soon)
    with pytest.raises(actions.NotAdoptable, match="Somebody else"):
        actions.adopt(waiting, seen=waiting.proposals, by=adviser, at=db_now())
    with pytest.raises(IntegrityError, match="framework_adopted_by_two_people"), transaction.atomic():
        Version.objects.filter(pk=second.pk).update(status="adopted", adopted_by=adviser, adopted_at=db_now())


def test_what_was_proposed_anew_is_looked_at_anew(second, national_lead, adviser, soon):
    seen = proposed(second, national_lead, soon)
    actions.send_back(seen, seen=1, reason="Not yet.", by=adviser, at=db_now())
    actions.state(second, "weather", stated(), by=national_lead, at=db_now())
    proposed(second, national_lead, soon)
    with pytest.raises(actions.NotAdoptable, match="Look again"):
        actions.adopt(seen, seen=1, by=adviser, at=db_now())
    actions.adopt(seen, seen=2, by=adviser, at=db_now())


def test_a_proposed_version_stands_still(second, national_lead, adviser, soon):
    proposed(second, national_lead, soon)
    for change in (
        lambda: actions.state(second, "weather", stated(), by=adviser, at=db_now()),
        lambda: actions.drop(second, "dpia", by=adviser, at=db_now()),
        lambda: actions.describe(second, summary="Other words.", by=adviser, at=db_now()),
    ):
        with pytest.raises(actions.NotAmendable, match="no draft"):
            change()
    with pytest.raises(DatabaseError, match="only a draft"), transaction.atomic():
        Requirement.objects.filter(version=second).update(title="x")
    with pytest.raises(actions.NotProposable, match="no draft"):
        actions.propose(second, takes_effect_on=soon, by=adviser, at=db_now())


def test_nothing_takes_effect_in_the_past(second, national_lead, adviser, soon):
    today = london_date(db_now())
    with pytest.raises(actions.NotProposable, match="today or later"):
        actions.propose(second, takes_effect_on=today - timedelta(days=1), by=national_lead, at=db_now())
    with pytest.raises(actions.NotProposable, match="Version 1 takes effect"):
        actions.propose(
            second, takes_effect_on=date(2026, 11, 23), by=national_lead, at=db_now() - timedelta(days=999)
        )
    waiting = proposed(second, national_lead, soon)
    with pytest.raises(actions.NotAdoptable, match="has passed"):
        actions.adopt(waiting, seen=1, by=adviser, at=db_now() + timedelta(days=31))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"check_name": "astrology"}, "check_name"),
        ({"parameters": {"hours": "12"}}, "parameters"),
        ({"parameters": [12]}, "parameters"),
        ({"attested_role": "planner"}, "check_name"),
        (
            {"check_name": "", "parameters": {}, "attested_role": "wizard", "attested_document": "dpia"},
            "attested_role",
        ),
        ({"verified_on": None}, "verified_on"),
        ({"url": ""}, "url"),
        ({"verified": False, "verified_on": None}, "verified_note"),
        ({"weight": "heavy"}, "weight"),
        ({"use_cases": ["shopping"]}, "use_cases"),
        ({"fixed_by": "national_lead"}, "fixed_by"),
        ({"effective_to": date(2026, 11, 23)}, "effective_to"),
        ({"technology": "telepathy"}, "technology"),
        ({"title": ""}, "title"),
    ],
)
def test_what_cannot_stand_is_refused_by_field(second, adviser, more, field):
    with pytest.raises(Invalid) as refused:
        actions.state(second, "weather", stated(**more), by=adviser, at=db_now())
    assert field in refused.value.errors


def test_a_code_has_a_plain_form(second, adviser):
    with pytest.raises(Invalid) as refused:
        actions.state(second, "The Weather!", stated(), by=adviser, at=db_now())
    assert "code" in refused.value.errors


def test_those_without_the_right_change_nothing(second, national_analyst, kent_chief, soon):
    for somebody in (national_analyst, kent_chief):
        for change in (
            lambda by: actions.draft(summary="Mine.", by=by, at=db_now()),
            lambda by: actions.describe(second, summary="Mine.", by=by, at=db_now()),
            lambda by: actions.state(second, "weather", stated(), by=by, at=db_now()),
            lambda by: actions.drop(second, "dpia", by=by, at=db_now()),
            lambda by: actions.propose(second, takes_effect_on=soon, by=by, at=db_now()),
            lambda by: actions.send_back(second, seen=0, reason="No.", by=by, at=db_now()),
            lambda by: actions.adopt(second, seen=0, by=by, at=db_now()),
        ):
            with pytest.raises(Forbidden):
                change(somebody)


def test_what_somebody_else_changed_meanwhile_is_not_written_over(second, adviser, national_lead):
    at = db_now()
    shown = fingerprint(second.requirements.get(code="watchlist-age"))
    actions.state(second, "watchlist-age", {"title": "Age"}, seen=shown, by=adviser, at=at)
    with pytest.raises(actions.StaleRequirement, match="after you opened it"):
        actions.state(second, "watchlist-age", {"title": "Made"}, seen=shown, by=national_lead, at=at)
    with pytest.raises(actions.StaleRequirement):
        actions.state(second, "watchlist-age", stated(), seen="", by=national_lead, at=at)
    assert second.requirements.get(code="watchlist-age").title == "Age"
    actions.state(second, "weather", stated(), seen="", by=adviser, at=at)


def test_why_a_version_was_adopted_is_kept(second, national_lead, adviser, soon):
    waiting = proposed(second, national_lead, soon)
    actions.adopt(waiting, seen=waiting.proposals, reason="It follows the new code.", by=adviser, at=db_now())
    with national_scope():
        told = Event.objects.get(name="framework.adopted.v1", subject=waiting.subject)
    assert told.reason == "It follows the new code."
