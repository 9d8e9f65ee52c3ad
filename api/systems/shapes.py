"""What systems send and are answered, as JSON Schema 2020-12. The same schema checks what is sent."""

from __future__ import annotations

from typing import Any

from api.shapes import Schema, listed, of, one_of, ref, text, whole
from coordination.evaluations.models import Technology
from deployments.actions.versions import LONGEST_REASON, SHORTEST_REASON
from deployments.facts import LENGTHS, MOST_MINUTES, MOST_WATCHLISTED
from deployments.figures import FIGURES, Absence, Method
from forces.capabilities import FOR_SYSTEMS

__all__ = ["COMPONENTS", "EXAMPLES", "STATES", "ref"]

STATES = ("recorded", "sent_back", "reviewed", "published", "correcting", "withdrawn", "discarded")


def given(description: str, required: list[str], **properties: Schema) -> Schema:
    """An object that is sent: these properties and no others."""
    return {
        "type": "object",
        "description": description,
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


def words(description: str, most: int, *, least: int = 0) -> Schema:
    limits = {"maxLength": most, **({"minLength": least} if least else {})}
    return {"type": "string", "description": description, **limits}


def number(description: str, most: int) -> Schema:
    return {"type": ["integer", "null"], "minimum": 0, "maximum": most, "description": description}


REASON = words(
    "Why. It is published with a correction or withdrawal: name no person.",
    LONGEST_REASON,
    least=SHORTEST_REASON,
)
_SAID: dict[str, Schema] = {
    "on": text("Day on which it started, in UK local time.", format="date"),
    "place": words("A name the public knows. Never an address of a person.", LENGTHS["place"], least=1),
    "area": words("Borough, town or area.", LENGTHS["area"]),
    "started_at": text("With an offset from UTC.", null=True, format="date-time"),
    "ended_at": text("With an offset from UTC.", null=True, format="date-time"),
    "duration_minutes": number("Minutes that the system ran.", MOST_MINUTES),
    "technology": one_of("Kind of facial recognition.", *Technology.values),
    "use_case": words("From your force's policy.", LENGTHS["use_case"]),
    "algorithm": {
        "type": ["object", "null"],
        "description": "As it stands in this register's list of algorithm versions.",
        "required": ["vendor", "product"],
        "properties": {
            "vendor": words("Maker.", 120, least=1),
            "product": words("Product.", 120, least=1),
            "version": {**words("Version; null where none is known.", 60), "type": ["string", "null"]},
        },
        "additionalProperties": False,
    },
    "threshold": text(
        "Lowest score that raised an alert, as a decimal in text.",
        null=True,
        pattern=r"^[0-9]{1,5}(\.[0-9]{1,6})?$",
    ),
    "watchlist_size": number("Images on the watchlist. Never names.", MOST_WATCHLISTED),
    "is_aborted": {"type": "boolean", "description": "Whether it was aborted before it could give figures."},
    "abort_reason": words("Why it was aborted; published.", LENGTHS["abort_reason"]),
    "figures": given(
        "Each a whole number, or null with its code in “absent”. Blank is never zero.",
        [figure.name for figure in FIGURES],
        **{figure.name: number(str(figure.hint), figure.most) for figure in FIGURES},
    ),
    "absent": given(
        "Why a figure is missing, by its name.",
        [],
        **{figure.name: one_of("Code.", *(code.value for code in Absence)) for figure in FIGURES},
    ),
    "absent_reason": words("Why a figure would mislead; published.", LENGTHS["absent_reason"]),
    "faces_method": one_of("How faces seen were counted.", *(method.value for method in Method)),
}
MUST = ["on", "place", "is_aborted", "figures", "faces_method"]

COMPONENTS: dict[str, Schema] = {
    "ResultGiven": given("What happened at one deployment.", MUST, **_SAID),
    "CorrectionGiven": given(
        "Other values for a published result, all of them, and why.",
        ["reason", "result"],
        reason=REASON,
        result=ref("ResultGiven"),
    ),
    "CorrectionChanged": given(
        "Other values for a correction that waits for review. Without a reason, the one given before stays.",
        ["result"],
        reason=REASON,
        result=ref("ResultGiven"),
    ),
    "WithdrawalGiven": given("Why the published result should no longer stand.", ["reason"], reason=REASON),
    "ResultSaid": of("What a version says, in the words in which it can be sent again.", **_SAID),
    "ResultVersion": of(
        "One version of a result.",
        number=whole("1 for the first, then one more for each correction."),
        revision=whole("Counts its changes before publication."),
        status=one_of("Where it stands.", "recorded", "sent_back", "reviewed", "published", "discarded"),
        reason=text("Why it corrects what stood before.", null=True),
        recorded_by=one_of("Who wrote it down first.", "person", "system"),
        recorded_at=text("When, in UTC.", format="date-time"),
        reviewed_at=text("When somebody reviewed it.", null=True, format="date-time"),
        published_at=text("When it was published.", null=True, format="date-time"),
        sent_back={
            "oneOf": [
                of(
                    "That somebody looked at it and wants it changed.",
                    reason=text("What must be changed."),
                    sent_back_at=text("When, in UTC.", format="date-time"),
                ),
                {"type": "null"},
            ],
            "description": "Null unless it is sent back. Amend it, and it waits for review again.",
        },
        said=ref("ResultSaid"),
    ),
    "WorkingResult": of(
        "A force's own result with what is private about it. The public reads /api/v1/deployments.",
        reference=text("Random and stable."),
        public_reference=text("Under which the register holds it, once published."),
        state=one_of("Where it stands.", *STATES),
        result=ref("ResultVersion"),
        correction={"oneOf": [ref("ResultVersion"), {"type": "null"}], "description": "In work, if any."},
        withdrawal={
            "oneOf": [
                of(
                    "That somebody asked for it to be withdrawn.",
                    reason=text("Why."),
                    asked_at=text("When, in UTC.", format="date-time"),
                ),
                {"type": "null"},
            ],
            "description": "Null unless it has been asked for.",
        },
        missing=listed(ref("MissingStep"), "What people must still do, in order; empty if nothing."),
        warnings=listed(ref("Warning"), "What people are asked to look at; nothing is refused for it."),
    ),
    "MissingStep": of(
        "Something that a person must do.",
        code=one_of("What.", "change", "answer", "review", "publish", "decide_withdrawal"),
        detail=text("In words."),
    ),
    "Warning": of(
        "Something that may be wrong although every value is sound. Only of what waits for people.",
        code=one_of("What.", "same_as_another", "same_day_and_place"),
        reference=text("The other result it is about."),
        detail=text("In words."),
    ),
    "WorkingResults": of(
        "A page of the force's own results, latest recorded first.",
        next=text("Address of the next page; null on the last.", null=True, format="uri"),
        items=listed(ref("WorkingResult")),
    ),
    "TokenRequest": {
        "type": "object",
        "description": "Client ID and secret may be left out here and sent by HTTP Basic authentication.",
        "required": ["grant_type"],
        "properties": {
            "grant_type": {"type": "string", "enum": ["client_credentials"], "description": "Nothing else."},
            "client_id": text("Shown where your force connected the system."),
            "client_secret": text("Shown once when your force connected the system."),
            "scope": text(
                "Rights, separated by spaces, to ask for fewer than the system has: "
                + ", ".join(each.value for each in FOR_SYSTEMS)
            ),
        },
    },
    "Token": of(
        "A token and how long it works.",
        access_token=text("Send it as “Authorization: Bearer …”."),
        token_type=one_of("How to send it.", "Bearer"),
        expires_in=whole("Seconds."),
        scope=text("The rights it carries, separated by spaces."),
    ),
}

_FIGURES = {
    "faces_seen": 5460,
    "alerts": 3,
    "true_alerts": 2,
    "true_alerts_confirmed": 2,
    "true_alerts_unconfirmed": 0,
    "false_alerts": 1,
    "false_alerts_confirmed": 1,
    "false_alerts_unconfirmed": 0,
    "undetermined_alerts": 0,
    "engagements": 2,
    "arrests": 1,
    "other_action": 1,
    "no_action": None,
}
_GIVEN: dict[str, Any] = {
    "on": "2024-04-06",
    "place": "Market Square",
    "area": "Northmoor",
    "started_at": "2024-04-06T11:00:00+01:00",
    "ended_at": "2024-04-06T16:03:00+01:00",
    "duration_minutes": 303,
    "technology": "live",
    "use_case": "Crime hotspot",
    "algorithm": None,
    "threshold": "0.64",
    "watchlist_size": 9764,
    "is_aborted": False,
    "abort_reason": "",
    "figures": _FIGURES,
    "absent": {"no_action": "not_published"},
    "absent_reason": "",
    "faces_method": "estimate",
}
_RESULT: dict[str, Any] = {
    "reference": "LFR-7K2M-Q4XD",
    "public_reference": "LFR-7K2M-Q4XD",
    "state": "recorded",
    "result": {
        "number": 1,
        "revision": 1,
        "status": "recorded",
        "reason": None,
        "recorded_by": "system",
        "recorded_at": "2024-04-08T08:30:00Z",
        "reviewed_at": None,
        "published_at": None,
        "sent_back": None,
        "said": _GIVEN,
    },
    "correction": None,
    "withdrawal": None,
    "missing": [
        {"code": "review", "detail": "Somebody who wrote none of it must review it."},
        {"code": "publish", "detail": "Somebody must then publish it."},
    ],
    "warnings": [],
}
_WHY = "Two alerts were counted twice in the van."
EXAMPLES: dict[str, Any] = {
    "ResultGiven": _GIVEN,
    "CorrectionGiven": {
        "reason": _WHY,
        "result": {**_GIVEN, "figures": {**_FIGURES, "alerts": 2, "false_alerts": 0}},
    },
    "CorrectionChanged": {"result": {**_GIVEN, "place": "Market Place"}},
    "WithdrawalGiven": {"reason": "It was a training exercise and no deployment."},
    "WorkingResult": _RESULT,
    "WorkingResults": {"next": None, "items": [_RESULT]},
    "Token": {
        "access_token": "h1Jm0Qz7kPBsVtRZbY6uLwXn3cEaDf",
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "read_records record_results",
    },
}
