"""One task per event and subscriber, sent on commit, with everything turned that Celery's manual names."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from celery import Celery

app = Celery("tuned", broker=os.environ["REDIS_URL"][:-1] + "2")
app.conf.update(
    task_ignore_result=True,
    db_reuse_max=100_000,
    worker_prefetch_multiplier=64,
    task_acks_late=False,
    worker_disable_rate_limits=True,
    task_store_errors_even_if_ignored=False,
    worker_send_task_events=False,
)


@app.task(name="tuned.hear", ignore_result=True)
def hear(subscriber: str, id: int) -> None:
    from django.db import transaction

    from bench.peers.delivery import hear

    with transaction.atomic():
        hear(subscriber, [id])
