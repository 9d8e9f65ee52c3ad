"""The shapes of what the API answers, as JSON Schema 2020-12."""

from __future__ import annotations

import copy
from typing import Any

from register.canonical import NOTICE as NOTICE_SCHEMA
from register.canonical import RESULT, WITHDRAWAL, schema

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def of(description: str, **properties: Schema) -> Schema:
    """An object with exactly these properties, all of them always present."""
    return {
        "type": "object",
        "description": description,
        "required": list(properties),
        "properties": properties,
    }


def text(description: str, *, null: bool = False, **more: Any) -> Schema:
    return {"type": ["string", "null"] if null else "string", "description": description, **more}


def whole(description: str, *, null: bool = False) -> Schema:
    return {"type": ["integer", "null"] if null else "integer", "description": description}


def one_of(description: str, *choices: str, null: bool = False) -> Schema:
    schema: Schema = {"enum": [*choices, *([None] if null else [])], "description": description}
    return schema if null else {"type": "string", **schema}


def maybe(name: str, description: str) -> Schema:
    return {"oneOf": [ref(name), {"type": "null"}], "description": description}


def listed(item: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": item, "description": description}


REALM = one_of(
    "The national record, or the made-up demonstration. No figure crosses.", "national", "demonstration"
)
TIER = one_of(
    "primary: the force's own record. secondary: press, web pages or transcription by others. The two are never "
    "added up.",
    "primary",
    "secondary",
)
ORIGIN = one_of(
    "submitted: published by the force on this register. collated: transcribed by the national centre; not "
    "submitted by the force.",
    "submitted",
    "collated",
)
MOMENT = text("Date and time in UTC.", format="date-time")
HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
NEXT = text("Address of the next page; null on the last.", null=True, format="uri")

TRUTH = {"type": "boolean", "description": "Whether somebody has checked it."}

RECORD: dict[str, Schema] = {
    "reference": text("Random and stable.", pattern="^LFR-[0-9A-Z]{4}-[0-9A-Z]{4}$"),
    "version": whole("1 for the first publication, then one more for each correction or withdrawal."),
    "act": one_of("What the latest entry did.", "original", "correction", "withdrawal"),
    "state": one_of(
        "standing: it counts. withdrawn: it no longer stands. redacted: its document was removed because personal "
        "data had slipped in.",
        "standing",
        "withdrawn",
        "redacted",
    ),
    "reason": text("Why it was corrected or withdrawn.", null=True),
    "realm": REALM,
    "tier": TIER,
    "origin": ORIGIN,
    "force": ref("ForceName"),
    "first_entered_at": {**MOMENT, "description": "When it was first placed on the register, in UTC."},
    "entered_at": {**MOMENT, "description": "When the latest entry was placed on the register, in UTC."},
    "sha256": {
        "type": ["string", "null"],
        "pattern": "^[0-9a-f]{64}$",
        "description": "SHA-256 of the document's canonical bytes (RFC 8785); null once redacted.",
    },
    "commitment": {
        **HASH,
        "description": "SHA-256 of the salt and the canonical bytes together. It stays when the document goes.",
    },
    "document": {
        "oneOf": [ref("DeploymentResult"), ref("DeploymentWithdrawal"), {"type": "null"}],
        "description": "The published document as stored; null once redacted.",
    },
}

NOTICE_RECORD: dict[str, Schema] = {
    "reference": RECORD["reference"],
    "version": whole("1 when it was first given, then one more for each change."),
    "act": one_of("What the latest entry did.", "original", "correction"),
    "state": one_of(
        "standing, or redacted: its document was removed because personal data had slipped in. How the deployment "
        "stands is in the document.",
        "standing",
        "redacted",
    ),
    "reason": text("Why it was changed or cancelled.", null=True),
    "realm": REALM,
    "force": ref("ForceName"),
    "first_entered_at": {**MOMENT, "description": "When it was first given, in UTC."},
    "entered_at": {**MOMENT, "description": "When the latest version was given, in UTC."},
    "sha256": RECORD["sha256"],
    "commitment": RECORD["commitment"],
    "document": {
        "oneOf": [ref("DeploymentNotice"), {"type": "null"}],
        "description": "The notice as stored; null once redacted.",
    },
}


def components_of(name: str, called: str) -> dict[str, Schema]:
    """A published schema as components: itself, and each of its definitions as `called` and the definition's name.

    Readers of OpenAPI seldom follow a reference that is relative to a schema's own `$id`.
    """
    names = {key: called + key.title().replace("_", "") for key in schema(name).get("$defs", {})}

    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: ref(names[inner.removeprefix("#/$defs/")])["$ref"] if key == "$ref" else moved(inner)
                for key, inner in value.items()
            }
        return [moved(inner) for inner in value] if isinstance(value, list) else value

    whole_schema = copy.deepcopy(schema(name))
    definitions = whole_schema.pop("$defs", {})
    for key in ("$schema", "$id"):
        whole_schema.pop(key, None)
    return {
        called: moved(whole_schema),
        **{names[key]: moved(definition) for key, definition in definitions.items()},
    }


