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
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from rest_framework.request import Request

from api.systems import shapes
from coordination.evaluations.models import AlgorithmVersion
from deployments.facts import Facts
from deployments.figures import NAMES, Absence, Method
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
    value, errors = _read(body, component)
    if errors:
        raise Invalid(errors)
    return value


def result(
    body: bytes, component: str, force: Force, *, today: date, at: str = ""
) -> tuple[dict[str, Any], Facts]:
    """The values that were sent, and what happened by those at the pointer `at`.

    Raises Unreadable, and Invalid with all that is wrong: with the schema, and with what the values say together. What
    may only follow from another error is left out.
    """
    value, errors = _read(body, component)
    said: Any = value
    for part in filter(None, at.split("/")):
        said = said.get(part) if isinstance(said, dict) else None
    if isinstance(said, dict):
        facts, doubtful = _as_far_as_sound(said, force, at, errors, today)
        try:
            facts.tidy().check(force, today=today)
        except Invalid as invalid:
            sure = {name: words for name, words in invalid.errors.items() if name not in doubtful}
            for pointer, told in pointed(Invalid(sure), at=at).errors.items():
                errors.setdefault(pointer, told)
    if errors:
        raise Invalid(dict(list(errors.items())[:MOST_ERRORS]))
    return value, facts


def _read(body: bytes, component: str) -> tuple[Any, dict[str, list[str]]]:
    """What was sent, and where it breaches the schema. Raises Unreadable."""
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
    return value, errors


def _as_far_as_sound(
    said: dict[str, Any], force: Force, at: str, errors: dict[str, list[str]], today: date
) -> tuple[Facts, set[str]]:
    """What happened, with something harmless where a value is wrong or missing; and the names to say nothing more of.

    Adds to `errors` what the schema could not see of single values.
    """
    wrong = {
        pointer.removeprefix(f"{at}/").split("/")[0] for pointer in errors if pointer.startswith(f"{at}/")
    }
    sound = {name: value for name, value in said.items() if name not in wrong}
    on = _date(sound["on"], f"{at}/on", errors) if "on" in sound else today
    started_at = _moment(sound.get("started_at"), f"{at}/started_at", errors)
    ended_at = _moment(sound.get("ended_at"), f"{at}/ended_at", errors)
    algorithm = _algorithm(sound, force, f"{at}/algorithm", errors)
    figures, absent = _sound_figures(said, at, errors)
    doubtful = {
        name for name in NAMES if figures[name] is None and name not in absent and _unsure(name, at, errors)
    }
    absent |= dict.fromkeys(doubtful, Absence.NOT_PUBLISHED.value)
    if f"{at}/on" in errors:
        doubtful |= {"on", "started_at"}
    if f"{at}/started_at" in errors or f"{at}/ended_at" in errors:
        doubtful |= {"started_at", "ended_at"}
    if "is_aborted" in wrong:
        doubtful |= {"abort_reason", *(name for name, code in absent.items() if code == Absence.ABORTED)}
    threshold = sound.get("threshold")
    facts = Facts(
        on=on if f"{at}/on" not in errors else today,
        place=sound.get("place", "–"),
        area=sound.get("area", ""),
        started_at=started_at,
        ended_at=ended_at,
        duration_minutes=_whole(sound.get("duration_minutes")),
        technology=sound.get("technology", "live"),
        use_case=sound.get("use_case", ""),
        algorithm=algorithm,
        threshold=Decimal(threshold) if threshold is not None else None,
        watchlist_size=_whole(sound.get("watchlist_size")),
        is_aborted=sound.get("is_aborted", False),
        abort_reason=sound.get("abort_reason", ""),
        figures=figures,
        absent=absent,
        absent_reason=sound.get("absent_reason", "–" if "absent_reason" in wrong else ""),
        faces_method=sound.get("faces_method", Method.NOT_STATED.value),
    )
    return facts, doubtful


def _sound_figures(
    said: dict[str, Any], at: str, errors: Mapping[str, Any]
) -> tuple[dict[str, int | None], dict[str, str]]:
    """Numbers by figure, None where there is none that fits the schema; and the codes that fit it."""
    numbers, codes = said.get("figures"), said.get("absent", {})
    numbers = numbers if isinstance(numbers, dict) else {}
    codes = codes if isinstance(codes, dict) else {}
    figures = {
        name: None if f"{at}/figures/{name}" in errors else _whole(numbers.get(name)) for name in NAMES
    }
    absent = {
        name: code for name, code in codes.items() if name in NAMES and f"{at}/absent/{name}" not in errors
    }
    return figures, absent


def _unsure(name: str, at: str, errors: Mapping[str, Any]) -> bool:
    """Whether the schema has said already why this figure has neither a number nor a code."""
    places = (f"{at}/figures", f"{at}/figures/{name}", f"{at}/absent", f"{at}/absent/{name}")
    return any(place in errors for place in places)


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


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """As JSON Schema means it: there "$" is the very end, where Python's also lets a line break follow."""
    exact = f"{pattern[:-1]}\\Z" if pattern.endswith("$") else pattern
    if isinstance(instance, str) and not re.search(exact, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator = validators.extend(Draft202012Validator, {"pattern": _pattern})


@cache
def _validator(component: str) -> Any:
    return _Validator({**shapes.ref(component), "components": {"schemas": shapes.COMPONENTS}})


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
