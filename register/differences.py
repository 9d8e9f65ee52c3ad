"""What differs between two documents of one record, field by field. Pages and files both ask here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from register.canonical import RESULT, schema

Document = Mapping[str, Any]
# The names that lead to a value, from the outside in; written with points: "figures.alerts".
Path = tuple[str, ...]

# What is said beside a value, and is compared with it.
BESIDE = ("absent", "methods")
# Objects of which each value is a field of its own. Any other object is one field, as pages show it.
OPENED = ("place", "figures", "provenance")
PRINTED = "printed"  # inside provenance: its names are the source's own column headings


class Said(NamedTuple):
    """What a document says in one field: the value, or the code and the words of why there is none; how it was made."""

    value: Any
    absent: str | None
    why: str | None
    method: str | None


class Difference(NamedTuple):
    """One field that says something else. `field` is its path with points between the names."""

    path: Path
    old: Said
    new: Said

    @property
    def field(self) -> str:
        return ".".join(self.path)


def differences(old: Document, new: Document) -> list[Difference]:
    """Every field in which two results differ, in the order of the public schema. Both are as `canonical` checked."""
    printed = (_printed(each) for each in (old, new))
    paths = chain(
        _paths(), dict.fromkeys(("provenance", PRINTED, label) for each in printed for label in each)
    )
    found = (Difference(path, said(old, path), said(new, path)) for path in paths)
    return [each for each in found if each.old != each.new]


def said(document: Document, path: Path) -> Said:
    """What the document says there. A field that it does not have says nothing."""
    value: Any = document
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    name = path[-1] if path[0] in ("figures", path[-1]) else ""
    absent = document["absent"].get(name)
    return Said(
        value,
        absent["code"] if absent else None,
        absent["why"] if absent else None,
        document["methods"].get(name),
    )


def _printed(document: Document) -> Mapping[str, Any]:
    provenance = document["provenance"]
    return provenance[PRINTED] if provenance else {}


@cache
def _paths() -> tuple[Path, ...]:
    return tuple(_fields(schema(RESULT)["properties"]))


def _fields(properties: Mapping[str, Any]) -> Iterator[Path]:
    for name, described in properties.items():
        if name in OPENED:
            yield from ((name, inner) for inner in described["properties"] if inner != PRINTED)
        elif name not in BESIDE:
            yield (name,)
