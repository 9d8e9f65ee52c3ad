"""People who record, review, publish, correct and withdraw while things break, through the portal's pages.

A `Desk` is one thread with five people of one force, who take one deployment after the other through its life. An
answer that never came is neither yes nor no: they look, as people would, and ask again if it had not happened;
now and then they walk away instead, and nobody ever learns. Where the page that publishes asks whether the national
centre has transcribed this very deployment, they say which it is, or that it is another.
"""

from __future__ import annotations

import itertools
import random
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tests.chaos.client import Answer, GaveUp, Lost, Member, NotSent
from tests.chaos.history import NOT_SENT, OK, REFUSED, UNKNOWN, History, Operation

REASON = "Two alerts were counted twice in the van."
STANDING = "To review|To publish|Published|Correction in work|Withdrawn|Discarded"
TAG = re.compile(rf'<strong class="govuk-tag[^"]*">({STANDING})</strong>')


class WalkedAway(Exception):
    """Nobody will ever look whether it happened."""


class Unexpected(Exception):
    """A refusal that nothing explains."""


def figures(chance: random.Random) -> dict[str, str]:
    """Thirteen figures that do not contradict each other."""
    confirmed, unconfirmed = chance.randint(1, 9), chance.randint(0, 2)
    false, undetermined = chance.randint(0, 2), chance.randint(0, 1)
    arrests = chance.randint(0, confirmed)
    other = chance.randint(0, confirmed - arrests)
    numbers = {
        "faces_seen": chance.randint(1000, 9000),
        "alerts": confirmed + unconfirmed + false + undetermined,
        "true_alerts": confirmed + unconfirmed,
        "true_alerts_confirmed": confirmed,
        "true_alerts_unconfirmed": unconfirmed,
        "false_alerts": false,
        "false_alerts_confirmed": false,
        "false_alerts_unconfirmed": 0,
        "undetermined_alerts": undetermined,
        "engagements": confirmed + false,
        "arrests": arrests,
        "other_action": other,
        "no_action": confirmed - arrests - other,
    }
    return {name: str(number) for name, number in numbers.items()}


