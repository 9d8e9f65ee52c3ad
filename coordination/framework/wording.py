"""A rule in plain words: how it is judged, what follows where it is not met, what it applies to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coordination.framework.checks import CHECKS
from coordination.framework.rules import Rule
from coordination.framework.vocabulary import (
    Camera,
    DocumentKind,
    Group,
    Phase,
    PlaceType,
    SourceKind,
    UseCase,
    WatchlistCategory,
    Weight,
)
from forces.roles import FORCE_ROLES


@dataclass(frozen=True, slots=True)
class Value:
    """One parameter of a rule in words. `why` and `since` where the force is stricter than the nation."""

    name: str
    label: str
    holds: str
    national: str
    may_be_tightened: bool
    why: str = ""
    since: date | None = None

    @property
    def is_stricter(self) -> bool:
        return self.since is not None


def judged(rule: Rule) -> str:
    """How it is judged with the values that hold, as one sentence."""
    return _judged(rule, rule.parameters)


def judged_nationally(rule: Rule) -> str:
    """The same with the nation's values."""
    return _judged(rule, rule.national)


def _judged(rule: Rule, parameters: Mapping[str, Any]) -> str:
    if rule.attestation is not None:
        return _("The %(role)s attests it, with this document: %(document)s.") % {
            "role": role_name(rule.attestation.role).lower(),
            "document": label_of(DocumentKind, rule.attestation.document_kind),
        }
    spec = CHECKS.get(rule.check)
    return spec.in_words(parameters) if spec is not None else rule.check


def values(rule: Rule) -> list[Value]:
    """Its parameters, each with the nation's value and the force's own."""
    spec = CHECKS.get(rule.check)
    found = []
    for name, parameter in spec.parameters.items() if spec is not None else ():
        own = rule.tightened.get(name)
        found.append(
            Value(
                name,
                str(parameter.label),
                parameter.in_words(rule.parameters.get(name)),
                parameter.in_words(rule.national.get(name)),
                parameter.tighter != "none",
                own.why if own else "",
                own.since if own else None,
            )
        )
    return found


def value_in_words(rule: Rule, parameter: str, value: Any) -> str:
    """A value of one of its parameters; as it stands where the rule has no such parameter any more."""
    spec = CHECKS.get(rule.check)
    known = spec.parameters.get(parameter) if spec is not None else None
    try:
        return known.in_words(known.read(value)) if known is not None else str(value)
    except ValueError:
        return str(value)


def parameter_label(rule: Rule, parameter: str) -> str:
    spec = CHECKS.get(rule.check)
    known = spec.parameters.get(parameter) if spec is not None else None
    return str(known.label) if known is not None else parameter


def effect(rule: Rule) -> str:
    """What follows where it is not met."""
    if rule.weight == Weight.ADVICE:
        return _("Warns. Nothing stops.")
    if not rule.source.verified:
        return _("Warns only, because its source has not been verified.")
    if rule.overridable:
        return _("Stops a plan, unless a chief officer sets it aside for that plan with a published reason.")
    return _("Stops a plan. Nobody can set it aside.")


def effect_in_short(rule: Rule) -> str:
    if rule.blocks:
        return _("stops a plan") if not rule.overridable else _("stops a plan, may be set aside")
    return _("warns")


def applies(rule: Rule) -> str:
    """What it applies to, as one text."""
    named = (
        (UseCase, rule.applies_to.use_cases),
        (PlaceType, rule.applies_to.place_types),
        (WatchlistCategory, rule.applies_to.watchlist_categories),
        (Camera, rule.applies_to.cameras),
    )
    said = ["; ".join(label_of(words, code) for code in codes) for words, codes in named if codes]
    return ". ".join(said) or _("Every deployment")


def verified(rule: Rule) -> str:
    """Whether anybody read the primary text, and what there is to know about that."""
    said = (
        _("Yes: the text was read on %(day)s.") % {"day": _day(rule.source.verified_on)}
        if rule.source.verified
        else _("No.")
    )
    return f"{said} {rule.source.note}".strip()


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else ""


def weight_name(rule: Rule) -> str:
    return label_of(Weight, rule.weight)


def group_name(code: str) -> str:
    return label_of(Group, code)


def phase_name(rule: Rule) -> str:
    return label_of(Phase, rule.phase)


def source_kind_name(rule: Rule) -> str:
    return label_of(SourceKind, rule.source.kind)


def role_name(code: str) -> str:
    return str(FORCE_ROLES[code].name) if code in FORCE_ROLES else code


def label_of(words: Any, code: str) -> str:
    """The name of a code among choices; the code itself if they no longer know it."""
    return str(words(code).label) if code in words.values else code
