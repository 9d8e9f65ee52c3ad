"""How a trick is played: by whom, at which door, and what it must leave behind, which is only that it was tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client

from deployments.models import Plan
from deployments.planning import actions
from directory import actions as directory
from events.models import Event
from forces.clock import LONDON, db_now, london_date
from forces.models import Person, User
from forces.tenancy import acting, national_scope
from tests.deployments.planning.plans import Team
from tests.portal.authority.desk import WHY, decision, text, url

# What must be afterwards as it was before: plans and decisions, the register and its notices, rights, rules, papers.
KEPT_AS_IT_WAS = (
    *("deployments.Plan", "deployments.PlanRevision", "deployments.Authority", "deployments.Override"),
    *("deployments.Attestation", "deployments.Operation", "deployments.Deployment", "deployments.Result"),
    *("register.Entry", "register.EntryBody", "register.NoticeHead", "register.Head"),
    *("forces.Membership", "forces.Appointment", "forces.Document", "framework.Version"),
    *("framework.Requirement", "framework.Tightening"),
)
# Names of events that say nothing but that something was tried.
REFUSALS = {"plan.attempt_refused.v1", "access.refused.v1", "text.refused.v1"}
__all__ = ["REFUSALS", "TRICKS", "WHY", "Stage", "Trick", "decision", "everything", "history", "on", "oral"]
__all__ += ["text", "trick", "url"]
PLAY = Callable[["Stage"], Iterator[Any]]


@dataclass(frozen=True)
class Trick:
    """`status` answers each try; `kept` is what the history says of it: why, or the event's own first word."""

    words: str
    status: int
    kept: str
    play: PLAY


TRICKS: list[Trick] = []


def trick(words: str, status: int, kept: str) -> Callable[[PLAY], PLAY]:
    """The play arranges, yields nothing once everything stands, then the answer to each try."""

    def add(play: PLAY) -> PLAY:
        TRICKS.append(Trick(words, status, kept, play))
        return play

    return add


@dataclass
class Stage:
    """Two forces with their people, the centre's people, and plans of the first force, each in a state of its own."""

    kents: Team
    avons: Team
    lead: Person
    adviser: Person
    regulator: Person
    plans: dict[str, Plan] = field(default_factory=dict)
    minute = timedelta(minutes=1)

    # The plans --------------------------------------------------------------------------------

    def plan(self, state: str) -> Plan:
        """The plan that stands in this state, read anew."""
        plan = self.plans[state]
        return (self.avons if plan.force == self.avons.force else self.kents).now(plan)

    def authorised(self) -> Plan:
        return self.plan("authorised")

    def notified(self) -> Plan:
        return self.kents.notify(self.authorised())

    def held(self) -> Plan:
        plan = self.notified()
        assert actions.hold(plan, why="The test of the algorithm was withdrawn.", at=db_now())
        return self.kents.now(plan)

    def oral(self) -> Plan:
        """Urgent authority, recorded by the inspector, waiting to be confirmed."""
        plan = self.plan("urgent")
        return actions.record_oral_authority(
            plan,
            given_at=db_now(),
            reason=WHY,
            content_hash=plan.content_hash,
            by=self.kents.inspector,
            at=db_now(),
        )

    def deferred(self) -> Plan:
        plan = self.authorised()
        return actions.defer_notice(
            plan,
            ground="specific_person",
            reason=WHY,
            review_on=london_date(db_now()) + timedelta(days=10),
            content_hash=plan.content_hash,
            by=self.kents.officer,
            at=db_now(),
        )

    def put_before_an_officer(self, plan: Plan) -> Plan:
        """Submitted and assessed by those whose step it is."""
        plan = actions.submit(plan, seen=plan.revision, by=self.kents.planner, at=db_now())
        return self.kents.assess(plan)

    def timed(self, plan: Plan, **columns: timedelta) -> Plan:
        """The same plan with time gone by: its window lies so far from now."""
        at = db_now()
        told = {name: at + delta for name, delta in columns.items()}
        with acting(plan.force, None):
            Plan.objects.owned_by(plan.force).filter(pk=plan.pk).update(**told)
        return self.kents.now(plan)

    # The people -------------------------------------------------------------------------------

    def gives(self, person: Person, role: str, rank: str = "superintendent") -> Person:
        """The owner of the force gives somebody another role, after they wrote."""
        force = self.kents.force
        directory.grant(person, role, force=force, rank=rank, by=force._owner, at=db_now())
        person.__dict__.pop("grants", None)
        return person

    def second_login(self, person: Person) -> User:
        with national_scope():
            return User.objects.create_user(f"second-{person.pk}@kent.example", person=person)

    # The doors --------------------------------------------------------------------------------

    def client(self, person: Person, login: User | None = None) -> Client:
        client = Client()
        client.force_login(
            login or person.logins.order_by("pk").first(),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        return client

    def sends(self, person: Person, name: str, plan: Plan, said: Any, *more: str, **how: Any) -> HttpResponse:
        """A form sent straight to the address, without its page having been opened."""
        return self.client(person).post(url(name, plan, *more), said, **how)


def on(name: str, day: Any) -> dict[str, Any]:
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def oral(plan: Plan, given: timedelta, **more: Any) -> dict[str, Any]:
    """What an officer types who says that they gave authority so long from now."""
    local = (db_now() + given).astimezone(LONDON)
    return decision(plan, **on("given_on", local.date()), given_time=f"{local:%H:%M}", **more)


def everything() -> dict[str, list[Any]]:
    """Each row of everything that a trick could be after, as the centre reads it."""
    with national_scope():
        return {
            name: sorted(
                (tuple(map(_plain, row)) for row in QuerySet(apps.get_model(name)).values_list()), key=str
            )
            for name in KEPT_AS_IT_WAS
        }


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def history() -> list[tuple[str, str]]:
    """What happened, in order: the name, and what an attempt says of itself; "centre" where no force was asked."""
    with national_scope():
        return [
            (each.name, each.payload.get("why") or (each.name.split(".")[0] if each.force_id else "centre"))
            for each in Event.objects.order_by("pk")
        ]