class Desk(threading.Thread):
    """Works until `stop` is set and `at_least` so many lives are lived to their end; drops all once `leave` is set."""

    def __init__(
        self,
        team: Mapping[str, Any],
        number: int,
        *,
        seed: int,
        ports: Sequence[int],
        history: History,
        stop: threading.Event,
        leave: threading.Event,
        timeout: float,
        at_least: int = 0,
    ) -> None:
        super().__init__(daemon=True, name=f"{team['force']}-{number}")
        self.at_least, self.lives = at_least, 0
        self.force, self.history, self.stopping, self.leave = team["force"], history, stop, leave
        self.transcribed = [date.fromisoformat(day) for day in team["transcribed"]]
        self.seed = f"{seed}/{self.name}"
        self.people = {
            part: Member(
                f"{part} of {self.force}", dict(how), ports, self.force, history,
                stop=stop, timeout=timeout, door="portal",
            )
            for part, how in team["people"].items()
        }  # fmt: skip
        for part, how in team["people"].items():
            self.people[part].cookies |= how.get("cookies", {})

    def run(self) -> None:
        for number in itertools.count():
            if self.leave.is_set() or (self.stopping.is_set() and self.lives >= self.at_least):
                return
            self._begin(number)
            try:
                self._one()
                self.lives += 1
            except WalkedAway:
                pass
            except GaveUp as error:
                if not self.leave.is_set() and not self.stopping.is_set():
                    self.history.surprises.append(f"{self.name}: {error}")
                    return
                time.sleep(0.2)  # nobody answers as yet
            except Unexpected as error:
                self.history.surprises.append(f"{self.name}: {error}")

    # One deployment's life --------------------------------------------------------------------------

    def _begin(self, number: int) -> None:
        """The first of all is one that the centre has transcribed, the second is another of such a day."""
        self.chance = random.Random(f"{self.seed}/{number}")
        self.place = f"Square {number} of {self.name}"
        self.is_tried = self.lives < 2
        self.is_transcribed = self.lives == 0 if self.is_tried else self.chance.random() < 0.5

    def _one(self) -> None:
        draft, fate = self.chance.random(), self.chance.random()
        if self.is_tried:
            draft = 0.5  # nothing comes between the recording and the publication
        said = self._said()
        secret = self._canary()
        first = said | {"place": f"{secret} {self.place}"} if draft < 0.25 else said
        # Now and then one who may do everything writes; then somebody else must do the rest.
        own = self.chance.random() < 0.15
        writer, publisher = ("publisher", "second") if own else ("writer", "publisher")
        reference = self._record(writer, first)
        here = f"/portal/{self.force}/deployments/{reference}/"
        if draft < 0.08:
            self._do("discard", writer, reference, {"reason": f"Recorded by mistake: {secret}"},
                     lambda: self._tag(here) == "Discarded")  # fmt: skip
            return
        if draft < 0.18:
            self._do("send back", "reviewer", reference, {"reason": f"Please look at the log: {secret}"},
                     lambda: secret in self._see("writer", here))  # fmt: skip
        if draft < 0.25:
            self._do("amend", writer, reference, said, lambda: self._heading(here) == self.place)
        elif draft < 0.30 and own:
            self._must_fail("review", writer, reference)
        self._do("review", "reviewer", reference, {}, lambda: self._may("publish", publisher, here))
        if draft > 0.95:
            self._must_fail("publish", "writer", reference)
        self._publish(publisher, reference, lambda: self._tag(here) != "To publish", said)
        if fate < 0.06:
            self._must_fail("publish", publisher, reference)
        elif fate < 0.22:
            self._correct(here, reference, said, publisher)
        elif fate < 0.32:
            self._do("withdraw", self.chance.choice(("chief", publisher)), reference, {"reason": REASON},
                     lambda: self._tag(here) == "Withdrawn")  # fmt: skip

    def _correct(self, here: str, reference: str, said: dict[str, str], publisher: str) -> None:
        corrected = said | {"faces_seen": str(int(said["faces_seen"] or 0) + 1)}
        author = "second" if publisher == "publisher" else "publisher"
        self._do("correct", author, reference, corrected | {"reason": REASON},
                 lambda: self._tag(here) == "Correction in work")  # fmt: skip
        self._do("review", "reviewer", reference, {}, lambda: self._may("publish", publisher, here))
        self._publish(publisher, reference, lambda: self._tag(here) == "Published", corrected)

    def _publish(
        self, publisher: str, reference: str, happened: Callable[[], bool], said: Mapping[str, str]
    ) -> None:
        self._do("publish", publisher, reference, self._matched, happened, **said)

    def _matched(self, page: Answer) -> dict[str, str]:
        """Which transcription this is, where the page asks."""
        offered = page.values('name="matches"')
        if not offered:
            return {}
        theirs = [each for each in offered if each != "none"]
        return {"matches": self.chance.choice(theirs) if self.is_transcribed else "none"}

    def _is_gone(self, operation: Operation | None, publisher: str) -> bool:
        """Whether the transcription that was chosen has been replaced by a colleague's result meanwhile."""
        chosen = operation.sent.get("matches", "none") if operation else "none"
        if chosen == "none" or operation is None:
            return False
        page = self.people[publisher].read(self._path("publish", operation.reference))
        return page.status == 200 and chosen not in page.values('name="matches"')

    def _record(self, writer: str, said: dict[str, str]) -> str:
        """Nobody knows the reference of a recording whose answer was lost: look before writing it again."""
        found: list[str] = []

        def look() -> bool:
            page = self.people[writer].read(f"/portal/{self.force}/deployments/?status=recorded").text
            place = re.escape(said["place"])
            row = re.search(rf">([0-9A-Z-]+)</a><br><span class=\"govuk-hint\">{place}</span>", page)
            found.extend([row[1]] if row else [])
            return bool(row)

        answer = self._do("record", writer, "", said, look)
        if answer is not None and not found:
            found.append(answer.location.rstrip("/").split("/")[-1])
        return found[-1]

    # Steps --------------------------------------------------------------------------------------------

    def _do(
        self,
        act: str,
        who: str,
        reference: str,
        fields: Mapping[str, str] | Callable[[Answer], dict[str, str]],
        happened: Callable[[], bool],
        **sent: str,
    ) -> Answer | None:
        """Until it has happened. The answer that said so; None if only a look did. `fields` may depend on the page."""
        unsure = False
        while True:
            operation, answer = self._try(act, self.people[who], reference, fields, sent)
            if operation is None or operation.outcome == REFUSED:
                # It may have been done by what was sent before and thought lost.
                if unsure and happened():
                    return None
                if self._is_gone(operation, who):
                    continue
                words = operation.told if operation else answer.said()[1] if answer else ""
                raise Unexpected(f"{act} {reference} by {who}: {answer and answer.status} {words}")
            if operation.outcome == OK:
                return answer
            if operation.outcome == UNKNOWN:
                if not self.is_tried and self.chance.random() < 0.15:
                    self.history.find(operation, "nobody looked")
                    raise WalkedAway
                is_so = happened()
                self.history.find(operation, "it had happened" if is_so else "it had not happened")
                if is_so:
                    return None
                unsure = True
            time.sleep(0.1)

    def _must_fail(self, act: str, who: str, reference: str) -> None:
        """What nobody may do: one's own work, or a thing already done. Whoever does not answer has not done it."""
        member = self.people[who]
        path = self._path(act, reference)
        page = member.read(path)
        operation = self.history.begin(act, actor=member.name, force=self.force, reference=reference)
        try:
            answer = member.send(path, {"seen": page.hidden("seen") or "1.1"})
        except NotSent:
            self.history.end(operation, NOT_SENT)
        except Lost as error:
            self.history.end(operation, UNKNOWN, told=str(error))
        else:
            outcome, told = self._judge(act, member, answer)
            self.history.end(operation, outcome, status=answer.status, told=told)
            if outcome == OK:
                raise Unexpected(f"{act} {reference} by {who} was let through: {told}")

    def _try(
        self,
        act: str,
        member: Member,
        reference: str,
        fields: Mapping[str, str] | Callable[[Answer], dict[str, str]],
        sent: Mapping[str, str],
    ) -> tuple[Operation | None, Answer | None]:
        """Open the form, fill it in, send it once, and see what became of it."""
        path = self._path(act, reference)
        page = member.read(path)
        if 'name="csrfmiddlewaretoken"' not in page.text or page.status != 200 or "<form" not in page.text:
            return None, page
        if callable(fields):
            fields = fields(page)
            sent = {**sent, **fields}
        form = {**self._empty(act), **fields}
        if seen := page.hidden("seen"):
            form["seen"] = seen
            if discards := page.hidden("discards"):
                form["discards"] = discards
        elif act in ("review", "publish", "amend", "correct"):
            return None, page
        operation = self.history.begin(
            act, actor=member.name, force=self.force, reference=reference, **(sent or fields)
        )
        try:
            answer = member.send(path, form)
        except NotSent:
            self.history.end(operation, NOT_SENT)
            return operation, None
        except Lost as error:
            self.history.end(operation, UNKNOWN, told=str(error))
            return operation, None
        if act == "record" and answer.status == 302:
            operation.reference = answer.location.rstrip("/").split("/")[-1]
        outcome, told = self._judge(act, member, answer)
        self.history.end(operation, outcome, status=answer.status, told=told)
        return operation, answer

    @staticmethod
    def _judge(act: str, member: Member, answer: Answer) -> tuple[str, str]:
        """A redirect is no promise: the page it leads to says what came of it."""
        if answer.status >= 500:
            return UNKNOWN, f"{answer.status}"
        if answer.status != 302:
            return REFUSED, answer.said()[1]
        if answer.location.startswith("/sign-in/"):
            return NOT_SENT, "signed out"
        kind, words = member.read(answer.location).said()
        if kind == "done":
            return OK, words
        # A message that was shown to nobody, because its page was lost, is no answer.
        return (REFUSED, words) if kind else (UNKNOWN, "no message")

    @staticmethod
    def _empty(act: str) -> dict[str, str]:
        return {"is_aborted": "no", "technology": "live"} if act in ("record", "amend", "correct") else {}

    def _path(self, act: str, reference: str) -> str:
        deployments = f"/portal/{self.force}/deployments/"
        return (
            f"{deployments}record/"
            if act == "record"
            else f"{deployments}{reference}/{act.replace(' ', '-')}/"
        )

    # Looking ------------------------------------------------------------------------------------------

    def _see(self, who: str, here: str) -> str:
        """The deployment's page. It is there for everybody of the force, always."""
        page = self.people[who].read(here)
        if page.status != 200 or not TAG.search(page.text):
            raise Unexpected(f"{here} cannot be read by {who}: {page.status} {page.text[-300:]!r}")
        return page.text

    def _tag(self, here: str) -> str:
        found = TAG.search(self._see("writer", here))
        return found[1] if found else ""

    def _heading(self, here: str) -> str:
        found = re.search(r"<h1[^>]*>(.*?), \d", self._see("writer", here))
        return found[1] if found else ""

    def _may(self, step: str, who: str, here: str) -> bool:
        return f'{here}{step}/"' in self._see(who, here)

    # Writing ------------------------------------------------------------------------------------------

    def _said(self) -> dict[str, str]:
        day = date(2024, 1, 1) + timedelta(days=self.chance.randrange(500))
        if self.transcribed and (self.is_tried or self.chance.random() < 0.05):
            day = self.chance.choice(self.transcribed)
        said = {
            "on-day": str(day.day),
            "on-month": str(day.month),
            "on-year": str(day.year),
            "place": self.place,
            "area": "Chaos",
            "duration_minutes": str(self.chance.randint(30, 400)),
            "use_case": "Crime hotspot",
            "threshold": "0.64",
            "watchlist_size": str(self.chance.randint(1000, 9999)),
            "faces_method": "estimate",
            **figures(self.chance),
        }
        if self.chance.random() < 0.1:
            said |= {"arrests": "", "arrests_absent": "not_published"}
        return said

    def _canary(self) -> str:
        return f"CANARY-{self.force}-{self.chance.getrandbits(32):08x}"
