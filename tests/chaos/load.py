"""People who record, review, publish, correct and withdraw while things die, and who keep a history of it.

An answer that never came is neither yes nor no: the person asks again, as a person would. The history says what
was promised; `tests.chaos.checking` holds the database against it.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from deployments import actions
from deployments.actions import Seen, WrongStage
from deployments.models import Deployment, Result
from forces.clock import db_now
from forces.models import Force, Person
from forces.tenancy import acting
from tests.deployments.recordings import REASON, facts

FIRST, SECOND = Seen(1, 1), Seen(2, 1)


@dataclass
class History:
    """What was promised, by the place that marks a publication."""

    published: dict[str, int] = field(default_factory=dict)  # place → faces seen, as it should stand now
    corrected: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


@dataclass
class Team:
    force: Force
    writer: Person
    publisher: Person
    second: Person


class Publisher(threading.Thread):
    """Works through the numbers it is handed, on a connection of its own."""

    def __init__(
        self, team: Team, numbers: list[int], seed: int, history: History, stop: threading.Event
    ) -> None:
        super().__init__(daemon=True)
        self.team, self.numbers, self.seed, self.history, self.stop = team, numbers, seed, history, stop

    def run(self) -> None:
        try:
            for number in self.numbers:
                if self.stop.is_set():
                    return
                self._one(number, random.Random(f"{self.seed}/{number}"))
        except BaseException as error:
            self.history.failures.append(f"{type(error).__name__}: {error}")
            raise
        finally:
            connection.close()

    def _one(self, number: int, chance: random.Random) -> None:
        team, history, place = self.team, self.history, f"Square {number}"
        faces = chance.randrange(100, 9000)
        deployment = self._record(place, faces)
        self._move(lambda: actions.review(deployment, seen=FIRST, by=team.publisher, at=db_now()))
        self._move(lambda: actions.publish(deployment, seen=FIRST, by=team.publisher, at=db_now()))
        history.published[place] = faces
        history.counts["published"] += 1
        fate = chance.random()
        if fate < 0.15:
            more = faces + 1
            self._move(
                lambda: actions.prepare_correction(
                    deployment,
                    facts(place=place, area=team.force.name, faces_seen=more),
                    version=1,
                    reason=REASON,
                    by=team.publisher,
                    at=db_now(),
                )
            )
            self._move(lambda: actions.review(deployment, seen=SECOND, by=team.second, at=db_now()))
            self._move(lambda: actions.publish(deployment, seen=SECOND, by=team.second, at=db_now()))
            history.published[place] = more
            history.corrected.add(place)
            history.counts["corrected"] += 1
        elif fate < 0.25:
            self._move(lambda: actions.withdraw(deployment, reason=REASON, by=team.publisher, at=db_now()))
            history.withdrawn.add(place)
            history.counts["withdrawn"] += 1

    def _record(self, place: str, faces: int) -> Deployment:
        """Nobody knows the reference of a recording whose answer was lost: look before writing it again."""
        team, unsure = self.team, False
        while True:
            try:
                if unsure and (found := self._recorded(place)):
                    self.history.counts["unsure: it had happened"] += 1
                    return found
                if unsure:
                    self.history.counts["unsure: it had not happened"] += 1
                said = facts(place=place, area=team.force.name, faces_seen=faces)
                return actions.record(team.force, said, by=team.writer, at=db_now())
            except (DatabaseError, InterfaceError) as error:
                self._await_database(error)
                unsure = True

    def _recorded(self, place: str) -> Deployment | None:
        with acting(self.team.force, None):
            result = (
                Result.objects.owned_by(self.team.force)
                .filter(place=place)
                .select_related("deployment__force")
                .first()
            )
            return result.deployment if result else None

    def _move(self, step: Callable[[], Any]) -> None:
        """Take a step that can be taken once. After a lost answer, "wrong stage" means that it was."""
        unsure = False
        while True:
            try:
                step()
                if unsure:
                    self.history.counts["unsure: it had not happened"] += 1
                return
            except WrongStage:
                if not unsure:
                    raise
                self.history.counts["unsure: it had happened"] += 1
                return
            except (DatabaseError, InterfaceError) as error:
                self._await_database(error)
                unsure = True

    def _await_database(self, error: Exception) -> None:
        state = getattr(error.__cause__, "sqlstate", None)
        if state is not None and not state.startswith(("08", "40", "53", "57")):
            raise error
        self.history.counts["answers lost"] += 1
        connection.close()
        time.sleep(0.1)
