"""What a force says happened at one deployment: checked as a whole, compared, and turned into the public document."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from coordination.evaluations.models import AlgorithmVersion, Technology
from deployments.arithmetic import Question, questions
from deployments.figures import BY_NAME, FIGURES, NAMES, Absence, Method
from forces.clock import LONDON, london_date
from forces.models import Force
from forces.personal_data import refuse_personal_data
from forces.refusals import Invalid
from register.canonical import CONTROL_CHARACTERS, RESULT

EARLIEST = date(2010, 1, 1)  # before the first known deployment in the United Kingdom
MOST_MINUTES = 44_640  # 31 days; the schema's limit
MOST_WATCHLISTED = 10_000_000
LARGEST_THRESHOLD = Decimal(100_000)
LENGTHS = {"place": 200, "area": 200, "use_case": 200, "abort_reason": 500, "absent_reason": 500}


@dataclass(frozen=True, slots=True)
class Facts:
    """One version of a result. `figures` maps each figure to a whole number or None; `absent` each None to a code.

    Times are aware. `threshold` is on the maker's own scale. Blank text and None mean "not given".
    """

    on: date
    place: str
    area: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration_minutes: int | None = None
    technology: str = Technology.LIVE.value
    use_case: str = ""
    algorithm: AlgorithmVersion | None = None
    threshold: Decimal | None = None
    watchlist_size: int | None = None
    is_aborted: bool = False
    abort_reason: str = ""
    figures: Mapping[str, int | None] = field(default_factory=lambda: dict.fromkeys(NAMES))
    absent: Mapping[str, str] = field(
        default_factory=lambda: dict.fromkeys(NAMES, Absence.NOT_PUBLISHED.value)
    )
    absent_reason: str = ""
    faces_method: str = Method.ESTIMATE.value

    def tidy(self) -> Facts:
        """The same with spaces and line breaks of its texts evened out, as the register wants them."""
        texts: dict[str, Any] = {name: one_line(getattr(self, name)) for name in LENGTHS}
        return dataclasses.replace(self, **texts)

    def questions(self) -> list[Question]:
        """What the force must be asked about before this is published."""
        window = self.ended_at - self.started_at if self.started_at and self.ended_at else None
        return questions(
            self.figures, is_aborted=self.is_aborted, minutes=self.duration_minutes, window=window
        )

    def changes_from(self, other: Facts) -> list[str]:
        """Names of what differs: fields, and figures by their own names."""
        mine, theirs = self.as_plain(), other.as_plain()
        return [name for name in mine if mine[name] != theirs[name]]

    def as_plain(self) -> dict[str, Any]:
        """As JSON-able values, one per field and figure; a missing figure is `[code]`."""
        plain: dict[str, Any] = {}
        for each in dataclasses.fields(self):
            value = getattr(self, each.name)
            if each.name == "figures":
                plain |= {
                    name: f"[{self.absent.get(name, '')}]" if number is None else number
                    for name, number in value.items()
                }
            elif each.name == "algorithm":
                plain[each.name] = str(value) if value else None
            elif isinstance(value, date | datetime):
                plain[each.name] = value.isoformat()
            elif isinstance(value, Decimal):
                plain[each.name] = decimal_text(value)
            elif each.name != "absent":
                plain[each.name] = value
        return plain

    def check(self, force: Force, *, today: date) -> None:
        """Raise Invalid with every problem by field, unless this can be recorded for `force`.

        PersonalData, which is Invalid too, where a text seems to identify somebody.
        """
        errors: dict[str, list[str]] = {}

        def wrong(name: str, words: str) -> None:
            errors.setdefault(name, []).append(words)

        self._check_texts(wrong)
        self._check_times(wrong, today)
        self._check_system(wrong, force)
        self._check_figures(wrong)
        if errors:
            raise Invalid(errors)
        refuse_personal_data(
            {name: getattr(self, name) for name in LENGTHS}, force=force, places=("place", "area")
        )

    def _check_texts(self, wrong) -> None:
        if not self.place:
            wrong("place", _("Enter the name of the place."))
        for name, limit in LENGTHS.items():
            text = getattr(self, name)
            if len(text) > limit:
                wrong(name, _("Use %(limit)d characters or fewer.") % {"limit": limit})
            if not is_plain(text):
                wrong(name, _("Remove characters that cannot be seen or printed."))

    def _check_times(self, wrong, today: date) -> None:
        if self.on > today:
            wrong("on", _("The date is in the future. Record a result after the deployment."))
        if self.on < EARLIEST:
            wrong("on", _("Check the year: the date must be in %(year)d or later.") % {"year": EARLIEST.year})
        if self.started_at and london_date(self.started_at) != self.on:
            wrong("started_at", _("The start must fall on the date of the deployment."))
        if self.ended_at and not self.started_at:
            wrong("started_at", _("Enter the time it started, or clear the time it ended."))
        if self.started_at and self.ended_at:
            if self.ended_at <= self.started_at:
                wrong("ended_at", _("The end must be after the start."))
            elif self.ended_at - self.started_at > timedelta(minutes=MOST_MINUTES):
                wrong("ended_at", _("A deployment is one continuous window of 31 days at most."))
        if self.duration_minutes is not None and not 0 <= self.duration_minutes <= MOST_MINUTES:
            wrong("duration_minutes", _("Enter between 0 and %(most)d minutes.") % {"most": MOST_MINUTES})

    def _check_system(self, wrong, force: Force) -> None:
        if self.technology not in Technology.values:
            wrong("technology", _("Choose the kind of facial recognition."))
        if self.algorithm is not None:
            if self.algorithm.technology != self.technology:
                wrong("algorithm", _("That algorithm is registered for another kind of facial recognition."))
            if self.algorithm.is_made_up != force.is_made_up:
                wrong(
                    "algorithm",
                    _("Made-up algorithms are for made-up forces, and real ones for real forces."),
                )
        if self.threshold is not None and not (
            self.threshold.is_finite() and 0 <= self.threshold < LARGEST_THRESHOLD
        ):
            wrong("threshold", _("Enter a threshold from 0 to less than 100,000."))
        elif self.threshold is not None and self.threshold != self.threshold.quantize(Decimal("0.000001")):
            wrong("threshold", _("Use at most six decimal places."))
        if self.watchlist_size is not None and not 0 <= self.watchlist_size <= MOST_WATCHLISTED:
            wrong("watchlist_size", _("Enter a number from 0 to 10,000,000."))
        if self.abort_reason and not self.is_aborted:
            wrong("abort_reason", _("A completed deployment has no reason for being aborted. Clear it."))
        if self.faces_method not in list(Method):
            wrong("faces_method", _("Choose how faces seen were counted."))

    def _check_figures(self, wrong) -> None:
        if set(self.figures) != set(NAMES):
            raise ValueError("Facts hold all thirteen figures, each a number or None")
        for figure in FIGURES:
            number, code = self.figures[figure.name], self.absent.get(figure.name)
            if number is not None and code is not None:
                wrong(figure.name, _("Enter a number or say why there is none, not both."))
            elif number is not None and not 0 <= number <= figure.most:
                wrong(
                    figure.name,
                    _("Enter a whole number from 0 to %(most)s.") % {"most": f"{figure.most:,}"},
                )
            elif number is None and code not in list(Absence):
                wrong(figure.name, _("Enter a number, or say why there is none. Blank is never zero."))
            elif code == Absence.ABORTED and not self.is_aborted:
                wrong(figure.name, _("The deployment was completed, so nothing is missing as aborted."))
        if Absence.MISLEADING in self.absent.values() and not self.absent_reason:
            wrong("absent_reason", _("Say why the figure would mislead: the reason is published."))

    def document(self, *, reference: str, force: Force, answers: Mapping[str, str]) -> dict[str, Any]:
        """The public document (deployment-result.v1). `answers` maps the check of each question to its answer."""
        ended_on = london_date(self.ended_at) if self.ended_at else None
        document: dict[str, Any] = {
            "schema": RESULT,
            "reference": reference,
            "force": force.code,
            "technology": self.technology,
            "on": self.on.isoformat(),
            "ends_on": ended_on.isoformat() if ended_on and ended_on > self.on else None,
            "started_at": _moment(self.started_at),
            "ended_at": _moment(self.ended_at),
            "duration_minutes": self.duration_minutes,
            "place": {"name": self.place, "area": self.area or None},
            "use_case": {"code": None, "scheme": None, "label": self.use_case or None},
            "status": "aborted" if self.is_aborted else "completed",
            "abort_reason": self.abort_reason or None,
            "watchlist_size": self.watchlist_size,
            "algorithm": self.algorithm.as_document() if self.algorithm else None,
            "threshold": decimal_text(self.threshold) if self.threshold is not None else None,
            "figures": {name: self.figures[name] for name in NAMES},
            "absent": self.absences(),
            "methods": {"faces_seen": self.faces_method} if self.figures["faces_seen"] is not None else {},
            "quality": [],
            "arithmetic": [
                {"check": question.check, "answer": answers[question.check]}
                for question in self.questions()
                if question.check in answers
            ],
            "provenance": None,
        }
        return document

    def absences(self) -> dict[str, dict[str, str]]:
        """Why each missing value is missing, as the public document says it: `code` and `why` by field."""
        absent = {
            name: {
                "code": str(code),
                "why": self.absent_reason if code == Absence.MISLEADING else str(Absence(code).sentence),
            }
            for name, code in self.absent.items()
        }
        for name in (
            "duration_minutes",
            "started_at",
            "ended_at",
            "watchlist_size",
            "algorithm",
            "threshold",
        ):
            if getattr(self, name) is None:
                absent[name] = {
                    "code": Absence.NOT_PUBLISHED.value,
                    "why": _("The force does not give this."),
                }
        if not self.use_case:
            absent["use_case"] = {
                "code": Absence.NOT_PUBLISHED.value,
                "why": _("The force does not give this."),
            }
        return absent


def label(name: str) -> str:
    """What a field or figure is called on pages."""
    if name in BY_NAME:
        return str(BY_NAME[name].label)
    return {
        "on": _("Date"),
        "place": _("Place"),
        "area": _("Borough, town or area"),
        "started_at": _("Started"),
        "ended_at": _("Ended"),
        "duration_minutes": _("Time the system ran"),
        "technology": _("Kind of facial recognition"),
        "use_case": _("Use case"),
        "algorithm": _("Algorithm"),
        "threshold": _("Threshold"),
        "watchlist_size": _("Watchlist size"),
        "is_aborted": _("Aborted"),
        "abort_reason": _("Why it was aborted"),
        "absent_reason": _("Why figures are missing"),
        "faces_method": _("How faces were counted"),
    }[name]


def one_line(text: str) -> str:
    """Spaces and line breaks evened out to single spaces."""
    return " ".join(text.split())


def is_plain(text: str) -> bool:
    """Whether a force may write it: no control characters, halves of characters, or what nobody sees.

    Text that is invisible, or that turns the rest round, reads otherwise than it was reviewed. Numbers that Unicode
    never gives to a character have no place in XML.
    """
    return not CONTROL_CHARACTERS.search(text) and not any(
        unicodedata.category(char) in ("Cf", "Co", "Cs") or _is_no_character(ord(char)) for char in text
    )


def _is_no_character(number: int) -> bool:
    return number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF


def decimal_text(value: Decimal) -> str:
    """As printed: at least two decimals, no needless noughts, such as 0.60 or 0.625."""
    whole, _point, places = f"{value:f}".partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(LONDON).isoformat() if at else None
