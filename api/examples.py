"""An example of each answer, of the made-up Northmoor Police: no figure here is a real force's."""

from __future__ import annotations

import hashlib
from typing import Any

from register.canonical import NOTICE as NOTICE_SCHEMA
from register.canonical import RESULT, canonical_bytes, schema

_DOCUMENT: dict[str, Any] = schema(RESULT)["examples"][0]
_SALT = hashlib.sha256(b"example").hexdigest()
_BYTES = canonical_bytes(_DOCUMENT)
_COMMITMENT = hashlib.sha256(bytes.fromhex(_SALT) + _BYTES).hexdigest()
_RECORD: dict[str, Any] = {
    "reference": "LFR-7K2M-Q4XD",
    "version": 1,
    "act": "original",
    "state": "standing",
    "reason": None,
    "realm": "demonstration",
    "tier": "primary",
    "origin": "submitted",
    "force": {"code": "X99000001", "slug": "northmoor", "name": "Northmoor Police"},
    "first_entered_at": "2024-04-11T08:30:00Z",
    "entered_at": "2024-04-11T08:30:00Z",
    "sha256": hashlib.sha256(_BYTES).hexdigest(),
    "commitment": _COMMITMENT,
    "document": _DOCUMENT,
}
DEPLOYMENTS: dict[str, Any] = {
    "realm": "demonstration",
    "next": "https://register.example/api/v1/deployments?realm=demonstration&after=2024-04-06_1234",
    "items": [_RECORD],
}
DEPLOYMENT = {
    **_RECORD,
    "salt": _SALT,
    "history": [
        {
            "version": 1,
            "act": "original",
            "reason": None,
            "origin": "submitted",
            "tier": "primary",
            "schema": RESULT,
            "entered_at": "2024-04-11T08:30:00Z",
            "commitment": _COMMITMENT,
            "document_at": "https://register.example/demonstration/deployments/LFR-7K2M-Q4XD/v1.json",
            "redacted": None,
        }
    ],
}
_NOTICE: dict[str, Any] = schema(NOTICE_SCHEMA)["examples"][0]
_NOTICE_BYTES = canonical_bytes(_NOTICE)
_NOTICE_COMMITMENT = hashlib.sha256(bytes.fromhex(_SALT) + _NOTICE_BYTES).hexdigest()
_NOTICE_RECORD: dict[str, Any] = {
    "reference": _NOTICE["reference"],
    "version": 1,
    "act": "original",
    "state": "standing",
    "reason": None,
    "realm": "demonstration",
    "force": _RECORD["force"],
    "first_entered_at": "2026-12-02T08:30:00Z",
    "entered_at": "2026-12-02T08:30:00Z",
    "sha256": hashlib.sha256(_NOTICE_BYTES).hexdigest(),
    "commitment": _NOTICE_COMMITMENT,
    "document": _NOTICE,
}
NOTICES: dict[str, Any] = {"realm": "demonstration", "next": None, "items": [_NOTICE_RECORD]}
NOTICE = {
    **_NOTICE_RECORD,
    "salt": _SALT,
    "history": [
        {
            "version": 1,
            "act": "original",
            "reason": None,
            "schema": NOTICE_SCHEMA,
            "entered_at": "2026-12-02T08:30:00Z",
            "commitment": _NOTICE_COMMITMENT,
            "document_at": "https://register.example/demonstration/notices/LFR-9RT4-WB2C/v1.json",
            "redacted": None,
        }
    ],
}
FORCE: dict[str, Any] = {
    "code": "X99000001",
    "slug": "northmoor",
    "name": "Northmoor Police",
    "area_name": "Northmoor",
    "region": None,
    "body_type": "territorial",
    "realm": "demonstration",
    "population": None,
    "valid_from": None,
    "valid_until": None,
    "successors": [],
    "uses": [
        {
            "technology": "live",
            "status": "own",
            "from": "2024-04-01",
            "until": None,
            "source": "Made up",
            "source_url": None,
            "is_verified": False,
        }
    ],
}
LAST_UPDATED = {
    "realm": "demonstration",
    "last_updated": "2024-04-11T08:30:00Z",
    "forces": [
        {
            "force": {"code": "X99000001", "slug": "northmoor", "name": "Northmoor Police"},
            "last_updated": "2024-04-11T08:30:00Z",
        }
    ],
}
FORCES = {"realm": "demonstration", "next": None, "items": [FORCE]}
MEASURES: dict[str, Any] = {
    "items": [
        {
            "code": "alerts",
            "label": "Alerts",
            "definition": "Times the system reported that a face scored at or above the threshold.",
            "unit": "alerts",
            "source": "What police forces publish.",
            "comparing": "Depends on the threshold, the algorithm and the watchlist.",
            "is_estimate": False,
            "numerator": None,
            "denominator": None,
        }
    ],
    "codes": [{"code": "x", "meaning": "not available, or would mislead"}],
}
STATISTICS: dict[str, Any] = {
    "realm": "demonstration",
    "tier": "primary",
    "technology": "live",
    "by": "year",
    "as_of": "2024-04-11T08:30:00Z",
    "items": [
        {
            "measure": "far_alerts",
            "from": "2024-01-01",
            "to": "2024-12-31",
            "force": None,
            "realm": "demonstration",
            "tier": "primary",
            "value": 0.2,
            "code": None,
            "marks": ["u"],
            "meanings": [
                "low reliability: fewer than 30 alerts, or fewer than 5 false alerts to be expected"
            ],
            "numerator": 1,
            "denominator": 5,
            "interval": {"lower": 0.00505, "upper": 0.71642, "level": 0.95},
            "records": 1,
            "known": 1,
            "not_known": {"not_published": 0, "not_applicable": 0, "aborted": 0, "misleading": 0},
            "completeness": "Known for 1 of 1 record.",
            "coverage": {
                "forces": 1,
                "of": 2,
                "others": [],
                "phrase": "records from 1 of 2 made-up forces",
            },
            "as_of": "2024-04-11T08:30:00Z",
            "records_at": "https://register.example/api/v1/deployments?year=2024&tier=primary&realm=demonstration",
            "page_at": "https://register.example/demonstration/deployments/?year=2024&tier=primary&measure=false_alerts",
        }
    ],
}
