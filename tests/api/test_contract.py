"""The promise of version 1: the document that is kept is the one served, and nothing in it is taken back."""

import copy
import difflib
import json
from pathlib import Path

import pytest
from django.conf import settings

from api import contract, schema

ROOT = Path(settings.BASE_DIR)
LIST = ("paths", "/api/v1/deployments", "get")


@pytest.fixture(scope="module")
def kept():
    return json.loads((ROOT / contract.KEPT).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def served():
    return schema.made()


def test_the_document_that_is_served_is_the_one_kept(kept, served):
    difference = "\n".join(
        difflib.unified_diff(
            contract.text(kept).splitlines(),
            contract.text(served).splitlines(),
            "kept",
            "served",
            lineterm="",
            n=2,
        )
    )
    assert not difference, (
        f"The API has changed. If it should, run `manage.py describe_api`, which keeps the new document.\n{difference}"
    )


def test_nothing_is_taken_back_within_version_1(kept, served):
    assert contract.broken(kept, served) == []


def test_what_only_grows_breaks_nothing(kept):
    grown = copy.deepcopy(kept)
    grown["paths"]["/api/v1/more"] = grown["paths"]["/api/v1/measures"]
    operation = _at(grown, LIST)
    operation["parameters"].append({"in": "query", "name": "colour", "schema": {"type": "string"}})
    grown["components"]["schemas"]["Force"]["properties"]["colour"] = {"type": "string"}
    grown["components"]["schemas"]["Force"]["required"].append("colour")
    del operation["responses"]["406"]
    assert contract.broken(kept, grown) == []


def _at(document, path):
    for step in path:
        document = document[step]
    return document


def _force(document):
    return document["components"]["schemas"]["Force"]


def _parameter(document, name):
    return next(each for each in _at(document, LIST)["parameters"] if each["name"] == name)


BREAKS = {
    "/api/v1/forces: the address is gone": lambda d: d["paths"].pop("/api/v1/forces"),
    "GET /api/v1/measures: it is no longer answered": lambda d: d["paths"]["/api/v1/measures"].pop("get"),
    "Force.region: the field is gone": lambda d: _force(d)["properties"].pop("region"),
    "Force.slug: its type was string and is integer": lambda d: _force(d)["properties"]["slug"].update(
        type="integer"
    ),
    "Force.name: its type was string and is null or string": lambda d: _force(d)["properties"]["name"].update(
        type=["string", "null"]
    ),
    "Force.region: it was always there and may be missing now": lambda d: _force(d)["required"].remove(
        "region"
    ),
    'Force.body_type: the value "special" is gone': lambda d: _force(d)["properties"]["body_type"][
        "enum"
    ].remove("special"),
    "GET /api/v1/deployments, parameter place: it is gone": lambda d: _at(d, LIST)["parameters"].remove(
        _parameter(d, "place")
    ),
    "GET /api/v1/deployments, parameter year: it is required now": lambda d: _parameter(d, "year").update(
        required=True
    ),
    'GET /api/v1/deployments, parameter tier: the value "secondary" is gone': lambda d: _parameter(d, "tier")[
        "schema"
    ]["enum"].remove("secondary"),
    "GET /api/v1/deployments, parameter place: it took any value and takes a few": lambda d: _parameter(
        d, "place"
    )["schema"].update(enum=["here"]),
    "GET /api/v1/deployments, parameter limit: what holds without it is another thing": lambda d: _parameter(
        d, "limit"
    )["schema"].update(default=10),
    "GET /api/v1/deployments, parameter colour: it is required now": lambda d: _at(d, LIST)[
        "parameters"
    ].append({"in": "query", "name": "colour", "required": True, "schema": {"type": "string"}}),
    "GET /api/v1/deployments: it no longer answers 200": lambda d: _at(d, LIST)["responses"].pop("200"),
    "GET /api/v1/deployments.csv: 200 is no longer text/csv": lambda d: d["paths"]["/api/v1/deployments.csv"][
        "get"
    ]["responses"]["200"]["content"].pop("text/csv"),
}


@pytest.mark.parametrize("told", BREAKS)
def test_what_is_taken_back_is_named(kept, told):
    less = copy.deepcopy(kept)
    BREAKS[told](less)
    assert contract.broken(kept, less) == [told]


def _takes(fields, required):
    body = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": required,
                    "properties": {name: {"enum": values} for name, values in fields.items()},
                }
            }
        },
    }
    return {
        "paths": {"/x": {"post": {"requestBody": body, "responses": {}}}},
        "components": {"schemas": {}},
    }


def test_a_sender_is_not_asked_for_more():
    before = _takes({"a": ["1", "2"], "b": ["1"]}, ["a"])
    assert contract.broken(before, _takes({"a": ["1", "2", "3"], "b": ["1"], "c": ["1"]}, ["a"])) == []
    assert contract.broken(before, _takes({"a": ["1"], "c": ["1"]}, ["a", "c"])) == [
        'POST /x, body.a: the value "2" is gone',
        "POST /x, body.b: the field is gone",
        "POST /x, body.c: it is required now",
    ]
