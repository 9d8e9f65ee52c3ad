"""Pages for those who write programs: drawn from the document, and true of it."""

import re

import pytest

from api.drawing import Drawing
from api.problems import KINDS
from api.schema import made, served

pytestmark = pytest.mark.django_db
PAGES = ["/developers/", "/developers/get-started/", "/developers/reference/", "/developers/shapes/"]


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_pages_need_no_session_and_fetch_nothing_from_elsewhere(client, address):
    client.cookies["session"] = "something-old"
    response = client.get(address)
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    text = response.content.decode()
    # A canonical link names the page's own address and is fetched by nobody.
    assert not re.search(r'(?:src|<link(?! rel="canonical")[^>]+href)="(?:https?:)?//', text)
    assert " style=" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert len(re.findall(r"<h1\b", text)) == 1


@pytest.mark.parametrize("address", PAGES)
def test_pages_refuse_what_they_do_not_take(client, address):
    assert client.get(f"{address}?colour=blue").status_code == 400
    assert client.post(address).status_code == 405


def test_every_operation_parameter_and_refusal_is_on_the_page(client):
    text = page(client, "/developers/reference/")
    for path, operations in served()["paths"].items():
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in text
            assert f"<code>{path}</code>" in text
            for parameter in operation.get("parameters", ()):
                if parameter["in"] != "header":
                    assert f"<code>{parameter['name']}</code>" in text, parameter["name"]
            for status in operation["responses"]:
                assert status.startswith("2") or f"<strong>{status}</strong>" in text


def test_every_shape_and_kind_of_problem_has_its_place(client):
    shapes, index = page(client, "/developers/shapes/"), page(client, "/developers/")
    for name in served()["components"]["schemas"]:
        assert f'id="{name}"' in shapes
    for code in KINDS:
        assert f'href="/api/problems/{code}"' in index


def test_every_link_and_anchor_leads_somewhere(client):
    texts = {address: page(client, address) for address in PAGES}
    asked = set()
    for address, text in texts.items():
        for href in set(re.findall(r'href="([^"]+)"', text)):
            if href.startswith(("https://www.nationalarchives", "/static/")):
                continue
            target, _hash, anchor = href.partition("#")
            target = target or address
            if target not in texts and target not in asked:
                asked.add(target)
                assert client.head(target).status_code in (200, 302), href
            if anchor and target in texts:
                assert f'id="{anchor}"' in texts[target], href


def test_every_command_to_copy_works(client, kent, entered):
    entered(kent)
    for address in PAGES:
        text = page(client, address).replace("&amp;", "&").replace("&quot;", '"')
        for asked in re.findall(r'curl [^<\n]*"http://testserver(/[^"]+)"', text):
            if any(word in asked for word in ("{", "$", "metropolitan", "/results", "/oauth/")):
                continue  # test_get_started.py runs these
            assert client.head(asked).status_code == 200, asked


def test_limits_are_those_in_force(client, settings):
    settings.API_LIMITS = {"reader": 1234, "machine": 0}
    text = page(client, "/developers/")
    assert "1,234 requests a minute" in text
    assert "No limit" in text


def test_what_is_sent_and_who_may_is_drawn():
    document = made()
    document["paths"]["/api/v1/things"] = {
        "post": {
            "operationId": "sendThing",
            "tags": ["Things"],
            "summary": "Send a thing",
            "deprecated": True,
            "security": [{"oauth": ["publish"]}],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/DeploymentResult"},
                        "examples": {"One": {"value": {"a": 1}}},
                    }
                },
            },
            "responses": {"201": {"description": "Made.", "content": {}}, "422": {"description": "Wrong."}},
        }
    }
    groups = Drawing(document, here="https://register.example", shapes_at="/shapes/").groups()
    (operation,) = next(group for group in groups if group.id == "things").operations
    assert operation.is_deprecated and operation.scopes == ("publish",)
    assert "--request POST" in operation.curl and "Authorization: Bearer" in operation.curl
    assert "DeploymentResult" in operation.sent.shape and '"a": 1' in operation.sent.text
    assert operation.refusals == (("422", "Wrong."),)


def test_what_one_needs_to_begin_is_there(client):
    text = page(client, "/developers/get-started/")
    paths = served()["paths"]
    for address in ("/api/oauth/token", "/api/v1/results"):
        assert address in text and "post" in paths[address]
    assert paths["/api/v1/results"]["post"]["operationId"] == "recordResult"
    assert "--config system.curl" in page(client, "/developers/reference/")


def test_what_the_document_says_in_code_is_shown_as_code(client):
    for address in ("/developers/reference/", "/developers/shapes/"):
        assert "`" not in page(client, address)
    assert "Needs the right <code>read_records</code> and <code>record_results</code>." in page(
        client, "/developers/reference/"
    )


def test_the_stream_s_address_is_the_one_that_answers(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SEPARATE_PORTS = [8000, 8001]
    for host, stream in (
        ("localhost:8000", "http://localhost:8001/stream/"),
        ("register.example", "http://register.example/stream/"),
    ):
        shown = client.get("/developers/", headers={"host": host}).content.decode()
        assert f"<code>{stream}</code>" in shown


def test_the_footer_leads_here(client):
    assert 'href="/developers/"' in page(client, "/")
