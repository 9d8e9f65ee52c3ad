"""What a system sent: read within limits, checked against the published schema, turned into our values.

Each action has one schema of its own. A field that it does not name is refused, so nothing can be set that was not
meant to be; every wrong value is told with a JSON Pointer to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from rest_framework.request import Request

from api.systems import shapes
from coordination.evaluations.models import AlgorithmVersion
from deployments.facts import Facts
from deployments.figures import NAMES
from forces.models import Force
from forces.refusals import Invalid, Refusal

LARGEST = 64 * 1024  # bytes
MOST_ERRORS = 50


class TooLarge(Refusal):
    """More was sent than any result needs."""


class WrongFormat(Refusal):
    """It is not said to be JSON."""


class Unreadable(Refusal):
    """It is not JSON in UTF-8, or holds what no text can."""


def body_of(request: Request) -> bytes:
    """The bytes that were sent. Raises WrongFormat, TooLarge."""
    plain = request._request
    packed = plain.headers.get("Content-Encoding", "identity").strip().lower() != "identity"
    if plain.content_type != "application/json" or packed:
        raise WrongFormat(_("Send JSON in UTF-8 as “application/json”, not compressed."))
    try:
        length = int(plain.META.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise Unreadable(_("The header “Content-Length” is not a number.")) from error
    if length > LARGEST:
        raise TooLarge(_("Send one result at a time: 64 KiB are enough for any."))
    return plain.read(length) if length > 0 else b""


def parsed(body: bytes, component: str) -> dict[str, Any]:
    """The values that were sent, as the schema wants them. Raises Unreadable, Invalid (by JSON Pointer)."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_without_repeats, parse_constant=_not_a_number
        )
    except RecursionError as error:
        raise Unreadable(_("It is nested too deeply.")) from error
    except UnicodeDecodeError as error:
        raise Unreadable(_("It is not UTF-8.")) from error
    except ValueError as error:
        where = _(" (line %(line)d, column %(column)d)") % {"line": error.lineno, "column": error.colno} if (
            isinstance(error, json.JSONDecodeError)
        ) else ""  # fmt: skip
        raise Unreadable(_("It is not JSON%(where)s.") % {"where": where}) from error
    _check_texts(value)
    errors: dict[str, list[str]] = {}
    for breach in _validator(component).iter_errors(value):
        for pointer, words in _told(breach):
            if len(errors) < MOST_ERRORS and words not in errors.setdefault(pointer, []):
                errors[pointer].append(words)
    if errors:
        raise Invalid(errors)
    return value


def facts_of(said: Mapping[str, Any], force: Force, *, at: str = "") -> Facts:
    """What happened, from values that fit ResultGiven. `at` is the pointer to them. Raises Invalid."""
    errors: dict[str, list[str]] = {}
    on = _date(said["on"], f"{at}/on", errors)
    started_at = _moment(said.get("started_at"), f"{at}/started_at", errors)
    ended_at = _moment(said.get("ended_at"), f"{at}/ended_at", errors)
    algorithm = _algorithm(said, force, f"{at}/algorithm", errors)
    if errors:
        raise Invalid(errors)
    threshold = said.get("threshold")
    figures = said["figures"]
    return Facts(
        on=on,
        place=said["place"],
        area=said.get("area", ""),
        started_at=started_at,
        ended_at=ended_at,
        duration_minutes=_whole(said.get("duration_minutes")),
        technology=said.get("technology", "live"),
        use_case=said.get("use_case", ""),
        algorithm=algorithm,
        threshold=Decimal(threshold) if threshold is not None else None,
        watchlist_size=_whole(said.get("watchlist_size")),
        is_aborted=said["is_aborted"],
        abort_reason=said.get("abort_reason", ""),
        figures={name: _whole(figures[name]) for name in NAMES},
        absent=dict(said.get("absent", {})),
        absent_reason=said.get("absent_reason", ""),
        faces_method=said["faces_method"],
    )


def pointed(invalid: Invalid, *, at: str = "") -> Invalid:
    """An action's complaint about fields of ours, with pointers to what was sent."""
    return Invalid(
        {
            "/reason"
            if name == "reason"
            else f"{at}/figures/{name}"
            if name in NAMES
            else f"{at}/{name}": said
            for name, said in invalid.errors.items()
        }
    )


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A name is given twice in one object.")
    return found