COMPONENTS: dict[str, Schema] = {
    **components_of(RESULT, "DeploymentResult"),
    **components_of(WITHDRAWAL, "DeploymentWithdrawal"),
    **components_of(NOTICE_SCHEMA, "DeploymentNotice"),
    "NoticeRecord": of("A notice as the register has it now.", **NOTICE_RECORD),
    "NoticeVersion": of(
        "One version of a notice.",
        version=NOTICE_RECORD["version"],
        act=NOTICE_RECORD["act"],
        reason=NOTICE_RECORD["reason"],
        schema=text("Name of the schema that its document follows."),
        entered_at=MOMENT,
        commitment=RECORD["commitment"],
        document_at=text("Address of the exact stored bytes; null once redacted.", null=True, format="uri"),
        redacted={
            "oneOf": [
                of(
                    "That the document was removed.",
                    at=MOMENT,
                    reason=text("On what ground, without repeating it."),
                ),
                {"type": "null"},
            ]
        },
    ),
    "ForceName": of(
        "The body that deployed and answers for the figures.",
        code=text("ONS police force area code, or this register's code for another body."),
        slug=text("Short name, that of data.police.uk."),
        name=text("Name."),
    ),
    "DeploymentRecord": of("A deployment as the register has it now.", **RECORD),
    "DeploymentVersion": of(
        "One entry of a deployment's history.",
        version=RECORD["version"],
        act=RECORD["act"],
        reason=RECORD["reason"],
        origin=ORIGIN,
        tier=TIER,
        schema=text("Name of the schema that its document follows."),
        entered_at=MOMENT,
        commitment=RECORD["commitment"],
        document_at=text("Address of the exact stored bytes; null once redacted.", null=True, format="uri"),
        redacted={
            "oneOf": [
                of(
                    "That the document was removed.",
                    at=MOMENT,
                    reason=text("On what ground, without repeating it."),
                ),
                {"type": "null"},
            ]
        },
    ),
    "Force": of(
        "A body that may deploy.",
        code=text("ONS police force area code, or this register's code for another body."),
        slug=text("Short name, that of data.police.uk."),
        name=text("Name."),
        area_name=text("ONS's name of its area, which is not the force's name.", null=True),
        region=text("Region.", null=True),
        body_type=one_of(
            "Only territorial forces count among the 43.", "territorial", "special", "government"
        ),
        realm=REALM,
        population={
            "oneOf": [
                of(
                    "People who live in its area.",
                    people=whole("How many."),
                    year=whole("In which year.", null=True),
                    source=text("Who says so.", null=True),
                ),
                {"type": "null"},
            ],
            "description": "Null where it has no area or the number is not known.",
        },
        valid_from=text("First day it existed; null: before this register began.", null=True, format="date"),
        valid_until=text("First day it no longer existed; null: it exists.", null=True, format="date"),
        successors=listed(
            of(
                "Who took over.",
                slug=text("Short name."),
                on=text("From which day.", format="date"),
                source=text("Who says so."),
            )
        ),
        uses=listed(
            of(
                "How it stood to facial recognition over a period.",
                technology=text("Kind of facial recognition."),
                status=one_of(
                    "With whose equipment, if at all.", "own", "shared", "borrowed", "paused", "none"
                ),
                **{"from": text("First day; null: not known.", null=True, format="date")},
                until=text("First day it was no longer so; null: it still is.", null=True, format="date"),
                source=text("Who says so."),
                source_url=text("Where.", null=True, format="uri"),
                is_verified=TRUTH,
            ),
            "A day that no period holds is unknown, not unused.",
        ),
    ),
    "Measure": of(
        "What a statistic means.",
        code=text("Its name in addresses and answers."),
        label=text("What pages call it."),
        definition=text("What is counted."),
        unit=text("In what."),
        source=text("Who says so."),
        comparing=text("What it may be compared with."),
        is_estimate={"type": "boolean", "description": "Whether the numbers are estimates, marked [e]."},
        numerator=text("For a rate: the measure above the line.", null=True),
        denominator=text("For a rate: the measure below the line.", null=True),
    ),
    "Statistic": of(
        "One figure, with everything that must be said beside it.",
        measure=text("Its code: see /api/v1/measures."),
        **{"from": text("First day of the period.", format="date")},
        to=text("Last day of the period.", format="date"),
        force=maybe("ForceName", "The force; null for the nation."),
        realm=REALM,
        tier=TIER,
        value={
            "type": ["number", "null"],
            "description": (
                "A whole number, or for a rate a share of 1 (how many to an hour, for faces seen per hour); null where "
                "`code` stands in its place."
            ),
        },
        code=one_of(
            "In place of a value. x: not available, or would mislead. z: not applicable. c: confidential.",
            "x",
            "z",
            "c",
            null=True,
        ),
        marks=listed(
            text("One letter."), "Beside the value: e estimated, b break in series, u low reliability."
        ),
        meanings=listed(text("In words."), "What the code or the marks mean."),
        numerator=whole("For a rate: the count above the line.", null=True),
        denominator=whole("For a rate: the count below the line.", null=True),
        interval={
            "oneOf": [
                of(
                    "Exact interval of Clopper and Pearson.",
                    lower={"type": "number", "description": "Lower limit, a share of 1."},
                    upper={"type": "number", "description": "Upper limit, a share of 1."},
                    level={"type": "number", "description": "Confidence level: 0.95."},
                ),
                {"type": "null"},
            ],
            "description": "For a rate that is a share; null for a count.",
        },
        records=whole("How many records there are."),
        known=whole("How many of them gave the number."),
        not_known=of(
            "How many did not, and why. None of these is zero.",
            not_published=whole("The source does not give it."),
            not_applicable=whole("The question does not arise."),
            aborted=whole("The deployment was stopped before there was a figure."),
            misleading=whole("The source prints something that would mislead."),
        ),
        completeness=text("The same in words."),
        coverage=maybe("Coverage", "Of how many forces it speaks; null for one force's own figure."),
        as_of={
            **MOMENT,
            "type": ["string", "null"],
            "description": "When the register last changed, in UTC.",
        },
        records_at=text("Address of the records behind it.", format="uri"),
        page_at=text("Address of a page that adds them up again.", format="uri"),
    ),
    "Coverage": of(
        "Of how many forces a figure speaks.",
        forces=whole("Territorial forces with at least one record."),
        of=whole("Territorial forces that there are."),
        others=listed(text("Name."), "Other bodies with a record, never counted among the forces."),
        phrase=text("In words."),
    ),
    "Problem": {
        "type": "object",
        "description": "What is wrong, where, and how to mend it (RFC 9457).",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": text("Address of a page about this kind of problem.", format="uri-reference"),
            "title": text("The kind of problem."),
            "status": whole("The HTTP status."),
            "detail": text("This problem."),
            "instance": text("The address that was asked.", format="uri-reference"),
            "errors": listed(
                {
                    "type": "object",
                    "required": ["detail"],
                    "properties": {
                        "parameter": text("The parameter of the address that is wrong."),
                        "pointer": text("JSON Pointer to the value that is wrong."),
                        "detail": text("What is wrong and how to mend it."),
                    },
                },
                "Each thing that is wrong.",
            ),
        },
    },
}

