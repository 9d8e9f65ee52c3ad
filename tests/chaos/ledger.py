"""A subscriber that writes each entry it hears of into a table without a key, so that a doubled effect shows.

Only the processes of a chaos run load this module.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from events.registry import Delivered, subscribe
from register.events import EntryEntered

TABLE = """
CREATE TABLE chaos_ledger (entry bigint NOT NULL, event bigint NOT NULL);
GRANT SELECT, INSERT ON chaos_ledger TO {app}, {national};
"""


@subscribe(EntryEntered, name="chaos.ledger")
def write(batch: Sequence[Delivered]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO chaos_ledger VALUES (%s, %s)", [(one.happened.entry, one.id) for one in batch]
        )
