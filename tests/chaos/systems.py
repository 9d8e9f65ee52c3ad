"""Forces' own systems, which write through the API while things break, and send again what was not answered.

A `SystemDesk` is one thread: a system that was connected in the portal, and the people who review, publish and decide
on what it wrote. Each request has a key. An answer that never came is neither yes nor no: the system sends the same
bytes under the same key until there is one. Now and then it sends again what was answered already, or twice at once,
or other bytes under a used key, or gives up and never learns.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import random
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.client import Answer, Browser, GaveUp, Lost, Member, NotSent
from tests.chaos.history import NOT_SENT, OK, REFUSED, UNKNOWN, History, Operation
from tests.chaos.load import REASON, Desk, Unexpected, WalkedAway, figures

RESULTS = "/api/v1/results"
RIGHTS = ("read_records", "record_results", "correct_results", "ask_withdrawal")
FIGURES = frozenset(figures(random.Random(0)))
AS_SAID = ("duration_minutes", "watchlist_size")  # numbers in JSON; forms know texts only


def connect(owner: Member, force: str, *, last_day: Any) -> tuple[str, str]:
    """As the force's owner does it, once, before anything breaks. Returns client ID and secret."""
    path = f"/portal/{force}/systems/connect/"
    form: dict[str, object] = {
        "once": owner.read(path).hidden("once"),
        "name": f"{force} results system",
        "capabilities": list(RIGHTS),
        "last_day-day": str(last_day.day),
        "last_day-month": str(last_day.month),
        "last_day-year": str(last_day.year),
    }
    page = owner.send(path, form)
    shown = [re.search(rf'id="{name}">([^<]+)<', page.text) for name in ("client-id", "secret")]
    if not all(shown):
        raise GaveUp(f"{owner.name} could not connect a system: {page.status} {page.said()[1]}")
    client_id, secret = (html.unescape(each[1]) for each in shown if each)
    return client_id, secret


@dataclass(frozen=True)
class Request:
    """What is sent again if no answer comes: the same bytes under the same key."""

    act: str
    method: str
    path: str
    said: Mapping[str, Any]
    key: str
    mark: str
    reference: str = ""
    etag: str = ""

    @property
    def body(self) -> bytes:
        return json.dumps(self.said).encode()

    def headers(self) -> dict[str, str]:
        told = {"Content-Type": "application/json"}
        told |= {"Idempotency-Key": self.key} if self.key else {}
        return told | ({"If-Match": self.etag} if self.etag else {})


