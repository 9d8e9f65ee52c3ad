"""A plan's life in any order by anybody, while rights come and go: what must always hold is looked at after each step.

The workflow, the steps' roles and what an authority binds are written here once more, and share nothing with the code.
"""

import hashlib
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from coordination.framework.reference import load_framework
from deployments.models import Authority, Plan, PlanRevision
from deployments.planning import actions
from directory import actions as directory
from events.models import Event
from forces.clock import db_now, london_date
from forces.models import Membership
from forces.refusals import Forbidden, Refusal
from forces.tenancy import acting, national_scope, scope
from register.models import NoticeHead
from register.queries import documents
from tests.deployments.planning.plans import REASON, Team, answers
from tests.people import make_force, make_member

pytestmark = pytest.mark.django_db

ROLES = (
    ("planner", "inspector"),
    ("operator_lead", "sergeant"),
    ("authorising_officer", "superintendent"),
    ("authorising_officer", "inspector"),
    ("data_protection_officer", "staff"),
    ("engagement_lead", "staff"),
    ("chief_officer", "assistant_chief_constable"),
    ("auditor", "staff"),
)
# From where to where a plan may ever be seen to move, in one step of anybody's.
WAYS = {
    "draft": {"submitted", "cancelled"},
    "returned": {"submitted", "cancelled"},
    "refused": {"draft", "cancelled"},
    "submitted": {"assessed", "returned", "refused", "draft", "authorised", "cancelled"},
    "assessed": {"authorised", "returned", "refused", "draft", "cancelled"},
    "authorised": {"notified", "held", "draft", "cancelled"},
    "notified": {"held", "draft", "cancelled"},
    "held": {"authorised", "notified", "returned", "draft", "cancelled"},
    "cancelled": set(),
}
MAY = {
    "write": {"planner", "operator_lead"},
    "assess": {"data_protection_officer", "engagement_lead"},
    "authorise": {"authorising_officer"},
    "notify": {"engagement_lead"},
    "command": {"operator_lead"},
}
BOUND = ("authorised", "notified", "held")
people = st.integers(0, len(ROLES) - 1)
texts = st.sampled_from(["the first way of saying it", "the second way of saying it", "a third way"])


