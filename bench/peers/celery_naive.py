"""`post_save` and `.delay()`, with Celery's own defaults: what most Django projects do."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from celery import Celery

app = Celery("naive", broker=os.environ["REDIS_URL"][:-1] + "1")


@app.task(name="naive.hear")
def hear(subscriber: str, id: int) -> None:
    from django.db import transaction

    from bench.peers.delivery import hear

    with transaction.atomic():
        hear(subscriber, [id])
