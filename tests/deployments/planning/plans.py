"""Plans for tests: complete answers to vary, and plans brought to any state by the people whose step it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from coordination.evaluations.models import AlgorithmVersion
from deployments.models import Plan, PlanRevision
from deployments.planning import actions
from deployments.planning.actions.drafting import columns
from deployments.planning.fields import TASKS, check
from directory import actions as directory
from forces.clock import LONDON, db_now, london_date
from forces.models import Force, Person
from forces.tenancy import acting
from register.canonical import canonical_bytes
from tests.people import make_member

REASON = "Necessary and proportionate for the reasons that the plan gives."
WORDS = "Robbery in the square rose in each of the last three months, and patrols have not brought it down."


def algorithm(force: Force) -> AlgorithmVersion:
    """A registered version that the force may plan with."""
    made, _ = AlgorithmVersion.objects.get_or_create(
        vendor="Testwork",
        product="Matcher",
        version="1.0",
        technology="live",
        defaults={"source": "For tests alone.", "is_made_up": force.is_made_up, "added_at": db_now()},
    )
    return made


def answers(force: Force, commander: Person, **changes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Complete answers by task, two weeks ahead. `changes` replace single answers: `place={"camera": "fixed"}`."""
    starts = (db_now().astimezone(LONDON) + timedelta(days=14)).replace(
        hour=10, minute=0, second=0, microsecond=0
    )
    said: dict[str, dict[str, Any]] = {
        "purpose": {
            "use_case": "locate_wanted",
            "objective": "Find people wanted by the courts for robbery in the town centre.",
            "intelligence_references": ["INT/26-00731"],
            "expected_benefit": "Arrests of wanted people, counted in the result.",
        },
        "place": {
            "place": "Market Square",
            "area": "Northmoor",
            "place_type": "town_centre",
            "location_basis": "hotspot",
            "location_reason": "Among the highest rates of recorded robbery in the county over three years.",
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=6)).isoformat(),
            "camera": "van",
            "outside_force_area": False,
        },
        "necessity": {
            "necessity": WORDS,
            "strict_necessity": "No other way finds wanted people in a crowd without stopping everybody.",
            "alternatives": "High-visibility patrols and plain-clothes spotters were tried for six weeks.",
            "proportionality": "One square, one day, signs at each way in; who is on no list is deleted at once.",
        },
        "watchlist": {
            "categories": [
                {"code": "wanted", "expected": 900, "rationale": "Wanted by the courts for violent offences."}
            ],
            "most": 1000,
            "sources": ["custody"],
            "built_hours_before": 12,
            "reviewed": True,
            "under_18_expected": 0,
        },
        "system": {"algorithm": algorithm(force).pk, "threshold": "0.64", "cameras": 2},
        "people": {
            "commander": str(commander.public_id),
            "operators": 3,
            "engagement_officers": 6,
            "briefing": "All are briefed on stop powers, on bias and on what an alert does not show.",
        },
        "protection": {
            "equality": "Fewer false alerts are expected at this threshold; each is written down and reviewed.",
            "community_impact": "Market traders and the neighbourhood forum were told, and asked for early signs.",
            "engagement": "Town council, neighbourhood forum and the scrutiny panel.",
        },
        "notice": {
            "summary": "We will use live facial recognition in Market Square to find people wanted by the courts.",
            "signage": "Boards at each way into the square, and leaflets with the officers there.",
        },
    }
    for task, values in changes.items():
        said[task] = {**said[task], **values}
    return said


