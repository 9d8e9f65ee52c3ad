"""Why an action on a deployment would not do what was asked, and how one says what it looked at."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from deployments.models import Deployment
from forces.refusals import Refusal


class Seen(NamedTuple):
    """What a person looked at when they decided: a version of the result, and its revision."""

    version: int
    revision: int


class Standing(NamedTuple):
    """What a person looked at when they decided about what is published: the version that stands, and its turns."""

    version: int
    turns: int

    @classmethod
    def of(cls, deployment: Deployment) -> Standing:
        """What stands now; `current` must be loaded."""
        return cls(deployment.shown.number, deployment.turns)


class Stale(Refusal):
    """Somebody changed it after it was shown."""


class OwnWork(Refusal):
    """Four eyes: somebody who wrote part of a version can neither review nor publish it."""


class WrongStage(Refusal):
    """The deployment or result is not in the state that this needs."""


class Unanswered(Refusal):
    """Figures contradict each other and nobody has said why. `questions` are those without an answer."""

    def __init__(self, questions) -> None:
        self.questions = questions
        super().__init__(
            _("Figures contradict each other and nobody has said why: %(questions)s")
            % {"questions": " ".join(question.words for question in questions)},
            pointer="answers",
        )


class NothingChanged(Refusal):
    """The correction says what already stands."""


class Twins(Refusal):
    """The force has other results of that day and place, and nobody has said that this is yet another."""

    def __init__(self, twins) -> None:
        self.twins = twins
        super().__init__(
            _("Your force has recorded this day and place already: %(references)s.")
            % {"references": ", ".join(twin.reference for twin in twins)}
        )


class NoMatch(Refusal):
    """The transcription named is not one that this result can replace."""
