"""Bring the database up to date: migrations as the owner, then data as the application.

    python -m config.prepare [--sign-ins FILE]

Needs DATABASE_OWNER_URL beside DATABASE_URL. One process for all of it, because each start of Django costs a
second. Repeating it changes nothing. The demonstration's forces and people are loaded where LFR_DEMONSTRATION
is on; FILE then lists who may sign in.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError


def prepare(sign_ins: Path | None) -> None:
    """Raises WrongRole, or CommandError or DatabaseError from the step that failed."""
    from django.conf import settings

    from config.health import refuse_wrong_role

    refuse_wrong_role()
    call_command("migrate", database="owner", interactive=False, verbosity=1)
    refuse_wrong_role()  # only now may it turn out to own what was made
    call_command("load_reference")
    call_command("collate", catch_up=True)
    if settings.DEMONSTRATION:
        call_command("load_demonstration")
        if sign_ins:
            with sign_ins.open("w") as file:
                call_command("demonstration_signins", stdout=file)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m config.prepare", description=__doc__.splitlines()[0])
    parser.add_argument("--sign-ins", type=Path, metavar="FILE", help="where to write who may sign in")
    chosen = parser.parse_args(arguments)
    if not os.environ.get("DATABASE_OWNER_URL"):
        parser.error("DATABASE_OWNER_URL is not set: migrations run as the owner of the tables")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    try:
        prepare(chosen.sign_ins)
    except (ImproperlyConfigured, CommandError, DatabaseError) as error:
        print(f"Cannot prepare the database: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
