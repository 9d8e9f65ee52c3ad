"""The authorising officer's page: what is weighed, what may be decided, and about which words."""

import pytest

from deployments.models import Plan
from directory import actions as directory
from forces.clock import db_now
from tests.portal.authority.desk import WHY, attempts, decision, text, url

pytestmark = pytest.mark.django_db


def test_an_officer_reads_the_case_and_authorises(kents, signed_in):
    plan = kents.assessed()
    client = signed_in(kents.officer)
    shown = client.get(url("authorise", plan))
    assert shown.status_code == 200
    said = text(shown)
    for words in (
        "No other way finds wanted people in a crowd",
        "High-visibility patrols",
        "Fewer false alerts are expected",
        "Wanted by the courts 900",
        "Testwork Matcher 1.0 at 0.64",
        "Nothing was authorised for this place before",
    ):
        assert words in said, words
    answer = client.post(url("authorise", plan), decision(plan))
    assert answer.status_code == 302, text(answer)
    assert kents.now(plan).status == Plan.Status.AUTHORISED
    after = text(client.get(answer["Location"]))
    assert "Authorised" in after and "Now the public is told, by" in after


def test_only_an_officer_of_the_force_finds_the_page(kents, avons, signed_in):
    plan = kents.assessed()
    assert signed_in(kents.planner).get(url("authorise", plan)).status_code == 403
    assert signed_in(avons.officer).get(url("authorise", plan)).status_code == 404
    assert signed_in(kents.engagement).post(url("authorise", plan), decision(plan)).status_code == 403
    assert kents.now(plan).status == Plan.Status.ASSESSED


def test_nobody_who_reads_after_the_event_finds_a_plan(kents, signed_in, regulator, national_analyst):
    plan = kents.assessed()
    assert signed_in(regulator).get(url("notice", plan)).status_code == 404
    assert signed_in(national_analyst).get(url("notice", plan)).status_code == 200


def test_an_author_is_told_who_can_decide_and_the_attempt_is_kept(kents, signed_in):
    plan = kents.assessed()
    directory.grant(
        kents.planner,
        "authorising_officer",
        force=kents.force,
        rank="superintendent",
        by=kents.force._owner,
        at=db_now(),
    )
    kents.officer  # noqa: B018 - who can
    client = signed_in(kents.planner)
    for ask in (client.get, client.post):
        told = ask(url("authorise", plan), decision(plan))
        assert told.status_code == 403
        assert "You cannot authorise your own plan" in text(told)
        assert kents.officer.name in text(told) and kents.planner.name not in text(told).split("Who can:")[1]
    assert kents.now(plan).status == Plan.Status.ASSESSED
    assert attempts(plan) == [("authorise", "own_plan")] * 2


def test_conditions_are_set_row_by_row_without_a_script(kents, signed_in):
    plan = kents.assessed()
    client = signed_in(kents.officer)
    typed = decision(
        plan, "conditions", condition_1="Signs at every way in.", condition_2="Stop at 3pm.", add="1"
    )
    more = client.post(url("authorise", plan), typed)
    assert more.status_code == 200, "asking for a row judges nothing"
    said = more.content.decode()
    assert 'name="add" value="1"' in said and 'id="id_add"' not in said
    assert 'name="condition_3"' in said and "Stop at 3pm." in said and WHY in said
    del typed["add"]
    client.post(url("authorise", plan), {**typed, "condition_3": "Leaflets for everybody who asks."})
    now = kents.now(plan)
    assert now.authority.kind == "conditional"
    assert now.authority.conditions == [
        "Signs at every way in.",
        "Stop at 3pm.",
        "Leaflets for everybody who asks.",
    ]
    assert "3 conditions, which the notice publishes" in text(client.get(url("decided", plan)))


def test_conditions_without_a_condition_are_asked_for(kents, signed_in):
    plan = kents.assessed()
    told = signed_in(kents.officer).post(
        url("authorise", plan), decision(plan, "conditions", condition_1="", condition_2="")
    )
    assert told.status_code == 422
    assert "Enter a condition, or authorise it without" in text(told)


def test_nothing_chosen_is_told_beside_the_fields(kents, signed_in):
    plan = kents.assessed()
    told = signed_in(kents.officer).post(url("authorise", plan), {"seen": plan.content_hash})
    assert told.status_code == 422
    assert "Select what you decide" in text(told) and "Say why, or what you ask" in text(told)


def test_contentious_categories_and_under_18s_are_ticked_one_by_one(kents, signed_in):
    watchlist = {
        "categories": [
            {"code": "wanted", "expected": 900, "rationale": "Wanted by the courts for violent offences."},
            {"code": "victim", "expected": 4, "rationale": "At risk of being taken to another country."},
        ],
        "under_18_expected": 2,
        "under_18_reason": "Two are wanted for stabbings and could not be found in any other way.",
    }
    plan = kents.assessed(watchlist=watchlist)
    client = signed_in(kents.officer)
    page = client.get(url("authorise", plan))
    assert "Victim: 4" in text(page) and "People under 18: 2" in text(page)
    assert page.content.decode().count('name="separately"') == 2
    client.post(url("authorise", plan), decision(plan, separately=["victim", "under_18"]))
    assert kents.now(plan).authority.separately == ["under_18", "victim"]


def test_words_that_changed_meanwhile_are_shown_and_nothing_is_decided(kents, signed_in):
    plan = kents.assessed()
    kents.assess(_again(kents, kents.edited(plan, "watchlist", most=2000)))
    told = signed_in(kents.officer).post(url("authorise", plan), decision(plan))
    assert told.status_code == 409
    said = text(told)
    assert (
        "The plan has changed" in said and "Largest size of the watchlist 1,000 2,000" in said and WHY in said
    )
    assert kents.now(plan).status == Plan.Status.ASSESSED
    assert attempts(plan) == [("authorise", "stale")]


def _again(kents, plan):
    from deployments.planning import actions

    return actions.submit(plan, seen=plan.revision, by=kents.planner, at=db_now())


def test_what_differs_from_the_last_authority_is_shown(kents, signed_in):
    kents.authorised()
    plan = kents.assessed(watchlist={"most": 4000}, system={"threshold": "0.62"})
    said = text(signed_in(kents.officer).get(url("authorise", plan)))
    assert "Largest size of the watchlist 1,000 4,000" in said
    assert "Threshold 0.64 0.62" in said
    assert "authorised for the same place on" in said


@pytest.mark.parametrize(("what", "status"), [("refuse", "refused"), ("ask", "returned")])
def test_an_officer_refuses_or_asks(kents, signed_in, what, status):
    plan = kents.assessed()
    client = signed_in(kents.officer)
    answer = client.post(url("authorise", plan), decision(plan, what))
    now = kents.now(plan)
    assert (now.status, now.question) == (status, WHY)
    assert WHY in text(client.get(answer["Location"])) and kents.planner.name in text(
        client.get(answer["Location"])
    )


def test_a_plan_that_waits_for_nobody_leads_back(kents, signed_in):
    plan = kents.submitted()
    client = signed_in(kents.officer)
    assert client.get(url("authorise", plan)).status_code == 302
    client.post(url("authorise", plan), decision(plan))
    assert kents.now(plan).status == Plan.Status.SUBMITTED
    assert attempts(plan) == [("authorise", "wrong_state")]
