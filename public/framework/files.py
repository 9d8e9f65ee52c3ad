"""The legal framework on a day as CSV and JSON: the same rules as the page, with codes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from coordination.framework import wording
from coordination.framework.models import Tightening
from coordination.framework.rules import Rule
from public.framework.asked import Asked
from register.spreadsheets import lines

COLUMNS = (
    *("code", "title", "sentence", "group", "weight", "can_stop_a_plan", "judged"),
    *("check", "parameters", "national_parameters", "attested_by", "attested_document"),
    *("source_kind", "citation", "url", "verified", "verified_on", "verified_note"),
    *("technology", "use_cases", "place_types", "watchlist_categories", "cameras"),
    *("phase", "fixed_by", "effective_from", "effective_to", "version", "stricter_forces"),
)


def as_csv(rules: Sequence[Rule], stricter: Iterable[Tightening]) -> bytes:
    """RFC 4180, UTF-8. Parameters are JSON; lists are joined by semicolons."""
    forces: dict[str, set[int]] = {}
    for each in stricter:
        forces.setdefault(each.requirement, set()).add(each.force_id)
    rows = []
    for rule in rules:
        said = _rule(rule)
        said |= {
            "parameters": json.dumps(said["parameters"]),
            "national_parameters": json.dumps(said["national_parameters"]),
            "stricter_forces": len(forces.get(rule.code, ())),
        }
        rows.append([said[name] for name in COLUMNS])
    return b"".join(lines(COLUMNS, rows))


def document(rules: Sequence[Rule], stricter: Sequence[Tightening], asked: Asked) -> dict[str, Any]:
    return {
        "on": asked.on.isoformat(),
        "force": asked.force.code if asked.force else None,
        "version": rules[0].version if rules else None,
        "what": "Requirements asked of a deployment on this day. Parameters are those that hold for the force, if one"
        " is named; national_parameters are the nation's. What is not verified only ever warns.",
        "requirements": [_rule(rule) for rule in rules],
        "stricter": [
            {
                "force": each.force.code,
                "force_name": each.force.name,
                "requirement": each.requirement,
                "parameter": each.parameter,
                "value": each.value,
                "why": each.why,
                "starts_on": each.starts_on.isoformat(),
                "ends_on": each.ends_on.isoformat() if each.ends_on else None,
            }
            for each in stricter
            if asked.force is None or each.force_id == asked.force.pk
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "title": rule.title,
        "sentence": rule.sentence,
        "group": rule.group,
        "weight": rule.weight,
        "can_stop_a_plan": rule.blocks,
        "judged": wording.judged(rule),
        "check": rule.check or None,
        "parameters": _plain(rule.parameters),
        "national_parameters": _plain(rule.national),
        "attested_by": rule.attestation.role if rule.attestation else None,
        "attested_document": rule.attestation.document_kind if rule.attestation else None,
        "source_kind": rule.source.kind,
        "citation": rule.source.citation,
        "url": rule.source.url or None,
        "verified": rule.source.verified,
        "verified_on": rule.source.verified_on.isoformat() if rule.source.verified_on else None,
        "verified_note": rule.source.note or None,
        "technology": rule.technology,
        "use_cases": list(rule.applies_to.use_cases),
        "place_types": list(rule.applies_to.place_types),
        "watchlist_categories": list(rule.applies_to.watchlist_categories),
        "cameras": list(rule.applies_to.cameras),
        "phase": rule.phase,
        "fixed_by": rule.fixed_by,
        "effective_from": rule.effective_from.isoformat(),
        "effective_to": rule.effective_to.isoformat() if rule.effective_to else None,
        "version": rule.version,
    }


def _plain(parameters: Any) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in parameters.items()}
