"""What comes of judging: a state and words for each rule, and all of them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from coordination.framework.rules import Rule


class State(TextChoices):
    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    NOT_KNOWN = "not_known", _("Cannot be judged")  # from what is known now; perhaps later
    NOT_APPLICABLE = "not_applicable", _("Does not apply")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one rule stands. `words` say why, fit to show.

    `by_when` is the latest moment at which it can still be met, where there is one, and `fixed_by` the code of the role
    that can see to it. `due` is whether the step it must be met before is reached: what must be met on the day keeps
    nobody from authorising. `overridden`: a chief officer has let these very words go on without it.
    """

    rule: Rule
    state: State
    words: str
    by_when: datetime | None = None
    overridden: bool = False
    due: bool = True

    @property
    def fixed_by(self) -> str:
        return self.rule.fixed_by

    @property
    def is_missed(self) -> bool:
        """Not met, and nobody has set it aside."""
        return self.state == State.NOT_MET and not self.overridden

    @property
    def blocks(self) -> bool:
        """Whether the next step must wait for it."""
        return self.rule.blocks and self.is_missed and self.due

    @property
    def will_block(self) -> bool:
        """Whether a later step must wait for it, if it stays as it is."""
        return self.rule.blocks and self.is_missed and not self.due

    @property
    def warns(self) -> bool:
        """Not met, and the next step may be taken all the same."""
        return self.is_missed and not self.blocks

    @property
    def is_to_come(self) -> bool:
        """Nothing is wrong yet: it can be judged later, and has a moment by which."""
        return self.state == State.NOT_KNOWN and self.by_when is not None

    def as_kept(self) -> dict[str, Any]:
        """As it is kept beside a decision: JSON."""
        rule = self.rule
        return {
            "code": rule.code,
            "title": rule.title,
            "weight": str(rule.weight),
            "verified": rule.source.verified,
            "state": str(self.state),
            "words": self.words,
            "value": _plain(rule.parameters),
            "national": _plain(rule.national),
            "overridden": self.overridden,
        }


@dataclass(frozen=True, slots=True)
class Readiness:
    """Every rule that a plan is judged by, in the order of the framework."""

    verdicts: tuple[Verdict, ...]
    framework_version: int | None

    def _those(self, wanted: Callable[[Verdict], bool]) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if wanted(verdict))

    @property
    def blocking(self) -> tuple[Verdict, ...]:
        """Why the next step cannot be taken; empty if it can."""
        return self._those(lambda verdict: verdict.blocks)

    @property
    def warnings(self) -> tuple[Verdict, ...]:
        return self._those(lambda verdict: verdict.warns)

    @property
    def met(self) -> tuple[Verdict, ...]:
        return self._those(lambda verdict: verdict.state == State.MET)

    @property
    def not_known(self) -> tuple[Verdict, ...]:
        """What cannot be judged now, what is still to come included."""
        return self._those(lambda verdict: verdict.state == State.NOT_KNOWN)

    @property
    def to_come(self) -> tuple[Verdict, ...]:
        return self._those(lambda verdict: verdict.is_to_come)

    @property
    def overridable(self) -> tuple[Verdict, ...]:
        """What a chief officer may set aside: national conditions that block, now or at a later step."""
        return self._those(
            lambda verdict: (verdict.blocks or verdict.will_block) and verdict.rule.overridable
        )

    @property
    def overridden(self) -> tuple[Verdict, ...]:
        return self._those(lambda verdict: verdict.overridden and verdict.state == State.NOT_MET)

    def of(self, code: str) -> Verdict | None:
        return next((verdict for verdict in self.verdicts if verdict.rule.code == code), None)

    def snapshot(self) -> list[dict[str, Any]]:
        """As it is kept with an authority: what was known at that moment, rule by rule."""
        return [verdict.as_kept() for verdict in self.verdicts]


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in parameters.items()}
