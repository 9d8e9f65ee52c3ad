"""Two forces, each with somebody in every role and a secret word in everything it keeps to itself.

`plant(force)` makes one side. Whatever the other side can get at must not hold its secret.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from api.models import KeptAnswer
from coordination.briefing import actions as briefing
from coordination.briefing.asked import Asked
from coordination.briefing.models import Answer, Pack, Question
from coordination.briefing.pack import Waiting
from coordination.collation.counting import count_again
from coordination.collation.models import Signal
from coordination.framework import actions as framework
from coordination.framework.models import Tightening
from coordination.framework.reference import load_framework
from coordination.intake.models import Batch, Document, Match, StagedRow
from deployments import actions as deployments
from deployments.models import Attestation, Authority, Deployment, Operation, Override, Plan
from deployments.planning import actions as planning
from deployments.planning.fields import TASKS
from directory import actions as directory
from directory.alerts import raise_alert
from directory.models import Alert, AlertSeen
from forces.capabilities import FOR_SYSTEMS, Capability
from forces.clock import db_now, london_date
from forces.models import Document as PublishedDocument
from forces.models import Force, Membership, Person, System, User
from forces.refusals import Forbidden
from forces.roles import FORCE_ROLES
from forces.tenancy import acting, national_scope
from jobs.models import Job
from portal.national.public_addresses import addresses_on
from register import actions as register
from register.models import Entry, RedactionRequest
from register.references import new_reference
from tests.deployments.planning.plans import answers
from tests.deployments.recordings import FIRST, facts
from tests.notices import tell
from tests.people import make_member, make_national, make_person


@dataclass
class Side:
    """One force and what it holds. `secret` stands in every private text; `public` in what it published."""

    force: Force
    secret: str
    public: str
    people: dict[str, Person] = field(default_factory=dict)
    recorded: Deployment | None = None
    reviewed: Deployment | None = None
    published: Deployment | None = None
    plan: Plan | None = None
    entry: Entry | None = None
    notice: str = ""
    request: RedactionRequest | None = None
    job: Job | None = None
    batch: Batch | None = None
    signal: Signal | None = None
    tightening: Tightening | None = None
    membership: Membership | None = None
    login: User | None = None
    system: System | None = None
    document: PublishedDocument | None = None
    alert: Alert | None = None
    question: Question | None = None
    answer: Answer | None = None
    pack: Pack | None = None


def secret_of(force: Force) -> str:
    return f"secret-of-{force.slug}-9f3c"


def plant(force: Force) -> Side:
    """Somebody in every role; a deployment in every state; a request, a refusal, a revocation and a job."""
    load_framework(at=db_now())
    side = Side(force, secret_of(force), f"Public square of {force.slug}")
    # Names of colleagues are the force's own, too.
    for role in ("force_owner", *sorted(set(FORCE_ROLES) - {"force_owner"})):
        side.people[role] = make_member(force, role, name=f"{role} {side.secret}")
    owner, planner = side.people["force_owner"], side.people["planner"]
    publisher, officer = side.people["data_publisher"], side.people["authorising_officer"]

    side.recorded = _record(side, planner, private=True)
    side.reviewed = _record(side, planner, private=True)
    deployments.review(side.reviewed, seen=FIRST, by=officer, at=db_now())
    sent_back = _record(side, planner, private=True)
    deployments.send_back(sent_back, seen=FIRST, reason=side.secret, by=officer, at=db_now())
    side.published = _record(side, planner, private=False)
    deployments.review(side.published, seen=FIRST, by=officer, at=db_now())
    deployments.publish(side.published, seen=FIRST, by=publisher, at=db_now())
    deployments.prepare_correction(
        side.published,
        facts(place=side.secret, area=side.secret),
        version=1,
        reason=side.secret,
        by=publisher,
        at=db_now(),
    )
    side.entry = Entry.objects.get(force=force)
    # Of a day to come, so that the pages of what is to come show it.
    told = tell(force, place={"name": side.public, "area": None}, starts_at=db_now() + timedelta(days=9))
    side.notice = told["reference"]
    side.request = register.propose_redaction(
        side.entry,
        force=force,
        by=side.people["data_protection_officer"],
        at=db_now(),
        why=side.secret,
        public_reason="A name stood there.",
    )

    leaver = make_member(force, "planner", name=f"leaver {side.secret}")
    with national_scope():
        held = Membership.objects.select_related("force", "person").get(person=leaver)
    directory.revoke(held, by=owner, at=db_now(), reason=side.secret)
    side.login = leaver.logins.get()
    directory.disable_login(side.login, force=force, by=owner, at=db_now(), reason=side.secret)
    try:
        deployments.review(side.recorded, seen=FIRST, by=planner, at=db_now())
    except Forbidden as refusal:
        directory.note_refusal(refusal, door=f"/{side.secret}/")
    with acting(force, planner):
        side.job = Job.objects.create(
            kind="site.test",
            force=force,
            requested_by=planner,
            requested_at=db_now(),
            payload={"secret": side.secret},
            error=side.secret,
        )
    with national_scope():
        side.membership = Membership.objects.select_related("force", "person").get(person=planner)
    side.plan = _planned(side, planner)
    _decided(side)
    side.batch = _brought(side)
    side.signal = _signalled(side)
    side.tightening = _stricter(side)
    side.system = _connected(side, owner)
    side.document = directory.publish_document(
        force,
        kind="policy",
        title="Policy on live facial recognition",
        version="1.0",
        url=f"https://www.{force.slug}.police.uk/policy",
        adopted_on=date(2024, 1, 1),
        review_on=date(2034, 1, 1),
        by=side.people["data_protection_officer"],
        at=db_now(),
    )
    with acting(force, None):
        told = {"kind": "role_granted", "subject": side.secret, "params": {"role": side.secret}}
        raise_alert(force, **told, capability=Capability.MANAGE_TEAM, event=uuid4(), at=db_now())
        side.alert = Alert.objects.owned_by(force).get()
        AlertSeen.objects.create(force=force, alert=side.alert, person=planner, at=db_now())
    side.question, side.answer, side.pack = _told_others(side)
    return side


def _planned(side: Side, planner: Person) -> Plan:
    """A plan that was assessed and waits for an officer, the secret in every text of it."""
    plan = planning.begin(side.force, by=planner, at=db_now())
    texts = ("necessity", "strict_necessity", "alternatives", "proportionality")
    said = answers(
        side.force,
        side.people["operator_lead"],
        place={"place": side.secret, "area": side.secret, "location_reason": side.secret},
        necessity=dict.fromkeys(texts, side.secret),
        notice={"summary": side.secret, "signage": side.secret},
    )
    for task in TASKS:
        plan = planning.save_task(plan, task.code, said[task.code], seen=0, by=planner, at=db_now())
    plan = planning.submit(plan, seen=plan.revision, by=planner, at=db_now())
    assessor = side.people["data_protection_officer"]
    return planning.assess(plan, words=side.secret, seen=plan.revision, by=assessor, at=db_now())


def _decided(side: Side) -> None:
    """What officers write about a plan, beside it: rows of every kind, the secret in every text. No state moves."""
    force, plan, officer = side.force, side.plan, side.people["authorising_officer"]
    bound = {"force": force, "plan": plan, "content_hash": plan.content_hash}
    with acting(force, officer):
        Operation.objects.create(
            force=force, reference=new_reference(), name=side.secret, begun_by=officer, begun_at=db_now()
        )
        Authority.objects.create(
            **bound,
            kind=Authority.Kind.STANDARD,
            revision=plan.revision,
            conditions=[side.secret],
            reason=side.secret,
            authors=plan.authors,
            decided_by=officer,
            roles=["authorising_officer"],
            decided_at=db_now(),
            readiness=[],
        )
        decided = {"decided_by": side.people["chief_officer"], "decided_at": db_now()}
        Override.objects.create(**bound, requirement="any", reason=side.secret, **decided)
        Attestation.objects.create(
            **bound,
            requirement="any",
            words=side.secret,
            attested_by=officer,
            role="authorising_officer",
            attested_at=db_now(),
        )


def _connected(side: Side, owner: Person) -> System:
    """A system of the force's own that has written something, and asked for a withdrawal."""
    made = directory.connect_system(
        side.force,
        name=f"system {side.secret}",
        capabilities=[each.value for each in FOR_SYSTEMS],
        until=db_now() + timedelta(days=30),
        by=owner,
        at=db_now(),
    )
    person = made.system.person
    deployments.ask_withdrawal(
        side.published, seen=deployments.Standing(1, 0), reason=side.secret, by=person, at=db_now()
    )
    with acting(side.force, person):
        KeptAnswer.objects.create(
            force=side.force,
            person=person,
            method="POST",
            path=f"/{side.secret}/",
            key=side.secret,
            body_sha256="0" * 64,
            status=201,
            headers={"Location": side.secret},
            body=side.secret,
            at=db_now(),
        )
    return made.system


