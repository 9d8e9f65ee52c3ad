"""Celery: carries batches from the relay to subscribers, wakes jobs, rings the periodic bells."""

import os

from celery import Celery
from celery.signals import celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("coordination")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def refuse_wrong_role(**_: object) -> None:
    """A worker that could cross the locks between forces does not start."""
    from config import health  # the apps are loaded by now

    health.refuse_wrong_role()
