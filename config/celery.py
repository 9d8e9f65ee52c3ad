"""Celery: carries batches from the relay to subscribers, wakes jobs, rings the periodic bells."""

import os

from celery import Celery
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("coordination")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# The plain worker command consumes them all; `-Q jobs` sets workers aside for long work.
app.conf.task_queues = [Queue("events"), Queue("jobs"), Queue("periodic")]
app.conf.task_routes = {
    "events.deliver": {"queue": "events"},
    "jobs.run": {"queue": "jobs"},
    "api.archive": {"queue": "jobs"},  # seconds for thousands of records, minutes for a million
}
app.conf.task_default_queue = "periodic"
app.conf.task_create_missing_queues = False

# Seconds between two looks for what is due and not done.
RECONCILE_EVERY = float(os.environ.get("LFR_RECONCILE_EVERY", "5"))

# Beat looks at the clock so often, in seconds. It would otherwise sleep through five minutes after a clock that was
# set back for a moment, since the next ring then seemed hours away.
app.conf.beat_max_loop_interval = 5
app.conf.beat_scheduler = "config.bells:Bells"

# Bells only: each task looks for everything due and not done, so a missed or doubled ring changes nothing.
app.conf.beat_schedule = {
    "events-reconcile": {"task": "events.reconcile", "schedule": RECONCILE_EVERY, "options": {"expires": 5}},
    "events-sweep": {"task": "events.sweep", "schedule": 60.0, "options": {"expires": 60}},
    "events-prune": {"task": "events.prune", "schedule": 3600.0, "options": {"expires": 3600}},
    "api-archive": {"task": "api.archive", "schedule": 10.0, "options": {"expires": 10}},
    "api-prune": {"task": "api.prune", "schedule": 3600.0, "options": {"expires": 3600}},
    "collation-reconcile": {
        "task": "collation.reconcile",
        "schedule": RECONCILE_EVERY,
        "options": {"expires": 5},
    },
    "collation-watch": {"task": "collation.watch", "schedule": RECONCILE_EVERY, "options": {"expires": 5}},
    "jobs-reconcile": {"task": "jobs.reconcile", "schedule": RECONCILE_EVERY, "options": {"expires": 5}},
}
