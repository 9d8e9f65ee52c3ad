"""What goes on between two requests, so that a request leads further than to “somebody changed it”.

A fuzzer sends one reference, one tag and one key over and over. The first change that succeeds would make every
later request a 404, 409, 412 or a key that was used before, and no unsound value would ever be looked at. So people
of the force bring a result back to where the operation finds something to do, and the three words below stand for
what a caller with care would send: the tags as they are now, a key of its own and a token that has not expired.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

from api.systems.shown import tag
from deployments import actions
from deployments.models import Deployment
from forces.clock import db_now
from forces.models import Force
from forces.tenancy import acting
from tests.api.systems import Machine
from tests.deployments.recordings import FIRST, REASON, facts
from tests.people import make_member

TAG, KEY, TOKEN = '"as-it-was-read"', "a-key-of-its-own", "Bearer the-token-of-the-role"
SECRET = "secret-of-kent-9f3c"
RESULT = re.compile(r"/api/v1/results/([^/]+)(/\w+)?$")
# What each operation needs to find, by the number of a result in `Records`.
NEEDS = {("PUT", ""): 0, ("POST", "/correction"): 1, ("PUT", "/correction"): 2, ("POST", "/withdrawal"): 3}


class Records:
    """Results of one force: one to amend, one to correct, one that is corrected, one to withdraw, one reviewed.

    Those that are not published hold `SECRET`.
    """

    def __init__(self, force: Force):
        self.force = force
        self.planner, self.publisher = make_member(force, "planner"), make_member(force, "data_publisher")
        self.references = [self._made(published) for published in (False, True, True, True, False)]
        actions.review(self._read(self.references[4]), seen=FIRST, by=self.publisher, at=db_now())
        for number in range(4):
            self._bring_back(number)

    def known(self) -> dict[str, list[str]]:
        """For schemathesis: values that lead somewhere."""
        return {"path.reference": self.references, "header.If-Match": [TAG], "header.Idempotency-Key": [KEY]}

    def examples_in(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with these values as its examples: the coverage phase looks at nothing else."""
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                number = NEEDS.get((method.upper(), path.partition("{reference}")[2]), 0)
                values = {"If-Match": TAG, "Idempotency-Key": KEY}
                if "/results/" in path:
                    values["reference"] = self.references[number]
                for parameter in operation.get("parameters", []):
                    if parameter["name"] in values:
                        parameter["example"] = values[parameter["name"]]
        return document

    def attentive(self, application: Callable, machine: Machine) -> Callable:
        """The application as a caller with care reaches it."""
        number = itertools.count()
        at = [db_now()]
        assert machine.sign_in().status_code == 200

        def answer(environ, start_response):
            if environ.get("HTTP_AUTHORIZATION") == TOKEN:
                if (db_now() - at[0]).total_seconds() > 300:
                    machine.sign_in()
                    at[0] = db_now()
                environ["HTTP_AUTHORIZATION"] = f"Bearer {machine.token}"
            if environ.get("HTTP_IDEMPOTENCY_KEY") == KEY:
                environ["HTTP_IDEMPOTENCY_KEY"] = f"{KEY}-{next(number)}"
            if found := RESULT.match(environ["PATH_INFO"]):
                self._before(environ, found[1], found[2] or "")
            return application(environ, start_response)

        return answer

    def _before(self, environ: dict[str, Any], reference: str, what: str) -> None:
        needed = NEEDS.get((environ["REQUEST_METHOD"], what))
        if needed is not None and self.references[needed] == reference:
            self._bring_back(needed)
        if environ.get("HTTP_IF_MATCH") == TAG and reference in self.references:
            environ["HTTP_IF_MATCH"] = tag(self._read(reference))

    def _bring_back(self, number: int) -> None:
        deployment = self._read(self.references[number])
        if number == 1 and deployment.correction is not None:
            made = deployment.correction
            seen = actions.Seen(made.number, made.revision)
            actions.discard(deployment, seen=seen, reason=REASON, by=self.publisher, at=db_now())
        if number == 2 and deployment.correction is None:
            actions.prepare_correction(
                deployment,
                facts(place=SECRET),
                reason=REASON,
                version=deployment.current.number,
                by=self.publisher,
                at=db_now(),
            )
        if number == 3 and deployment.is_asked_for:
            seen = actions.Standing.of(deployment)
            actions.decline_withdrawal(deployment, reason=REASON, seen=seen, by=self.publisher, at=db_now())

    def _read(self, reference: str) -> Deployment:
        with acting(self.force, None):
            found = Deployment.objects.owned_by(self.force).with_results().get(reference=reference)
        found.force = self.force
        return found

    def _made(self, is_published: bool) -> str:
        place = "Market Square" if is_published else SECRET
        made = actions.record(self.force, facts(place=place), by=self.planner, at=db_now())
        if is_published:
            actions.review(made, seen=FIRST, by=self.publisher, at=db_now())
            actions.publish(made, seen=FIRST, by=self.publisher, at=db_now())
        return made.reference
