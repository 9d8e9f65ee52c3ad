"""Sound bodies in which every field is there, missing, empty or at its bound, each by a throw of its own.

schemathesis varies one field of its example at a time, or leaves nearly all of them out; what goes wrong only when two
or three fields come together is found here.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any


def combined(schema: Mapping[str, Any], example: Any, components: Mapping[str, Any], rng: Random) -> Any:
    """A value that fits the schema. `example` is a sound one; components are the schemas that `$ref` leads to."""
    if "$ref" in schema:
        return _object(components[schema["$ref"].rsplit("/", 1)[-1]], example, components, rng)
    kinds = schema.get("type", "string")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    if "null" in kinds and rng.random() < 0.3:
        return None
    if "object" in kinds:
        if isinstance(example, dict) and rng.random() < 0.7:
            return (
                example  # figures and the codes of those that are missing agree: else nothing gets past them
            )
        return _object(schema, example if isinstance(example, dict) else {}, components, rng)
    if rng.random() < 0.4 and example is not None:
        return example
    if "enum" in schema:
        return rng.choice([each for each in schema["enum"] if each is not None])
    if "boolean" in kinds:
        return rng.random() < 0.5
    if "integer" in kinds:
        least, most = schema.get("minimum", 0), schema.get("maximum", 9)
        return rng.choice([least, least, min(most, least + 1), most])
    return _text(schema, rng)


def _object(schema: Mapping[str, Any], example: dict, components: Mapping[str, Any], rng: Random) -> dict:
    return {
        name: combined(each, example.get(name), components, rng)
        for name, each in schema["properties"].items()
        if name in schema.get("required", ()) or rng.random() < 0.7
    }


def _text(schema: Mapping[str, Any], rng: Random) -> str:
    if "format" in schema:
        return {"date": "2024-02-29", "date-time": "2024-02-29T23:59:59Z"}[schema["format"]]
    if "pattern" in schema:
        return rng.choice(["0", "0.64", "1", "99999.999999"])
    length = rng.choice([schema.get("minLength", 0), schema.get("maxLength", 100)])
    return "".join(rng.choice("aZé’-") for _ in range(length))
