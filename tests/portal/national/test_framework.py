"""Versions of the legal framework at the centre: drafted, changed, tried out, proposed, adopted by somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from coordination.framework import actions
from coordination.framework.models import Requirement, Version
from coordination.framework.reference import load_framework
from events.models import Event
from forces.clock import db_now, london_date
from forces.tenancy import national_scope
from tests.deployments.planning.plans import Team
from tests.people import make_national
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shipped(db):
    load_framework(at=db_now())


@pytest.fixture
def lead(signed_in, national_lead):
    return signed_in(national_lead)


@pytest.fixture
def adviser(national_lead):
    return make_national("legal_adviser")


@pytest.fixture
def second(national_lead) -> Version:
    return actions.draft(summary="Watchlists made later.", by=national_lead, at=db_now())


def at(name, *args):
    return reverse(f"admin:national-framework{name and '-'}{name}", args=args)


def day(name, on):
    return {f"{name}-day": on.day, f"{name}-month": on.month, f"{name}-year": on.year}


def fields(client, address):
    """What the form at this address holds, as a browser would send it."""
    form = client.get(address).context["form"]
    sent = {}
    for bound in form:
        value = bound.value()
        if hasattr(value, "year"):
            sent |= day(bound.html_name, value)
        elif value not in (None, False):
            sent[bound.html_name] = "on" if value is True else value
    return sent


def soon(**more):
    return london_date(db_now()) + timedelta(**(more or {"days": 20}))


def propose(version, by, on=None):
    actions.propose(version, takes_effect_on=on or soon(), by=by, at=db_now())
    return Version.objects.get(pk=version.pk)


# Reading ------------------------------------------------------------------------------------------------


def test_versions_and_requirements_are_read_by_everybody_at_the_centre(signed_in, regulator, kent_planner):
    reader = signed_in(regulator)
    for address in (at(""), at("version", 1), at("requirement", 1, "watchlist-age")):
        assert reader.get(address).status_code == 200
        assert signed_in(kent_planner).get(address).status_code == 403
    assert "In force" in text(reader.get(at("")))
    assert "Begin a new version" not in text(reader.get(at("")))
    assert "24 hours" in text(reader.get(at("requirement", 1, "watchlist-age")))
    for address in (at("version", 7), at("version", 9**12), at("requirement", 1, "no-such"), at("try", 7)):
        assert reader.get(address).status_code in (403, 404)


def test_who_does_not_keep_the_framework_changes_nothing(signed_in, national_analyst, second):
    client = signed_in(national_analyst)
    before = Event.objects.filter(subject=second.subject).count()
    for address in (
        at("begin"),
        at("summary", 2),
        at("propose", 2),
        at("send-back", 2),
        at("add", 2),
        at("drop", 2, "watchlist-age"),
    ):
        assert client.get(address).status_code == 403
        assert client.post(address, {"summary": "x"}).status_code == 403
    assert client.post(at("requirement", 2, "watchlist-age"), {"title": "x"}).status_code == 403
    assert "Change it" not in text(client.get(at("requirement", 2, "watchlist-age"), {"change": "1"}))
    assert Event.objects.filter(subject=second.subject).count() == before


# Drafting -----------------------------------------------------------------------------------------------


def test_a_version_is_begun_and_only_one_is_open(lead):
    assert "Enter what it changes and why" in text(lead.post(at("begin"), {"summary": ""}))
    assert "begun, as a copy" in text(lead.post(at("begin"), {"summary": "Later watchlists."}, follow=True))
    refused = lead.post(at("begin"), {"summary": "Another."})
    assert refused.status_code == 422
    assert "A version is open already" in text(refused)
    lead.post(at("summary", 2), {"summary": "Later watchlists, with reasons."})
    assert "Later watchlists, with reasons." in text(lead.get(at("version", 2)))
    assert "Nothing yet." in text(lead.get(at("version", 2)))


def test_a_requirement_is_changed_and_the_difference_told_in_words(lead, second):
    address = at("requirement", 2, "watchlist-age") + "?change=1"
    sent = fields(lead, address) | {"parameter_hours": "12", "weight": "advice"}
    assert "is saved in Version 2" in text(lead.post(address, sent, follow=True))
    assert Requirement.objects.get(version=second, code="watchlist-age").parameters == {"hours": 12}
    told = text(lead.get(at("version", 2)))
    assert "What differs from Version 1" in told
    assert "Before: The watchlist is made no more than 24 hours" in told
    assert "Then: The watchlist is made no more than 12 hours" in told
    assert "Then: Advice" in told


def test_everything_of_every_requirement_is_sent_back_as_it_was(lead, second):
    """Opening a requirement and saving it changes nothing, whichever way it is judged."""
    codes = list(second.requirements.values_list("code", flat=True))
    kinds = {each.check_name: each.code for each in second.requirements.all()}
    for code in kinds.values():
        address = at("requirement", 2, code) + "?change=1"
        assert lead.post(address, fields(lead, address)).status_code == 302, code
    assert "Nothing yet." in text(lead.get(at("version", 2)))
    assert list(second.requirements.order_by("pk").values_list("code", flat=True)) == codes


def test_errors_stand_beside_their_fields(lead, second):
    address = at("requirement", 2, "watchlist-age") + "?change=1"
    sent = fields(lead, address)
    for wrong, told in (
        ({"parameter_hours": "soon"}, "must be a whole number"),
        ({"parameter_hours": ""}, "Enter greatest age of the watchlist"),
        (
            {"verified": "on", "verified_note": "", "url": ""},
            "Enter the address at which the primary text was read",
        ),
        ({"title": ""}, "Enter title"),
        (
            day("effective_to", london_date(db_now()) - timedelta(days=9000)),
            "The end must be after the first day",
        ),
    ):
        answer = lead.post(address, sent | wrong)
        assert answer.status_code == 422, wrong
        assert "There is a problem" in text(answer)
        assert told in text(answer), wrong


def test_what_somebody_changed_meanwhile_is_not_written_over(lead, second, adviser):
    address = at("requirement", 2, "watchlist-age") + "?change=1"
    sent = fields(lead, address)
    actions.state(second, "watchlist-age", {"title": "Age of watchlists"}, by=adviser, at=db_now())
    refused = lead.post(address, sent | {"title": "Mine"})
    assert refused.status_code == 422
    assert "after you opened it" in text(refused)
    assert "Mine" in refused.content.decode()
    assert Requirement.objects.get(version=second, code="watchlist-age").title == "Age of watchlists"


def test_a_form_of_a_draft_that_was_proposed_meanwhile_says_so(lead, second, adviser):
    address = at("requirement", 2, "watchlist-age") + "?change=1"
    sent = fields(lead, address)
    propose(second, adviser)
    for name, given in ((address, sent), (at("summary", 2), {"summary": "x"}), (at("drop", 2, "dpia"), {})):
        refused = lead.post(name, given)
        assert refused.status_code == 422
        assert "is no draft any more" in text(refused)
    assert "is no draft any more" in text(lead.get(at("summary", 2), follow=True))
    assert "Change it" not in text(lead.get(address))


def test_a_requirement_is_added_by_its_way_of_judging(lead, second):
    added = lead.post(at("add", 2), {"code": "weather", "judged": "watchlist_age"})
    address = at("requirement", 2, "weather") + "?judged=watchlist_age"
    assert added["Location"] == address
    sent = fields(lead, address) | {
        "title": "Weather",
        "sentence": "No storm.",
        "group": "purpose",
        "weight": "advice",
        "source_kind": "policy",
        "citation": "Weather policy, paragraph 3",
        "verified_note": "Not read.",
        "parameter_hours": "6",
        "phase": "plan",
        "fixed_by": "planner",
    }
    lead.post(address, sent)
    assert Requirement.objects.get(version=second, code="weather").parameters == {"hours": 6}
    assert "already" in text(lead.post(at("add", 2), {"code": "weather", "judged": "watchlist_age"}))
    attested = at("requirement", 2, "storm") + "?judged=attested"
    lead.post(
        attested, sent | {"title": "Storm", "attested_role": "chief_officer", "attested_document": "policy"}
    )
    assert Requirement.objects.get(version=second, code="storm").attested_role == "chief_officer"
    assert lead.get(at("requirement", 2, "other") + "?judged=no-such").status_code == 404
    told = text(lead.get(at("version", 2)))
    assert "Added Weather" in told
    lead.post(at("drop", 2, "weather"))
    lead.post(at("drop", 2, "watchlist-age"))
    told = text(lead.get(at("version", 2)))
    assert "Added Weather" not in told
    assert "No longer asked." in told


# Trying out and adopting --------------------------------------------------------------------------------


def test_trying_out_names_exactly_the_plans_it_would_hit(
    lead, kent, avon, second, national_lead, signed_in, regulator
):
    kents = Team(kent)
    hit = [kents.drafted(), Team(avon).submitted()]
    spared = kents.drafted(watchlist={"built_hours_before": 6})
    assert "No plan would newly fail" in text(lead.get(at("try", 2)))
    actions.state(second, "watchlist-age", {"parameters": {"hours": 10}}, by=national_lead, at=db_now())
    told = text(lead.get(at("try", 2)))
    assert "It would hit 2 plans in 2 forces" in told
    for plan in hit:
        assert plan.reference in told
        assert plan.force.name in told
    assert spared.reference not in told
    assert "the limit is 10" in told
    assert "Not met" in told
    assert signed_in(regulator).get(at("try", 2)).status_code == 403


def test_a_version_is_adopted_by_a_second_person_in_the_queue(
    lead, second, signed_in, adviser, national_lead
):
    assert "Enter first day on which it holds" in text(lead.post(at("propose", 2), {}))
    past = lead.post(at("propose", 2), day("takes_effect_on", soon(days=-3)))
    assert past.status_code == 422
    assert "takes effect today or later" in text(past)
    assert "is proposed" in text(lead.post(at("propose", 2), day("takes_effect_on", soon()), follow=True))
    item = reverse("admin:national-decide-item", args=["framework-version", "2-1"])
    assert "You proposed it" in text(lead.get(at("version", 2)))
    assert lead.post(item, {"choice": "adopt", "reason": "I like it."}).status_code == 422
    other = signed_in(adviser)
    assert item in other.get(at("version", 2)).content.decode()
    evidence = other.get(item).content.decode()
    assert at("try", 2) in evidence
    assert f"{at('version', 2)}#changes" in evidence
    assert "is adopted, for good" in text(
        other.post(item, {"choice": "adopt", "reason": "It is right."}, follow=True)
    )
    adopted = Version.objects.get(number=2)
    assert (adopted.proposed_by_id, adopted.adopted_by_id) == (national_lead.pk, adviser.pk)
    with national_scope():
        assert (
            Event.objects.get(name="framework.adopted.v1", subject=adopted.subject).reason == "It is right."
        )


def test_what_was_proposed_anew_is_looked_at_anew(second, signed_in, adviser, national_lead, lead):
    version = propose(second, national_lead)
    item = reverse("admin:national-decide-item", args=["framework-version", "2-1"])
    other = signed_in(adviser)
    assert other.get(item).status_code == 200
    assert "is a draft again" in text(lead.post(at("send-back", 2), {"reason": "A slip."}, follow=True))
    assert "is not proposed" in text(lead.get(at("send-back", 2), follow=True))
    propose(version, national_lead)
    assert other.post(item, {"choice": "adopt", "reason": "As I saw it."}).status_code == 409
    assert Version.objects.get(number=2).status == "proposed"
    anew = reverse("admin:national-decide-item", args=["framework-version", "2-2"])
    assert "is a draft again" in text(
        other.post(anew, {"choice": "send-back", "reason": "Not yet."}, follow=True)
    )
