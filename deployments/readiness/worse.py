"""What a plan would newly fail under other rules, or what would newly block it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from coordination.framework.rules import Rule
from deployments.readiness.judging import judge
from deployments.readiness.subject import Subject
from deployments.readiness.verdicts import Verdict

RulesOn = Mapping[tuple[int | None, date], tuple[Rule, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """One requirement that a plan would newly fail, or whose failing would newly block. `before` None: it is new."""

    before: Verdict | None
    after: Verdict

    @property
    def code(self) -> str:
        return self.after.rule.code


def worse(before: Iterable[Rule], after: Iterable[Rule], subject: Subject) -> tuple[Change, ...]:
    """What a plan would newly fail if the rules `after` held in place of `before`, or what would newly block it."""
    held = {rule.code: rule for rule in before}
    found = []
    for rule in after:
        now = judge(rule, subject)
        if not now.is_missed:
            continue
        was = judge(held[rule.code], subject) if rule.code in held else None
        if was is None or not was.is_missed or (rule.blocks and not was.rule.blocks):
            found.append(Change(was, now))
    return tuple(found)


def among(rules: RulesOn, codes: frozenset[str]) -> dict[tuple[int | None, date], tuple[Rule, ...]]:
    """The rules of these codes alone."""
    return {key: tuple(rule for rule in these if rule.code in codes) for key, these in rules.items()}