DEPLOYMENTS = of(
    "One page of records.", realm=REALM, next=NEXT, items=listed(ref("DeploymentRecord"), "Latest first.")
)
DEPLOYMENT: Schema = of(
    "One record with its history.",
    **RECORD,
    salt={
        "type": ["string", "null"],
        "pattern": "^[0-9a-f]{64}$",
        "description": "In hexadecimal; goes with the document.",
    },
    history=listed(ref("DeploymentVersion"), "Latest first."),
)
NOTICES = of(
    "One page of notices.", realm=REALM, next=NEXT, items=listed(ref("NoticeRecord"), "Soonest first.")
)
NOTICE: Schema = of(
    "One notice with its history.",
    **NOTICE_RECORD,
    salt=DEPLOYMENT["properties"]["salt"],
    history=listed(ref("NoticeVersion"), "Latest first."),
)
FORCES = of("Every force of a realm.", realm=REALM, next=NEXT, items=listed(ref("Force"), "By name."))
STATISTICS = of(
    "Figures of one realm and tier.",
    realm=REALM,
    tier=TIER,
    technology=text("Kind of facial recognition."),
    by=one_of("How they are divided.", "year", "month", "force", "all"),
    as_of={
        **MOMENT,
        "type": ["string", "null"],
        "description": "When the register last changed; null if it is empty.",
    },
    items=listed(ref("Statistic"), "Oldest first, or by name of force; empty if there are no records."),
)
MEASURES = of(
    "Every measure.",
    items=listed(ref("Measure"), "In the order of pages."),
    codes=listed(
        of("A code in place of a number or beside it.", code=text("One letter."), meaning=text("In words."))
    ),
)
