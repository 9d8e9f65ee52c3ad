"""The parts of the form of a result, and how it begins with the one field that somebody came to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from deployments.figures import BY_NAME, NAMES, Figure
from portal.force.forms import ResultForm

PLACE = ("on", "place", "area", "start", "end", "duration_minutes", "is_aborted")
SYSTEM = ("technology", "use_case", "algorithm", "threshold", "watchlist_size")
# Fields that mean something only beside each other are changed together.
TOGETHER = (
    ("on",),
    ("place",),
    ("area",),
    ("start", "end"),
    ("duration_minutes",),
    ("is_aborted", "abort_reason"),
    ("technology",),
    ("use_case",),
    ("algorithm", "threshold"),
    ("watchlist_size",),
    ("faces_seen", "faces_method"),
    *((name,) for name in NAMES if name != "faces_seen"),
    ("absent_reason",),
)
# Names of the facts where the form has its own.
FORMS_NAMES = {"started_at": "start", "ended_at": "end"}


@dataclass(frozen=True, slots=True)
class Line:
    """A field; or a figure with its number and the reason why there is none."""

    field: Any = None
    figure: Figure | None = None
    number: Any = None
    absence: Any = None


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: list[Line]
    is_figures: bool = False

    @property
    def has_errors(self) -> bool:
        return any(
            bound.errors for line in self.lines for bound in (line.field, line.number, line.absence) if bound
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """`first` is empty unless one field was asked for; `sections` holds every other field."""

    first: list[Line]
    sections: list[Section]

    @property
    def has_errors(self) -> bool:
        """Whether something is wrong in what is folded away."""
        return any(section.has_errors for section in self.sections)


def parts(form: ResultForm, asked: str = "") -> Parts:
    """`asked` is the name of a fact or of a field of the form; one that there is not asks for nothing."""
    wanted = FORMS_NAMES.get(asked, asked)
    names = next((names for names in TOGETHER if wanted in names), ())
    sections = [
        Section(_("Place and time"), list(_lines(form, PLACE, without=names))),
        Section(_("System and settings"), list(_lines(form, SYSTEM, without=names))),
        Section(_("Figures"), list(_lines(form, _figures(), without=names)), is_figures=True),
    ]
    return Parts(list(_lines(form, names)), [section for section in sections if section.lines])


def _figures() -> Iterator[str]:
    for name in NAMES:
        yield name
        if name == "faces_seen":
            yield "faces_method"
    yield "absent_reason"


def _lines(form: ResultForm, names: Any, without: tuple[str, ...] = ()) -> Iterator[Line]:
    for name in names:
        if name in without or name in form.shown_under_a_choice:
            continue
        if name in BY_NAME:
            yield Line(figure=BY_NAME[name], number=form[name], absence=form[f"{name}_absent"])
        else:
            yield Line(field=form[name])
