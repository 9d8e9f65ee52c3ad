"""Bring a database up to date and make the people of a chaos run; print them as one line of JSON.

    python -m tests.chaos.people [--reference]

The two made-up forces, whose people are signed in by a button where the demonstration has one and by a password
of their own where not; with --reference also two real-named forces beside all published records. Of the made-up
forces the national centre has transcribed a few deployments; each team knows the days on which one stands.
"""

from __future__ import annotations

import contextlib
import json
import sys
from datetime import date, timedelta
from typing import Any

import django

ROLES = {
    "writer": "operator_lead",
    "reviewer": "authorising_officer",
    "publisher": "data_publisher",
    "second": "data_publisher",
    "chief": "chief_officer",
    "owner": "force_owner",
}
REAL = ("kent", "essex")


def make(*, with_reference: bool) -> list[dict[str, Any]]:
    """One team for each force: its people by what they do in the run, with how they sign in."""
    from django.core.management import call_command

    from directory import demonstration
    from forces.models import Force

    with contextlib.redirect_stdout(sys.stderr):
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        if with_reference:
            call_command("load_reference", verbosity=0)
            call_command("load_demonstration", verbosity=0)
        else:
            demonstration.load()
    teams = []
    for slug in demonstration.FORCES:
        force = Force.objects.get(slug=slug)
        _transcribe(force, days=40 if with_reference else 4)
        teams.append(_team(force, _owner_of(slug), made_up=True))
    if with_reference:
        teams += [
            _team(force, _settle(force), made_up=False) for force in Force.objects.filter(slug__in=REAL)
        ]
    return teams


def _owner_of(slug: str) -> Any:
    from forces.models import Person
    from forces.tenancy import national_scope

    with national_scope():
        return Person.objects.get(logins__email=f"force-owner@{slug}.example")


def _settle(force: Any) -> Any:
    """A force that nobody works in yet gets its owner."""
    from directory import actions
    from forces.clock import db_now
    from forces.groups import open_roles
    from tests.people import make_person

    open_roles(force)
    owner = make_person(f"{force.name} owner", f"owner@{force.slug}.example")
    actions.grant(owner, "force_owner", force=force, by=None, at=db_now())
    return owner


def _team(force: Any, owner: Any, *, made_up: bool) -> dict[str, Any]:
    people = {}
    for part, role in ROLES.items():
        if made_up and part != "second":
            people[part] = {"persona": f"{force.slug}-{role.replace('_', '-')}"}
        else:
            people[part] = _invited(force, owner, part, role)
    return {
        "force": force.slug,
        "code": force.code,
        "realm": str(force.realm),
        "people": people,
        "transcribed": _transcribed(force),
    }


def _transcribe(force: Any, *, days: int) -> None:
    """Deployments of a made-up force as if the centre had read of them, on every third of them two."""
    from forces.clock import db_now
    from register.actions import enter_all
    from register.models import Origin
    from tests.documents import result

    documents = [
        result(
            force,
            on=(date(2024, 2, 1) + timedelta(days=11 * number)).isoformat(),
            place={"name": f"Transcribed place {number}{letter}", "area": None},
        )
        for number in range(days)
        for letter in ("ab" if number % 3 == 0 else "a")
    ]
    enter_all(documents, force=force, origin=Origin.COLLATED, by=None, at=db_now())


def _transcribed(force: Any) -> list[str]:
    from register.models import Head, Origin

    found = Head.objects.standing().filter(force=force, origin=Origin.COLLATED)
    return sorted({day.isoformat() for day in found.values_list("on", flat=True)})


def _invited(force: Any, owner: Any, part: str, role: str) -> dict[str, str]:
    from directory import actions
    from forces.clock import db_now

    email = f"chaos-{part}@{force.slug}.example"
    member = actions.invite(
        force, name=f"Chaos {part} of {force.slug}", email=email, role=role, by=owner, at=db_now()
    )
    login = member.person.logins.get()
    link = actions.issue_password_link(login, by=owner, force=force, at=db_now())
    return {"email": email, "link": link.path}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(make(with_reference="--reference" in sys.argv[1:])))