def _not_a_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON.")


def _check_texts(value: Any) -> None:
    """Halves of characters and NUL can be written in JSON but kept nowhere."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            left += [*each.keys(), *each.values()]
        elif isinstance(each, list):
            left += each
        elif isinstance(each, str) and re.search("[\0\ud800-\udfff]", each):
            raise Unreadable(_("A text holds NUL or half a character."))


@cache
def _validator(component: str) -> Draft202012Validator:
    return Draft202012Validator(
        {**shapes.ref(component), "components": {"schemas": shapes.COMPONENTS}},
    )


def _told(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Where and what, for one breach of the schema."""
    here = "".join(f"/{_escaped(str(part))}" for part in error.absolute_path)
    rule, wanted = str(error.validator), error.validator_value
    match rule:
        case "required":
            for name in wanted:
                if name not in error.instance:
                    yield f"{here}/{name}", _("This is missing.")
        case "additionalProperties":
            for name in sorted(set(error.instance) - set(error.schema["properties"])):
                yield f"{here}/{_escaped(name)}", _("There is no such field here.")
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            yield here, _("This must be %(kind)s.") % {"kind": _(" or ").join(_kind(each) for each in kinds)}
        case "enum":
            yield here, _("This must be one of: %(choices)s.") % {"choices": ", ".join(map(str, wanted))}
        case "minimum" | "maximum":
            yield (
                here,
                _("This must be %(bound)s or %(side)s.")
                % {
                    "bound": f"{wanted:,}",
                    "side": _("more") if rule == "minimum" else _("less"),
                },
            )
        case "minLength":
            yield here, _("Use %(limit)d characters or more.") % {"limit": wanted}
        case "maxLength":
            yield here, _("Use %(limit)d characters or fewer.") % {"limit": wanted}
        case "pattern":
            yield here, _("Write it as a decimal, such as “0.64”.")
        case _:
            yield here, _("This does not fit the schema.")


def _kind(name: str) -> str:
    return {
        "integer": _("a whole number"),
        "string": _("text"),
        "boolean": _("true or false"),
        "object": _("an object"),
        "null": _("null"),
    }[name]


def _escaped(part: str) -> str:
    """RFC 6901."""
    return part.replace("~", "~0").replace("/", "~1")


def _whole(value: Any) -> int | None:
    """JSON knows one kind of number: 5.0 is a whole one, too."""
    return None if value is None else int(value)


def _date(text: str, pointer: str, errors: dict[str, list[str]]) -> date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    errors[pointer] = [_("Write a day of the calendar as 2026-11-06.")]
    return date.min


def _moment(text: str | None, pointer: str, errors: dict[str, list[str]]) -> datetime | None:
    if text is None:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]{5,15}([Zz]|[+-][0-9]{2}:[0-9]{2})", text):
            moment = datetime.fromisoformat(text.upper())
            if 2000 <= moment.year <= 2100:
                return moment.astimezone(UTC)
    except ValueError:
        pass
    errors[pointer] = [_("Write date and time with an offset, as 2026-11-06T11:00:00+00:00.")]
    return None


def _algorithm(
    said: Mapping[str, Any], force: Force, pointer: str, errors: dict[str, list[str]]
) -> AlgorithmVersion | None:
    named = said.get("algorithm")
    if named is None:
        return None
    found = AlgorithmVersion.objects.filter(
        vendor=named["vendor"],
        product=named["product"],
        version=named.get("version") or "",
        technology=said.get("technology", "live"),
        is_made_up=force.is_made_up,
    ).first()
    if found is None:
        errors[pointer] = [
            _(
                "This register knows no such version. Ask the national centre to add it, or send null "
                "and let somebody choose one at review."
            )
        ]
    return found


# Refusals of the request itself rather than of what it asks, by their kind of problem.
KINDS: dict[type[Refusal], str] = {
    TooLarge: "too-large",
    WrongFormat: "unsupported-format",
    Unreadable: "bad-request",
}
