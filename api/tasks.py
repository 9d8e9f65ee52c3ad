"""What beat rings for the API. Every task may come twice, late or not at all."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import DatabaseError, InterfaceError, connection

from api.systems import kept, tokens

log = logging.getLogger("api")


@shared_task(name="api.prune", time_limit=600, ignore_result=True)
def prune() -> None:
    """Every hour: answers kept long enough, and tokens that have expired."""
    try:
        log.info("%s kept answers and %s tokens are gone", kept.prune(), tokens.prune())
    except (DatabaseError, InterfaceError) as error:
        log.warning("nothing was pruned, the database is away: %s", error)
        connection.close_if_unusable_or_obsolete()
