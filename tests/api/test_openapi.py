"""The OpenAPI document is valid, complete, and true of the answers."""

import json

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.schema import made
from api.urls import urlpatterns

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/openapi.json"


@pytest.fixture
def document(client):
    return client.get(ADDRESS).json()


def answers(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                yield path, method, status, response


def test_document_is_valid_openapi_31(document):
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


def test_every_address_is_described(document):
    named = {
        "/" + str(pattern.pattern).lstrip("^").rstrip("$")
        for pattern in urlpatterns
        if pattern.name not in ("nothing", "problem", "openapi", "index")
    }
    assert len(document["paths"]) == len(named)


def test_every_answer_has_an_example_that_fits_its_schema(document):
    for path, method, status, response in answers(document):
        if not status.startswith("2"):
            continue
        (media,) = response["content"].values()
        assert media["examples"], (path, method)
        for example in media["examples"].values():
            Draft202012Validator({**media["schema"], "components": document["components"]}).validate(
                example["value"]
            )


def test_every_refusal_is_problem_json(document):
    for path, _method, status, response in answers(document):
        if int(status) >= 400:
            assert list(response["content"]) == ["application/problem+json"], path


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/deployments",
        "/api/v1/deployments/{reference}",
        "/api/v1/forces",
        "/api/v1/forces/{slug}",
        "/api/v1/measures",
        "/api/v1/statistics",
        "/api/v1/last-updated",
        "/api/v1",
        "/api/",
    ],
)
def test_answers_fit_their_schema(client, document, kent, entered, address):
    reference = entered(kent)["reference"]
    asked = address.format(reference=reference, slug="kent")
    schema = document["paths"][address]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    body = json.loads(client.get(asked).content)
    Draft202012Validator({**schema, "components": document["components"]}).validate(body)


def test_making_the_document_says_nothing_to_mend(capsys):

    GENERATOR_STATS.reset()
    made()
    assert capsys.readouterr().err == ""
