"""A deployment's life in any order by anybody: four eyes always hold and the register agrees."""

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

from deployments import actions
from deployments.models import Deployment, Result
from events.models import Event
from forces.clock import db_now
from forces.refusals import Refusal
from forces.tenancy import acting
from register.models import Entry, Head
from tests.deployments.recordings import REASON, facts
from tests.people import make_force, make_member

pytestmark = pytest.mark.django_db

ROLES = ("planner", "authorising_officer", "data_publisher", "data_publisher", "chief_officer", "auditor")
people = st.integers(0, len(ROLES) - 1)
sizes = st.integers(0, 3)
versions = st.integers(1, 3)
revisions = st.integers(1, 4)


def machine(force, team):
    class Life(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.savepoint = transaction.savepoint()
            self.done = 0
            self.deployment = None

        def teardown(self):
            transaction.savepoint_rollback(self.savepoint)

        def attempt(self, action, *subject, by, **said):
            try:
                action(*subject, by=team[by], at=db_now(), **said)
            except Refusal:
                return
            self.done += 1

        @initialize(size=sizes, alerts=st.sampled_from([3, 5]))
        def record(self, size, alerts):
            self.deployment = actions.record(
                force, facts(watchlist_size=size, alerts=alerts), by=team[0], at=db_now()
            )
            self.done = 1

        def seen(self, exact, version, revision):
            """Mostly what is there now, sometimes what never was."""
            now = self.now()
            if exact and now.in_work is not None:
                return actions.Seen(now.in_work.number, now.in_work.revision)
            return actions.Seen(version, revision)

        def now(self):
            with acting(force, None):
                return Deployment.objects.owned_by(force).with_results().get(pk=self.deployment.pk)

        @rule(by=people, size=sizes, exact=st.booleans(), version=versions, revision=revisions)
        def amend(self, by, size, exact, version, revision):
            seen = self.seen(exact, version, revision)
            self.attempt(actions.amend, self.deployment, facts(watchlist_size=size), by=by, seen=seen)

        @rule(by=people, exact=st.booleans(), version=versions, revision=revisions)
        def answer(self, by, exact, version, revision):
            said = {"alerts_differ_from_judgements": "Two alerts were not judged."}
            seen = self.seen(exact, version, revision)
            self.attempt(actions.answer, self.deployment, said, by=by, seen=seen)

        @rule(by=people, exact=st.just(True) | st.booleans(), version=versions, revision=revisions)
        def review(self, by, exact, version, revision):
            self.attempt(actions.review, self.deployment, by=by, seen=self.seen(exact, version, revision))

        @rule(by=people, exact=st.booleans(), version=versions, revision=revisions)
        def send_back(self, by, exact, version, revision):
            seen = self.seen(exact, version, revision)
            self.attempt(actions.send_back, self.deployment, by=by, seen=seen, reason=REASON)

        @rule(by=people, exact=st.booleans(), version=versions, revision=revisions)
        def resubmit(self, by, exact, version, revision):
            seen = self.seen(exact, version, revision)
            self.attempt(actions.resubmit, self.deployment, by=by, seen=seen, reason=REASON)

        @rule(by=people, exact=st.just(True) | st.booleans(), version=versions, revision=revisions)
        def publish(self, by, exact, version, revision):
            self.attempt(actions.publish, self.deployment, by=by, seen=self.seen(exact, version, revision))

        @rule(by=people, size=sizes)
        def prepare_correction(self, by, size):
            version = self.now().current.number
            self.attempt(
                actions.prepare_correction,
                self.deployment,
                facts(watchlist_size=size),
                by=by,
                version=version,
                reason=REASON,
            )

        @rule(by=people, exact=st.booleans(), version=versions, revision=revisions)
        @precondition(lambda self: self.done > 3)
        def discard(self, by, exact, version, revision):
            seen = self.seen(exact, version, revision)
            self.attempt(actions.discard, self.deployment, by=by, seen=seen, reason=REASON)

        @rule(by=people)
        @precondition(lambda self: self.done > 5)
        def withdraw(self, by):
            self.attempt(actions.withdraw, self.deployment, by=by, seen=self.standing(), reason=REASON)

        @rule(by=people)
        @precondition(lambda self: self.done > 3)
        def ask_withdrawal(self, by):
            self.attempt(actions.ask_withdrawal, self.deployment, by=by, seen=self.standing(), reason=REASON)

        @rule(by=people)
        def decline_withdrawal(self, by):
            self.attempt(
                actions.decline_withdrawal, self.deployment, by=by, seen=self.standing(), reason=REASON
            )

        def standing(self):
            return actions.Standing.of(self.now())

        @invariant()
        def four_eyes_hold(self):
            if self.deployment is None:
                return
            with acting(force, None):
                for result in Result.objects.owned_by(force).filter(deployment=self.deployment):
                    assert result.reviewed_by_id not in result.authors
                    assert result.published_by_id not in result.authors
                    written = result.revisions.values_list("written_by_id", flat=True)
                    assert set(written) == set(result.authors)
                    assert result.revisions.count() == result.revision

        @invariant()
        def the_register_agrees(self):
            if self.deployment is None:
                return
            now = self.now()
            head = Head.objects.filter(pk=self.deployment.reference).first()
            if now.stage in {"preparing", "discarded"}:
                assert head is None
                return
            assert head.is_withdrawn == (now.stage == "withdrawn")
            if now.stage == "published":
                assert head.entry_id == now.current.entry_id
                assert now.current.status == "published"
            with acting(force, None):
                entered = set(
                    Result.objects.owned_by(force)
                    .filter(deployment=now, status="published")
                    .values_list("entry_id", flat=True)
                )
            acts = Entry.objects.filter(reference=self.deployment.reference).exclude(act="withdrawal")
            assert set(acts.values_list("pk", flat=True)) == entered

        @invariant()
        def each_change_has_one_event(self):
            if self.deployment is None:
                return
            with acting(force, None):
                told = Event.objects.filter(
                    subject=self.deployment.reference, name__startswith="deployment."
                ).count()
            assert told == self.done

    return Life


def test_any_life_keeps_four_eyes_and_agrees_with_the_register():
    force = make_force("E23000032", "kent", "Kent Police")
    team = [make_member(force, role) for role in ROLES]
    run_state_machine_as_test(
        machine(force, team),
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
