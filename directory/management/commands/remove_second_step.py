"""Remove a second step where nobody else is left who could: whoever runs this holds the server."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from directory import actions
from forces.clock import db_now
from forces.refusals import Refusal


class Command(BaseCommand):
    help = "Remove the second step of a login; its person sets up a new one at the next sign-in.."
    requires_migrations_checks = True

    def add_arguments(self, parser) -> None:
        parser.add_argument("email", help="the address they sign in with")
        parser.add_argument("--reason", required=True, help="why; kept in the history")

    def handle(self, *args, **options) -> None:
        user = actions.login_of_address(options["email"])
        if user is None:
            raise CommandError("No login has that address.")
        try:
            actions.remove_second_step(user, by=None, at=db_now(), reason=options["reason"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("Removed. They set up a new one at the next sign-in.")
