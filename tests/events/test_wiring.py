"""Celery is told the same as the code believes: queues, rings, serialisation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery.utils.imports import symbol_by_name as import_object

import api.tasks  # noqa: F401 - registers
import coordination.collation.tasks  # noqa: F401 - registers
import events.tasks  # noqa: F401 - registers
import jobs.tasks  # noqa: F401 - registers
from config.celery import app
from events import broker
from jobs import waking

OURS = sorted(name for name in app.tasks if not name.startswith("celery."))


@pytest.mark.parametrize("name", OURS)
def test_every_task_goes_to_a_queue_that_the_plain_worker_consumes(name):
    consumed = {queue.name for queue in app.conf.task_queues}
    routed = app.amqp.router.route({}, name)["queue"]
    assert getattr(routed, "name", routed) in consumed


def test_batches_and_jobs_do_not_wait_behind_each_other():
    names = {name: app.amqp.router.route({}, name)["queue"].name for name in (broker.TASK, waking.TASK)}
    assert names == {"events.deliver": broker.QUEUE, "jobs.run": "jobs"}
    assert app.amqp.router.route({}, "events.reconcile")["queue"].name == "periodic"


def test_every_ring_has_a_task_and_does_not_pile_up():
    for ring in app.conf.beat_schedule.values():
        assert ring["task"] in OURS
        assert ring["options"]["expires"] <= max(5, ring["schedule"])


@pytest.mark.parametrize("name", OURS)
def test_every_task_ends(name):
    assert app.tasks[name].time_limit
    assert app.tasks[name].ignore_result


def test_messages_are_json_clocks_are_utc_and_connections_are_kept():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    assert app.conf.timezone == "UTC"
    assert app.conf.get("CELERY_DB_REUSE_MAX"), "otherwise each task opens a session of its own"
    assert not app.conf.task_acks_late, "the reconciler finds what was not done"


@pytest.fixture
def bells(tmp_path):
    """Beat as it starts, with a way to send that only notes what would be rung."""
    beat = import_object(app.conf.beat_scheduler)(app, schedule_filename=str(tmp_path / "beat"))
    beat.rung = []
    beat.apply_entry = lambda entry, producer=None: beat.rung.append(entry.name)
    yield beat
    beat.close()


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=1)])
def test_a_clock_that_was_set_for_a_moment_leaves_no_silence(bells, ahead):
    """Each bell was rung ahead of now, as it seems once the clock is right again, or while it is behind."""
    for entry in bells.schedule.values():
        entry.last_run_at = app.now() + ahead
    assert 0 < bells.tick() <= 5
    for entry in bells.schedule.values():
        assert entry.last_run_at <= app.now()
        entry.last_run_at -= timedelta(seconds=6)
    bells._heap = None  # six seconds later
    while not bells.tick():
        pass
    assert {"events-reconcile", "jobs-reconcile"} <= set(bells.rung)


def test_beat_never_sleeps_for_minutes(bells):
    assert bells.max_interval <= 5