def _brought(side: Side) -> Batch:
    """A document that the centre has read, with one question. None of it is a force's: the secret is in its name."""
    document = Document.objects.create(
        sha256=sha256(side.secret.encode()).hexdigest(),
        name=side.secret,
        state=Document.State.NOT_HELD,
        received_at=db_now(),
    )
    batch = Batch.objects.create(
        document=document, state=Batch.State.STAGED, requested_at=db_now(), staged_at=db_now()
    )
    StagedRow.objects.create(
        batch=batch,
        number=1,
        force_code=side.force.code,
        printed={},
        match=Match.MISSING,
        reference=side.entry.reference,
    )
    return batch


def _told_others(side: Side) -> tuple[Question, Answer, Pack]:
    """A question to the centre with an answer, and a pack. None is a force's: the secret is in their words."""
    by = make_national("national_lead")
    asked = Asked.stored("deployments-by-year", {"force": side.force.slug})
    addresses = addresses_on("https://register.example")
    question = briefing.save_question(title=side.secret, reference="", asked=asked, by=by, at=db_now())
    count_again(side.force, [side.published.reference])
    answer = briefing.answer(question, seen=0, addresses=addresses, by=by, at=db_now())
    waiting = [Waiting(side.secret, 1, None)]
    pack = briefing.make_pack(job=uuid4(), decisions=waiting, addresses=addresses, by=by, at=db_now())
    return question, answer, pack


