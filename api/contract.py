"""The API's promise: the OpenAPI document that is kept, and what a new one may not take back within a version."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
KEPT = "tests/contracts/openapi.json"


def text(document: Document) -> str:
    """The document as it is kept: one value a line, so that a difference can be read."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def broken(kept: Document, served: Document) -> list[str]:
    """What a reader or sender who relies on `kept` would no longer find in `served`; each with where."""
    return sorted(set(_Comparison(kept, served).all()))


class _Comparison:
    def __init__(self, kept: Document, served: Document) -> None:
        self.kept, self.served = kept, served
        self.seen: set[tuple[str, str, bool]] = set()

    def all(self) -> Iterator[str]:
        for path, operations in self.kept["paths"].items():
            there = self.served["paths"].get(path)
            if there is None:
                yield f"{path}: the address is gone"
                continue
            for method, operation in operations.items():
                where = f"{method.upper()} {path}"
                if method not in there:
                    yield f"{where}: it is no longer answered"
                else:
                    yield from self._operation(where, operation, there[method])

    def _operation(self, where: str, kept: Document, served: Document) -> Iterator[str]:
        before = {(each["in"], each["name"]): each for each in kept.get("parameters", [])}
        after = {(each["in"], each["name"]): each for each in served.get("parameters", [])}
        for key, parameter in before.items():
            name = f"{where}, parameter {key[1]}"
            if key not in after:
                yield f"{name}: it is gone"
            else:
                yield from self._schema(name, parameter["schema"], after[key]["schema"], sent=True)
                if parameter["schema"].get("default") != after[key]["schema"].get("default"):
                    yield f"{name}: what holds without it is another thing"
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{where}, parameter {key[1]}: it is required now"
        yield from self._body(where, kept.get("requestBody"), served.get("requestBody"))
        for status, response in kept["responses"].items():
            there = served["responses"].get(status)
            if there is None:
                # A refusal that no longer happens takes nothing from anybody.
                if status.startswith("2"):
                    yield f"{where}: it no longer answers {status}"
                continue
            for media, content in response.get("content", {}).items():
                if media not in there.get("content", {}):
                    yield f"{where}: {status} is no longer {media}"
                    continue
                schema = there["content"][media].get("schema", {})
                yield from self._schema(f"{where}, {status}", content.get("schema", {}), schema, sent=False)

    def _body(self, where: str, kept: Document | None, served: Document | None) -> Iterator[str]:
        if served is not None and served.get("required") and not (kept or {}).get("required"):
            yield f"{where}: it needs a body now"
        for media, content in (kept or {}).get("content", {}).items():
            there = (served or {}).get("content", {}).get(media)
            if there is None:
                yield f"{where}: it no longer takes {media}"
            else:
                yield from self._schema(f"{where}, body", content["schema"], there["schema"], sent=True)

    def _schema(self, where: str, kept: Any, served: Any, *, sent: bool) -> Iterator[str]:
        """`sent`: whether it is what we are sent (we may not ask for more) or what we answer (not give less)."""
        kept, name = self._found(kept, self.kept)
        served, other = self._found(served, self.served)
        if name and other:
            if (name, other, sent) in self.seen:
                return
            self.seen.add((name, other, sent))
            where = name
        if not isinstance(kept, Mapping) or not isinstance(served, Mapping):
            return
        before, after = _types(kept), _types(served)
        if before and after and (before - after if sent else after - before):
            yield f"{where}: its type was {_words(before)} and is {_words(after)}"
        if "enum" in kept:
            yield from (
                f"{where}: the value {json.dumps(value)} is gone"
                for value in kept["enum"]
                if value not in served.get("enum", kept["enum"] if sent else [])
            )
        elif sent and "enum" in served:
            yield f"{where}: it took any value and takes a few"
        yield from self._properties(where, kept, served, sent=sent)
        if "items" in kept and "items" in served:
            yield from self._schema(f"{where}[]", kept["items"], served["items"], sent=sent)
        for word in ("oneOf", "anyOf", "allOf"):
            for number, (one, two) in enumerate(zip(kept.get(word, []), served.get(word, []), strict=False)):
                yield from self._schema(f"{where}/{word}/{number}", one, two, sent=sent)
            if len(kept.get(word, [])) > len(served.get(word, [])) and sent:
                yield f"{where}: one of its forms is gone"

    def _properties(self, where: str, kept: Document, served: Document, *, sent: bool) -> Iterator[str]:
        before, after = kept.get("properties", {}), served.get("properties", {})
        for name, schema in before.items():
            if name in after:
                yield from self._schema(f"{where}.{name}", schema, after[name], sent=sent)
            else:
                yield f"{where}.{name}: the field is gone"
        needed, needed_now = set(kept.get("required", [])), set(served.get("required", []))
        if sent:
            yield from (f"{where}.{name}: it is required now" for name in needed_now - needed)
        else:
            yield from (
                f"{where}.{name}: it was always there and may be missing now"
                for name in (needed - needed_now) & set(after)
            )

    @staticmethod
    def _found(schema: Any, document: Document) -> tuple[Any, str]:
        if isinstance(schema, Mapping) and "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return document["components"]["schemas"].get(name, {}), name
        return schema, ""


def _types(schema: Document) -> set[str]:
    said = schema.get("type", [])
    return {said} if isinstance(said, str) else set(said)


def _words(types: set[str]) -> str:
    return " or ".join(sorted(types))
