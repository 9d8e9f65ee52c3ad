"""What no view has to deal with, and what every answer carries: asked of the whole site from outside."""

import io
import logging

import pytest
from django.core.cache import cache
from django.test import Client

from config.uploads import LARGEST_FORM, LARGEST_REQUEST

pytestmark = pytest.mark.django_db
DOORS = ["/", "/sign-in/", "/deployments/", "/portal/", "/admin/", "/api/v1/deployments", "/nowhere/"]
HOSTILE = {
    "a foreign host": ("get", {"headers": {"host": "evil.example"}}),
    "no host at all": ("get", {"headers": {"host": ""}}),
    "a host with a line break": ("get", {"headers": {"host": "localhost\r\nX: y"}}),
    "NUL in the query": ("get", {"query_params": {"q": "a\x00b", "page": "\x00", "next": "\x00"}}),
    "a number too large": (
        "get",
        {"query_params": {"page": "9" * 400, "before": "9" * 400, "limit": "9" * 40}},
    ),
    "a lone surrogate": ("get", {"query_params": {"q": b"\xed\xa0\x80"}}),
    "one name a thousand times": ("get", {"query_params": {"force": ["x"] * 1000}}),
    "a language that is none": ("get", {"headers": {"accept-language": "x" * 5000}}),
    "a type that is none": ("get", {"headers": {"accept": "\x00/\x00;q=x,,"}}),
    "cookies that are none": (
        "get",
        {"headers": {"cookie": "session=\x00; csrf=;;=; messages=x; language=../x"}},
    ),
    "multipart without an end": (
        "post",
        {
            "data": b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n",
            "content_type": "multipart/form-data; boundary=x",
        },
    ),
    "multipart without a boundary": ("post", {"data": b"x", "content_type": "multipart/form-data"}),
    "an unknown charset": (
        "generic",
        {
            "method": "POST",
            "data": b"a=\xff",
            "content_type": "application/x-www-form-urlencoded; charset=nope",
        },
    ),
    "not text": (
        "post",
        {"data": b"email=\xff\xfe&password=\x00", "content_type": "application/x-www-form-urlencoded"},
    ),
    "NUL in the form": (
        "post",
        {"data": {"email": "a\x00@b.c", "password": "\x00", "next": "/\x00", "persona": "\x00"}},
    ),
    "too many fields": ("post", {"data": {f"f{n}": "" for n in range(600)}}),
    "JSON at a form": ("post", {"data": b"[" * 5000, "content_type": "application/json"}),
    "a length that is none": (
        "post",
        {"data": b"a=b", "content_type": "application/x-www-form-urlencoded", "CONTENT_LENGTH": "-7"},
    ),
    "a method that is none": ("generic", {"method": "BREW"}),
}


@pytest.fixture
def stranger():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_request_is_refused_in_words(stranger, door, what, caplog):
    how, given = HOSTILE[what]
    given = dict(given)
    if how == "generic":
        answer = stranger.generic(given.pop("method"), door, given.pop("data", b""), **given)
    else:
        answer = getattr(stranger, how)(door, **given)
    assert answer.status_code < 500, what
    assert "Traceback" not in answer.content.decode("utf-8", "replace")
    assert "evil.example" not in answer.content.decode("utf-8", "replace")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR and record.exc_info]


@pytest.mark.parametrize(
    "address", ["/%00", "/deployments/%00/", "/sign-in/password/%00/%00/", "/portal/%00/", "/api/%00"]
)
def test_a_nul_in_an_address_is_an_address_of_nothing(stranger, address):
    assert stranger.get(address).status_code == 404


@pytest.mark.parametrize(
    "door", ["/sign-in/", "/portal/", "/admin/", "/language/", "/api/v1/deployments", "/nowhere/"]
)
def test_a_form_that_is_too_large_is_refused_before_it_is_read(stranger, door, capsys):
    body = b"a=" + b"x" * LARGEST_FORM
    answer = stranger.post(door, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "larger than this page takes" in answer.content.decode()


def test_a_form_that_lies_about_its_length_is_refused_too(stranger, settings, caplog):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = stranger.post(
        "/sign-in/", {"email": "x" * 200}, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413


def test_only_the_page_that_takes_files_reads_large_requests(stranger):
    large = b"x" * (LARGEST_FORM + 1)
    assert stranger.post("/sign-in/", {"file": io.BytesIO(large)}).status_code == 413
    assert stranger.post("/admin/imports/new/", {"file": io.BytesIO(large)}).status_code == 302
    too_much = {"CONTENT_LENGTH": str(LARGEST_REQUEST + 1)}
    assert stranger.post("/admin/imports/new/", {}, **too_much).status_code == 413


def test_a_refused_request_is_a_line_in_the_log_and_not_a_traceback():
    record = logging.LogRecord(
        "django.security.DisallowedHost", logging.ERROR, "", 1, "x", (), (None, None, None)
    )
    failed = logging.LogRecord("django.request", logging.ERROR, "", 1, "x", (), (None, None, None))
    failed.status_code = 500
    handler = logging.getLogger().handlers
    filters = [
        each for one in handler for each in one.filters if type(each).__name__ == "RefusalsWithoutTraces"
    ]
    for each in filters[:1]:
        each.filter(record)
        each.filter(failed)
    assert filters
    assert record.exc_info is None
    assert failed.exc_info is not None


def test_the_shared_cache_counts_alone_while_valkey_is_away(caplog):
    from config.cache import SharedOrOwn

    away = SharedOrOwn(
        "redis://127.0.0.1:1/0",
        {"KEY_FUNCTION": "config.cache.key", "OPTIONS": {"serializer": "config.cache.Json"}},
    )
    assert away.add("attempts", [1.5], 60)
    assert not away.add("attempts", [2.5], 60)
    assert away.get("attempts") == [1.5]
    assert "counts alone" in caplog.text


def test_what_is_kept_in_valkey_is_not_code(settings):
    cache.set("security-test", {"a": [1, 2.5, None]}, 60)
    kept = cache._cache.get_client().get(cache.make_key("security-test"))
    assert kept == b'{"a": [1, 2.5, null]}'
    cache.delete("security-test")
