"""The exact bytes of a published document, and the check that it is one.

A document is JSON without fractions: text, whole numbers, true, false, null, lists and objects. Its one
canonical form is that of RFC 8785, so equal documents have equal bytes and a hash of the bytes is a hash
of the document.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import rfc8785
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from forces.clock import LONDON
from forces.refusals import Invalid
from register.notices import rules

RESULT = "deployment-result.v1"
WITHDRAWAL = "deployment-withdrawal.v1"
NOTICE = "deployment-notice.v1"
SCHEMAS = (RESULT, WITHDRAWAL, NOTICE)
# What is said of results, and counted; a notice is told before there is any.
RESULTS = (RESULT, WITHDRAWAL)

# An entry of a tiled transparency log has a 16-bit length.
MAX_BYTES = 65_535
MAX_DEPTH = 12
LARGEST_WHOLE_NUMBER = 2**53 - 1
MOST_PROBLEMS_TOLD = 50

# What no text may hold: controls, C1 controls and Unicode's own line and paragraph breaks.
CONTROL_CHARACTERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Half a character cannot be written as UTF-8 either.
_NOT_TEXT = re.compile(CONTROL_CHARACTERS.pattern[:-1] + "\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document.

    `pointer` is a JSON Pointer (RFC 6901) to the value, "" for the whole; `message` is fit to show a person.
    """

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.message}"


class InvalidDocument(Invalid):
    """The document cannot be placed on the register. `problems` says what is wrong, where, how to mend it.

    `errors` is the same by pointer, as for any other refusal of what was given.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems[:MOST_PROBLEMS_TOLD])
        self.left_out = len(problems) - len(self.problems)
        errors: dict[str, list[str]] = {}
        for problem in self.problems:
            errors.setdefault(problem.pointer, []).append(problem.message)
        super().__init__(errors)

    def __str__(self) -> str:
        more = len(self.problems) + self.left_out - 1
        if not more:
            return str(self.problems[0])
        rest = ngettext("(%d more problem)", "(%d more problems)", more) % more
        return f"{self.problems[0]} {rest}"


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """The document's canonical form (RFC 8785), as UTF-8. Raises InvalidDocument for what has none here."""
    if problems := _not_plain(document):
        raise InvalidDocument(problems)
    return _written(document)


def parse(data: bytes) -> dict[str, Any]:
    """The document that canonical bytes hold. Raises InvalidDocument unless they are exactly canonical."""
    if len(data) > MAX_BYTES:
        raise InvalidDocument([_too_large(len(data))])
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidDocument([Problem("", _("These bytes are not JSON in UTF-8."))]) from error
    # Repeated keys, fractions, spaces and unsorted keys all come back as other bytes.
    if not isinstance(document, dict) or canonical_bytes(document) != data:
        raise InvalidDocument([Problem("", _("These bytes are not in canonical form (RFC 8785)."))])
    return document


