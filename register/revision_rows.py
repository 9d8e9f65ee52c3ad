"""Revisions as rows of a file: one for each field that a correction changed, one for anything else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from register.differences import Said
from register.revisions import Kind, Revision

# Columns may be added at the end; none is renamed or moved.
COLUMNS = (
    *("revision", "kind", "at", "reference", "version", "realm", "force_code", "force_slug", "force_name"),
    *("tier", "origin", "reason", "changes", "field"),
    *(f"{side}_{what}" for side in ("old", "new") for what in ("value", "absent", "why", "method")),
)
NOT_TOLD, DOES_NOT_APPLY = "[x]", "[z]"


def rows(revisions: Iterable[Revision]) -> Iterator[list[Any]]:
    """In the order of COLUMNS. `changes` says of how many rows the revision consists, so that a file that broke off
    is known for one; in place of a number, [x] where a document was removed and [z] for what changes no field."""
    for revision in revisions:
        found = revision.differences
        about = [
            *(revision.name, revision.kind.value, _moment(revision), revision.reference, revision.version),
            *(revision.realm, revision.force_code, revision.force_slug, revision.force_name),
            *(revision.tier, revision.origin, revision.reason or None),
        ]
        if not found:
            yield [*about, _instead(revision), *[None] * 9]
            continue
        for each in found:
            yield [*about, len(found), each.field, *_side(each.old), *_side(each.new)]


def _instead(revision: Revision) -> int | str:
    if revision.kind is not Kind.CORRECTION:
        return DOES_NOT_APPLY
    return NOT_TOLD if revision.differences is None else 0


def _side(said: Said) -> list[Any]:
    value = said.value
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return [value, said.absent, said.why, said.method]


def _moment(revision: Revision) -> str:
    return revision.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
