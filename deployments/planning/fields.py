"""The eight tasks of a plan and what each asks: kinds, limits, and the check that turns what was typed into values.

A value is text, a whole number, a flag, a list or None: what the canonical form of a document (RFC 8785) can hold.
Intelligence is a reference number, never text, and free text may name nobody: `forces.personal_data` looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deployments.facts import LARGEST_THRESHOLD, MOST_WATCHLISTED, decimal_text, is_plain, one_line
from deployments.planning.choices import Camera, Category, LocationBasis, PlaceType, Source, UseCase
from forces.clock import LONDON
from forces.refusals import Invalid
from forces.words import Words

LINE, TEXT = 200, 4000
MOST_REFERENCES = 10
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9/\-]{2,39}")


class Kind(Enum):
    LINE = "line"  # one line of text
    TEXT = "text"  # paragraphs
    NUMBER = "number"  # whole, not negative
    FLAG = "flag"  # yes or no
    CHOICE = "choice"  # one code
    CHOICES = "choices"  # several codes
    MOMENT = "moment"  # date and time, aware, stored in UTC to the minute
    REFERENCES = "references"  # numbers of intelligence records, never what they say
    CATEGORIES = "categories"  # watchlist categories: code, expected, rationale
    ALGORITHM = "algorithm"  # id of an algorithm version
    THRESHOLD = "threshold"  # on the maker's own scale
    PERSON = "person"  # public id of a member of the force
    DOCUMENT = "document"  # id of a force's document


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `most` is a length or a number; `when` says of the task's values whether it is asked at all."""

    name: str
    label: Words
    kind: Kind
    required: bool = True
    most: int = 0
    choices: Any = None
    hint: Words = ""
    when: Callable[[Mapping[str, Any]], bool] | None = None

    def is_asked(self, values: Mapping[str, Any]) -> bool:
        return self.when is None or self.when(values)


@dataclass(frozen=True, slots=True)
class Task:
    """One page of a plan."""

    code: str
    title: Words
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    def missing(self, values: Mapping[str, Any]) -> list[Field]:
        """Required questions without an answer."""
        return [
            field
            for field in self.fields
            if field.required and field.is_asked(values) and values.get(field.name) in (None, "", [])
        ]


_l = gettext_lazy


def _some_under_18(values: Mapping[str, Any]) -> bool:
    return bool(values.get("under_18_expected"))


TASKS: tuple[Task, ...] = (
    Task(
        "purpose",
        _l("Purpose"),
        (
            Field("use_case", _l("What the deployment is for"), Kind.CHOICE, choices=UseCase),
            Field("objective", _l("What it must achieve"), Kind.TEXT, most=TEXT,
                  hint=_l("Public after notice is given. Name no person.")),
            Field("intelligence_references", _l("Reference numbers of the intelligence relied on"),
                  Kind.REFERENCES, required=False,
                  hint=_l("One a line. Numbers only: what the intelligence says stays in its own system.")),
            Field("expected_benefit", _l("What you expect to gain, and how you will know"), Kind.TEXT, most=TEXT),
        ),
    ),
    Task(
        "place",
        _l("Where and when"),
        (
            Field("place", _l("Name of the place"), Kind.LINE, most=LINE),
            Field("area", _l("Borough, town or area"), Kind.LINE, most=LINE),
            Field("place_type", _l("Kind of place"), Kind.CHOICE, choices=PlaceType),
            Field("location_basis", _l("Why this place"), Kind.CHOICE, choices=LocationBasis),
            Field("location_reason", _l("What shows it"), Kind.TEXT, most=TEXT,
                  hint=_l("Recorded crime over a period, an event, or a reference number.")),
            Field("starts_at", _l("Starts"), Kind.MOMENT),
            Field("ends_at", _l("Ends"), Kind.MOMENT),
            Field("camera", _l("Cameras"), Kind.CHOICE, choices=Camera),
            Field("outside_force_area", _l("Is it outside your force’s area?"), Kind.FLAG),
        ),
    ),
    Task(
        "necessity",
        _l("Necessity and proportionality"),
        (
            Field("necessity", _l("Why it is necessary"), Kind.TEXT, most=TEXT),
            Field("strict_necessity", _l("Why it is strictly necessary to process biometric data"), Kind.TEXT,
                  most=TEXT),
            Field("alternatives", _l("Less intrusive ways considered, and why they will not do"), Kind.TEXT,
                  most=TEXT),
            Field("proportionality", _l("Why it is proportionate to everyone who walks past"), Kind.TEXT,
                  most=TEXT),
        ),
    ),
    Task(
        "watchlist",
        _l("Watchlist"),
        (
            Field("categories", _l("Categories, how many you expect in each, and why"), Kind.CATEGORIES),
            Field("most", _l("Largest size of the watchlist"), Kind.NUMBER, most=MOST_WATCHLISTED),
            Field("sources", _l("Where the images come from"), Kind.CHOICES, choices=Source),
            Field("built_hours_before", _l("Hours before the start at which it is made"), Kind.NUMBER, most=8_760),
            Field("reviewed", _l("Will it be reviewed before this deployment?"), Kind.FLAG),
            Field("under_18_expected", _l("How many under-18s you expect on it"), Kind.NUMBER,
                  most=MOST_WATCHLISTED, hint=_l("Enter 0 if none. They are authorised separately.")),
            Field("under_18_reason", _l("Why under-18s must be on it"), Kind.TEXT, most=TEXT,
                  when=_some_under_18),
        ),
    ),
    Task(
        "system",
        _l("Algorithm and threshold"),
        (
            Field("algorithm", _l("Algorithm"), Kind.ALGORITHM),
            Field("threshold", _l("Threshold"), Kind.THRESHOLD,
                  hint=_l("On the maker’s own scale, as on the system.")),
            Field("cameras", _l("How many cameras"), Kind.NUMBER, most=1_000),
        ),
    ),
    Task(
        "people",
        _l("People"),
        (
            Field("commander", _l("Who commands it"), Kind.PERSON,
                  hint=_l("Told at once if a rule changes while it runs.")),
            Field("operators", _l("How many operators"), Kind.NUMBER, most=1_000),
            Field("engagement_officers", _l("How many engagement officers"), Kind.NUMBER, most=10_000),
            Field("briefing", _l("How they will be briefed on lawful use and on bias"), Kind.TEXT, most=TEXT),
        ),
    ),
    Task(
        "protection",
        _l("Rights and community"),
        (
            Field("dpia", _l("Data protection impact assessment relied on"), Kind.DOCUMENT, required=False),
            Field("eia", _l("Equality impact assessment relied on"), Kind.DOCUMENT, required=False),
            Field("policy", _l("Policy relied on"), Kind.DOCUMENT, required=False),
            Field("appropriate_policy_document", _l("Appropriate policy document relied on"), Kind.DOCUMENT,
                  required=False),
            Field("equality", _l("Effect on people with protected characteristics, and what you will do"),
                  Kind.TEXT, most=TEXT),
            Field("community_impact", _l("Effect on the community, and what you will do"), Kind.TEXT, most=TEXT),
            Field("engagement", _l("Whom you have spoken with"), Kind.TEXT, most=TEXT,
                  hint=_l("Groups and bodies, never private people.")),
        ),
    ),
    Task(
        "notice",
        _l("Telling the public"),
        (
            Field("summary", _l("What the public notice says"), Kind.TEXT, most=1000,
                  hint=_l("Plain words: why, where, when. It is published as you write it.")),
            Field("signage", _l("Signs and leaflets at the place"), Kind.TEXT, most=TEXT),
        ),
    ),
)  # fmt: skip
BY_CODE = {task.code: task for task in TASKS}


