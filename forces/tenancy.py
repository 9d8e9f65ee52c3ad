"""Whose rows the database shows, for the length of one transaction.

Three transaction-local settings, read by the policies of `forces.locks`: `app.person` (who acts), `app.forces`
(whose rows may be read), `app.force` (whose may be written). National reading takes on a role that the
application's role may become but does not inherit. Nothing set means nothing shown.

A savepoint's release keeps SET LOCAL, so leaving a scope puts the settings back itself; a rollback does so anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

if TYPE_CHECKING:
    from forces.models import Force, Person


@dataclass(frozen=True, slots=True)
class Scope:
    """What is set now. `reads` and `writes` are force ids."""

    person: int | None = None
    reads: frozenset[int] = frozenset()
    writes: int | None = None
    is_national: bool = False


NOTHING = Scope()
_current: ContextVar[Scope] = ContextVar("scope", default=NOTHING)


def current_scope() -> Scope:
    return _current.get()


def _set(now: Scope, before: Scope) -> None:
    with connection.cursor() as cursor:
        if now.is_national != before.is_national:
            role = connection.ops.quote_name(settings.NATIONAL_ROLE) if now.is_national else "NONE"
            cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(
            "SELECT set_config('app.person', %s, true), set_config('app.forces', %s, true),"
            " set_config('app.force', %s, true)",
            [
                "" if now.person is None else str(now.person),
                "{" + ",".join(map(str, sorted(now.reads))) + "}",
                "" if now.writes is None else str(now.writes),
            ],
        )


@contextmanager
def _in(now: Scope, widen: Callable[[], Scope] | None = None) -> Iterator[None]:
    """A transaction (or savepoint) in the scope `now`; `widen` says from within it how far it goes after that.

    Every statement is a round trip, so nothing is set that is set already or ends with the transaction.
    """
    before = _current.get()
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if now != before:
            _set(now, before)
        token = _current.set(now)
        try:
            if widen is not None and (wider := widen()) != now:
                _set(wider, now)
                _current.set(now := wider)
            yield
        finally:
            _current.reset(token)
        if not outermost and now != before:
            _set(before, now)


@contextmanager
def scope(person: Person) -> Iterator[None]:
    """A transaction in which what `person` may read can be read, and nothing written but what is theirs alone.

    Their rights, `person.grants`, are read in it as themselves, unless they have been read already.
    """

    def widest() -> Scope:
        readable = person.grants.readable_forces()
        if readable is None:
            return Scope(person=person.pk, is_national=True)
        return Scope(person=person.pk, reads=frozenset(readable))

    with _in(widest()) if "grants" in person.__dict__ else _in(replace(NOTHING, person=person.pk), widest):
        yield


@contextmanager
def acting(force: Force, by: Person | None) -> Iterator[None]:
    """A transaction (or savepoint) in which rows of `force` may be read and written. `by` None: the system."""
    before = _current.get()
    with _in(
        replace(
            before,
            person=by.pk if by is not None else before.person,
            reads=before.reads | {force.pk},
            writes=force.pk,
        )
    ):
        yield


@contextmanager
def national_scope(by: Person | None = None) -> Iterator[None]:
    """A transaction with the national role: every force's rows may be read, none written but by `acting`."""
    before = _current.get()
    with _in(replace(before, person=by.pk if by is not None else before.person, is_national=True)):
        yield


@contextmanager
def as_myself(person: Person) -> Iterator[None]:
    """A transaction in which a person's own rows (memberships, appointments) can be read. For reading alone."""
    now = replace(_current.get(), person=person.pk)
    if now == _current.get() and connection.in_atomic_block:
        yield  # as themselves already: a savepoint would be two round trips for nothing
        return
    with _in(now):
        yield
