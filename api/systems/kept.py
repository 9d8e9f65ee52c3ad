"""One effect for a request that is sent twice: its answer is kept with the effect, in one transaction."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpResponse
from django.utils.translation import gettext as _

from api.models import KeptAnswer
from forces.clock import db_now
from forces.models import Force, Person
from forces.refusals import Refusal
from forces.tenancy import acting

KEPT_FOR = timedelta(days=8)
# Printable ASCII without spaces.
KEY_PATTERN, LONGEST_KEY = "[!-~]+", 255
# What of an answer's headers is part of the answer.
HEADERS = ("ETag", "Location")


class NoKey(Refusal):
    """A request that makes something says by which key it can be sent again."""


class InFlight(Refusal):
    """The same request is being worked on at this moment."""


class KeyReused(Refusal):
    """The key was used for other bytes."""


class Attempt:
    """One request under its key: whose it is, where it goes and what it says."""

    def __init__(
        self, force: Force, person: Person, *, method: str, path: str, key: str, body: bytes
    ) -> None:
        if len(key) > LONGEST_KEY or not re.fullmatch(KEY_PATTERN, key):
            raise NoKey(
                _("“Idempotency-Key” must be 1 to 255 printable characters without spaces.")
                if key
                else _("Send the header “Idempotency-Key”.")
            )
        self.force, self.person = force, person
        self.place = {"method": method, "path": path, "key": key}
        self.sha256 = hashlib.sha256(body).hexdigest()

    def earlier(self) -> HttpResponse | None:
        """The answer that this request was given before, if any. Within the transaction that would give it.

        Raises InFlight while another transaction works on it, KeyReused for other bytes.
        """
        name = json.dumps([self.force.pk, self.person.pk, *self.place.values()])
        with connection.cursor() as cursor:
            # Nobody waits: a worker that waits for another is one that answers nobody else.
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7))", [name])
            if not cursor.fetchone()[0]:
                raise InFlight(_("The same request is being worked on. Send it again in a moment."))
        kept = self._rows().first()
        if kept is None:
            return None
        if kept.body_sha256 != self.sha256:
            raise KeyReused(_("“Idempotency-Key” was used for a request that said something else."))
        response = HttpResponse(kept.body, status=kept.status, content_type="application/json")
        for header, value in kept.headers.items():
            response[header] = value
        response["Idempotent-Replayed"] = "true"
        return response

    def keep(self, response: HttpResponse, *, at: datetime) -> None:
        """Beside the effect: both commit, or neither."""
        KeptAnswer.objects.create(
            force=self.force,
            person=self.person,
            **self.place,
            body_sha256=self.sha256,
            status=response.status_code,
            headers={name: response[name] for name in HEADERS if name in response},
            body=response.content.decode(),
            at=at,
        )

    def _rows(self):
        return KeptAnswer.objects.owned_by(self.force).filter(person=self.person, **self.place)


def prune() -> int:
    """Let go of answers that are older than KEPT_FOR; how many there were. Repeating it changes nothing."""
    gone = 0
    for force in Force.objects.all():
        with acting(force, None):
            old = KeptAnswer.objects.owned_by(force).filter(at__lt=db_now() - KEPT_FOR)
            gone += old._raw_delete(old.db)
    return gone
