"""Appoint the first national lead of an installation."""

from __future__ import annotations

import getpass
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from directory import actions
from forces.clock import db_now
from forces.groups import open_national_roles
from forces.models import User
from forces.refusals import Forbidden, Invalid, Refusal


class Command(BaseCommand):
    help = (
        "Appoint the first national lead. On a terminal it asks for their password; "
        "otherwise it prints the address, valid once, at which they choose one."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser) -> None:
        parser.add_argument("--name", required=True, help="the lead's name")
        parser.add_argument("--email", required=True, help="the address they sign in with")

    def handle(self, *args, **options) -> None:
        at = db_now()
        try:
            with transaction.atomic():
                open_national_roles()
                appointment = actions.appoint(
                    role="national_lead", by=None, at=at, name=options["name"], email=options["email"]
                )
                user = User.objects.get(person=appointment.person_id)
                link = actions.issue_password_link(user, by=None, at=at, reason="manage.py appoint_lead")
        except Forbidden as refusal:
            raise CommandError("There is a national lead already. Only they appoint another.") from refusal
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{options['name']} is the national lead.")
        if sys.stdin.isatty() and self._chose_password(link):
            return
        self.stdout.write(f"They choose their password, once and within three days, at {link.path}")

    def _chose_password(self, link: actions.PasswordLink) -> bool:
        while password := getpass.getpass("Password (empty: print a link instead): "):
            if password != getpass.getpass("The same again: "):
                self.stderr.write("The two differ.")
                continue
            try:
                actions.choose_password(link.login, link.token, password=password, at=db_now())
            except Invalid as refusal:
                self.stderr.write(" ".join(refusal.errors["password"]))
                continue
            self.stdout.write("They sign in at /sign-in/ with it.")
            return True
        return False
