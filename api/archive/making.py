"""Making the archive anew when the register has changed: once for many changes, and never for good too late.

Nothing is remembered between two looks. Each asks whether the stored file is of the state of the register as it is now,
so a worker that dies half-way, a ring that gets lost and a broker that is away cost time and nothing else.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from api.archive import contents
from api.archive.packing import sha256_of
from coordination.collation.behind import statistics_are_behind
from forces.clock import db_now
from forces.models import Realm
from register import archives
from register.archives import State
from register.models import Archive

log = logging.getLogger("api")

# Raise it when the same records are written in another way.
SHAPE = 1
# A change is followed by others: the file is made once this long nothing has come, or when the stored one is so old.
QUIET, LONGEST = timedelta(seconds=30), timedelta(minutes=10)
LOCK = 0x0A2C_417E  # advisory: one process makes it at a time
NATIONAL = Realm.NATIONAL.value


def make_if_due() -> Archive | None:
    """Make the file if the stored one is older than the register and it is time; None if there was nothing to do."""
    state = archives.with_notices(NATIONAL)
    if not is_due(archives.latest(NATIONAL), state, version_of(state), now=db_now()):
        return None
    return make()


def is_due(stored: Archive | None, state: State, version: str, *, now: datetime) -> bool:
    if stored is None:
        return True
    if stored.version == version:
        return False
    if stored.redaction != state.redaction:
        return True  # the stored one is not given out any more
    is_quiet = state.as_of is None or now - state.as_of >= QUIET
    return is_quiet or now - stored.made_at >= LONGEST


def version_of(state: State) -> str:
    """Of all that the archive holds: the register, and what stands beside it."""
    beside = hashlib.sha256(contents.small_parts(NATIONAL)).hexdigest()[:16]
    return f"{SHAPE}-{state.version}-{beside}"


def make() -> Archive | None:
    """Write the file from one snapshot and put it in place of the stored one.

    None if somebody else is at it, or if the statistics have not counted every record yet: the next look finds it so
    again. Memory does not grow with the register. Not inside a transaction.
    """
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with _alone() as is_ours:
        if not is_ours:
            return None
        with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
            with _one_snapshot():
                if statistics_are_behind(NATIONAL):
                    log.info("the archive waits until the statistics have counted every record")
                    return None
                state = archives.with_notices(NATIONAL)
                version = version_of(state)
                members = contents.write(file, realm=NATIONAL, state=state, version=version)
            return archives.keep(
                file,
                realm=NATIONAL,
                version=version,
                of=state,
                sha256=sha256_of(file),
                members=[member.as_json() for member in members],
                at=db_now(),
            )


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else makes it now. If this process dies, the server lets go of the lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _one_snapshot() -> Iterator[None]:
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
