"""A rule, a document or a product changes: exactly the authorised plans that newly fail are looked at again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from coordination.evaluations import actions as evaluations
from coordination.framework import actions as framework_actions
from coordination.framework.models import Version
from coordination.framework.reference import load_framework
from deployments.models import Plan
from deployments.planning import actions
from deployments.readiness import holding, services
from directory.actions.documents import publish_document, withdraw_document
from events.models import Event
from forces.clock import db_now, london_date
from forces.tenancy import acting
from tests.deployments.planning.plans import REASON, Team, algorithm, happened
from tests.events.drain import drain
from tests.people import make_member, make_national

pytestmark = pytest.mark.django_db
NAMED = ("dpia", "eia", "appropriate_policy_document")
KINDS = ("policy", "legal_mandate", *NAMED)


@pytest.fixture
def teams(kent, avon):
    """Two forces with documents that stand, under the version of the framework that ships."""
    load_framework(at=db_now())
    made = Team(kent), Team(avon)
    for team in made:
        team.dpo = make_member(team.force, "data_protection_officer", rank="staff")
        team.kept = {kind: document(team, kind) for kind in KINDS}
        team.papers = {kind: team.kept[kind].pk for kind in KINDS if kind in NAMED}
    drain()
    return made


def document(team, kind, *, version="1", **more):
    return publish_document(
        team.force,
        kind=kind,
        title=f"{kind} of the force",
        version=version,
        url=f"https://www.{team.force.slug}.police.uk/{kind}-{version}",
        adopted_on=date(2026, 1, 1),
        review_on=london_date(db_now()) + timedelta(days=300),
        by=team.dpo,
        at=db_now(),
        **more,
    )


def status(plan) -> str:
    with acting(plan.force, None):
        return Plan.objects.owned_by(plan.force).get(pk=plan.pk).status


def why(plan) -> str:
    with acting(plan.force, None):
        return Plan.objects.owned_by(plan.force).get(pk=plan.pk).affected_by


def adopted(changes, *, takes_effect_on: date | None = None) -> Version:
    """The next version, drafted and proposed by one person of the centre and adopted by another."""
    lead, adviser = make_national("national_lead"), make_national("legal_adviser")
    version = framework_actions.draft(summary="Asks for more.", by=lead, at=db_now())
    for code, stated in changes.items():
        framework_actions.state(version, code, stated, by=lead, at=db_now())
    framework_actions.propose(
        version,
        takes_effect_on=takes_effect_on or london_date(db_now()) + timedelta(days=1),
        by=lead,
        at=db_now(),
    )
    version.refresh_from_db()
    framework_actions.adopt(version, seen=version.proposals, by=adviser, at=db_now())
    return version


def test_a_version_that_asks_for_more_holds_what_newly_fails_in_every_force(teams):
    kents, avons = teams
    notified, fresh = kents.notify(kents.authorised()), avons.authorised(watchlist={"built_hours_before": 6})
    elsewhere, draft = avons.authorised(), avons.assessed()
    failed_before = avons.authorised(watchlist={"built_hours_before": 40})
    drain()
    adopted({"watchlist-age": {"parameters": {"hours": 10}}})
    drain()
    assert [status(plan) for plan in (notified, elsewhere, fresh, draft, failed_before)] == [
        "held", "held", "authorised", "assessed", "authorised",
    ]  # fmt: skip
    assert why(notified).startswith(
        "Version 2 of the legal framework was adopted. Age of the watchlist: It is made 12 hours before"
    )
    assert happened(notified)[-1] == "plan.held.v1"
    drain()
    assert happened(notified).count("plan.held.v1") == 1


def test_a_later_version_holds_what_is_planned_for_its_days_alone(teams):
    kents, _ = teams
    day = london_date(db_now()) + timedelta(days=14)
    before = kents.authorised()
    later = {
        name: (moment + timedelta(days=1)).isoformat()
        for name, moment in (("starts_at", before.starts_at), ("ends_at", before.ends_at))
    }
    after = kents.authorised(place=later)
    adopted({"watchlist-age": {"parameters": {"hours": 10}}}, takes_effect_on=day + timedelta(days=1))
    drain()
    assert (status(before), status(after)) == ("authorised", "held")


def test_advice_and_what_comes_afterwards_hold_nobody_up(teams):
    kents, _ = teams
    plan = kents.authorised()
    adopted(
        {
            "watchlist-size": {"parameters": {"most": 500}},
            "briefing": {"parameters": {"fields": ["people.briefing", "purpose.objective"]}},
        }
    )
    drain()
    assert status(plan) == "authorised"


def test_a_force_that_tightens_holds_its_own_plans_alone(teams):
    kents, avons = teams
    ours, theirs = kents.authorised(), avons.authorised()
    chief = make_member(kents.force, "chief_officer", rank="chief_constable")
    tightening = {
        "requirement": "watchlist-age", "parameter": "hours", "why": "Bail changes overnight.",
        "starts_on": london_date(db_now()), "by": chief, "at": db_now(),
    }  # fmt: skip
    framework_actions.tighten(kents.force, value=10, **tightening)
    drain()
    assert (status(ours), status(theirs)) == ("held", "authorised")
    assert "The force’s own value: 10 hours" in why(ours)
    assert "The national value: 24 hours" in why(ours)


def test_a_withdrawn_document_holds_what_relied_on_it(teams):
    kents, avons = teams
    ours, theirs = kents.authorised(), avons.authorised()
    withdraw_document(kents.kept["legal_mandate"], reason="Advice alone.", by=kents.dpo, at=db_now())
    drain()
    assert status(ours) == "authorised"
    withdraw_document(kents.kept["dpia"], reason="It says nothing of vans.", by=kents.dpo, at=db_now())
    drain()
    assert (status(ours), status(theirs)) == ("held", "authorised")
    assert why(ours).startswith("“dpia of the force, 1” was withdrawn. Data protection impact assessment:")
    withdraw_document(avons.kept["policy"], reason="Out of date.", by=avons.dpo, at=db_now())
    drain()
    assert status(theirs) == "held"


def test_a_new_version_of_a_document_holds_what_named_the_one_before(teams):
    kents, _ = teams
    plan = kents.authorised()
    document(kents, "policy", version="2", replaces=kents.kept["policy"])
    document(kents, "sop")
    drain()
    assert status(plan) == "authorised"  # it names no version of the policy, and one stands
    document(kents, "dpia", version="2", replaces=kents.kept["dpia"])
    drain()
    assert status(plan) == "held"


def test_what_runs_is_told_to_its_commander_and_goes_on(teams):
    kents, _ = teams
    soon = db_now() + timedelta(minutes=1)
    window = {"starts_at": soon.isoformat(), "ends_at": (soon + timedelta(hours=3)).isoformat()}
    plan = kents.authorised(place=window)
    rows = Plan.objects.owned_by(kents.force)
    with acting(kents.force, None):
        held = holding.rule_tightened(
            rows, "watchlist-age", "hours", starts_on=london_date(soon), at=plan.starts_at
        )
    assert held == []  # nothing is tightened
    framework_actions.tighten(
        kents.force, requirement="watchlist-age", parameter="hours", value=10, why="Bail changes overnight.",
        starts_on=london_date(soon), by=kents.chief, at=db_now(),
    )  # fmt: skip
    with acting(kents.force, None):
        held = holding.rule_tightened(
            rows,
            "watchlist-age",
            "hours",
            starts_on=london_date(soon),
            at=plan.starts_at + timedelta(minutes=2),
        )
    assert held == [plan.reference]
    assert status(plan) == "authorised"
    assert happened(plan)[-1] == "plan.commander_alerted.v1"


class Withdrawn:
    """Every test has been withdrawn."""

    def tested(self, plans):
        return {
            plan.reference: services.Tested("The national test", Decimal(0), withdrawn_because="Wrong build.")
            for plan in plans
        }


def test_what_is_known_of_an_algorithm_changes(teams, monkeypatch):
    kents, avons = teams
    plans = [kents.authorised(), avons.authorised()]
    testing_officer = make_national("testing_officer")
    used = algorithm(kents.force)
    evaluations.describe(
        used, source=used.source, is_verified=False, notes="Looked at again.", by=testing_officer, at=db_now()
    )
    drain()
    assert {status(plan) for plan in plans} == {"authorised"}  # no test is recorded: nothing newly fails
    monkeypatch.setattr(services.SERVICES, "tests", Withdrawn())
    evaluations.describe(
        used,
        source=used.source,
        is_verified=False,
        notes="Build 7 was tested.",
        by=testing_officer,
        at=db_now(),
    )
    drain()
    assert {status(plan) for plan in plans} == {"held"}
    assert "What is known of the algorithm has changed." in why(plans[0])


def test_an_officer_looks_again_and_it_is_not_held_for_the_same_reason(teams):
    kents, _ = teams
    plan = kents.authorised()
    adopted({"watchlist-age": {"parameters": {"hours": 10}}})
    drain()
    upheld = actions.uphold(
        kents.now(plan), reason=REASON, content_hash=plan.content_hash, by=kents.officer, at=db_now()
    )
    assert upheld.status == "authorised"
    assert not Event.objects.filter(name="plan.held.v1", subject="").exists()
    drain()
    assert status(plan) == "authorised"
