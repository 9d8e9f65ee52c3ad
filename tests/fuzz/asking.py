"""Asks every operation of the API's own document in every way schemathesis knows, as one asker."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.fuzz.combining import combined

PHASES = ("examples", "coverage", "fuzzing", "stateful")
# What no schema of a parameter can say, and the API does: each is a 400 that the document's reader must live with.
UNSAID = re.compile(
    "No force of this register has that name|Choose a year as well as a month|Choose a year to see its months|"
    "Leave this out with by=force|Choose one of: |This is not a place in the list|Give a whole number from|"
    "Give a value, or leave the parameter out|Use letters and numbers, without line breaks|Use 2 to 100 characters|"
    "Give a day as year, month and day|Give a day on or after the day in|These words cannot be looked for|"
    "Give a word that the records do hold|Words of withdrawn and removed|Give words to look for as well"
)
# No JSON Schema of a text says it either: PostgreSQL keeps neither, and a document that forbade them by a pattern at
# every text would be read by nobody.
NO_TEXT = "A text holds NUL or half a character."
# Beside the usual: what somebody else did meanwhile, and values that do not agree with each other.
ALSO_RIGHT = ["2xx", "3xx", 401, 403, 404, 409, 412, 422, 428, 429]
# Unsound values: refused, for them or for what is looked at before them, such as the version that was seen.
REFUSED = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 429]

# Without what a request must carry. 428 is the status for a missing If-Match (RFC 6585, section 3).
MISSING = [400, 401, 403, 406, 415, 422, 428]


@dataclass
class Told:
    """What one asker did and what was wrong: answers by operation and status, failures in full."""

    role: str
    asked: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    combined: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def done(self, operation: str) -> int:
        """How often the operation did what it is for: not refused, and not merely asked what it offers (204)."""
        return sum(self.statuses[f"{operation} {status}"] for status in (200, 201, 202, 304))


def ask_everything(
    application: Callable,
    document: Mapping[str, Any],
    *,
    role: str,
    headers: Mapping[str, str],
    examples: int,
    known: Mapping[str, Sequence[str]],
    phases: tuple[str, ...] = PHASES,
    combine: bool = False,
) -> Told:
    """Let the engine of schemathesis ask a WSGI application, always in the same order, and gather what it found.

    `known`: values that lead somewhere, by parameter such as `path.reference`; most requests have one of them.
    `combine`: first send bodies whose fields come together by chance, five for each of `examples`.
    """
    # Imported here: it takes a second, and only these tests need it.
    import schemathesis.engine as engine
    import schemathesis.openapi
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events

    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "headers": dict(headers),
            "workers": 1,
            "continue-on-failure": True,
            "generation": {
                "max-examples": examples,
                "deterministic": True,
                "mode": "all",
                "database": "none",
            },
            "checks": {
                "enabled": True,
                "positive_data_acceptance": {"expected-statuses": ALSO_RIGHT},
                "negative_data_rejection": {"expected-statuses": REFUSED},
                "missing_required_header": {"expected-statuses": MISSING},
            },
            "dictionaries": {name: {"values": list(values)} for name, values in known.items() if values},
            "parameters": {name: {"dictionary": name, "probability": 0.7} for name in known if known[name]},
            "phases": {name: {"enabled": name in phases} for name in PHASES},
        }
    )
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document)), config=config)
    schema.app = application
    schema.config.update(base_url="http://127.0.0.1")
    told = Told(role)
    if combine:
        _combine(schema, document, headers, told, many=examples * 5)
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _gather(event.recorder, told)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            told.failures.append(f"{role}: {getattr(event, 'label', '')} {event}")
    return told


def _combine(
    schema: Any,
    document: Mapping[str, Any],
    headers: Mapping[str, str],
    told: Told,
    *,
    many: int,
) -> None:
    """Send combined bodies to every operation that takes one, and check each answer as the engine would."""
    from schemathesis.core.failures import FailureGroup

    components = document["components"]["schemas"]
    rng = Random(told.role)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            sent = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if sent is None or "/results" not in path:
                continue
            parameters = {each["name"]: each.get("example") for each in operation["parameters"]}
            example = next(iter(sent["examples"].values()))["value"]
            for _ in range(many):
                case = schema[path][method.upper()].Case(
                    path_parameters={"reference": parameters["reference"]}
                    if "reference" in parameters
                    else {},
                    headers={
                        **headers,
                        **{
                            name: value for name, value in parameters.items() if value and name != "reference"
                        },
                    },
                    body=combined(sent["schema"], example, components, rng),
                    media_type="application/json",
                )
                response = case.call()
                told.asked[case.operation.label] += 1
                told.combined[f"{case.operation.label} {response.status_code}"] += 1
                try:
                    case.validate_response(response)
                except FailureGroup as found:
                    told.failures += [
                        f"{told.role}: {case.operation.label}, combined: {failure.title}: {failure.message}\n"
                        f"{case.as_curl_command()}"
                        for failure in found.exceptions
                    ]


def _gather(recorder: Any, told: Told) -> None:
    for key, interaction in recorder.interactions.items():
        case = recorder.cases[key].value
        told.asked[case.operation.label] += 1
        status = interaction.response.status_code if interaction.response is not None else "none"
        told.statuses[f"{case.operation.label} {status}"] += 1
    for key, checks in recorder.checks.items():
        for check in checks:
            told.checks[check.name] += 1
            if check.failure_info is not None and not _is_unsaid(check.name, recorder.interactions[key]):
                failure = check.failure_info.failure
                told.failures.append(
                    f"{told.role}: {recorder.cases[key].value.operation.label}: {check.name}: "
                    f"{failure.title}: {failure.message}\n{check.failure_info.code_sample}"
                )


def _is_unsaid(check: str, interaction: Any) -> bool:
    """Whether sound values were refused, and only for what the document cannot say."""
    if check != "positive_data_acceptance" or interaction.response is None:
        return False
    if interaction.response.status_code != 400:
        return False
    try:
        problem = json.loads(interaction.response.content)
    except ValueError:
        return False
    errors = problem.get("errors", [])
    return (
        problem["detail"] == NO_TEXT if not errors else all(UNSAID.match(each["detail"]) for each in errors)
    )