@dataclass
class Team:
    """Whoever takes each step in one force, made when first asked for."""

    force: Force

    def _one(self, role: str, rank: str) -> Person:
        return make_member(self.force, role, rank=rank)

    @cached_property
    def planner(self) -> Person:
        return self._one("planner", "inspector")

    @cached_property
    def officer(self) -> Person:
        return self._one("authorising_officer", "superintendent")

    @cached_property
    def inspector(self) -> Person:
        """May authorise in urgency alone."""
        return self._one("authorising_officer", "inspector")

    @cached_property
    def assessor(self) -> Person:
        return self._one("data_protection_officer", "staff")

    @cached_property
    def engagement(self) -> Person:
        return self._one("engagement_lead", "staff")

    @cached_property
    def commander(self) -> Person:
        return self._one("operator_lead", "sergeant")

    @cached_property
    def chief(self) -> Person:
        return self._one("chief_officer", "assistant_chief_constable")

    @cached_property
    def papers(self) -> dict[str, int]:
        """Ids of the documents that plans must rest on, by kind, published when first asked for."""
        today = london_date(db_now())
        site = "example" if self.force.is_made_up else "police.uk"
        return {
            kind: directory.publish_document(
                self.force,
                kind=kind,
                title=f"{kind} of {self.force.name}",
                version="1.0",
                url=f"https://www.{self.force.slug}.{site}/{kind}",
                adopted_on=today - timedelta(days=30),
                review_on=today + timedelta(days=3000),
                by=self.assessor,
                at=db_now(),
            ).pk
            for kind in ("policy", "dpia", "eia")
        }

    def now(self, plan: Plan) -> Plan:
        """The plan as it stands."""
        with acting(self.force, None):
            return Plan.objects.owned_by(self.force).with_people().get(pk=plan.pk)

    def drafted(self, by: Person | None = None, **changes: Mapping[str, Any]) -> Plan:
        """A complete draft."""
        by = by or self.planner
        plan = actions.begin(self.force, by=by, at=db_now())
        changes["protection"] = {**self.papers, **changes.get("protection", {})}
        said = answers(self.force, self.commander, **changes)
        return self.written(plan, said, by)

    def written(self, plan: Plan, said: Mapping[str, Mapping[str, Any]], by: Person) -> Plan:
        """The plan with these answers, as saving them one by one would leave it: one row instead of eight actions."""
        values = {task.code: check(task, said[task.code]) for task in TASKS}
        saved = {"revision": 1, "to_confirm": [], "by": by.pk, "at": db_now().isoformat()}
        content = canonical_bytes(values)
        with acting(self.force, by):
            Plan.objects.owned_by(self.force).filter(pk=plan.pk).update(
                content=content,
                progress={task.code: saved for task in TASKS},
                revision=1,
                **columns(values),
            )
            PlanRevision.objects.create(
                force=self.force,
                plan=plan,
                number=1,
                task="",
                content=content,
                written_by=by,
                written_at=db_now(),
            )
            return Plan.objects.owned_by(self.force).with_people().get(pk=plan.pk)

    def submitted(self, urgency: str = "", **changes: Mapping[str, Any]) -> Plan:
        plan = self.drafted(**changes)
        return actions.submit(plan, seen=plan.revision, urgency=urgency, by=self.planner, at=db_now())

    def assessed(self, **changes: Mapping[str, Any]) -> Plan:
        plan = self.submitted(**changes)
        return self.assess(plan)

    def assess(self, plan: Plan) -> Plan:
        return actions.assess(plan, words=REASON, seen=plan.revision, by=self.assessor, at=db_now())

    def authorised(self, **changes: Mapping[str, Any]) -> Plan:
        return self.authorise(self.assessed(**changes))

    def authorise(self, plan: Plan, by: Person | None = None, **more: Any) -> Plan:
        return actions.authorise(
            plan, reason=REASON, content_hash=plan.content_hash, by=by or self.officer, at=db_now(), **more
        )

    def notified(self, **changes: Mapping[str, Any]) -> Plan:
        return self.notify(self.authorised(**changes))

    def notify(self, plan: Plan, **more: Any) -> Plan:
        return actions.notify(plan, content_hash=plan.content_hash, by=self.engagement, at=db_now(), **more)

    def edited(self, plan: Plan, task: str = "necessity", **values: Any) -> Plan:
        """The same plan after somebody has changed one task, whatever that undoes."""
        said = {
            **plan.answers(task),
            **(values or {"necessity": "It is needed for another reason than before."}),
        }
        seen = plan.progress[task]["revision"]
        return actions.save_task(plan, task, said, seen=seen, voids=True, by=self.planner, at=db_now())


def happened(plan: Plan) -> list[str]:
    """Names of the plan's events, in the order in which they were recorded."""
    from events.models import Event

    with acting(plan.force, None):
        return list(
            Event.objects.filter(subject=plan.reference).order_by("pk").values_list("name", flat=True)
        )


def later(**delta: float) -> datetime:
    return db_now() + timedelta(**delta)
