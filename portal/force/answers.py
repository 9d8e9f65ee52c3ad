"""What a plan says, in words: for whoever checks, assesses or authorises it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import linebreaks
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from coordination.evaluations.models import AlgorithmVersion
from deployments.planning.choices import Category
from deployments.planning.fields import TASKS, Field, Kind, Task, moment
from deployments.planning.models import Plan
from design.components import Row
from design.numbers import moment_text, number_text, short_date_text, time_text
from forces.models import Document, Force, Person

Said = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Known:
    """Names of what answers point at: algorithms and documents by id, people by public id."""

    algorithms: Mapping[int, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[int, str] = field(default_factory=dict)


def known_of(force: Force, *contents: Said) -> Known:
    """Names of everything that these contents of the force's plans point at, in a statement for each kind."""
    ids: dict[Kind, set[Any]] = {Kind.ALGORITHM: set(), Kind.PERSON: set(), Kind.DOCUMENT: set()}
    for said in contents:
        for task in TASKS:
            for asked in task.fields:
                value = said.get(task.code, {}).get(asked.name)
                if asked.kind in ids and value is not None:
                    ids[asked.kind].add(value)
    algorithms = AlgorithmVersion.objects.filter(pk__in=ids[Kind.ALGORITHM]) if ids[Kind.ALGORITHM] else ()
    people = (
        Person.objects.filter(public_id__in=ids[Kind.PERSON]).values_list("public_id", "name")
        if ids[Kind.PERSON]
        else ()
    )
    documents = Document.objects.filter(pk__in=ids[Kind.DOCUMENT], force=force) if ids[Kind.DOCUMENT] else ()
    return Known(
        {each.pk: str(each) for each in algorithms},
        {str(public_id): name for public_id, name in people},
        {
            each.pk: _("%(title)s, version %(version)s") % {"title": each.title, "version": each.version}
            for each in documents
        },
    )


def in_words(asked: Field, value: Any, known: Known) -> Any:
    """One answer as people read it; "" where nothing was given."""
    if value in (None, "", []):
        return ""
    match asked.kind:
        case Kind.TEXT:
            return mark_safe(linebreaks(value, autoescape=True).replace("<p>", '<p class="govuk-body">'))  # noqa: S308 - escaped by linebreaks
        case Kind.NUMBER:
            return number_text(value)
        case Kind.FLAG:
            return _("Yes") if value else _("No")
        case Kind.CHOICE:
            return str(asked.choices(value).label)
        case Kind.CHOICES:
            return [str(asked.choices(each).label) for each in value]
        case Kind.MOMENT:
            return moment_text(moment(value))  # type: ignore[arg-type]
        case Kind.REFERENCES:
            return list(value)
        case Kind.CATEGORIES:
            return [category(each) for each in value]
        case Kind.ALGORITHM:
            return known.algorithms.get(value, _("An algorithm that is no longer listed"))
        case Kind.PERSON:
            return known.people.get(value, _("Somebody who is no longer in the force"))
        case Kind.DOCUMENT:
            return known.documents.get(value, _("Document %(number)s") % {"number": value})
    return str(value)


def category(each: Mapping[str, Any]) -> str:
    """One watchlist category: what, how many, why."""
    return _("%(label)s: %(expected)s expected. %(why)s") % {
        "label": Category(each["code"]).label,
        "expected": number_text(each["expected"]),
        "why": each["rationale"],
    }


def rows(task: Task, values: Mapping[str, Any], known: Known, *, change: str = "") -> list[Row]:
    """Lines of a summary list: the questions that are asked, with their answers."""
    return [
        Row(str(asked.label), in_words(asked, values.get(asked.name), known), change=change)
        for asked in task.fields
        if asked.is_asked(values)
    ]


def sections(plan: Plan, known: Known) -> list[tuple[str, list[Row]]]:
    """Everything the plan says: the title of each task with its lines."""
    return [(str(task.title), rows(task, plan.answers(task.code), known)) for task in TASKS]


def differences(before: Said, after: Said) -> Iterable[tuple[Task, Field, Any, Any]]:
    """Each question that is answered differently, in the order of the tasks."""
    for task in TASKS:
        for asked in task.fields:
            old, new = before.get(task.code, {}).get(asked.name), after.get(task.code, {}).get(asked.name)
            if (old or None) != (new or None) or (old == 0) != (new == 0):
                yield task, asked, old, new


def where_and_when(plan: Plan) -> str:
    """ "Market Square, Fri 4 Dec 2026"; the reference where it says neither."""
    said = [plan.place, short_date_text(plan.starts_at) if plan.starts_at else ""]
    return ", ".join(filter(None, said)) or plan.reference


def window(plan: Plan) -> str:
    """ "Fri 4 Dec 2026, 11am to 4pm"; "" where it is not known."""
    if plan.starts_at is None or plan.ends_at is None:
        return ""
    ends = time_text(plan.ends_at)
    if short_date_text(plan.ends_at) != short_date_text(plan.starts_at):
        ends = f"{short_date_text(plan.ends_at)}, {ends}"
    return _("%(day)s, %(start)s to %(end)s") % {
        "day": short_date_text(plan.starts_at),
        "start": time_text(plan.starts_at),
        "end": ends,
    }
