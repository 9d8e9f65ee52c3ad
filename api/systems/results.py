"""A force's own working results: recorded, read back, amended, corrected and withdrawn on request.

Each method translates, calls the action that the portal calls, too, and translates back. A system never explains,
reviews, publishes or withdraws: that is for people.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from api.describe import Parameter
from api.endpoint import compact, unchanged, with_parameters
from api.problems import absolute
from api.systems import given, shapes
from api.systems.describe import described
from api.systems.endpoint import SystemEndpoint, loaded, operation, owned
from api.systems.shown import shown
from deployments import actions
from deployments.actions import Seen, Standing
from deployments.models import Deployment, Result
from deployments.twins import twins_among
from forces.capabilities import Capability
from register.search import LAST_ROW

DEFAULT_LIMIT, MOST = 50, 100
READ, RECORD, CORRECT = Capability.READ_RECORDS, Capability.RECORD_RESULTS, Capability.CORRECT_RESULTS
ASK = Capability.ASK_WITHDRAWAL


class WorkingResults(SystemEndpoint):
    takes: tuple[str, ...] = ("state", "limit", "after")

    @described(
        "workingResults",
        needs=[READ],
        summary="List your force's results",
        description="Latest recorded first, whoever recorded them. Follow “next” until it is null.",
        answer="WorkingResults",
        about_one=False,
        parameters=(
            Parameter("state", _("Where it stands."), choices=shapes.STATES),
            Parameter(
                "limit",
                _("Results on a page, 1 to 100."),
                kind="integer",
                default=DEFAULT_LIMIT,
                within={"minimum": 1, "maximum": MOST},
            ),
            Parameter(
                "after",
                _("Where the page begins: take it from “next”."),
                within={"pattern": "^[0-9]{1,19}$"},
            ),
        ),
    )
    @operation(READ)
    def get(self) -> HttpResponse:
        ask = self.ask()
        state = ask.one_of("state", shapes.STATES)
        limit = ask.whole_number("limit", 1, MOST) or DEFAULT_LIMIT
        after = ask.whole_number("after", 1, LAST_ROW)
        ask.finish()
        found: Any = Deployment.objects.visible_to(self.caller.person).filter(force=self.caller.force)
        if state:
            found = getattr(found, state)()
        if state == "published":
            found = found.filter(correction=None)
        if after:
            found = found.filter(pk__lt=after)
        rows = list(loaded(found).order_by("-pk")[: limit + 1])
        page = [owned(each, self.caller.force) for each in rows[:limit]]
        following = with_parameters(self.request, after=page[-1].pk) if len(rows) > limit else None
        twins = twins_among(self.caller.force, page)
        body = {"next": following, "items": [shown(each, twins.get(each.pk, [])) for each in page]}
        return HttpResponse(compact(body), content_type="application/json")

    @described(
        "recordResult",
        needs=[RECORD],
        summary="Record a result",
        description=(
            "Writes down what happened at a deployment. It then waits for people: somebody who wrote none of it "
            "reviews it, and somebody publishes it. Nothing becomes public by this call. Where your force has another "
            "result of that day and place, `warnings` names it; it is recorded all the same."
        ),
        answer="WorkingResult",
        status=201,
        sent="ResultGiven",
        keyed=True,
        about_one=False,
    )
    @operation(RECORD, keyed=True)
    def post(self, body: bytes) -> HttpResponse:
        _said, facts = given.result(body, "ResultGiven", self.caller.force, today=self.today)
        deployment = actions.record(self.caller.force, facts, by=self.caller.person, at=self.at)
        response = self.answer(deployment, status=201)
        response["Location"] = self.address(deployment)
        return response

    def address(self, deployment: Deployment) -> str:
        return address(self.request, deployment)


class WorkingResult(SystemEndpoint):
    @described(
        "workingResult",
        needs=[READ],
        summary="Read one of your force's results",
        description="What it says, where it stands, what people must still do, and its ETag for changes.",
        answer="WorkingResult",
    )
    @operation(READ)
    def get(self, reference: str) -> HttpResponse:
        deployment = self.one(reference)
        tag = self.tag(deployment)
        if unchanged(self.request, tag):
            response = HttpResponse(status=304)
            response["ETag"] = tag
            del response["Content-Type"]
            return response
        return self.answer(deployment)

    @described(
        "amendResult",
        needs=[READ, RECORD],
        summary="Amend a result before it is reviewed",
        description=(
            "Replaces what a first version says while it waits for review, or was sent back: it then waits for "
            "review again. Answered with 409 if it has gone further, and if nothing would change."
        ),
        answer="WorkingResult",
        sent="ResultGiven",
        keyed=False,
    )
    @operation(READ, RECORD, keyed=False)
    def put(self, body: bytes, reference: str) -> HttpResponse:
        deployment = self.changing(reference)
        if deployment.stage == Deployment.Stage.PUBLISHED:
            raise actions.WrongStage(
                gettext(
                    "It is published and is not amended any more. Ask for a correction of it at %(address)s."
                )
                % {"address": absolute(self.request, reverse("api:working-correction", args=[reference]))}
            )
        _said, facts = given.result(body, "ResultGiven", self.caller.force, today=self.today)
        seen = Seen(1, deployment.shown.revision)
        actions.amend(deployment, facts, seen=seen, by=self.caller.person, at=self.at)
        return self.answer(deployment)


class WorkingCorrection(SystemEndpoint):
    @described(
        "askForCorrection",
        needs=[READ, CORRECT],
        summary="Ask for a correction of a published result",
        description=(
            "Proposes other values, all of them, with the reason. What is published stands until somebody who wrote "
            "none of it has reviewed the correction and somebody has published it."
        ),
        answer="WorkingResult",
        status=201,
        sent="CorrectionGiven",
        keyed=True,
    )
    @operation(READ, CORRECT, keyed=True, at="/result")
    def post(self, body: bytes, reference: str) -> HttpResponse:
        deployment = self.changing(reference)
        force, today = self.caller.force, self.today
        said, facts = given.result(body, "CorrectionGiven", force, today=today, at="/result")
        actions.prepare_correction(
            deployment,
            facts,
            version=deployment.shown.number,
            reason=said["reason"],
            by=self.caller.person,
            at=self.at,
        )
        response = self.answer(deployment, status=201)
        response["Location"] = address(self.request, deployment)
        return response

    @described(
        "amendCorrection",
        needs=[READ, CORRECT],
        summary="Amend a correction before it is reviewed",
        description="Replaces what a correction in work says while it waits for review, or was sent back.",
        answer="WorkingResult",
        sent="CorrectionChanged",
        keyed=False,
    )
    @operation(READ, CORRECT, keyed=False, at="/result")
    def put(self, body: bytes, reference: str) -> HttpResponse:
        deployment = self.changing(reference)
        force, today = self.caller.force, self.today
        said, facts = given.result(body, "CorrectionChanged", force, today=today, at="/result")
        work: Result | None = deployment.correction
        if work is None:
            raise actions.WrongStage(gettext("No correction of it is in work."))
        actions.amend(
            deployment,
            facts,
            seen=Seen(work.number, work.revision),
            reason=said.get("reason", ""),
            by=self.caller.person,
            at=self.at,
        )
        return self.answer(deployment)


class WorkingWithdrawal(SystemEndpoint):
    @described(
        "askForWithdrawal",
        needs=[READ, ASK],
        summary="Ask for a published result to be withdrawn",
        description=(
            "Somebody with the right to withdraw decides, and never whoever asked. It stands until then. A wrong "
            "figure is better corrected."
        ),
        answer="WorkingResult",
        status=202,
        sent="WithdrawalGiven",
        keyed=True,
    )
    @operation(READ, ASK, keyed=True)
    def post(self, body: bytes, reference: str) -> HttpResponse:
        deployment = self.changing(reference)
        said = given.parsed(body, "WithdrawalGiven")
        actions.ask_withdrawal(
            deployment,
            reason=said["reason"],
            seen=Standing.of(deployment),
            by=self.caller.person,
            at=self.at,
        )
        return self.answer(deployment, status=202)


def address(request: HttpRequest, deployment: Deployment) -> str:
    return absolute(request, reverse("api:working-result", args=[deployment.reference]))
