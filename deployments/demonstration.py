"""Deployments of the made-up forces, in every state a deployment can be in. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from coordination.evaluations.models import AlgorithmVersion
from deployments import actions
from deployments.actions import Seen, Standing
from deployments.facts import Facts
from deployments.figures import NAMES, Absence
from deployments.models import Deployment
from deployments.planning import demonstration as plans
from deployments.times import window
from directory import actions as directory
from directory.demonstration import FORCES, PERSONAS
from forces.clock import db_now, london_date
from forces.models import Force, Person, Realm
from forces.tenancy import acting, national_scope

PLACES = {
    "northmoor": (
        ("Market Square", "Northmoor"),
        ("Castle Street", "Northmoor"),
        ("Station Road", "Moorgate"),
        ("Northmoor Arena", "Northmoor"),
        ("Mill Quarter", "Harrowdale"),
    ),
    "eastvale": (
        ("Harbour Front", "Eastvale"),
        ("Corn Exchange", "Eastvale"),
        ("Vale Interchange", "Lower Vale"),
        ("Pier Approach", "Eastvale"),
    ),
}
USE_CASES = ("Crime hotspot", "Crime hotspot", "Crime hotspot", "Protective security operation")
SECOND_PUBLISHERS = {"northmoor": "Priya Lockwood", "eastvale": "Sam Ashgrove"}
PUBLISHED, APART = 16, 23  # how many stand on the register, and how many days lie between two
FIRST = Seen(1, 1)


@dataclass(frozen=True, slots=True)
class Team:
    """Who acts: four eyes take four hands."""

    force: Force
    writer: Person
    reviewer: Person
    publisher: Person
    chief: Person


def load() -> str:
    """What `manage.py load_demonstration` runs: returns one line for the terminal. Repeating it changes nothing."""
    made = planned = 0
    for slug in FORCES:
        force = Force.objects.filter(slug=slug, realm=Realm.DEMONSTRATION).first()
        if force is None:
            continue
        if not _has_some(force):
            made += _life_of(_team(force))
        planned += plans.load(force)
    return f"{made} made-up deployments and {planned} plans"


def _has_some(force: Force) -> bool:
    with acting(force, None):
        return Deployment.objects.owned_by(force).exists()


def _team(force: Force) -> Team:
    emails = {persona.role_code: persona.email for persona in PERSONAS if persona.force == force.slug}
    roles = ("operator_lead", "authorising_officer", "data_publisher", "chief_officer")
    with national_scope():
        return Team(force, *(Person.objects.get(logins__email=emails[role]) for role in roles))


def _life_of(team: Team) -> int:
    """A year and more of deployments with what became of them, in the order of their days, and then one in each other
    state. What a force enters last is its latest."""
    chance, today = Random(team.force.slug), london_date(db_now())  # noqa: S311 - made-up figures, not secrets
    days = [today - timedelta(days=12 + APART * number) for number in range(PUBLISHED, 0, -1)]
    planned = [(day, _facts(team.force, day, chance)) for day in days]
    aborted = _aborted(team.force, days[3] + timedelta(days=4), chance)
    planned.insert(4, (aborted.on, aborted))
    afterwards = {days[-5]: _corrected, days[-3]: _withdrawn, days[-2]: _correcting}
    for day, facts in planned:
        deployment = _published(team, facts, day)
        if day in afterwards:
            afterwards[day](team, deployment)
    waiting = [today - timedelta(days=number) for number in (9, 6, 4, 2, 1)]
    _discarded(team, waiting[0], chance)
    _reviewed(team, waiting[1], chance)
    _recorded(team, waiting[2], chance)
    _contradictory(team, waiting[3], chance)
    _sent_back(team, waiting[4], chance)
    return PUBLISHED + 6


def _facts(force: Force, on: date, chance: Random, **changes) -> Facts:
    place, area = chance.choice(PLACES[force.slug])
    start, hours = time(chance.choice((9, 10, 11, 14, 20)), chance.choice((0, 30))), chance.randint(3, 6)
    end = time((start.hour + hours) % 24, start.minute)
    faces = chance.randint(2_000, 19_000)
    confirmed, unconfirmed = chance.randint(1, 9), chance.choice((0, 0, 1))
    false, undetermined = chance.choice((0, 0, 0, 1)), chance.choice((0, 0, 0, 0, 1))
    arrests = chance.randint(0, confirmed)
    other = chance.randint(0, confirmed - arrests)
    figures: dict[str, int | None] = {
        "faces_seen": faces,
        "alerts": confirmed + unconfirmed + false + undetermined,
        "true_alerts": confirmed + unconfirmed,
        "true_alerts_confirmed": confirmed,
        "true_alerts_unconfirmed": unconfirmed,
        "false_alerts": false,
        "false_alerts_confirmed": false,
        "false_alerts_unconfirmed": 0,
        "undetermined_alerts": undetermined,
        "engagements": confirmed + false,
        "arrests": arrests,
        "other_action": other,
        "no_action": confirmed - arrests - other,
    } | changes
    started_at, ended_at = window(on, start, end)
    return Facts(
        on=on,
        place=place,
        area=area,
        started_at=started_at,
        ended_at=ended_at,
        duration_minutes=hours * 60 - chance.randint(3, 20),
        use_case=chance.choice(USE_CASES),
        algorithm=AlgorithmVersion.objects.filter(is_made_up=True, technology="live").first(),
        threshold=Decimal("0.64"),
        watchlist_size=chance.randint(6_000, 14_000),
        figures=figures,
        absent={},
    )


def _at(on: date, days: int, hour: int = 10) -> datetime:
    """An instant some days after the deployment, never in the future."""
    moment, _end = window(on + timedelta(days=days), time(hour, 12), None)
    return min(moment or db_now(), db_now())


def _published(team: Team, facts: Facts, on: date) -> Deployment:
    deployment = actions.record(team.force, facts, by=team.writer, at=_at(on, 1))
    actions.review(deployment, seen=FIRST, by=team.reviewer, at=_at(on, 2))
    actions.publish(deployment, seen=FIRST, by=team.publisher, at=_at(on, 4))
    return deployment


def _aborted(force: Force, on: date, chance: Random) -> Facts:
    whole = _facts(force, on, chance)
    return Facts(
        on=on,
        place=whole.place,
        area=whole.area,
        started_at=whole.started_at,
        use_case=whole.use_case,
        algorithm=whole.algorithm,
        threshold=whole.threshold,
        is_aborted=True,
        abort_reason="The generator of the van failed.",
        figures=dict.fromkeys(NAMES),
        absent=dict.fromkeys(NAMES, Absence.ABORTED.value),
    )


def _changed(deployment: Deployment, **figures: int) -> Facts:
    with acting(deployment.force, None):
        standing = Deployment.objects.owned_by(deployment.force).with_results().get(pk=deployment.pk).current
        said = standing.facts
    values = {name: getattr(said, name) for name in said.__dataclass_fields__}
    return Facts(**{**values, "figures": {**said.figures, **figures}})


def _prepared(team: Team, deployment: Deployment, more_faces: int, reason: str) -> date:
    """A second publisher proposes another estimate of faces; returns the day of the deployment."""
    standing = _changed(deployment)
    actions.prepare_correction(
        deployment,
        _changed(deployment, faces_seen=(standing.figures["faces_seen"] or 0) + more_faces),
        version=1,
        reason=reason,
        by=_second_publisher(team),
        at=_at(standing.on, 6),
    )
    return standing.on


def _corrected(team: Team, deployment: Deployment) -> None:
    reason = "One of the two cameras was left out of the estimate of faces seen."
    on = _prepared(team, deployment, 1_260, reason)
    second = Seen(2, 1)
    actions.review(deployment, seen=second, by=team.reviewer, at=_at(on, 7))
    actions.publish(deployment, seen=second, by=team.publisher, at=_at(on, 8))


def _correcting(team: Team, deployment: Deployment) -> None:
    _prepared(team, deployment, 480, "The estimate left out the last quarter of an hour.")


def _withdrawn(team: Team, deployment: Deployment) -> None:
    on = _changed(deployment).on
    reason = "The deployment was recorded twice; the other record stands."
    actions.withdraw(deployment, reason=reason, seen=Standing(1, 0), by=team.chief, at=_at(on, 9))


def _discarded(team: Team, on: date, chance: Random) -> None:
    facts = _facts(team.force, on, chance)
    deployment = actions.record(team.force, facts, by=team.writer, at=_at(on, 1))
    actions.discard(
        deployment, seen=FIRST, reason="Recorded for the wrong day.", by=team.writer, at=_at(on, 1, 15)
    )


def _reviewed(team: Team, on: date, chance: Random) -> None:
    facts = _facts(team.force, on, chance)
    deployment = actions.record(team.force, facts, by=team.writer, at=_at(on, 1))
    actions.review(deployment, seen=FIRST, by=team.reviewer, at=_at(on, 2))


def _recorded(team: Team, on: date, chance: Random) -> None:
    actions.record(team.force, _facts(team.force, on, chance), by=team.writer, at=_at(on, 1))


def _contradictory(team: Team, on: date, chance: Random) -> None:
    facts = _facts(team.force, on, chance, alerts=14)
    actions.record(team.force, facts, by=team.writer, at=_at(on, 1))


def _sent_back(team: Team, on: date, chance: Random) -> None:
    facts = _facts(team.force, on, chance)
    deployment = actions.record(team.force, facts, by=team.writer, at=_at(on, 0, 22))
    actions.send_back(
        deployment,
        reason="Was the watchlist really that small? Please look at the van's log.",
        seen=FIRST,
        by=team.reviewer,
        at=_at(on, 1),
    )


def _second_publisher(team: Team) -> Person:
    """Somebody else who may prepare corrections: a second publisher, invited by the owner of the team."""
    emails = {persona.role_code: persona.email for persona in PERSONAS if persona.force == team.force.slug}
    address = f"second-publisher@{team.force.slug}.example"
    with national_scope():
        there = Person.objects.filter(logins__email=address).first()
        owner = Person.objects.get(logins__email=emails["force_owner"])
    if there is not None:
        return there
    return directory.invite(
        team.force,
        name=SECOND_PUBLISHERS[team.force.slug],
        email=address,
        role="data_publisher",
        by=owner,
        at=db_now(),
    ).person
