"""What beat rings for the statistics. A ring may come twice, late or not at all."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import DatabaseError, InterfaceError, connection

from coordination.collation.reconciliation.working import reconcile as hold_claims_against_records
from coordination.collation.signals.looking import look_at_all

log = logging.getLogger("collation")


@shared_task(name="collation.reconcile", expires=10, time_limit=300, ignore_result=True)
def reconcile() -> None:
    """Every few seconds: where records have moved that somebody claims a total of, hold the claims against them."""
    try:
        if claims := hold_claims_against_records():
            log.info("%s published claims were held against the records", claims)
    except (DatabaseError, InterfaceError) as error:
        log.warning("no claim was held against the records, the database is away: %s", error)
        connection.close_if_unusable_or_obsolete()


@shared_task(name="collation.watch", expires=10, time_limit=300, ignore_result=True)
def watch() -> None:
    """Every few seconds: look at the run charts of forces whose figures have moved."""
    try:
        if changed := look_at_all():
            log.info("%s signals of run charts were raised or ended", changed)
    except (DatabaseError, InterfaceError) as error:
        log.warning("no run chart was looked at, the database is away: %s", error)
        connection.close_if_unusable_or_obsolete()
