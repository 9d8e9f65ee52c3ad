"""Goal 12: a version of the legal framework tried against the plans of every force, beside judging each by itself."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench import synthetic
from bench.goals import Findings, Row
from bench.ground import Bench
from bench.product import point_at
from bench.rounds import at_least_five, rounds, spread

PLANS, FORCES = 5_000, 43
ONE_BY_ONE = 100  # of them; the rest would take as long each
WORDS = "Made up to measure speed: what the plan says at this place, in as many words as officers write. " * 6
CHANGES: dict[str, dict[str, Any]] = {
    "watchlist-age": {"parameters": {"hours": 12}},
    "watchlist-size": {"parameters": {"most": 5_000}},
    "under-18": {"weight": "law"},
    "alternatives": {"parameters": {"fields": ["necessity.alternatives", "protection.engagement"]}},
}


def measure(bench: Bench, found: Findings, *, small: str, large: str, times: int, seconds: float) -> None:
    """In a database of its own."""
    database = bench.create("lfr_bench_tryout")
    with psycopg.connect(bench.admin_url(database), autocommit=True) as admin:
        synthetic.make_forces(admin, FORCES)
    point_at(database)
    try:
        _measure(bench, database, found, at_least_five(times))
    finally:
        point_at(large)


def _measure(bench: Bench, database: str, found: Findings, times: int) -> None:
    from coordination.framework.models import Version
    from coordination.framework.reference import load_framework
    from deployments.readiness.trying_out import hits
    from directory import actions as directory
    from forces.groups import open_national_roles

    at = datetime.now(UTC)
    open_national_roles()
    lead = directory.appoint(
        role="national_lead", by=None, at=at, name="National lead", email="lead@bench.example"
    ).person
    load_framework(at=at)
    fill(at)
    with psycopg.connect(bench.admin_url(database), autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")
    old = Version.objects.latest_adopted()
    assert old is not None
    new = _next(old, lead, at)

    def tried() -> float:
        began = time.perf_counter()
        named = hits(old, new, at=at, by=lead)
        took = time.perf_counter() - began
        if not 0 < len(named) < PLANS:
            raise RuntimeError(f"{len(named)} plans are hit: that measures nothing.")
        return took

    given = rounds({"tried": tried, "one by one": _one_by_one(lead, at)}, times)
    each = [took * PLANS / ONE_BY_ONE for took in given["one by one"]]
    gained = [slow / fast for slow, fast in zip(each, given["tried"], strict=True)]
    found.note("Trying out", f"{PLANS:,} plans of {FORCES} forces", spread(given["tried"]), "s")
    found.note("Trying out", "the readiness of one plan by itself", spread(
        [took * 1000 / ONE_BY_ONE for took in given["one by one"]]), "ms")  # fmt: skip
    found.add(
        [
            Row(12, "trying a version against every plan, beside the readiness of each by itself",
                spread(gained), 10),
            Row(12, f"all {PLANS:,} plans: 2 seconds at most on a quiet machine", spread(given["tried"]), unit="s"),
        ]
    )  # fmt: skip


def _one_by_one(lead: Any, at: datetime) -> Callable[[], float]:
    """The readiness of some plans, each read and judged by itself: what a page of one plan does."""
    from deployments.models import Plan
    from deployments.readiness import readiness_of
    from forces.tenancy import national_scope

    def judged() -> float:
        with national_scope(lead):
            rows = Plan.objects.across_forces(reason="measuring").with_people()
            plans = list(rows.order_by("reference")[:ONE_BY_ONE])
            began = time.perf_counter()
            for plan in plans:
                readiness_of(plan, at=at)
            return time.perf_counter() - began

    return judged


def _next(old: Any, lead: Any, at: datetime) -> Any:
    """A draft in which some requirements ask for more."""
    from coordination.framework.models import Requirement, Version

    made = Version.objects.create(number=old.number + 1, summary="To measure", drafted_by=lead, drafted_at=at)
    copies = list(old.requirements.all())
    for each in copies:
        each.pk, each.version = None, made
        for name, value in CHANGES.get(each.code, {}).items():
            setattr(each, name, value)
    Requirement.objects.bulk_create(copies)
    return made


def fill(at: datetime) -> None:
    """Plans of all forces over the next two months; half of them authorised, some overridden."""
    from forces.models import Force

    drawn = random.Random(5)
    forces = list(Force.objects.filter(slug__startswith="synthetic-").order_by("pk"))
    for number, force in enumerate(forces):
        count = PLANS // FORCES + (number < PLANS % FORCES)
        _fill(force, count, drawn, at)


def _fill(force: Any, count: int, drawn: random.Random, at: datetime) -> None:
    from django.db import connection

    from deployments.models import Authority, Override, Plan
    from forces.models import Person
    from forces.tenancy import acting, national_scope

    with national_scope():
        planner, officer = (
            Person.objects.create(name=f"{force.name} {role}") for role in ("planner", "officer")
        )
    with acting(force, planner):
        plans = Plan.objects.bulk_create([_plan(force, planner, drawn, at) for _ in range(count)])
        rows = Plan.objects.owned_by(force)
        rows.update(status="submitted")
        rows.update(status="assessed", assessed_by=officer, assessed_at=at)
        kept = {plan.pk: plan for plan in rows}
        authorities = Authority.objects.bulk_create(
            [
                Authority(
                    force=force, plan_id=plan.pk, kind="standard", content_hash=kept[plan.pk].content_hash,
                    revision=0, separately=[], reason="Measured", authors=[planner.pk], decided_by=officer,
                    rank="superintendent", roles=["authorising_officer"], decided_at=at, framework_version=1,
                    readiness=[],
                )
                for plan in plans[: count // 2]
            ]
        )  # fmt: skip
        Override.objects.bulk_create(
            [
                Override(
                    force=force, plan_id=plan.pk, requirement="watchlist-age", decided_by=officer, decided_at=at,
                    content_hash=kept[plan.pk].content_hash, reason="Measured",
                )
                for plan in plans[: count // 10]
            ]
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE deployments_plan p SET status = 'authorised', authority_id = a.id,"
                " authorised_by_id = a.decided_by_id, authorised_hash = a.content_hash"
                " FROM deployments_authority a WHERE a.plan_id = p.id AND a.id = ANY (%s)",
                [[authority.pk for authority in authorities]],
            )


def _plan(force: Any, planner: Any, drawn: random.Random, at: datetime) -> Any:
    from deployments.models import Plan
    from register.canonical import canonical_bytes
    from register.references import new_reference

    starts = (at + timedelta(days=drawn.randrange(1, 60))).replace(
        hour=drawn.randrange(9, 18), minute=0, second=0, microsecond=0
    )
    ends = starts + timedelta(hours=drawn.randrange(2, 7))
    return Plan(
        force=force,
        reference=new_reference(),
        content=canonical_bytes(_said(drawn, starts, ends)),
        starts_at=starts,
        ends_at=ends,
        place="Market Square",
        authors=[planner.pk],
        proposed_by=planner,
        proposed_at=at,
    )


def _said(drawn: random.Random, starts: datetime, ends: datetime) -> dict[str, Any]:
    children = drawn.choice([0, 0, 0, 2])
    return {
        "purpose": {"use_case": "locate_wanted", "objective": WORDS, "expected_benefit": WORDS},
        "place": {
            "place": "Market Square", "area": "Synthetic area", "place_type": "town_centre",
            "location_basis": "hotspot", "location_reason": WORDS, "starts_at": starts.isoformat(),
            "ends_at": ends.isoformat(), "camera": "van", "outside_force_area": False,
        },
        "necessity": dict.fromkeys(("necessity", "strict_necessity", "alternatives", "proportionality"), WORDS),
        "watchlist": {
            "categories": [{"code": "wanted", "expected": 900, "rationale": WORDS[:200]}],
            "most": drawn.randrange(1_000, 8_000), "sources": ["custody"],
            "built_hours_before": drawn.randrange(2, 30), "reviewed": True,
            "under_18_expected": children, "under_18_reason": WORDS[:200] if children else None,
        },
        "system": {"threshold": "0.64", "cameras": 2},
        "people": {"operators": 3, "engagement_officers": 6, "briefing": WORDS},
        "protection": {"equality": WORDS, "community_impact": WORDS, "engagement": drawn.choice([WORDS, None])},
        "notice": {"summary": WORDS, "signage": WORDS},
    }  # fmt: skip
