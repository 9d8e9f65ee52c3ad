"""What the nation must see of plans, and versions to adopt, in the Decide queue: evidence, deadline, trail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from coordination.deciding import actions as deciding
from coordination.deciding.queue import count, lines
from coordination.deciding.types import TYPES
from coordination.framework import actions as framework
from deployments.models import Override, Plan
from deployments.planning import actions
from events.models import Event
from forces.clock import db_now, london_date
from forces.refusals import Forbidden, Invalid
from forces.tenancy import acting, national_scope
from tests.deployments.planning.plans import REASON
from tests.portal.national.test_national_plans import oral, team  # noqa: F401  # fixture
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db
ASKED = "Please confirm it in writing today."


@pytest.fixture
def lead(signed_in, national_lead):
    return signed_in(national_lead)


def item(code, key):
    return reverse("admin:national-decide-item", args=[code, key])


def waiting(code):
    """Keys of what waits of this kind, with its deadline."""
    with national_scope():
        return {line.key: line.due for line in lines([TYPES[code]], db_now())}


def overseen(force):
    with acting(force, None):
        told = Event.objects.filter(force=force, name="plan.overseen.v1").order_by("pk")
        return [(each.payload["about"], each.payload["answer"], each.reason) for each in told]


def test_an_unconfirmed_urgent_authority_waits_once_its_time_has_passed(lead, team):  # noqa: F811
    oral(team)
    assert waiting("urgent-authority") == {}
    late = oral(team, days=2)
    [(key, due)] = waiting("urgent-authority").items()
    assert (key, due) == (str(late.authority_id), late.authority.confirm_by + timedelta(days=1))
    shown = lead.get(item("urgent-authority", key))
    assert reverse("admin:national-plan", args=[late.reference]) in shown.content.decode()
    for expected in ("Inspector", "A threat to life was reported", "Only the force can confirm it"):
        assert expected in text(shown)
    assert "10 to 2000 characters" in text(
        lead.post(item("urgent-authority", key), {"choice": "asked", "reason": "x"})
    )
    lead.post(item("urgent-authority", key), {"choice": "asked", "reason": ASKED})
    assert waiting("urgent-authority") == {}
    assert overseen(team.force) == [("authority", "asked", ASKED)]
    assert team.now(late).status == Plan.Status.AUTHORISED


def test_asking_does_not_settle_it(team, national_lead):  # noqa: F811
    key = str(oral(team, days=2).authority_id)
    for days, expected in ((4, [key]), (2, [])):
        deciding.decide(
            TYPES["urgent-authority"],
            key,
            choice="asked",
            reason=ASKED,
            by=national_lead,
            at=db_now() - timedelta(days=days),
        )
        assert list(waiting("urgent-authority")) == expected


def test_what_the_force_sees_to_waits_no_more(lead, team):  # noqa: F811
    late = oral(team, days=2)
    key = str(late.authority_id)
    actions.confirm(late, reason=REASON, content_hash=late.content_hash, by=team.officer, at=db_now())
    assert waiting("urgent-authority") == {}
    assert lead.post(item("urgent-authority", key), {"choice": "asked", "reason": ASKED}).status_code == 409


def test_an_override_waits_to_be_seen_once(lead, team, signed_in, regulator):  # noqa: F811
    plan = team.assessed()
    with acting(team.force, team.chief):
        made = Override.objects.create(
            force=team.force,
            plan=plan,
            requirement="watchlist-age",
            content_hash=plan.content_hash,
            reason="The list was made early for a reason that is published.",
            decided_by=team.chief,
            rank="assistant_chief_constable",
            decided_at=db_now() - timedelta(days=1),
        )
    assert list(waiting("override")) == [str(made.pk)]
    shown = text(lead.get(item("override", made.pk)))
    for expected in ("Age of the watchlist", "Assistant chief constable", "The list was made early"):
        assert expected in shown
    reader = signed_in(regulator)
    assert reader.post(item("override", made.pk), {"choice": "seen", "reason": ASKED}).status_code == 403
    lead.post(item("override", made.pk), {"choice": "seen", "reason": "Looked at, nothing to ask."})
    assert waiting("override") == {}
    assert overseen(team.force) == [("override", "seen", "Looked at, nothing to ask.")]


def test_a_deferral_waits_the_day_after_its_review_and_anew_for_a_new_day(lead, team):  # noqa: F811
    plan = team.authorised()
    today = london_date(db_now())
    plan = actions.defer_notice(
        plan,
        ground="critical_threat",
        reason=REASON,
        review_on=today + timedelta(days=1),
        content_hash=plan.content_hash,
        by=team.officer,
        at=db_now(),
    )

    def review_on(day):
        with acting(team.force, None):
            Plan.objects.owned_by(team.force).filter(pk=plan.pk).update(
                deferral_review_on=day, deferred_at=db_now() - timedelta(days=9)
            )

    review_on(today)
    assert waiting("deferral") == {}
    review_on(today - timedelta(days=1))
    [key] = waiting("deferral")
    assert key == f"{plan.pk}-{today - timedelta(days=1)}"
    assert REASON in text(lead.get(item("deferral", key)))
    lead.post(item("deferral", key), {"choice": "asked", "reason": "Is the threat still there?"})
    assert waiting("deferral") == {}
    review_on(today - timedelta(days=2))
    assert list(waiting("deferral")) == [f"{plan.pk}-{today - timedelta(days=2)}"]
    team.notify(team.now(plan))
    assert waiting("deferral") == {}


def test_a_version_must_be_decided_on_before_the_end_of_its_first_day(team, national_lead, lead):  # noqa: F811
    version = framework.draft(summary="Later watchlists.", by=national_lead, at=db_now())
    on = london_date(db_now()) + timedelta(days=9)
    framework.propose(version, takes_effect_on=on, by=national_lead, at=db_now())
    [(key, due)] = waiting("framework-version").items()
    assert key == "2-1"
    assert london_date(due - timedelta(seconds=1)) == on
    assert london_date(due) == on + timedelta(days=1)
    with national_scope():
        assert count(TYPES["framework-version"], due + timedelta(seconds=1)).late == 1
    assert "You asked for this, so somebody else must decide." in text(
        lead.get(item("framework-version", key))
    )


def test_only_who_may_see_plans_looks_at_them_for_the_nation(team, regulator, national_lead):  # noqa: F811
    plan = team.submitted()
    told = {"about": "override", "answer": "seen", "reason": ASKED, "at": db_now()}
    for person in (regulator, team.officer):
        with pytest.raises(Forbidden):
            actions.oversee(plan, by=person, **told)
    for wrong in (
        {"about": "x"},
        {"answer": "x"},
        {"reason": "x"},
        {"reason": "Ring J Smith on 07700 900123 now."},
    ):
        with pytest.raises(Invalid):
            actions.oversee(plan, by=national_lead, **told | wrong)
    assert overseen(team.force) == []


def test_the_first_page_counts_plans_once_and_leads_to_the_picture(lead, team):  # noqa: F811
    oral(team, days=2)
    team.submitted()
    first = lead.get("/admin/")
    told = text(first)
    assert told.count("Urgent authorities not confirmed in time") == 1
    assert reverse("admin:national-picture") in first.content.decode()
