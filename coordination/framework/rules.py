"""Which rules apply to a force on a day, as plain data: what everybody else asks the framework.

A rule is a requirement of the version in force on that day, with the force's own tighter values put in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db import connection

from coordination.framework.checks import CHECKS
from coordination.framework.models import Requirement, Tightening, Version
from coordination.framework.vocabulary import Weight
from forces.models import Force


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from. `kind` is a code of `vocabulary.SourceKind`; `url` may be blank."""

    kind: str
    citation: str
    url: str
    verified: bool
    verified_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Applies:
    """What a rule applies to, by codes of `vocabulary`; an empty tuple means all."""

    use_cases: tuple[str, ...] = ()
    place_types: tuple[str, ...] = ()
    watchlist_categories: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attested:
    """Met when somebody in this role of the force attests it with a document of this kind."""

    role: str
    document_kind: str


@dataclass(frozen=True, slots=True)
class Tightened:
    """A parameter that the force holds itself to beyond the nation's value, why, and since which day."""

    value: Any
    national: Any
    why: str
    since: date


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule for one force on one day.

    `parameters` are those that hold (codes are tuples); `national` those before tightening; `tightened` has an
    entry for each that differs. `check` is a name in `checks.CHECKS`, or blank where `attestation` says who attests.
    """

    code: str
    title: str
    sentence: str
    group: str
    weight: str
    source: Source
    technology: str
    applies_to: Applies
    check: str
    parameters: Mapping[str, Any]
    national: Mapping[str, Any]
    tightened: Mapping[str, Tightened]
    attestation: Attested | None
    phase: str
    fixed_by: str
    effective_from: date
    effective_to: date | None
    version: int

    @property
    def blocks(self) -> bool:
        """Whether a plan that does not meet it may not go ahead. What is not verified only warns."""
        return self.source.verified and self.weight != Weight.ADVICE

    @property
    def overridable(self) -> bool:
        """Whether a chief officer may set it aside for one plan, with a reason that is published."""
        return self.weight == Weight.NATIONAL_CONDITION


def rules_for(force: Force | None, on: date) -> tuple[Rule, ...]:
    """The rules for `force` (None: for the nation, with nothing tightened) that applied, or will, on the day `on`.

    They are those of the adopted version with the latest `takes_effect_on` not after `on`; for days before the first
    took effect, of the first, whose requirements have dates of their own. Empty before any version is adopted.
    """
    return rules_for_forces([force], [on])[force.pk if force is not None else None, on]


def rules_for_forces(
    forces: Iterable[Force | None], days: Iterable[date]
) -> dict[tuple[int | None, date], tuple[Rule, ...]]:
    """`rules_for` of every force on every day, by force id and day, in three statements however many there are."""
    forces, days = list(forces), sorted(set(days))
    adopted = list(Version.objects.adopted().order_by("takes_effect_on"))
    versions = {day: in_force(adopted, day) for day in days}
    needed = {version.pk: version for version in versions.values() if version is not None}
    return _composed(forces, versions, _requirements(needed.values()))


def rules_of_version(version: Version, force: Force | None, on: date) -> tuple[Rule, ...]:
    """What the rules for `force` on the day `on` would be if this version, adopted or not, were in force then."""
    return rules_of_version_for_forces(version, [force], [on])[force.pk if force is not None else None, on]


def rules_of_version_for_forces(
    version: Version, forces: Iterable[Force | None], days: Iterable[date]
) -> dict[tuple[int | None, date], tuple[Rule, ...]]:
    """`rules_of_version` of every force on every day, by force id and day: for trying a version out."""
    return _composed(list(forces), dict.fromkeys(sorted(set(days)), version), _requirements([version]))


def in_force(adopted: Iterable[Version], on: date) -> Version | None:
    """Which of these adopted versions holds on a day; before the first, the first."""
    by_day = sorted(adopted, key=lambda version: version.takes_effect_on or date.max)
    begun = [version for version in by_day if version.takes_effect_on and version.takes_effect_on <= on]
    return begun[-1] if begun else by_day[0] if by_day else None


_JUDGING = (
    *("weight", "verified", "technology", "use_cases", "place_types", "watchlist_categories", "cameras"),
    *("check_name", "parameters", "attested_role", "attested_document", "phase"),
    *("effective_from", "effective_to"),
)


def changed(old: Version, new: Version) -> frozenset[str]:
    """Codes of the requirements that the two versions judge differently: added, gone, or judged in another way.

    A new title, sentence, citation or note changes no verdict.
    """
    by_version = _requirements([old, new])
    before, after = (
        {each.code: tuple(getattr(each, name) for name in _JUDGING) for each in by_version[version.pk]}
        for version in (old, new)
    )
    return frozenset(code for code in before.keys() | after.keys() if before.get(code) != after.get(code))


# What was adopted never changes (a trigger holds that), so it is read once by each process.
_ADOPTED: dict[tuple[Any, ...], list[Requirement]] = {}
_MOST_KEPT = 16


def _requirements(versions: Iterable[Version]) -> dict[int, list[Requirement]]:
    keys = {
        version.pk: (connection.settings_dict["NAME"], version.pk, version.adopted_at) for version in versions
    }
    found = {pk: _ADOPTED[key] for pk, key in keys.items() if key in _ADOPTED}
    missing: dict[int, list[Requirement]] = {pk: [] for pk in keys if pk not in found}
    if missing:
        for requirement in Requirement.objects.filter(version__in=list(missing)).order_by("pk"):
            missing[requirement.version_id].append(requirement)
    for pk, requirements in missing.items():
        if keys[pk][-1] is not None and requirements:
            if len(_ADOPTED) >= _MOST_KEPT:
                _ADOPTED.clear()
            _ADOPTED[keys[pk]] = requirements
    return found | missing


def _composed(
    forces: Collection[Force | None],
    versions: Mapping[date, Version | None],
    requirements: Mapping[int, list[Requirement]],
) -> dict[tuple[int | None, date], tuple[Rule, ...]]:
    """Rules are put together once for every set of requirements and tightenings that occurs, and shared."""
    tightenings: defaultdict[int | None, list[Tightening]] = defaultdict(list)
    wanted = [force.pk for force in forces if force is not None]
    if wanted and versions:
        for each in Tightening.objects.filter(force__in=wanted, starts_on__lte=max(versions)):
            tightenings[each.force_id].append(each)
    made: dict[tuple[Any, ...], Rule] = {}
    found = {}
    for day, version in versions.items():
        effective = (
            [each for each in requirements[version.pk] if each.is_effective(day)]
            if version is not None
            else []
        )
        for force in forces:
            key = force.pk if force is not None else None
            held: defaultdict[str, list[Tightening]] = defaultdict(list)
            for each in tightenings[key]:
                if each.holds(day):
                    held[each.requirement].append(each)
            rules = []
            for requirement in effective:
                own = held.get(requirement.code, ())
                identity = (requirement.pk, *(each.pk for each in own))
                if identity not in made:
                    made[identity] = rule_of(requirement, own, version.number)  # type: ignore[union-attr]
                rules.append(made[identity])
            found[key, day] = tuple(rules)
    return found


def rule_of(requirement: Requirement, own: Iterable[Tightening], number: int) -> Rule:
    """One requirement of the version `number` as a rule, with these tightenings of one force, whatever the day."""
    spec = CHECKS.get(requirement.check_name)
    national = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in requirement.parameters.items()
    }
    tightened = {}
    for each in own:
        parameter = spec.parameters.get(each.parameter) if spec else None
        if parameter is None or each.parameter not in national:
            continue  # the nation has since come to judge this another way
        try:
            value = parameter.tightest(national[each.parameter], parameter.read(each.value))
        except ValueError:
            continue  # a code that is no longer known
        if value != national[each.parameter]:
            tightened[each.parameter] = Tightened(value, national[each.parameter], each.why, each.starts_on)
    return Rule(
        code=requirement.code,
        title=requirement.title,
        sentence=requirement.sentence,
        group=requirement.group,
        weight=requirement.weight,
        source=Source(
            kind=requirement.source_kind,
            citation=requirement.citation,
            url=requirement.url,
            verified=requirement.verified,
            verified_on=requirement.verified_on,
            note=requirement.verified_note,
        ),
        technology=requirement.technology,
        applies_to=Applies(
            use_cases=tuple(requirement.use_cases),
            place_types=tuple(requirement.place_types),
            watchlist_categories=tuple(requirement.watchlist_categories),
            cameras=tuple(requirement.cameras),
        ),
        check=requirement.check_name,
        parameters=MappingProxyType(national | {name: each.value for name, each in tightened.items()}),
        national=MappingProxyType(national),
        tightened=MappingProxyType(tightened),
        attestation=Attested(requirement.attested_role, requirement.attested_document)
        if requirement.attested_role
        else None,
        phase=requirement.phase,
        fixed_by=requirement.fixed_by,
        effective_from=requirement.effective_from,
        effective_to=requirement.effective_to,
        version=number,
    )
