"""The way from relay to workers: Celery over Valkey, which may vanish at any moment."""

from __future__ import annotations

from functools import cache

import redis
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError as BrokerAway

from events.steps import Message

QUEUE = "events"
TASK = "events.deliver"
# Messages waiting while every worker has one: with so many the relay holds back, and batches grow instead. A message
# costs its worker as much as a hundred events, so few and large ones are done sooner than many small ones.
FULL = 2

LOST = (BrokerAway, redis.RedisError, OSError)


def send(message: Message) -> None:
    """One Celery message, ids only. Raises one of LOST at once rather than trying for long."""
    current_app.send_task(
        TASK,
        args=(message.subscriber, message.lane, list(message.ids)),
        queue=QUEUE,
        retry=False,
        ignore_result=True,
        argsrepr=message.subscriber,  # for logs; writing out a thousand ids would cost more than sending them
    )


def is_full() -> bool:
    """Whether as many messages wait as workers can use. Raises one of LOST."""
    return _valkey().llen(QUEUE) >= FULL


@cache
def _valkey() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