def machine(force, team, stranger, papers):
    held_roles = {person.pk: {role} for person, (role, _rank) in zip(team, ROLES, strict=True)}

    class Life(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.savepoint = transaction.savepoint()
            self.plan = None
            self.roles = {pk: set(roles) for pk, roles in held_roles.items()}
            self.was = "draft"

        def teardown(self):
            transaction.savepoint_rollback(self.savepoint)

        def now(self):
            with acting(force, None):
                return Plan.objects.owned_by(force).with_people().get(pk=self.plan.pk)

        def attempt(self, needs, action, *subject, by, **said):
            """Do it as that person; whoever lacks the right by the table above must be refused."""
            person = team[by]
            person.__dict__.pop("grants", None)
            before = self.told()
            try:
                action(*subject, by=person, at=db_now(), **said)
            except Forbidden:
                assert not (set(MAY[needs]) & self.roles[person.pk]) or needs == "command"
                assert self.told() == before
                return
            except Refusal:
                assert self.told() == before
                return
            assert set(MAY[needs]) & self.roles[person.pk], f"{ROLES[by]} did {action.__name__}"

        def told(self):
            with acting(force, None):
                return Event.objects.filter(subject=self.plan.reference).count()

        @initialize(by=st.sampled_from([0, 1]))
        def begin(self, by):
            team[by].__dict__.pop("grants", None)  # what the example before this one left there
            plan = actions.begin(force, by=team[by], at=db_now())
            said = answers(force, team[1], protection=papers)
            for task, values in said.items():
                plan = actions.save_task(plan, task, values, seen=0, by=team[by], at=db_now())
            self.plan = plan

        @rule(by=people, text=texts, voids=st.booleans(), behind=st.sampled_from([0, 0, 0, 1]))
        def write(self, by, text, voids, behind):
            now = self.now()
            values = {**now.answers("necessity"), "necessity": f"It is needed, and this is {text}."}
            seen = now.progress["necessity"]["revision"] - behind
            self.attempt("write", actions.save_task, now, "necessity", values, by=by, seen=seen, voids=voids)

        @rule(by=people, urgent=st.booleans(), behind=st.sampled_from([0, 0, 0, 1]))
        def submit(self, by, urgent, behind):
            now = self.now()
            urgency = "A wanted man was seen there this morning." if urgent else ""
            self.attempt("write", actions.submit, now, by=by, seen=now.revision - behind, urgency=urgency)

        @rule(by=people)
        def assess(self, by):
            now = self.now()
            self.attempt("assess", actions.assess, now, by=by, seen=now.revision, words=REASON)

        @rule(by=people, exact=st.sampled_from([True, True, True, False]), conditional=st.booleans())
        def authorise(self, by, exact, conditional):
            self.attempt(
                "authorise",
                actions.authorise,
                self.now(),
                by=by,
                reason=REASON,
                content_hash=self.hash(exact),
                conditions=["Stop at 15:00."] if conditional else [],
            )

        @rule(by=people, minutes=st.sampled_from([-60, -5, 5]))
        def authorise_by_word_of_mouth(self, by, minutes):
            self.attempt(
                "authorise",
                actions.record_oral_authority,
                self.now(),
                by=by,
                reason=REASON,
                content_hash=self.hash(True),
                given_at=db_now() + timedelta(minutes=minutes),
            )

        @rule(by=people)
        def confirm(self, by):
            self.attempt(
                "authorise", actions.confirm, self.now(), by=by, reason=REASON, content_hash=self.hash(True)
            )

        @rule(by=people)
        def refuse(self, by):
            self.attempt(
                "authorise", actions.refuse, self.now(), by=by, reason=REASON, content_hash=self.hash(True)
            )

        @rule(by=people)
        def send_back(self, by):
            now = self.now()
            person = team[by]
            person.__dict__.pop("grants", None)
            try:
                actions.send_back(now, question=REASON, seen=now.revision, by=person, at=db_now())
            except Refusal:
                return
            assert (MAY["assess"] | MAY["authorise"]) & self.roles[person.pk]

        @rule(by=people, exact=st.sampled_from([True, True, False]))
        def notify(self, by, exact):
            self.attempt("notify", actions.notify, self.now(), by=by, content_hash=self.hash(exact))

        @rule(by=people)
        def defer(self, by):
            self.attempt(
                "authorise",
                actions.defer_notice,
                self.now(),
                by=by,
                ground="critical_threat",
                reason=REASON,
                review_on=london_date(db_now() + timedelta(days=20)),
                content_hash=self.hash(True),
            )

        @rule()
        def change_what_it_relies_on(self):
            actions.hold(self.now(), why="A rule has changed.", at=db_now())

        @rule(by=people)
        def uphold(self, by):
            self.attempt(
                "authorise", actions.uphold, self.now(), by=by, reason=REASON, content_hash=self.hash(True)
            )

        @rule(by=people)
        @precondition(lambda self: self.plan is not None and self.now().revision > 10)
        def cancel(self, by):
            person = team[by]
            person.__dict__.pop("grants", None)
            try:
                actions.cancel(self.now(), reason=REASON, by=person, at=db_now())
            except Refusal:
                return
            assert (MAY["write"] | MAY["authorise"]) & self.roles[person.pk]

        @rule(by=people)
        def lose_a_role(self, by):
            person = team[by]
            with national_scope():
                found = Membership.objects.filter(
                    person=person, force=force, period__contains=db_now()
                ).first()
            if found is None or found.role == "force_owner":
                return
            directory.revoke(found, reason="No longer in post.", by=force._owner, at=db_now())
            self.roles[person.pk].discard(found.role)

        @rule(by=people, role=st.sampled_from(["authorising_officer", "planner", "engagement_lead"]))
        def gain_a_role(self, by, role):
            person = team[by]
            if role in self.roles[person.pk]:
                return
            try:
                directory.grant(
                    person, role, force=force, rank="superintendent", by=force._owner, at=db_now()
                )
            except Refusal:
                return
            self.roles[person.pk].add(role)

        def hash(self, exact):
            return self.now().content_hash if exact else hashlib.sha256(b"other words").hexdigest()

        @invariant()
        def it_moves_along_the_workflow(self):
            if self.plan is None:
                return
            status = self.now().status
            assert status == self.was or status in WAYS[self.was], f"{self.was} to {status}"
            self.was = status

        @invariant()
        def authority_is_by_another_with_the_right_for_these_words(self):
            if self.plan is None:
                return
            now = self.now()
            with acting(force, None):
                wrote = set(
                    PlanRevision.objects.owned_by(force)
                    .filter(plan=now)
                    .values_list("written_by_id", flat=True)
                )
                assert wrote | {now.proposed_by_id} <= set(now.authors)
                standing = Authority.objects.owned_by(force).filter(plan=now, voided_at=None)
                if now.status not in BOUND:
                    assert now.authority is None
                    assert not standing.exists()
                    return
                authority = standing.get()
                assert authority == now.authority
                assert authority.content_hash == hashlib.sha256(bytes(now.content)).hexdigest()
                assert authority.decided_by_id not in wrote | {now.proposed_by_id}
                held = Membership.objects.filter(
                    person=authority.decided_by_id,
                    force=force,
                    role="authorising_officer",
                    period__contains=authority.decided_at,
                )
                assert held.get().rank == authority.rank

        @invariant()
        def the_public_is_told_what_was_authorised(self):
            if self.plan is None:
                return
            now = self.now()
            head = NoticeHead.objects.filter(reference=now.reference).first()
            assert (head is None) == (now.notice_entry is None)
            if head is None:
                assert now.status != "notified"
                return
            assert head.entry_id == now.notice_entry
            if now.status == "notified":
                assert head.status == "planned"
                assert documents([head.entry_id])[head.entry_id]["authorised_hash"] == now.content_hash
            if head.status == "planned":
                assert now.status == "notified"
            assert (now.status == "cancelled") == (head.status == "cancelled")

        @invariant()
        def no_other_force_sees_any_of_it(self):
            if self.plan is None:
                return
            stranger.__dict__.pop("grants", None)
            with scope(stranger):
                assert not Plan.objects.visible_to(stranger).filter(pk=self.plan.pk).exists()
                assert not PlanRevision.objects.visible_to(stranger).exists()
                assert not Authority.objects.visible_to(stranger).exists()
                assert not Event.objects.filter(subject=self.plan.reference, is_public=False).exists()

    return Life


def test_any_life_keeps_what_must_hold():
    load_framework(at=db_now())
    force = make_force("E23000032", "kent", "Kent Police")
    other = make_force("E23000036", "avon-and-somerset", "Avon and Somerset Constabulary")
    team = [make_member(force, role, rank=rank) for role, rank in ROLES]
    papers = Team(force).papers
    stranger = make_member(other, "authorising_officer", rank="superintendent")
    run_state_machine_as_test(
        machine(force, team, stranger, papers),
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
