"""What beat rings for the API. Every task may come twice, late or not at all."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import DatabaseError, InterfaceError, connection

from api.archive.making import make_if_due
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


@shared_task(name="api.archive", time_limit=3600, ignore_result=True)
def archive() -> None:
    """Every few seconds: if the file of everything published is older than the register, make the next one."""
    try:
        if made := make_if_due():
            log.info("the archive is now %s of %s bytes", made.sha256, made.size)
    except (DatabaseError, InterfaceError) as error:
        log.warning("no archive was made, the database is away: %s", error)
        connection.close_if_unusable_or_obsolete()
