"""What is kept of signing in: who came and went, and attempts that failed. Never what was typed.

Each is kept in a transaction of its own, before the page answers. It belongs to the history of every force in which
the person holds a role, so that its owner sees it; of people without one, and of nobody known, to the centre's.
What somebody typed is not kept even where no login has that address: a mistyped address may be a password.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from directory import events
from events.outbox import record
from forces.clock import db_now
from forces.models import Force, Membership, Person, System, User
from forces.tenancy import acting, as_myself


def note_sign_in(user: User, *, second_step: str) -> None:
    """A session has begun."""
    _tell(user, events.SignedIn(user.person_id, second_step), by_themselves=True)


def note_sign_out(user: User) -> None:
    """A session was ended by whoever it belonged to."""
    _tell(user, events.SignedOut(user.person_id), by_themselves=True)


def note_failure(user: User | None, *, step: str) -> None:
    """A wrong `step` ("password" or "code"). `user` None: no login has the address that was given."""
    _tell(user, events.SignInFailed(user.person_id if user else None, step))


def note_lock_out(user: User | None, *, step: str) -> None:
    """Too many wrong attempts: none is looked at for a while."""
    _tell(user, events.SignInLocked(user.person_id if user else None, step))


def note_wrong_secret(system: System | None) -> None:
    """Somebody knows this system's client ID and gave a secret that is not its own."""
    if system is None:
        return
    with acting(system.force, None):
        failed = events.SignInFailed(system.person_id, "secret")
        subject = str(system.person.public_id)
        record(failed, force=system.force, by=None, at=db_now(), subject=subject)


def login_of_address(email: str) -> User | None:
    """The login somebody may have meant."""
    return User.objects.filter(email=email.strip().lower()[:254]).first()


def end_sessions(person: Person) -> None:
    """Every session of every login of the person is over; each signs in anew. Within the action that ends a right."""
    User.objects.filter(person=person).update(sessions_ended=F("sessions_ended") + 1)


def _tell(user: User | None, happened: Any, *, by_themselves: bool = False) -> None:
    # Nobody's own number stands in for a person, so that both kinds of failure ask the database the same.
    somebody = Person(pk=user.person_id if user is not None else 0)
    at = db_now()
    with transaction.atomic(), as_myself(somebody):
        person = Person.objects.filter(pk=somebody.pk).first()
        held = Membership.objects.filter(person=somebody, period__contains=at).values("force")
        forces: list[Force | None] = list(Force.objects.filter(pk__in=held))
        by = person if by_themselves else None
        subject = str(person.public_id) if person is not None else ""
        for force in forces or [None]:
            if force is None:
                record(happened, force=None, by=by, at=at, subject=subject)
            else:
                with acting(force, somebody):
                    record(happened, force=force, by=by, at=at, subject=subject)
