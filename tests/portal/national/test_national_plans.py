"""The national picture, the plans behind its cells, and one plan, as the centre reads them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.framework.reference import FRAMEWORK, load_framework
from deployments.models import Plan
from deployments.planning import actions
from forces.clock import db_now
from forces.tenancy import acting
from tests.deployments.planning.plans import REASON, Team
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db
PICTURE = "/admin/picture/"


@pytest.fixture
def team(kent, tmp_path):
    """The framework that ships, as if its rules had begun long ago, so that something can be overdue by them."""
    since = tmp_path / "framework.toml"
    shipped = FRAMEWORK.read_text(encoding="utf-8")
    since.write_text(shipped.replace("effective_from = 2026", "effective_from = 2024"), encoding="utf-8")
    load_framework(since, at=db_now())
    return Team(kent)


@pytest.fixture
def lead(signed_in, national_lead):
    return signed_in(national_lead)


def cell(what, force="kent"):
    return reverse("admin:national-picture-cell", args=[force, what])


def page(plan):
    return reverse("admin:national-plan", args=[plan.reference])


def ended(plan, **ago):
    """The same plan with its time moved into the past, as the passing of time would."""
    with acting(plan.force, None):
        ends = db_now() - timedelta(**ago)
        Plan.objects.owned_by(plan.force).filter(pk=plan.pk).update(
            starts_at=ends - timedelta(hours=6), ends_at=ends
        )


def oral(team, **ago):
    plan = team.submitted(urgency="A threat to life was reported an hour ago, and cannot wait.")
    return actions.record_oral_authority(
        plan,
        given_at=db_now() - timedelta(**ago),
        reason=REASON,
        content_hash=plan.content_hash,
        by=team.inspector,
        at=db_now(),
    )


# The picture --------------------------------------------------------------------------------------------


def test_without_any_plan_nothing_is_zero(lead, kent, avon):
    told = text(lead.get(PICTURE))
    assert "0 of 2 forces" in told
    assert "Planned (not known)" in told
    assert "2 forces have no plans here: what they plan is not known" in told
    assert "no plans here: not known" in lead.get(PICTURE).content.decode()
    assert "Whether it deploys is not known" in text(lead.get(cell("planned")))


def test_every_number_opens_the_records_that_it_counts(lead, team, avon):
    draft, planned, today, late = team.drafted(), team.submitted(), team.authorised(), team.authorised()
    with acting(team.force, None):
        now = db_now()
        Plan.objects.owned_by(team.force).filter(pk=today.pk).update(
            starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(minutes=5)
        )
    ended(late, days=10)
    first = lead.get(PICTURE)
    shown = first.content.decode()
    assert "1 of 2 forces" in text(first)
    for what, plan in (("writing", draft), ("planned", planned), ("today", today), ("overdue", late)):
        assert f'href="{cell(what)}">1<' in shown
        for place in ("kent", "all"):
            told = lead.get(cell(what, place)).content.decode()
            assert f'href="{page(plan)}">{plan.reference}<' in told
            assert "1 record" in text(lead.get(cell(what, place)))
            assert sum(other.reference in told for other in (draft, planned, today, late)) == 1
    assert f'href="{cell("overdue", "avon-and-somerset")}">' not in shown
    assert late.reference in text(lead.get(cell("overdue", "all"), {"kind": "result"}))
    assert late.reference not in text(lead.get(cell("overdue", "all"), {"kind": "deferral"}))
    assert f'href="{cell("overdue", "all")}?kind=result">1<' in lead.get("/admin/").content.decode()
    used = text(lead.get(cell("systems")))
    assert "Testwork Matcher 1.0 at 0.64" in used
    assert "Superintendent" in used


def test_each_measure_colours_the_picture(lead, team):
    team.submitted()
    shown = {
        what: lead.get(PICTURE, {"show": what}).content.decode()
        for what in ("planned", "today", "overdue", "nonsense")
    }
    for what in ("planned", "today", "overdue"):
        assert f'xlink:href="{cell(what)}"' in shown[what] or f'href="{cell(what)}"' in shown[what]
    assert "Planned: 1" in shown["nonsense"]
    assert "Live today: 0" in shown["today"]


def test_made_up_forces_stand_apart_and_only_in_a_demonstration(lead, team, northmoor, settings):
    load = Team(northmoor)
    load.submitted()
    shown = text(lead.get(PICTURE))
    assert "Made up for the demonstration" in shown
    assert "0 of 1 forces" in shown
    assert f'href="{cell("planned", "all")}"' not in lead.get(PICTURE).content.decode().split("lfr-stats")[0]
    assert "None." in text(lead.get(cell("planned", "all")))
    settings.DEMONSTRATION = False
    assert "Northmoor" not in text(lead.get(PICTURE))


def test_who_reads_after_the_event_is_shown_no_plan_before_it(signed_in, regulator, team):
    plan = team.authorised()
    reader = signed_in(regulator)
    told = text(reader.get(PICTURE))
    assert "Your role reads plans after the event" in told
    assert "Planned" not in told.split("How this is counted")[0].split("Your role")[1]
    for address in (page(plan), reverse("admin:national-plan", args=["LFR-0000-0000"])):
        assert reader.get(address).status_code == 404
    for what in ("planned", "today", "systems"):
        assert plan.reference not in text(reader.get(cell(what)))
    ended(plan, days=10)
    assert plan.reference in text(reader.get(cell("overdue")))
    assert reader.get(page(plan)).status_code == 200


def test_the_audit_tells_of_plans_beforehand_only_whom_it_may(signed_in, regulator, team, lead):
    plan = team.authorised()
    reader = signed_in(regulator)
    addresses = ("/admin/audit/", reverse("admin:events_event_changelist"))
    for address in addresses:
        assert plan.reference in text(lead.get(address))
        told = text(reader.get(address))
        assert plan.reference not in told
        assert "Role granted" in told
    ended(plan, days=1)
    for address in addresses:
        assert plan.reference in text(reader.get(address))


def test_nonsense_is_not_there_and_forces_are_refused(lead, kent, signed_in, kent_planner):
    for address in (cell("no-such"), cell("planned", "no-such-force"), "/admin/plans/LFR-0000-0000/"):
        assert lead.get(address).status_code == 404
    planner = signed_in(kent_planner)
    for address in (PICTURE, cell("planned"), "/admin/urgent/"):
        assert planner.get(address).status_code == 403
        assert lead.post(address).status_code == 405


def test_the_picture_asks_few_questions_whatever_it_counts(lead, team):
    counted = []
    lead.get(PICTURE)
    for _time in range(2):
        for days in (1, 10):
            ended(team.authorised(), days=days)
        with CaptureQueriesContext(connection) as queries:
            lead.get(PICTURE)
        told = [
            each["sql"]
            for each in queries
            if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "SET ", "SELECT set_config"))
        ]
        counted.append(len(told))
    assert counted[0] == counted[1] <= 12, "\n".join(told)


# One plan -----------------------------------------------------------------------------------------------


def test_a_plan_shows_answers_verdicts_authority_and_history(lead, team):
    plan = team.authorise(team.assessed(), conditions=["Stop at the first complaint of a child."])
    told = text(lead.get(page(plan)))
    for expected in (
        "Written authority with conditions",
        "Stop at the first complaint of a child.",
        "Superintendent",
        "Stands",
        "Find people wanted by the courts for robbery in the town centre.",
        "INT/26-00731",
        "Not met",
    ):
        assert expected in told, expected
    team.edited(plan)
    assert "Void" in text(lead.get(page(plan)))


def test_a_plan_is_only_read(lead, team):
    plan = team.submitted()
    shown = lead.get(page(plan)).content.decode()
    assert "<textarea" not in shown
    assert lead.post(page(plan)).status_code == 405


# Urgent authorities -------------------------------------------------------------------------------------


def test_urgent_authorities_of_every_force_are_seen_with_their_state(lead, team, avon):
    plan, other = oral(team), oral(Team(avon))
    told = text(lead.get("/admin/urgent/"))
    for expected in (plan.reference, other.reference, "Inspector", "To be confirmed, in time"):
        assert expected in told
    assert other.reference not in text(lead.get("/admin/urgent/", {"force": "kent"}))
    assert plan.reference not in text(lead.get("/admin/urgent/", {"state": "late"}))
    late = oral(team, days=2)
    assert late.reference in text(lead.get("/admin/urgent/", {"state": "late"}))
    assert "There is a problem" in text(lead.get("/admin/urgent/", {"state": "no-such"}))
