"""Plans of the made-up forces, one in each state a plan can be in. All of it is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from coordination.evaluations.models import AlgorithmVersion
from deployments.planning import actions
from deployments.planning.fields import TASKS
from deployments.planning.models import Operation, Plan
from deployments.readiness import to_authorise_separately
from directory.demonstration import PERSONAS
from forces.clock import LONDON, db_now, london_date
from forces.documents import documents_of
from forces.models import Force, Person
from forces.tenancy import acting, national_scope

WORDS = "Read in full. It is necessary, it is no more than is needed, and the alternatives were tried first."
PLACES = {
    "northmoor": (
        ("Market Square", "Northmoor", "town_centre"),
        ("Castle Street", "Northmoor", "shopping"),
        ("Station Road", "Moorgate", "transport"),
        ("Northmoor Arena", "Northmoor", "event"),
    ),
    "eastvale": (
        ("Harbour Front", "Eastvale", "town_centre"),
        ("Corn Exchange", "Eastvale", "shopping"),
        ("Vale Interchange", "Lower Vale", "transport"),
        ("Pier Approach", "Eastvale", "other"),
    ),
}
OPERATIONS = {"northmoor": "Northmoor town centre, winter", "eastvale": "Safer Eastvale"}


@dataclass(frozen=True, slots=True)
class Team:
    """Who takes each step."""

    force: Force
    operation: Operation
    planner: Person
    assessor: Person
    officer: Person
    engagement: Person
    commander: Person


def load(force: Force) -> int:
    """Make the plans of one made-up force; returns how many. None are made if it has any already.

    What comes to the register does so in the order of its instants.
    """
    with acting(force, None):
        if Plan.objects.owned_by(force).exists() or _algorithm() is None:
            return 0
    team = _team(force)
    today = london_date(db_now())
    _over(team, today - timedelta(days=8))
    _running(team)
    _told(team, today + timedelta(days=9))
    _conditional(team, today + timedelta(days=12))
    _assessed(team, today + timedelta(days=15))
    _submitted(team, today + timedelta(days=17))
    _returned(team, today + timedelta(days=19))
    _deferred(team, today + timedelta(days=21))
    _cancelled(team, today + timedelta(days=10))
    _almost_done(team, today + timedelta(days=23))
    return 10


def _algorithm() -> AlgorithmVersion | None:
    """Comes with the reference data; without it nothing can be planned."""
    return AlgorithmVersion.objects.filter(is_made_up=True, technology="live").first()


def _team(force: Force) -> Team:
    emails = {persona.role_code: persona.email for persona in PERSONAS if persona.force == force.slug}
    roles = ("planner", "data_protection_officer", "authorising_officer", "engagement_lead", "operator_lead")
    with national_scope():
        people = [Person.objects.get(logins__email=emails[role]) for role in roles]
    operation = actions.begin_operation(force, name=OPERATIONS[force.slug], by=people[0], at=db_now())
    return Team(force, operation, *people)


def _answers(team: Team, starts: datetime, number: int) -> dict[str, dict[str, Any]]:
    place, area, kind = PLACES[team.force.slug][number % len(PLACES[team.force.slug])]
    algorithm = _algorithm()
    standing = documents_of(team.force, london_date(db_now()))
    papers: dict[str, Any] = {
        name: standing[name].pk
        for name in ("dpia", "eia", "policy", "appropriate_policy_document")
        if name in standing
    }
    return {
        "purpose": {
            "use_case": "locate_wanted",
            "objective": "Find people wanted by the courts for violent offences and robbery.",
            "intelligence_references": [f"INT/26-{4100 + number:05}"],
            "expected_benefit": "Arrests of wanted people. Compared afterwards with patrols on the same weekday.",
        },
        "place": {
            "place": place,
            "area": area,
            "place_type": kind,
            "location_basis": "hotspot",
            "location_reason": "Among the tenth of the force area with most recorded robbery over three years.",
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=5)).isoformat(),
            "camera": "van",
            "outside_force_area": False,
        },
        "necessity": {
            "necessity": "Robbery there has risen in each of the last three months, and patrols did not bring it down.",
            "strict_necessity": "Nothing else finds wanted people among so many without stopping everybody.",
            "alternatives": "High-visibility patrols for six weeks and plain-clothes spotters on two weekends.",
            "proportionality": (
                "One place, five hours, signs at each way in. Whoever is on no list is deleted at once, "
                "and no alert is acted on before an officer has looked."
            ),
        },
        "watchlist": {
            "categories": [
                {
                    "code": "wanted",
                    "expected": 640,
                    "rationale": "Wanted by the courts for violent offences.",
                },
                {"code": "missing", "expected": 3, "rationale": "Missing and at increased risk."},
            ],
            "most": 800,
            "sources": ["custody", "missing_report"],
            "built_hours_before": 12,
            "reviewed": True,
            "under_18_expected": 0,
        },
        "system": {"algorithm": algorithm.pk if algorithm else None, "threshold": "0.64", "cameras": 2},
        "people": {
            "commander": str(team.commander.public_id),
            "operators": 3,
            "engagement_officers": 8,
            "briefing": "On the day: stop powers, bias, and that an alert alone is no ground to arrest.",
        },
        "protection": {
            **papers,
            "equality": "The threshold was chosen for equal false alerts. Each false alert is reviewed and published.",
            "community_impact": "Traders and the neighbourhood forum asked for early signs and plain leaflets.",
            "engagement": "Town council, neighbourhood forum and the force's ethics panel.",
        },
        "notice": {
            "summary": f"We will use live facial recognition at {place} to find people wanted by the courts.",
            "signage": "Boards at each way in, 30 metres before the cameras, and leaflets with the officers.",
        },
    }


def _at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


def _drafted(team: Team, starts: datetime, number: int, at: datetime, left_out: str = "") -> Plan:
    plan = actions.begin(team.force, operation=team.operation, by=team.planner, at=at)
    said: Mapping[str, Mapping[str, Any]] = _answers(team, starts, number)
    for task in TASKS:
        if task.code != left_out:
            plan = actions.save_task(plan, task.code, said[task.code], seen=0, by=team.planner, at=at)
    return plan


def _as_submitted(team: Team, starts: datetime, number: int, at: datetime) -> Plan:
    plan = _drafted(team, starts, number, at)
    return actions.submit(plan, seen=plan.revision, by=team.planner, at=at)


def _as_assessed(team: Team, starts: datetime, number: int, at: datetime) -> Plan:
    plan = _as_submitted(team, starts, number, at)
    words = "The equality and community assessments fit this place and these categories."
    return actions.assess(plan, words=words, seen=plan.revision, by=team.assessor, at=at + timedelta(hours=5))


def _as_authorised(
    team: Team, starts: datetime, number: int, at: datetime, conditions: tuple[str, ...] = ()
) -> Plan:
    plan = _as_assessed(team, starts, number, at)
    with acting(team.force, team.officer):
        separately = to_authorise_separately(plan, at=at)
    return actions.authorise(
        plan,
        reason=WORDS,
        content_hash=plan.content_hash,
        conditions=conditions,
        separately=separately,
        by=team.officer,
        at=at + timedelta(hours=26),
    )


def _as_told(team: Team, starts: datetime, number: int, at: datetime) -> Plan:
    plan = _as_authorised(team, starts, number, at)
    return actions.notify(
        plan, content_hash=plan.content_hash, by=team.engagement, at=at + timedelta(hours=30)
    )


def _over(team: Team, day: date) -> None:
    """Told, done, and its result not yet recorded: late."""
    _as_told(team, _at(day), 0, _at(day - timedelta(days=16)))


def _running(team: Team) -> None:
    starts = (db_now() - timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    _as_told(team, starts, 1, starts - timedelta(days=15))


def _told(team: Team, day: date) -> None:
    _as_told(team, _at(day), 2, db_now() - timedelta(days=3))


def _conditional(team: Team, day: date) -> None:
    _as_authorised(
        team, _at(day), 3, db_now() - timedelta(days=2), ("Stop when the market closes at 15:00.",)
    )


def _assessed(team: Team, day: date) -> None:
    _as_assessed(team, _at(day), 0, db_now() - timedelta(days=2))


def _submitted(team: Team, day: date) -> None:
    _as_submitted(team, _at(day), 1, db_now() - timedelta(days=1))


def _returned(team: Team, day: date) -> None:
    plan = _as_submitted(team, _at(day), 2, db_now() - timedelta(days=2))
    actions.send_back(
        plan,
        question="Which patrols were tried at this place, and in which weeks?",
        seen=plan.revision,
        by=team.assessor,
        at=db_now() - timedelta(days=1),
    )


def _deferred(team: Team, day: date) -> None:
    plan = _as_authorised(team, _at(day), 3, db_now() - timedelta(days=2))
    actions.defer_notice(
        plan,
        ground="critical_threat",
        reason="Telling the public beforehand would end the search for the source of a threat.",
        review_on=day + timedelta(days=1),
        content_hash=plan.content_hash,
        by=team.officer,
        at=db_now() - timedelta(hours=3),
    )


def _cancelled(team: Team, day: date) -> None:
    plan = _as_told(team, _at(day), 1, db_now() - timedelta(hours=31))
    actions.cancel(plan, reason="The van is out of order.", by=team.planner, at=db_now())


def _almost_done(team: Team, day: date) -> None:
    """One task is left for whoever tries it out."""
    _drafted(team, _at(day), 2, db_now() - timedelta(days=1), left_out="notice")
