"""The OpenAPI document turned into what a page shows: groups of operations, and tables of fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _

from design.components import Column, Table

Schema = Mapping[str, Any]
LONGEST_EXAMPLE = 6_000  # characters of an example that a page shows


@dataclass(frozen=True, slots=True)
class Example:
    """What is sent or answered. `text` is an example; empty where there is none."""

    title: str
    words: str
    media: str
    shape: SafeString | str
    fields: Table | None
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing an address does. `curl` is an example to copy; `refusals` pairs of status and meaning."""

    id: str
    method: str
    path: str
    summary: str
    description: SafeString
    is_deprecated: bool
    scopes: tuple[str, ...]
    curl: str
    parameters: Table | None
    sent: Example | None
    answers: tuple[Example, ...]
    refusals: tuple[tuple[str, SafeString], ...]


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    title: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """One named schema."""

    name: str
    description: SafeString
    fields: Table | None


class Drawing:
    """A document, drawn. `here` is our own address without a last slash; `shapes_at` that of the page of shapes."""

    def __init__(self, document: Mapping[str, Any], *, here: str, shapes_at: str) -> None:
        self.document, self.here, self.shapes_at = document, here, shapes_at

    def groups(self) -> list[Group]:
        """In the order in which the document first names them."""
        found: dict[str, list[Operation]] = {}
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                found.setdefault(operation.get("tags", [_("Other")])[0], []).append(
                    self._operation(method, path, operation)
                )
        return [Group(slugify(tag), tag, tuple(operations)) for tag, operations in found.items()]

    def shapes(self) -> list[Shape]:
        schemas = self.document["components"]["schemas"]
        return [
            Shape(name, _prose(schema.get("description", "")), self._fields(schema, _("Fields of %s") % name))
            for name, schema in schemas.items()
        ]

    # --- operations -----------------------------------------------------------------------------------------

    def _operation(self, method: str, path: str, operation: Schema) -> Operation:
        parameters = [each for each in operation.get("parameters", []) if each["name"] != "If-None-Match"]
        answers, refusals = [], []
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                answers.append(self._example(_("Answer %s") % status, response, of=operation["summary"]))
            else:
                refusals.append((status, _prose(response.get("description", ""))))
        body = operation.get("requestBody")
        return Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation.get("summary", ""),
            description=_prose(operation.get("description", "")),
            is_deprecated=operation.get("deprecated", False),
            scopes=tuple(sorted({name for each in operation.get("security", []) for name in _scopes(each)})),
            curl=self._curl(method, path, operation),
            parameters=self._parameters(parameters, of=operation["summary"]),
            sent=self._example(_("What to send"), body, of=operation["summary"]) if body else None,
            answers=tuple(answers),
            refusals=tuple(refusals),
        )

    def _curl(self, method: str, path: str, operation: Schema) -> str:
        asked = {
            each["name"]: next(iter(each["examples"].values()))["value"]
            for each in operation.get("parameters", [])
            if each["in"] == "query" and each.get("examples")
        }
        address = f"{self.here}{path}" + (f"?{urlencode(asked)}" if asked else "")
        words = ["curl", *([f"--request {method.upper()}"] if method != "get" else [])]
        schemes = {name for each in operation.get("security", []) for name in each}
        for name in sorted(schemes):
            known = self.document["components"].get("securitySchemes", {}).get(name, {})
            # A secret on a command line is seen by everybody on the machine; curl reads it from a file.
            is_secret = known.get("scheme") == "basic"
            words.append("--config system.curl" if is_secret else '--header "Authorization: Bearer $TOKEN"')
        words += [
            f'--header "{each["name"]}: …"'
            for each in operation.get("parameters", [])
            if each["in"] == "header" and each.get("required")
        ]
        if body := operation.get("requestBody"):
            media = next(iter(body["content"]))
            words += (
                ["--data grant_type=client_credentials"]
                if media.endswith("form-urlencoded")
                else [f'--header "Content-Type: {media}"', "--data @file.json"]
            )
        return " ".join([*words, f'"{address}"'])

    def _parameters(self, parameters: Sequence[Schema], *, of: str) -> Table | None:
        if not parameters:
            return None
        rows = [
            [
                _code(each["name"]),
                _("in the path, needed")
                if each["in"] == "path"
                else _("header, needed")
                if each["in"] == "header" and each.get("required")
                else _("header, may be left out")
                if each["in"] == "header"
                else _("needed")
                if each.get("required")
                else _("may be left out"),
                self._kind(each["schema"]),
                _sentence(each.get("description", ""), each["schema"].get("default")),
            ]
            for each in parameters
        ]
        return Table(
            _("Parameters: %s") % of,
            [Column(_("Name")), Column(_("Needed")), Column(_("Value")), Column(_("Meaning"))],
            rows,
            caption_hidden=True,
        )

    def _example(self, title: str, part: Schema, *, of: str) -> Example:
        contents: Mapping[str, Schema] = part.get("content", {})
        media = next(iter(contents), "")
        content = contents.get(media, {})
        schema = content.get("schema", {})
        examples = [each.get("value") for each in content.get("examples", {}).values()]
        return Example(
            title=title,
            words=part.get("description", ""),
            media=media,
            shape=self._kind(schema) if "$ref" in schema else "",
            fields=None if "$ref" in schema else self._fields(schema, f"{title}: {of}"),
            text=_text(examples[0]) if examples else "",
        )

    # --- schemas --------------------------------------------------------------------------------------------

    def _fields(self, schema: Schema, caption: str) -> Table | None:
        rows = [
            [_code(name), self._kind(inner), _prose(inner.get("description", "")) or "–"]
            for name, inner in _flat(schema)
        ]
        if not rows:
            return None
        return Table(
            caption,
            [Column(_("Field")), Column(_("Value")), Column(_("Meaning"))],
            rows,
            caption_hidden=True,
        )

    def _kind(self, schema: Schema) -> SafeString | str:
        """What a value may be, in words."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return format_html('<a class="govuk-link" href="{}#{}">{}</a>', self.shapes_at, name, name)
        if "const" in schema:
            return _code(json.dumps(schema["const"], ensure_ascii=False))
        if "enum" in schema:
            values = format_html_join(
                ", ", "{}", ((_code("null" if v is None else str(v)),) for v in schema["enum"])
            )
            return format_html(_("one of {}"), values)
        for word in ("oneOf", "anyOf"):
            if word in schema:
                return format_html_join(_(" or "), "{}", ((self._kind(each),) for each in schema[word]))
        said = schema.get("type", "object")
        kinds = [said] if isinstance(said, str) else said
        return format_html_join(_(" or "), "{}", ((self._plain(kind, schema),) for kind in kinds))

    def _plain(self, kind: str, schema: Schema) -> SafeString | str:
        if kind == "array":
            return format_html(_("list of {}"), self._kind(schema.get("items", {})))
        formats = {
            "date": _("day, such as 2024-04-06"),
            "date-time": _("date and time"),
            "uri": _("address"),
            "uri-reference": _("address"),
        }
        return {
            "string": formats.get(schema.get("format", ""), _("text")),
            "integer": _("whole number"),
            "number": _("number"),
            "boolean": _("true or false"),
            "null": _("null"),
            "object": _("object"),
        }.get(kind, kind)


def _flat(schema: Schema, before: str = "") -> Iterator[tuple[str, Schema]]:
    """Every field, those of unnamed objects inside by their path."""
    for name, inner in schema.get("properties", {}).items():
        yield f"{before}{name}", inner
        item = inner.get("items", {})
        yield from _flat(inner, f"{before}{name}.")
        yield from _flat(item, f"{before}{name}[].")
        for each in inner.get("oneOf", ()):
            yield from _flat(each, f"{before}{name}.")


def _scopes(requirement: Mapping[str, Sequence[str]]) -> list[str]:
    return [scope for scopes in requirement.values() for scope in scopes]


def _code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)


def _prose(words: str) -> SafeString:
    """What the document says in Markdown, of which it uses `code` alone."""
    parts = words.split("`")
    return format_html_join("", "{}", ((_code(part) if at % 2 else part,) for at, part in enumerate(parts)))


def _sentence(words: str, default: Any) -> SafeString | str:
    if default is None:
        return _prose(words)
    return format_html(_("{} Without it: {}."), _prose(words), _code(str(default)))


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return text if len(text) <= LONGEST_EXAMPLE else text[:LONGEST_EXAMPLE] + "\n…"