@cache
def schema(name: str) -> dict[str, Any]:
    """The public JSON Schema of that name, as published. Raises KeyError for a name that is none of ours."""
    if name not in SCHEMAS:
        raise KeyError(name)
    loaded: dict[str, Any] = json.loads(
        (Path(__file__).parent / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    )
    return loaded


def validate(document: Mapping[str, Any]) -> bytes:
    """Check a document against the schema it names and the rules a schema cannot say. All problems at once.

    Returns its canonical form. Raises InvalidDocument. Figures that contradict each other are no problem here:
    forces are asked about them elsewhere, and the answer is part of the document.
    """
    if problems := _not_plain(document):
        raise InvalidDocument(problems)
    name = document.get("schema")
    if not isinstance(name, str) or name not in SCHEMAS:
        told = _("Name the schema: one of %(names)s.") % {"names": ", ".join(SCHEMAS)}
        raise InvalidDocument([Problem("/schema", told)])
    errors = sorted(_validator(name).iter_errors(document), key=lambda error: _pointer(error.absolute_path))
    problems = [problem for error in errors for problem in _in_plain_words(error)]
    if not problems and name == RESULT:
        problems = [*_absences(document), *_instants(document), *_status(document)]
    if not problems and name == NOTICE:
        problems = [Problem(pointer, told) for pointer, told in rules.problems(document)]
    if problems:
        raise InvalidDocument(problems)
    return _written(document)


def _written(document: Mapping[str, Any]) -> bytes:
    data = rfc8785.dumps(document)
    if len(data) > MAX_BYTES:
        raise InvalidDocument([_too_large(len(data))])
    return data


# --- what JSON Schema cannot say ---------------------------------------------------------------------------


def _absences(document: Mapping[str, Any]) -> Iterator[Problem]:
    absent = document["absent"]
    for field, value in document["figures"].items():
        if value is None and field not in absent:
            yield Problem(
                f"/figures/{field}",
                _(
                    "The figure is null and `absent` does not say why. A missing figure is never left "
                    "unexplained."
                ),
            )
    for field in absent:
        value = document["figures"][field] if field in document["figures"] else document.get(field)
        if value is not None and not (isinstance(value, dict) and None in value.values()):
            yield Problem(
                f"/absent/{field}", _("The value is given, so it cannot be absent too. Take one of them out.")
            )


def _instants(document: Mapping[str, Any]) -> Iterator[Problem]:
    on = date.fromisoformat(document["on"])
    if document["ends_on"] is not None and date.fromisoformat(document["ends_on"]) <= on:
        yield Problem("/ends_on", _("Must be a later day than `on`; null if it ended on the same day."))
    started, ended = (
        datetime.fromisoformat(document[field]) if document[field] else None
        for field in ("started_at", "ended_at")
    )
    if started and started.astimezone(LONDON).date() != on:
        yield Problem("/started_at", _("Must fall on the date in `on`, in UK local time."))
    if started and ended and ended < started:
        yield Problem("/ended_at", _("Must not be before `started_at`."))


def _status(document: Mapping[str, Any]) -> Iterator[Problem]:
    if document["status"] == "aborted":
        return
    if document["abort_reason"] is not None:
        yield Problem("/abort_reason", _("A completed deployment has no reason for being aborted: use null."))
    for field, absence in document["absent"].items():
        if absence["code"] == "aborted":
            yield Problem(
                f"/absent/{field}/code", _("The deployment was completed, so nothing is missing as aborted.")
            )


# --- what JSON Schema would let through --------------------------------------------------------------------


def _not_plain(document: Any) -> list[Problem]:
    """Values that have no single canonical form, or that would break a reader: told before anything else."""
    if not isinstance(document, dict):
        return [Problem("", _("A document is a JSON object."))]
    problems = []
    waiting: list[tuple[str, Any, int]] = [("", document, 1)]
    while waiting:
        pointer, value, depth = waiting.pop()
        if isinstance(value, dict | list):
            if depth > MAX_DEPTH:
                problems.append(Problem(pointer, _("Nested too deep.")))
                continue
            for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
                if isinstance(value, dict) and (not isinstance(key, str) or not _is_plain_text(key)):
                    problems.append(
                        Problem(
                            pointer,
                            _("A field's name must be text without line breaks or control characters."),
                        )
                    )
                    continue
                waiting.append((f"{pointer}/{_escaped(key)}", inner, depth + 1))
        elif told := _not_plain_value(value):
            problems.append(Problem(pointer, told))
        if len(problems) >= MOST_PROBLEMS_TOLD:
            break
    return problems


def _not_plain_value(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        if abs(value) > LARGEST_WHOLE_NUMBER:
            return _("The number is too large.")
        return None
    if isinstance(value, str):
        if _is_plain_text(value):
            return None
        return _("Text must be valid Unicode without line breaks or control characters.")
    if isinstance(value, float):
        return _('Fractions are written as text, such as "0.60", and whole numbers without a point.')
    return _("Only text, whole numbers, true, false, null, lists and objects can be written here.")


def _is_plain_text(text: str) -> bool:
    return not _NOT_TEXT.search(text)


# --- errors of the schema in plain words --------------------------------------------------------------------

_formats = FormatChecker(formats=())


@_formats.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    # A year before 1900 is a slip of the pen, and breaks some readers' calendars.
    return not isinstance(value, str) or date.fromisoformat(value).year >= 1900


@_formats.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@_formats.checks("uri", raises=ValueError)
def _is_web_address(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).hostname)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name), format_checker=_formats)


def _pointer(path: Any) -> str:
    return "".join(f"/{_escaped(part)}" for part in path)


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _in_plain_words(error: ValidationError) -> Iterator[Problem]:
    pointer, limit, found = _pointer(error.absolute_path), error.validator_value, error.instance
    about = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
    match error.validator:
        case "required":
            for field in limit:
                if field not in found and f"'{field}'" in error.message:
                    yield Problem(
                        f"{pointer}/{_escaped(field)}",
                        _("Missing. Give a value, or null if it is not known."),
                    )
        case "additionalProperties":
            for field in sorted(set(found) - set(error.schema.get("properties", {}))):
                yield Problem(
                    f"{pointer}/{_escaped(field)}",
                    _("There is no such field. Take it out or correct its name."),
                )
        case "type":
            yield Problem(pointer, _("Must be %(kinds)s.") % {"kinds": _kinds(limit)})
        case "enum":
            choices = ", ".join("null" if each is None else str(each) for each in limit)
            yield Problem(pointer, _("Must be one of: %(choices)s.") % {"choices": choices})
        case "const":
            yield Problem(pointer, _("Must be %(value)s.") % {"value": limit})
        case "minimum":
            yield Problem(pointer, _("Must be %(limit)s or more.") % {"limit": limit})
        case "maximum":
            yield Problem(pointer, _("Must be %(limit)s or less.") % {"limit": limit})
        case "minLength":
            message = ngettext("Must have at least %d character.", "Must have at least %d characters.", limit)
            yield Problem(pointer, message % limit)
        case "maxLength":
            yield Problem(pointer, _("Must have at most %(limit)s characters.") % {"limit": limit})
        case "maxItems" | "maxProperties":
            yield Problem(pointer, _("Must have at most %(limit)s items.") % {"limit": limit})
        case "uniqueItems":
            yield Problem(pointer, _("Must not hold the same item twice."))
        case "pattern" | "format":
            yield Problem(pointer, _("Not in the form asked for. %(about)s") % {"about": about})
        case _:
            yield Problem(pointer, _("Not allowed here. %(about)s") % {"about": about})


def _kinds(kinds: str | list[str]) -> str:
    words = {
        "integer": _("a whole number"),
        "string": _("text"),
        "object": _("an object"),
        "array": _("a list"),
        "null": _("null"),
    }
    named = [words[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return _(" or ").join(named)


def _too_large(size: int) -> Problem:
    return Problem(
        "",
        _("The document has %(size)s bytes; at most %(limit)s are allowed.")
        % {"size": size, "limit": MAX_BYTES},
    )
