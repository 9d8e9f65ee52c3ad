"""What the centre records of its answers and packs. None of it is public: an answer is given to whoever asked."""

from __future__ import annotations

from dataclasses import dataclass

from events.registry import event


@event("question.saved.v1")
@dataclass(frozen=True, slots=True)
class QuestionSaved:
    """Somebody at the centre has saved a question, with what its answer is made from."""

    question: str
    asks: str


@event("question.changed.v1")
@dataclass(frozen=True, slots=True)
class QuestionChanged:
    """A saved question was given another title or reference, or its answer says other figures or notes."""

    question: str
    revision: int


@event("question.answered.v1")
@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """A question has been answered from the register as it stood; the answer is kept as it was given."""

    question: str
    answer: str
    number: int
    register: str


@event("briefing.made.v1")
@dataclass(frozen=True, slots=True)
class BriefingMade:
    """A briefing pack has been made from the register as it stood, and is kept as it was made."""

    pack: str
    register: str
    figures: str