def check(task: Task, given: Mapping[str, Any]) -> dict[str, Any]:
    """Values of one task as they are kept, from text or from values. Blank is None: what is missing is told later.

    Raises Invalid with each wrong field. Unknown names are a fault of the caller.
    """
    if unknown := set(given) - {field.name for field in task.fields}:
        raise ValueError(f"{task.code} asks nothing called {sorted(unknown)}")
    errors: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for field in task.fields:
        try:
            values[field.name] = _read(field, given.get(field.name))
        except Wrong as wrong:
            values[field.name] = None
            errors[field.name] = [str(wrong)]
    for field in task.fields:
        if not field.is_asked(values):
            values[field.name] = None
    if task.code == "place" and not errors:
        _check_window(values, errors)
    if errors:
        raise Invalid(errors)
    return values


class Wrong(ValueError):
    """One value cannot be kept; words fit to show."""


def moment(value: str | None) -> datetime | None:
    """A stored moment again, aware."""
    return datetime.fromisoformat(value) if value else None


def _check_window(values: dict[str, Any], errors: dict[str, list[str]]) -> None:
    starts, ends = moment(values["starts_at"]), moment(values["ends_at"])
    if starts and ends and ends <= starts:
        errors["ends_at"] = [_("The end must be after the start.")]
    elif starts and ends and (ends - starts).total_seconds() > 24 * 3600:
        errors["ends_at"] = [
            _("A deployment is one continuous window of 24 hours at most. Plan each day by itself.")
        ]


def _read(field: Field, given: Any) -> Any:
    if given in (None, "", []):
        return None
    return _READERS[field.kind](field, given)


def _line(field: Field, given: Any) -> str:
    text = one_line(str(given))
    if len(text) > field.most:
        raise Wrong(_("Use %(limit)d characters or fewer.") % {"limit": field.most})
    if not is_plain(text):
        raise Wrong(_("Remove characters that cannot be seen or printed."))
    return text