class System(Browser):
    """A system with its secret and, for minutes, a token."""

    def __init__(
        self, made: tuple[str, str], ports: Sequence[int], force: str, history: History, timeout: float
    ) -> None:
        super().__init__(ports, force, history, timeout=timeout, door="system")
        self.made, self.token = made, ""
        self._lock = threading.Lock()

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Once, with the token. Raises NotSent (also where no token could be had), Lost."""
        if not self.token and not self._sign_in():
            raise NotSent("no token")
        told = {"Authorization": f"Bearer {self.token}", **headers}
        answer = self.ask(method, path, body=body, headers=told)
        if answer.status == 401:
            self.token = ""
        return answer

    def _sign_in(self) -> bool:
        basic = base64.b64encode(":".join(self.made).encode()).decode()
        with self._lock:
            try:
                answer = self.ask(
                    "POST",
                    "/api/oauth/token",
                    {"grant_type": "client_credentials"},
                    headers={"Authorization": f"Basic {basic}"},
                )
            except Lost:  # a token that nobody holds hurts nobody
                return False
            if answer.status == 200:
                self.token = json.loads(answer.text)["access_token"]
            elif answer.status < 500:
                self.history.surprises.append(f"no token for {self.reader}: {answer.status} {answer.text}")
        return bool(self.token)


def digest(answer: Answer) -> str:
    """Of everything in an answer that a repeat must say again."""
    told = f"{answer.status}\n{answer.headers.get('etag', '')}\n{answer.location}\n{answer.text}"
    return hashlib.sha256(told.encode()).hexdigest()


class SystemDesk(Desk):
    """A system of the team's force and those who deal with what it wrote."""

    PATIENCE = 180.0

    def __init__(self, team: Mapping[str, Any], number: int, *more: Any, **options: Any) -> None:
        super().__init__(team, number, *more, **options)
        self.name = f"system {number} of {self.force}"
        self.system = System(
            team["system"], options["ports"], self.force, options["history"], options["timeout"]
        )

    def _begin(self, number: int) -> None:
        super()._begin(number)
        self.place = f"Point {number} of {self.name}"
        self.is_first = self.lives == 0
        self.marks, self.mark = 0, ""
        self.is_tried = False

    def _one(self) -> None:
        fate = 0.0 if self.is_first else self.chance.random()
        self.said = self._result()
        answer = self._write("record", "POST", RESULTS, self._marked())
        reference = json.loads(answer.text)["reference"]
        here, mine = f"/portal/{self.force}/deployments/{reference}/", f"{RESULTS}/{reference}"
        if self.chance.random() < 0.5:
            self._change("amend", mine, reference, self._marked())
        self._do("review", "reviewer", reference, {}, lambda: self._may("publish", "publisher", here))
        self._publish("publisher", reference, lambda: self._tag(here) != "To publish", self._sent())
        if fate < 0.4:
            self._correction(here, mine, reference)
        if self.is_first or 0.3 < fate < 0.7:
            self._withdrawal(here, mine, reference)

    def _correction(self, here: str, mine: str, reference: str) -> None:
        self.said["figures"]["faces_seen"] += 1
        said = {"reason": REASON, "result": self._marked()}
        self._write("correct", "POST", f"{mine}/correction", said, reference, self._etag(mine))
        if self.chance.random() < 0.4:
            self._change("amend", f"{mine}/correction", reference, {"result": self._marked()})
        self._do("review", "reviewer", reference, {}, lambda: self._may("publish", "publisher", here))
        self._publish("publisher", reference, lambda: self._tag(here) == "Published", self._sent())

    def _withdrawal(self, here: str, mine: str, reference: str) -> None:
        said = {"reason": f"It was an exercise. {self._next_mark()}."}
        self._write("ask withdrawal", "POST", f"{mine}/withdrawal", said, reference, self._etag(mine))
        if self.chance.random() < 0.5:
            self._do("withdraw", "chief", reference, {"reason": REASON},
                     lambda: self._tag(here) == "Withdrawn")  # fmt: skip
        else:
            self._do("decline withdrawal", "chief", reference, {"reason": "It was no exercise."},
                     lambda: not self._may("decline-withdrawal", "chief", here))  # fmt: skip

    # Writing under a key ------------------------------------------------------------------------------

    def _write(
        self, act: str, method: str, path: str, said: Mapping[str, Any], reference: str = "", etag: str = ""
    ) -> Answer:
        """Send it until it is answered; then, now and then, once more. Raises WalkedAway, GaveUp, Unexpected."""
        key = f"{self.chance.getrandbits(128):032x}"
        request = Request(act, method, path, said, key, self.mark, reference, etag)
        twin = None
        if self.chance.random() < 0.15:
            twin = threading.Thread(target=self._once, args=(request,), daemon=True)
            twin.start()
        answer = self._until_answered(request)
        if twin is not None:
            twin.join()
        if self.is_first or self.chance.random() < 0.3:
            self.system.at += 1  # another process answers, where there is one
            self._once(request)
        if self.is_first or self.chance.random() < 0.1:
            self._other_bytes(request)
        return answer

    def _until_answered(self, request: Request) -> Answer:
        unsure: list[Operation] = []
        deadline = time.monotonic() + self.PATIENCE
        while not self.leave.is_set() and time.monotonic() < deadline:
            operation, answer = self._once(request)
            if answer is not None and operation.outcome == OK:
                for each in unsure:
                    before = "it had happened" if operation.is_repeat else "it had not happened"
                    self.history.find(each, before)
                return answer
            if operation.outcome == REFUSED and not self._is_passing(answer):
                raise Unexpected(f"{request.act} {request.reference} by {self.name}: {operation.told}")
            if operation.outcome == UNKNOWN:
                unsure.append(operation)
                if not self.is_first and self.chance.random() < 0.05:
                    self.history.find(operation, "nobody looked")
                    raise WalkedAway
            time.sleep(0.5 if operation.outcome == NOT_SENT else 0.1)
        raise GaveUp(f"{self.name} got no answer")

    def _once(self, request: Request) -> tuple[Operation, Answer | None]:
        operation = self.history.begin(
            request.act, actor=self.name, force=self.force, reference=request.reference,
            keyed={"key": request.key, "mark": request.mark, "body": hashlib.sha256(request.body).hexdigest()},
            **self._sent(),
        )  # fmt: skip
        try:
            answer = self.system.call(request.method, request.path, request.body, **request.headers())
        except NotSent:
            self.history.end(operation, NOT_SENT)
            return operation, None
        except Lost as error:
            self.history.end(operation, UNKNOWN, told=str(error))
            return operation, None
        if answer.status >= 500:
            self.history.end(operation, UNKNOWN, status=answer.status)
        elif answer.status >= 400:
            self.history.end(operation, REFUSED, status=answer.status, told=answer.text[-300:])
        else:
            operation.answer = digest(answer)
            operation.is_repeat = answer.headers.get("idempotent-replayed") == "true"
            operation.reference = json.loads(answer.text)["reference"]
            self.history.end(operation, OK, status=answer.status)
        return operation, answer

    def _other_bytes(self, request: Request) -> None:
        """Under a key that was used: refused, whatever it says. Whoever does not answer has not done it."""
        said = json.loads(json.dumps(request.said))
        mark = self._next_mark()
        if "result" in said:
            said["result"]["area"] = mark
        elif "area" in said:
            said["area"] = mark
        else:
            said["reason"] += f" {mark}."
        self._once(
            Request(
                request.act, request.method, request.path, said, request.key, mark,
                request.reference, request.etag,
            )
        )  # fmt: skip

    def _change(self, act: str, path: str, reference: str, said: dict[str, Any]) -> None:
        """By PUT, which may have a key or none; without one the system looks before it sends again."""
        mine = f"{RESULTS}/{reference}"
        if self.chance.random() < 0.6:
            self._write(act, "PUT", path, said, reference, self._etag(mine))
            return
        request = Request(act, "PUT", path, said, "", self.mark, reference, self._etag(mine))
        deadline = time.monotonic() + self.PATIENCE
        while not self.leave.is_set() and time.monotonic() < deadline:
            operation, answer = self._once(request)
            if operation.outcome == OK:
                return
            if operation.outcome == REFUSED and not self._is_passing(answer):
                raise Unexpected(f"{act} {reference} by {self.name}: {operation.told}")
            if operation.outcome == UNKNOWN:
                now = json.loads(self._read(mine).text)
                version = now["correction"] or now["result"]
                is_so = version["said"]["area"] == request.mark
                self.history.find(operation, "it had happened" if is_so else "it had not happened")
                if is_so:
                    return
            time.sleep(0.1)
        raise GaveUp(f"{self.name} got no answer")

    @staticmethod
    def _is_passing(answer: Answer | None) -> bool:
        """A token that has expired, a first attempt still at work, too much asked: to be sent again."""
        return answer is not None and (
            answer.status in (401, 429) or (answer.status == 409 and "in-flight" in answer.text)
        )

    def _read(self, path: str) -> Answer:
        deadline = time.monotonic() + self.PATIENCE
        while not self.leave.is_set() and time.monotonic() < deadline:
            try:
                answer = self.system.call("GET", path)
                if answer.status == 200:
                    return answer
                if answer.status < 500 and not self._is_passing(answer):
                    raise Unexpected(f"{path} cannot be read by {self.name}: {answer.status} {answer.text}")
            except (NotSent, Lost):
                pass
            time.sleep(0.1)
        raise GaveUp(f"{self.name} got no answer")

    def _etag(self, path: str) -> str:
        return self._read(path).headers["etag"]

    # What is said -------------------------------------------------------------------------------------

    def _result(self) -> dict[str, Any]:
        """What the people's form says, as JSON."""
        form = self._said()
        day = "-".join(form[f"on-{part}"].zfill(2) for part in ("year", "month", "day"))
        names = [name for name in form if name in FIGURES]
        return {
            "on": day,
            "place": form["place"],
            "use_case": form["use_case"],
            "threshold": form["threshold"],
            **{name: int(form[name]) for name in AS_SAID},
            "is_aborted": False,
            "figures": {name: int(form[name]) if form[name] else None for name in names},
            "absent": {"arrests": "not_published"} if not form["arrests"] else {},
            "faces_method": form["faces_method"],
        }

    def _marked(self) -> dict[str, Any]:
        """All of it, with a mark that nothing else carries."""
        return {**self.said, "figures": dict(self.said["figures"]), "area": self._next_mark()}

    def _next_mark(self) -> str:
        self.marks += 1
        self.mark = f"Mark {self.marks} {self.place}"
        return self.mark

    def _sent(self) -> dict[str, str]:
        """What a publication of it will say, as far as the checker looks."""
        return {"place": self.place, "faces_seen": str(self.said["figures"]["faces_seen"])}
