"""How rules, their sources and their history are drawn on the pages of the legal framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.framework import queries, wording
from coordination.framework.models import Tightening, Version
from coordination.framework.queries import Change
from coordination.framework.rules import Rule
from coordination.framework.vocabulary import Weight
from design.components import Column, Link, Row, Table
from design.numbers import date_text
from public.framework.asked import Asked
from public.worlds import World

COLOURS = {Weight.LAW: "purple", Weight.NATIONAL_CONDITION: "blue", Weight.ADVICE: "grey"}


def is_before(version: Version | None, on: date) -> bool:
    """Whether the day lies before the first version took effect: what is shown is then what was law or guidance."""
    return version is not None and version.takes_effect_on is not None and on < version.takes_effect_on


def strip(rules: Sequence[Rule], version: Version | None, asked: Asked) -> list[Row]:
    verified = sum(rule.source.verified for rule in rules)
    return [
        Row(_("On"), asked.on),
        Row(
            _("Requirements"),
            _("%(n)d of version %(number)d") % {"n": len(rules), "number": version.number}
            if version is not None
            else _("None yet"),
        ),
        Row(
            _("Verified in the primary text"),
            _("%(some)d of %(all)d") % {"some": verified, "all": len(rules)},
        ),
        Row(_("Can stop a plan"), str(sum(rule.blocks for rule in rules))),
    ]


def table(
    rules: Sequence[Rule], caption: str, asked: Asked, stricter: Iterable[Tightening], world: World
) -> Table:
    stricter_by: dict[str, set[int]] = {}
    for each in stricter:
        stricter_by.setdefault(each.requirement, set()).add(each.force_id)
    day = f"?on={asked.on.isoformat()}" if asked.says_day else ""
    return Table(
        caption,
        [
            Column(_("Requirement")),
            Column(_("How it is judged")),
            Column(_("If not met")),
            Column(_("Source")),
        ],
        [
            [
                Link(rule.title, world.url("requirement", rule.code) + day),
                _how(rule, asked, len(stricter_by.get(rule.code, ()))),
                _weight(rule),
                _source(rule),
            ]
            for rule in rules
        ],
        caption_hidden=True,
        stacked=True,
    )


def _how(rule: Rule, asked: Asked, forces: int) -> SafeString:
    said = [wording.judged(rule)]
    if asked.force is not None:
        said += [
            _("Stricter here since %(day)s: %(why)s The nation’s value: %(national)s.")
            % {"day": date_text(each.since), "why": _sentence(each.why), "national": each.national}
            for each in wording.values(rule)
            if each.since is not None
        ]
    elif forces:
        said.append(
            ngettext("%(n)d force is stricter.", "%(n)d forces are stricter.", forces) % {"n": forces}
        )
    return format_html_join(SafeString("<br>"), "{}", ([each] for each in said))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _weight(rule: Rule) -> SafeString:
    return format_html(
        '<strong class="govuk-tag govuk-tag--{}">{}</strong><br>{}',
        COLOURS.get(Weight(rule.weight), "grey"),
        wording.weight_name(rule),
        wording.effect(rule),
    )


def _source(rule: Rule) -> SafeString:
    verified = _("Verified") if rule.source.verified else _("Not verified")
    return format_html("{}<br>{}", rule.source.citation, verified)


def rows(rule: Rule, asked: Asked) -> list[Row]:
    """One requirement, part by part."""
    citation: Any = Link(rule.source.citation, rule.source.url) if rule.source.url else rule.source.citation
    return [
        Row(_("How it is judged"), wording.judged(rule)),
        *(Row(each.label, each.holds) for each in wording.values(rule)),
        Row(_("Weight"), wording.weight_name(rule)),
        Row(_("If it is not met"), wording.effect(rule)),
        Row(_("Kind of source"), wording.source_kind_name(rule)),
        Row(_("Source"), citation),
        Row(_("Verified"), wording.verified(rule)),
        Row(_("Applies to"), wording.applies(rule)),
        Row(_("By when"), wording.phase_name(rule)),
        Row(_("Who can put it right"), wording.role_name(rule.fixed_by)),
        Row(_("In force"), queries.period(rule.effective_from, rule.effective_to)),
        Row(_("As stated by"), _("Version %(number)d") % {"number": rule.version}),
    ]


def stricter(rule: Rule, tightenings: Sequence[Tightening], on: date, world: World) -> Table | None:
    """Which forces hold or held themselves to more, with their reasons; those of the day first."""
    if not tightenings:
        return None
    in_order = sorted(tightenings, key=lambda each: (not each.holds(on), each.force.name, each.starts_on))
    return Table(
        _("Forces that are stricter"),
        [
            Column(_("Force")),
            Column(_("Its own value")),
            Column(_("Nation")),
            Column(_("When")),
            Column(_("Why")),
        ],
        [
            [
                Link(each.force.name, world.url("force", each.force.slug)),
                wording.value_in_words(rule, each.parameter, each.value),
                wording.value_in_words(rule, each.parameter, rule.national.get(each.parameter)),
                _when(each),
                " ".join(filter(None, [_sentence(each.why), each.ended_why])),
            ]
            for each in in_order
        ],
        caption_hidden=True,
        stacked=True,
    )


def _when(each: Tightening) -> str:
    if each.ends_on is None:
        return _("since %(day)s") % {"day": date_text(each.starts_on)}
    last = each.ends_on - timedelta(days=1)
    return _("%(first)s to %(last)s") % {"first": date_text(each.starts_on), "last": date_text(last)}


def versions(
    adopted: Sequence[Version], changes: Mapping[int, Sequence[Change]], world: World
) -> list[dict[str, Any]]:
    """Latest first. The first version has no list of changes: all of it is new."""
    return [
        {
            "version": version,
            "url": f"{world.url('framework')}?on={version.takes_effect_on.isoformat()}",
            "is_first": version.number == adopted[-1].number,
            "count": len(changes[version.number]),
            "changes": [(change, queries.WHAT[change.what]) for change in changes[version.number]],
        }
        for version in adopted
        if version.takes_effect_on is not None
    ]
