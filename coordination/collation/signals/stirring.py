"""Telling that a force's figures have moved, in the transaction that moves them."""

from __future__ import annotations

from django.db import connection

from forces.models import Force

_NOTE = "INSERT INTO collation_stirred (force_id) VALUES (%s) ON CONFLICT DO NOTHING"


def note_stirred(force: Force) -> None:
    """Have the force's charts looked at soon after this commits. Only under the lock of `counting.alone`."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [force.pk])
