"""Deployments in words: where they stand, what they say, what happens next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.evaluations.models import Technology
from deployments.facts import Facts, decimal_text, label
from deployments.figures import FIGURES, Absence, Method
from deployments.models import Deployment, Result
from design.components import Row
from design.numbers import date_text, moment_text, number_text, shorthand

# The government's shorthand for each reason: not available or misleading, and not applicable.
CODES = {
    Absence.NOT_PUBLISHED: "x",
    Absence.MISLEADING: "x",
    Absence.NOT_APPLICABLE: "z",
    Absence.ABORTED: "z",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a deployment stands: a few words and the colour of its tag."""

    text: str
    colour: str


def standing(deployment: Deployment) -> Standing:
    if deployment.stage == Deployment.Stage.WITHDRAWN:
        return Standing(_("Withdrawn"), "red")
    if deployment.stage == Deployment.Stage.DISCARDED:
        return Standing(_("Discarded"), "grey")
    if deployment.stage == Deployment.Stage.PREPARING:
        if deployment.shown.status == Result.Status.REVIEWED:
            return Standing(_("To publish"), "blue")
        if deployment.shown.is_sent_back:
            return Standing(_("Sent back"), "orange")
        if deployment.shown.open_questions():
            return Standing(_("To answer"), "orange")
        return Standing(_("To review"), "yellow")
    if deployment.correction is not None and deployment.correction.is_sent_back:
        return Standing(_("Correction sent back"), "orange")
    if deployment.correction is not None:
        return Standing(_("Correction in work"), "purple")
    return Standing(_("Published"), "green")


def where_and_when(result: Result) -> str:
    return _("%(place)s, %(date)s") % {"place": result.place, "date": date_text(result.on)}


def days(number: int) -> str:
    return ngettext("%d day", "%d days", number) % number


def absence(code: str) -> Any:
    known = Absence(code)
    return format_html("{} {}", shorthand(CODES[known], with_words=False), known.label)


def figure(facts: Facts, name: str) -> Any:
    number = facts.figures[name]
    return absence(facts.absent[name]) if number is None else number_text(number)


def value(facts: Facts, name: str) -> Any:
    """One field of the facts as people read it; "" where nothing was given."""
    if name in facts.figures:
        return figure(facts, name)
    given = getattr(facts, name)
    if given is None or given == "":
        return ""
    match name:
        case "on":
            return date_text(given)
        case "started_at" | "ended_at":
            return moment_text(given)
        case "duration_minutes":
            return _("%(hours)d h %(minutes)d min") % {"hours": given // 60, "minutes": given % 60}
        case "technology":
            return str(Technology(given).label)
        case "threshold":
            return decimal_text(given)
        case "watchlist_size":
            return number_text(given)
        case "is_aborted":
            return _("Yes") if given else _("No")
        case "faces_method":
            return str(Method(given).label)
        case _:
            return str(given)


PLACE = ("on", "place", "area", "started_at", "ended_at", "duration_minutes", "is_aborted", "abort_reason")
SYSTEM = ("technology", "use_case", "algorithm", "threshold", "watchlist_size")


def rows(facts: Facts, names: Iterable[str], change: str = "") -> list[Row]:
    """Lines of a summary list; `change` is the address of the form, which begins with the field of each line."""
    return [
        Row(
            label(name),
            value(facts, name),
            change=f"{change}?field={name}#id_{anchor(name)}" if change else "",
        )
        for name in names
        if name != "abort_reason" or facts.is_aborted
    ]


def published_rows(facts: Facts, names: Iterable[str]) -> list[Row]:
    """The same lines as the public will read them: what is missing gives the reason that is published."""
    absent = facts.absences()
    lines = rows(facts, names)
    shown = [name for name in names if name != "abort_reason" or facts.is_aborted]
    return [
        Row(line.key, _("%(code)s %(why)s") % {"code": _shown(absent[name]), "why": absent[name]["why"]})
        if name in absent
        else line
        for name, line in zip(shown, lines, strict=True)
    ]


def _shown(absent: dict[str, str]) -> str:
    return f"[{CODES[Absence(absent['code'])]}]"


def figure_rows(facts: Facts, change: str = "") -> list[Row]:
    lines = rows(facts, [figure.name for figure in FIGURES], change)
    if facts.figures["faces_seen"] is not None:
        lines.insert(1, *rows(facts, ["faces_method"], change))
    if facts.absent_reason:
        lines += rows(facts, ["absent_reason"], change)
    return lines


def anchor(name: str) -> str:
    """The form's own name of a field."""
    return {"on": "on-day", "started_at": "start", "ended_at": "end"}.get(name, name)


def differences(before: Facts, after: Facts) -> list[tuple[str, Any, Any]]:
    """What differs, each with its old and new value in words."""
    return [(label(name), value(before, name), value(after, name)) for name in after.changes_from(before)]


def questions(result: Result) -> list[Row]:
    """Each contradiction and the answer given, if any."""
    answers = result.standing_answers()
    return [Row(asked.words, answers.get(asked.check)) for asked in result.facts.questions()]
