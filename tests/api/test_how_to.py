"""The page that says how to add an endpoint is true: its code is run as it stands."""

import re
import sys
import types
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.endings import Ending
from api.schema import Generator
from tests.api.checks import assert_problem

PAGE = Path(settings.BASE_DIR) / "docs/how-to/add-an-endpoint.md"
AT = "/api/v1/places"


@pytest.fixture
def written(settings, monkeypatch):
    """The page's Python as a module with addresses, in force for one test."""
    module = types.ModuleType("as_the_page_says")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(code, str(PAGE), "exec"), vars(module))
    vars(module)["urlpatterns"] = [*module.urlpatterns, *__import__("config.urls").urls.urlpatterns]
    settings.ROOT_URLCONF = module.__name__
    return module


def test_the_endpoint_of_the_page_answers(client, kent, northmoor, entered, written):
    entered(kent)
    entered(kent)
    entered(kent, place={"name": "Dock Road", "area": None})
    entered(northmoor)
    response = client.get(f"{AT}?letter=m")
    assert response.json() == {"realm": "national", "places": 1}
    assert client.get(AT, headers={"If-None-Match": response["ETag"]}).status_code == 304
    entered(kent)
    assert client.get(AT, headers={"If-None-Match": response["ETag"]}).status_code == 200
    assert "RateLimit-Policy" in response


@pytest.mark.parametrize(
    ("query", "name"), [("letter=ab", "letter"), ("colour=x", "colour"), ("realm=x", "realm")]
)
def test_it_refuses_what_the_page_says_it_refuses(client, db, written, query, name):
    problem = assert_problem(client.get(f"{AT}?{query}"), 400, "wrong-parameter")
    assert {error["parameter"] for error in problem["errors"]} == {name}
    assert_problem(client.post(AT), 405, "method-not-allowed")


def test_its_description_is_valid_and_its_end_can_be_told(written):
    document = Generator(patterns=written.urlpatterns[:1]).get_schema(public=True)
    OpenAPIV31SpecValidator(document).validate()
    assert set(document["paths"]) == {AT}
    assert isinstance(written.ENDS, Ending)
    written.ENDS.tell(response := HttpResponse())
    assert (response["Deprecation"], response["Sunset"]) == ("@1798761600", "Sat, 01 Jul 2028 00:00:00 GMT")
