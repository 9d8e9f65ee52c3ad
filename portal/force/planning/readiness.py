"""What the plan meets and what not, by when and who can see to it: each line with the rule that asks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.framework.vocabulary import Weight
from deployments.readiness import Readiness, Verdict
from design.numbers import moment_text
from forces.clock import db_now
from forces.models import Force, Membership
from forces.roles import FORCE_ROLES
from portal.force.pages import public_address

COLOURS = {Weight.LAW: "red", Weight.NATIONAL_CONDITION: "orange", Weight.ADVICE: "grey"}
NAMED = 3  # people by name beside a role


@dataclass(frozen=True, slots=True)
class Line:
    """One rule as it stands for the plan. `fixed_by` is a role with the names of whoever holds it."""

    title: str
    words: str
    weight: str
    colour: str
    source: str
    href: str
    is_verified: bool
    by_when: str
    fixed_by: str


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that stand alike. `is_open`: shown at once, where the others are folded away."""

    title: str
    lines: list[Line]
    is_open: bool = False
    is_tagged: bool = False


def groups_of(readiness: Readiness, force: Force) -> list[Group]:
    """What blocks first, then what will, warnings, what is to come, what cannot be judged, what is met."""
    ahead = [each for each in readiness.verdicts if each.will_block]
    warnings = [each for each in readiness.warnings if not each.will_block]
    unknown = [each for each in readiness.not_known if not each.is_to_come]
    draw = _Drawing(force, readiness.verdicts)
    found = [
        Group(_("Blocks the next step"), draw.lines(readiness.blocking), True, True),
        Group(_("Will block a later step"), draw.lines(ahead), True, True),
        Group(_("Set aside by a chief officer"), draw.lines(readiness.overridden), True),
        Group(_n("%d warning", "%d warnings", warnings), draw.lines(warnings), False, True),
        Group(_n("%d still to come", "%d still to come", readiness.to_come), draw.lines(readiness.to_come)),
        Group(_n("%d cannot be judged yet", "%d cannot be judged yet", unknown), draw.lines(unknown)),
        Group(_n("%d met", "%d met", readiness.met), draw.lines(readiness.met)),
    ]
    return [each for each in found if each.lines]


def summary_of(readiness: Readiness) -> str:
    """How it stands in one sentence."""
    blocking = len(readiness.blocking)
    if blocking:
        return ngettext(
            "%d requirement that blocks is not met.", "%d requirements that block are not met.", blocking
        ) % (blocking)
    return _("Nothing that can be judged now stands in the way.")


class _Drawing:
    def __init__(self, force: Force, verdicts: Iterable[Verdict]) -> None:
        self.force = force
        self.holders = _holders(force, {each.fixed_by for each in verdicts if each.fixed_by})

    def lines(self, verdicts: Iterable[Verdict]) -> list[Line]:
        return [self._line(each) for each in verdicts]

    def _line(self, verdict: Verdict) -> Line:
        rule = verdict.rule
        weight = Weight(rule.weight)
        return Line(
            title=str(rule.title),
            words=verdict.words,
            weight=str(weight.label),
            colour=COLOURS[weight],
            source=rule.source.citation,
            href=public_address(self.force, "requirement", rule.code),
            is_verified=rule.source.verified,
            by_when=moment_text(verdict.by_when) if verdict.by_when else "",
            fixed_by=self._fixed_by(verdict.fixed_by),
        )

    def _fixed_by(self, code: str) -> str:
        if not code:
            return ""
        role = str(FORCE_ROLES[code].name) if code in FORCE_ROLES else code
        names = self.holders.get(code, [])
        if not names:
            return role
        shown = ", ".join(names[:NAMED])
        more = len(names) - NAMED
        if more > 0:
            shown = _("%(names)s and %(more)d more") % {"names": shown, "more": more}
        return _("%(role)s (%(names)s)") % {"role": role, "names": shown}


def _holders(force: Force, roles: set[str]) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    held = Membership.objects.filter(force=force, role__in=roles, period__contains=db_now())
    for role, name in held.order_by("person__name").values_list("role", "person__name"):
        found[role].append(name)
    return found


def _n(one: str, many: str, those: Any) -> str:
    return ngettext(one, many, len(those)) % len(those)
