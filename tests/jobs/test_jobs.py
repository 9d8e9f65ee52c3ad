"""Long work: asked for once, done once, whoever dies on the way."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from directory import actions as directory
from forces.clock import db_now
from forces.refusals import Forbidden
from forces.tenancy import acting, national_scope, scope
from jobs import runner, waking
from jobs.actions import NotRunning, cancel_job, request_job
from jobs.lease import LONGEST_WAIT, MOST_ATTEMPTS, Lease, LeaseLost, duration
from jobs.models import Job
from jobs.progress import Progress
from tests.chaos.processes import QUICK, Processes, own_valkey, until
from tests.jobs.errands import make_trace, trace
from tests.people import make_force, make_member

pytestmark = pytest.mark.commits


@pytest.fixture
def mill(committed_db):
    make_trace(committed_db)
    force = make_force("X-MILL", "mill", "Mill Police", realm="demonstration")
    force.place = committed_db
    return force


@pytest.fixture
def mill_planner(mill):
    return make_member(mill, "planner")


@pytest.fixture
def mill_auditor(mill):
    return make_member(mill, "auditor")


def ask(mill, by, **payload) -> Job:
    return request_job("tests.errand", {"steps": 3, **payload}, by=by, force=mill, at=db_now())


def again(job: Job) -> Job:
    with national_scope():
        return Job.objects.get(pk=job.pk)


def change(job: Job, **values) -> None:
    with national_scope(), acting(job.force, None):
        assert Job.objects.filter(pk=job.pk).update(**values) == 1


def test_a_job_is_done_once_and_keeps_its_result(mill, mill_planner):
    job = ask(mill, mill_planner)
    assert runner.run(job.pk)
    assert not runner.run(job.pk)
    done = again(job)
    assert (done.state, done.result, done.done, done.total) == ("succeeded", {"steps": 3}, 3, 3)
    assert trace(job) == [0, 1, 2]


def test_only_who_holds_the_capability_may_ask(mill, mill_auditor):
    with pytest.raises(Forbidden):
        ask(mill, mill_auditor)
    with national_scope():
        assert not Job.objects.exists()


def test_a_right_that_ended_before_the_start_stops_the_job(mill, mill_planner):
    job = ask(mill, mill_planner)
    with national_scope():
        membership = mill_planner.memberships.get()
    directory.revoke(membership, by=mill._owner, at=db_now(), reason="moved")
    runner.run(job.pk)
    assert again(job).state == "failed"
    assert again(job).error.startswith("You do not hold the right to")
    assert trace(job) == []


def test_a_refusal_is_shown_in_its_own_words(mill, mill_planner):
    job = ask(mill, mill_planner, fault="refuse", at=1)
    runner.run(job.pk)
    assert (again(job).state, again(job).error) == ("failed", "The file has no rows.")
    assert trace(job) == [0]


def test_an_unforeseen_fault_is_tried_again_and_then_told_by_number(mill, mill_planner):
    job = ask(mill, mill_planner, fault="raise", at=1)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        change(job, due_at=db_now())
        assert runner.run(job.pk)
        # The first step was done at the first start, and never again.
        assert trace(job) == [0]
        assert again(job).state == ("queued" if attempt < MOST_ATTEMPTS else "failed")
    assert str(job.uid) in again(job).error
    assert "secret" not in again(job).error


def test_work_that_advances_between_faults_is_not_given_up(mill, mill_planner):
    job = ask(mill, mill_planner, steps=6, fault="raise", at=3)
    runner.run(job.pk)
    assert again(job).attempts == 1
    assert again(job).checkpoint == {"next": 3}


def test_two_workers_do_not_share_a_job(mill, mill_planner):
    job = ask(mill, mill_planner, seconds=0.05)
    start, ran = threading.Barrier(8), []

    def work():
        try:
            start.wait()
            ran.append(runner.run(job.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == [False] * 7 + [True]
    assert trace(job) == [0, 1, 2]


def test_a_silent_worker_loses_its_lease_and_cannot_write_any_more(mill, mill_planner):
    job = ask(mill, mill_planner)
    lease = Lease(again(job))
    with national_scope():
        lease.job = Job.objects.select_related("force", "requested_by").get(pk=job.pk)
    assert lease.take()
    progress = Progress(lease, mill_planner)
    progress.checkpoint({"next": 1}, done=1)
    change(job, lease_until=db_now() - timedelta(seconds=1))
    assert waking.due(5) == [job.pk]
    assert runner.run(job.pk)
    with pytest.raises(LeaseLost), progress.step():
        progress.checkpoint({"next": 2}, done=2)
    with pytest.raises(LeaseLost):
        progress.step().__enter__()
    assert again(job).state == "succeeded"
    assert trace(job) == [1, 2], "the other went on from the checkpoint"


def test_what_a_clock_that_was_ahead_put_off_does_not_wait_for_it(mill, mill_planner, monkeypatch):
    called = []
    monkeypatch.setattr(waking, "wake", called.append)
    waits, runs = ask(mill, mill_planner), ask(mill, mill_planner)
    change(waits, due_at=db_now() + timedelta(hours=1))
    lease = Lease(again(runs))
    with national_scope():
        lease.job = Job.objects.select_related("force", "requested_by").get(pk=runs.pk)
    assert lease.take()
    change(runs, lease_until=db_now() + timedelta(hours=1))
    assert waking.recall_ahead() == 2
    assert again(waits).due_at - db_now() <= LONGEST_WAIT
    assert again(runs).lease_until - db_now() <= duration(), "a holder that died is known by then"
    lease.checkpoint({"next": 1}, done=1, total=None)  # and one that lives has lost nothing
    assert waking.recall_ahead() == 0


def test_a_heart_keeps_beating_while_the_work_is_busy(mill, mill_planner, settings):
    settings.JOBS_LEASE = 3
    job = ask(mill, mill_planner, steps=1, seconds=0)
    lease = Lease(again(job))
    with national_scope():
        lease.job = Job.objects.select_related("force").get(pk=job.pk)
    assert lease.take()
    with lease.beating():
        time.sleep(3.5)
        assert waking.due(5) == []
    until(lambda: waking.due(5) == [job.pk])


def test_a_cancelled_job_stops_at_its_next_step(mill, mill_planner, mill_auditor):
    job = ask(mill, mill_planner)
    lease = Lease(job)
    assert lease.take()
    with pytest.raises(Forbidden):
        cancel_job(job, by=mill_auditor, at=db_now())
    cancel_job(job, by=mill_planner, at=db_now())
    with pytest.raises(LeaseLost):
        Progress(lease, mill_planner).checkpoint({"next": 1})
    assert again(job).state == "cancelled"
    with pytest.raises(NotRunning):
        cancel_job(job, by=mill_planner, at=db_now())
    assert not runner.run(job.pk)


def test_no_more_jobs_run_at_once_than_may(mill, mill_planner, settings):
    first, second = ask(mill, mill_planner), ask(mill, mill_planner)
    assert Lease(first).take()
    assert not Lease(second).take()
    settings.JOBS_AT_ONCE = 2
    assert Lease(second).take()


def test_nobody_sees_another_forces_jobs(mill, mill_planner):
    weir = make_force("X-WEIR", "weir", "Weir Police", realm="demonstration")
    stranger = make_member(weir, "planner")
    job = ask(mill, mill_planner)
    with scope(stranger):
        assert not Job.objects.exists()
    with scope(mill_planner):
        assert Job.objects.get() == job


def test_a_kind_nobody_registered_is_an_error_of_ours(mill, mill_planner):
    with pytest.raises(LookupError):
        request_job("tests.unheard", {}, by=mill_planner, force=mill, at=db_now())


@pytest.mark.processes
def test_a_job_survives_kill_9_of_its_worker(mill, mill_planner, tmp_path):
    with own_valkey() as valkey:
        environment = mill.place.environment() | {"REDIS_URL": valkey.url(), "LFR_JOBS_LEASE": "2", **QUICK}
        processes = Processes(environment, tmp_path, include="tests.jobs.errands")
        job = ask(
            mill, mill_planner, steps=12, seconds=0.2
        )  # called through a broker nobody listens to: lost
        try:
            processes.start("worker1", "beat")
            until(lambda: len(trace(job)) >= 3)
            processes.kill("worker1")
            before = len(trace(job))
            assert before < 12
            processes.start("worker2")
            until(lambda: again(job).state == "succeeded")
        finally:
            processes.kill_all()
    assert trace(job) == list(range(12)), "no step is missing and none was done twice"


@pytest.mark.processes
def test_a_job_that_kills_its_workers_is_given_up(mill, mill_planner, tmp_path):
    with own_valkey() as valkey:
        environment = mill.place.environment() | {"REDIS_URL": valkey.url(), "LFR_JOBS_LEASE": "1", **QUICK}
        processes = Processes(environment, tmp_path, include="tests.jobs.errands")
        job = ask(mill, mill_planner, fault="kill", at=1)
        try:
            processes.start("worker1", "beat")
            until(lambda: again(job).state == "failed")
        finally:
            processes.kill_all()
    assert trace(job) == [0]
    assert str(job.uid) in again(job).error