def _text(field: Field, given: Any) -> str:
    """Paragraphs: line breaks stay, all else is evened out."""
    lines = [one_line(line) for line in str(given).replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(text) > field.most:
        raise Wrong(
            _("Use %(limit)d characters or fewer; you have %(now)d.")
            % {"limit": field.most, "now": len(text)}
        )
    if not is_plain(text.replace("\n", " ")):
        raise Wrong(_("Remove characters that cannot be seen or printed."))
    return text


def _number(field: Field, given: Any) -> int:
    told = _("Enter a whole number from 0 to %(most)s.") % {"most": f"{field.most:,}"}
    if isinstance(given, bool):
        raise Wrong(told)
    text = str(given).strip().replace(",", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12) or int(text) > field.most:
        raise Wrong(told)
    return int(text)


def _flag(field: Field, given: Any) -> bool:
    if given in (True, "yes", "true"):
        return True
    if given in (False, "no", "false"):
        return False
    raise Wrong(_("Choose yes or no."))


def _choice(field: Field, given: Any) -> str:
    if given not in field.choices.values:
        raise Wrong(_("Choose one of the answers."))
    return str(given)


def _choices(field: Field, given: Any) -> list[str]:
    if not isinstance(given, list | tuple) or any(each not in field.choices.values for each in given):
        raise Wrong(_("Choose from the answers."))
    return [code for code in field.choices.values if code in given]


def _moment(field: Field, given: Any) -> str:
    try:
        at = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    except ValueError as error:
        raise Wrong(_("Enter a date and a time.")) from error
    if at.tzinfo is None:
        at = at.replace(tzinfo=LONDON)
    if not 2024 <= at.year <= 2100:
        raise Wrong(_("%(label)s: the year must be from 2024 to 2100.") % {"label": field.label})
    return at.astimezone(LONDON).replace(second=0, microsecond=0).isoformat()


def _references(field: Field, given: Any) -> list[str]:
    lines = given if isinstance(given, list | tuple) else str(given).split("\n")
    found = [one_line(str(line)).upper() for line in lines if str(line).strip()]
    if len(found) > MOST_REFERENCES:
        raise Wrong(_("Enter %(most)d references or fewer.") % {"most": MOST_REFERENCES})
    for reference in found:
        if not _REFERENCE.fullmatch(reference) or not any(letter.isdigit() for letter in reference):
            raise Wrong(
                _(
                    "“%(given)s” is not a reference number. Use letters, digits, hyphens and slashes, "
                    "such as INT/24-00731."
                )
                % {"given": reference[:40]}
            )
    return list(dict.fromkeys(found))


def _categories(field: Field, given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list | tuple):
        raise Wrong(_("Choose at least one category."))
    found: dict[str, dict[str, Any]] = {}
    number = Field("expected", "", Kind.NUMBER, most=MOST_WATCHLISTED)
    text = Field("rationale", "", Kind.TEXT, most=1000)
    for each in given:
        if not isinstance(each, Mapping) or each.get("code") not in Category.values:
            raise Wrong(_("Choose from the categories."))
        label = Category(each["code"]).label
        expected, rationale = _read(number, each.get("expected")), _read(text, each.get("rationale"))
        if expected is None:
            raise Wrong(_("%(category)s: enter how many you expect.") % {"category": label})
        if not rationale:
            raise Wrong(_("%(category)s: say why it must be on the watchlist.") % {"category": label})
        found[each["code"]] = {"code": each["code"], "expected": expected, "rationale": rationale}
    return [found[code] for code in Category.values if code in found]


def _identity(field: Field, given: Any) -> int:
    text = str(given)
    if isinstance(given, bool) or not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Wrong(_("Choose one of the answers."))
    return int(text)


def _threshold(field: Field, given: Any) -> str:
    try:
        value = Decimal(str(given).strip())
    except InvalidOperation as error:
        raise Wrong(_("Enter a number, such as 0.64.")) from error
    if not value.is_finite() or not 0 <= value < LARGEST_THRESHOLD:
        raise Wrong(_("Enter a threshold from 0 to less than 100,000."))
    if value != value.quantize(Decimal("0.000001")):
        raise Wrong(_("Use at most six decimal places."))
    return decimal_text(value)


def _person(field: Field, given: Any) -> str:
    text = str(given).strip().lower()
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        raise Wrong(_("Choose one of the people."))
    return text


_READERS: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.LINE: _line,
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.MOMENT: _moment,
    Kind.REFERENCES: _references,
    Kind.CATEGORIES: _categories,
    Kind.ALGORITHM: _identity,
    Kind.THRESHOLD: _threshold,
    Kind.PERSON: _person,
    Kind.DOCUMENT: _identity,
}


def free_texts(task: Task, values: Mapping[str, Any]) -> dict[str, str]:
    """What somebody wrote in words, by field: to be looked at for what could name a person."""
    texts: dict[str, str] = {}
    for field in task.fields:
        value = values.get(field.name)
        if field.kind in (Kind.LINE, Kind.TEXT) and value:
            texts[field.name] = value
        elif field.kind is Kind.REFERENCES and value:
            texts[field.name] = "\n".join(value)
        elif field.kind is Kind.CATEGORIES and value:
            texts[field.name] = "\n".join(each["rationale"] for each in value)
    return texts


def today_of(values: Mapping[str, Any]) -> date | None:
    """The day on which the deployment starts, Europe/London; None while it is not known."""
    starts = moment(values.get("starts_at"))
    return starts.astimezone(LONDON).date() if starts else None