def _stricter(side: Side) -> Tightening:
    """A value of the force's own, which is public, as is its reason."""
    return framework.tighten(
        side.force,
        requirement="watchlist-age",
        parameter="hours",
        value=12,
        why="The scrutiny panel asked for it.",
        starts_on=london_date(db_now()),
        by=side.people["chief_officer"],
        at=db_now(),
    )


def _signalled(side: Side) -> Signal:
    """A sign of change that waits, and one that the centre has decided on, with its reason."""
    told = {"rules": ["long_run"], "months_off_median": 20, "run": 10, "crossings": 9}
    months = {"first": date(2024, 1, 1), "last": date(2024, 10, 1)}
    with acting(side.force, None):
        Signal.objects.create(
            force=side.force,
            measure="far_faces",
            raised_at=db_now(),
            decision="explained",
            reason=side.secret,
            decided_by=side.people["planner"],
            decided_at=db_now(),
            **months,
            **told,
        )
        return Signal.objects.create(
            force=side.force, measure="far_alerts", raised_at=db_now(), **months, **told
        )


def _record(side: Side, by: Person, *, private: bool) -> Deployment:
    words: dict[str, Any] = (
        dict.fromkeys(("place", "area", "use_case", "absent_reason"), side.secret)
        if private
        else {"place": side.public, "area": side.public}
    )
    return deployments.record(side.force, facts(**words), by=by, at=db_now())


def stranger() -> Person:
    """Somebody with a login and no role at all."""
    return make_person("Nobody in particular", "nobody@nowhere.example")
