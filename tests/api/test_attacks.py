"""What an attacker tries at the machines' doors: each is refused in words, and nothing happens."""

import base64
import io
import json
import threading
import time
from functools import partial

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections, transaction
from django.test import Client, RequestFactory

from api import limits
from api.endpoint import compact
from config.requests import PageRequest, StreamRequest
from deployments.models import Deployment
from directory import actions as directory
from events.models import Event
from forces.clock import db_now
from forces.models import SystemToken
from forces.tenancy import national_scope
from tests.api.checks import assert_problem
from tests.api.systems import RESULTS, TOKEN, connect, result
from tests.api.test_idempotency import recorded
from tests.api.test_writes import addresses, pointers
from tests.deployments.recordings import REASON
from tests.people import make_force, make_member

IN_A_TRANSACTION = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
GRANT = "grant_type=client_credentials"


def basic(machine, secret=""):
    both = f"{machine.client_id}:{secret or machine.secret}"
    return {"Authorization": "Basic " + base64.b64encode(both.encode()).decode()}


# Bytes that claim to be something else ------------------------------------------------------------


@pytest.fixture
def site():
    """The handler that answers pages and API: `site(path, charset)` is a status and a type."""
    handler = WSGIHandler()
    handler.request_class = PageRequest

    def ask(address, content_type):
        environ = RequestFactory().get(address).environ | {"CONTENT_TYPE": content_type}
        told = []
        body = b"".join(handler(environ, lambda status, headers: told.append((status, dict(headers)))))
        ((status, headers),) = told
        return int(status[:3]), headers["Content-Type"], body

    return ask


@IN_A_TRANSACTION
@pytest.mark.parametrize("charset", ["base64", "idna", "undefined", "utf-16", "punycode", "nonsense", "é"])
@pytest.mark.parametrize(
    "address", ["/api/v1/deployments?place=%41%41", "/sign-in/?next=%2F", "/?a=%41", TOKEN]
)
def test_no_charset_but_utf_8_is_read(site, address, charset):
    """Django decodes the address by it before anything of ours is asked."""
    status, kind, body = site(address, f"text/plain; charset={charset}")
    assert status == 415
    assert kind.startswith("application/problem+json" if address.startswith("/api/") else "text/html")
    assert b"Send text in UTF-8" in body


@IN_A_TRANSACTION
@pytest.mark.parametrize("charset", ["utf-8", "UTF8", '"utf-8"'])
def test_utf_8_by_any_name_is_read(site, charset):
    assert site("/healthz?place=%41%41", f"text/plain; charset={charset}")[0] == 200


def test_streams_read_addresses_in_utf_8_too():
    scope = {"type": "http", "method": "GET", "path": "/healthz", "query_string": b"a=%41"}
    scope["headers"] = [(b"content-type", b"text/plain; charset=base64")]
    assert StreamRequest(scope, io.BytesIO()).GET["a"] == "A"


@IN_A_TRANSACTION
@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Transfer-Encoding": "chunked"}, 411, "bad-request"),
        ({"Content-Encoding": "gzip"}, 415, "unsupported-format"),
    ],
)
def test_what_is_not_sent_plainly_is_not_taken_for_nothing(kent_system, headers, status, code):
    kent_system.sign_in()
    request = {"Authorization": f"Bearer {kent_system.token}", "Idempotency-Key": "a", **headers}
    length = {"CONTENT_LENGTH": ""} if status == 411 else {}
    answer = kent_system.client.post(
        RESULTS, compact(result()), content_type="application/json", headers=request, **length
    )
    assert_problem(answer, status, code)
    assert recorded() == 0


@IN_A_TRANSACTION
def test_too_much_is_told_as_too_much(client):
    answer = client.post(RESULTS, b"x" * 3_000_000, content_type="application/json")
    assert_problem(answer, 413, "too-large")


@IN_A_TRANSACTION
@pytest.mark.parametrize("name", ["place", "area", "use_case"])
@pytest.mark.parametrize(
    "text",
    [
        "Quay\u202eraw",
        "\u200b",
        "Quay\u2066",
        "\ufeffQuay",
        "Q\U000e0041",
        "\ue000",
        "Quay\uffff",
        "\ufdd0",
        "\U0001fffe",
    ],
)
def test_no_text_is_seen_otherwise_than_it_is_written(kent_system, name, text):
    problem = assert_problem(kent_system.post(RESULTS, result(**{name: text})), 422, "invalid")
    assert pointers(problem) == {f"/{name}"}


@IN_A_TRANSACTION
def test_letters_of_any_language_are_text(kent_system):
    assert kent_system.record(place="Trwyn Llŷn, Caffè № 5 – “Sŵn” 🎪").status_code == 201


@IN_A_TRANSACTION
@pytest.mark.parametrize(
    "name", ["id", "realm", "state", "author", "recorded_by", "published_at", "__proto__", ""]
)
@pytest.mark.parametrize("inside", ["", "figures", "absent", "algorithm"])
def test_nothing_is_set_from_within_either(kent_system, inside, name):
    said = result(
        **({"algorithm": {"vendor": "Nobody", "product": "Nothing"}} if inside == "algorithm" else {})
    )
    (said[inside] if inside else said)[name] = 1
    problem = assert_problem(kent_system.post(RESULTS, said), 422, "invalid")
    assert pointers(problem) == {f"/{inside}/{name}" if inside else f"/{name}"}


@IN_A_TRANSACTION
@pytest.mark.parametrize("name", ["force", "version", "number", "matches", "seen", "answers"])
def test_nothing_is_set_beside_a_correction_or_a_request_either(kent_system, name):
    answer = kent_system.record()
    sent = {"correction": {"reason": REASON, "result": result()}, "withdrawal": {"reason": REASON}}
    for about, said in sent.items():
        address = f"{RESULTS}/{answer.json()['reference']}/{about}"
        refused = kent_system.post(address, {**said, name: 1}, If_Match=answer["ETag"])
        assert pointers(assert_problem(refused, 422, "invalid")) == {f"/{name}"}


# Addresses ----------------------------------------------------------------------------------------


@IN_A_TRANSACTION
@pytest.mark.parametrize("end", ["%0A", "%20", "/", "%2F", "%00", ";x=1", ".json", "/../x"])
def test_an_address_has_one_spelling(kent_system, end):
    reference = kent_system.record().json()["reference"]
    for method, address, said in addresses(reference):
        assert_problem(kent_system.call(method, address + end, said), 404, "not-found")


@IN_A_TRANSACTION
def test_a_line_break_ends_no_address_of_the_public(client, kent, entered):
    reference = entered(kent)["reference"]
    assert client.get(f"/api/v1/deployments/{reference}").status_code == 200
    assert_problem(client.get(f"/api/v1/deployments/{reference}%0A"), 404, "not-found")


@IN_A_TRANSACTION
@pytest.mark.parametrize("accept", ["*", "/", "text/csv", ";;;", ",,,", "a/b;q=", "\xff/\xfe", "x" * 4000])
def test_nonsense_about_formats_is_no_format(kent_system, accept):
    assert_problem(kent_system.get(RESULTS, Accept=accept), 406, "not-acceptable")


@IN_A_TRANSACTION
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "ANSWER", "CHANGING", "DISPATCH", "BREW"])
def test_a_method_is_one_of_http_s_and_no_name_in_our_code(kent_system, method):
    kent_system.sign_in()
    headers = {"Authorization": f"Bearer {kent_system.token}"}
    answer = kent_system.client.generic(method, RESULTS, headers=headers)
    assert_problem(answer, 405, "method-not-allowed")


@IN_A_TRANSACTION
@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_header_or_parameter_names_another_method(kent_system, header):
    kent_system.record()
    assert kent_system.get(RESULTS, **{header: "POST"}).status_code == 200
    assert_problem(kent_system.get(f"{RESULTS}?_method=POST"), 400, "wrong-parameter")


@IN_A_TRANSACTION
@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_no_other_page_reads_a_force_s_answers(kent_system, origin):
    for answer in (
        kent_system.get(RESULTS, Origin=origin),
        kent_system.call("options", RESULTS, Origin=origin, Access_Control_Request_Method="POST"),
        kent_system.get(RESULTS, Origin=origin, Authorization="Bearer x"),
    ):
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


# Tags and keys ------------------------------------------------------------------------------------


@IN_A_TRANSACTION
@pytest.mark.parametrize("given", ["W/{}", "{}{}", '"x"', ",", "{}x", '"{}"', '"' * 500])
def test_only_the_very_tag_lets_a_change_through(kent_system, given):
    answer = kent_system.record()
    tag = given.replace("{}", answer["ETag"])
    assert_problem(kent_system.put(answer["Location"], result(place="Q"), If_Match=tag), 412, "stale")


@IN_A_TRANSACTION
def test_one_of_several_tags_is_enough(kent_system):
    answer = kent_system.record()
    tags = f'"x", {answer["ETag"]}'
    assert kent_system.put(answer["Location"], result(place="Q"), If_Match=tags).status_code == 200


@IN_A_TRANSACTION
def test_a_repeat_under_another_address_is_another_request(kent_system):
    kent_system.post(RESULTS, result(), Idempotency_Key="a")
    for more in ("?force=avon-and-somerset", "?state=recorded", "?"):
        answer = kent_system.post(RESULTS + more, result(), Idempotency_Key="a")
        if more == "?":
            assert answer["Idempotent-Replayed"] == "true"
        else:
            assert_problem(answer, 400, "wrong-parameter")
    assert recorded() == 1


@IN_A_TRANSACTION
def test_a_key_of_one_method_or_address_answers_no_other(kent_system):
    answer = kent_system.record()
    said = result(place="Quay")
    kent_system.post(RESULTS, said, Idempotency_Key="a")
    changed = kent_system.put(answer["Location"], said, If_Match=answer["ETag"], Idempotency_Key="a")
    assert (changed.status_code, "Idempotent-Replayed" in changed) == (200, False)
    asked = kent_system.post(
        f"{RESULTS}/{answer.json()['reference']}/withdrawal",
        {"reason": REASON},
        If_Match=changed["ETag"],
        Idempotency_Key="a",
    )
    assert_problem(asked, 409, "conflict")  # it is not published: nobody was answered with what was kept


# Who asks -----------------------------------------------------------------------------------------


@IN_A_TRANSACTION
def test_a_signed_in_browser_writes_nothing_by_itself(kent_publisher, signed_in):
    client = signed_in(kent_publisher)
    for kind in ("application/json", "text/plain"):
        answer = client.post(RESULTS, compact(result()), content_type=kind, headers={"Idempotency-Key": "a"})
        assert_problem(answer, 401, "unauthorised")
    assert recorded() == 0


@IN_A_TRANSACTION
@pytest.mark.parametrize(
    "header", ["{},{}", "{} {}", "Bearer  Bearer {}", "Token {}", "bearer:{}", "Bearer\t{}"]
)
def test_a_token_is_shown_once_and_in_one_way(kent_system, header):
    kent_system.sign_in()
    shown = header.replace("{}", f"Bearer {kent_system.token}")
    assert_problem(kent_system.get(RESULTS, Authorization=shown), 401, "unauthorised")


@IN_A_TRANSACTION
@pytest.mark.parametrize("token", ["", "wrong", "right"])
def test_a_token_changes_nothing_about_what_is_public(client, kent, entered, kent_system, token):
    entered(kent)
    kent_system.sign_in()
    shown = {"Authorization": f"Bearer {kent_system.token if token == 'right' else token}"}
    told = client.get("/api/v1/deployments", headers=shown)
    assert told.content == client.get("/api/v1/deployments").content
    assert told["RateLimit-Policy"].startswith('"reader"')


@IN_A_TRANSACTION
def test_each_system_has_one_limit_however_many_tokens_it_has(
    kent_system, avon_system, settings, monkeypatch
):
    counter = limits.Counter(settings.REDIS_URL, {"reader": 0, "machine": 3})
    monkeypatch.setattr(counter, "spend", partial(counter.spend, now=1_000_000_000))  # within one minute
    monkeypatch.setattr(limits, "counter", lambda: counter)
    told = []
    for _ in range(5):
        kent_system.sign_in()
        told.append(kent_system.get(RESULTS).status_code)
    assert told == [200] * 3 + [429] * 2
    assert avon_system.get(RESULTS).status_code == 200


# Realms -------------------------------------------------------------------------------------------


@IN_A_TRANSACTION
def test_a_token_of_the_demonstration_opens_nothing_of_the_nation(kent_system):
    made_up = make_force("X99000001", "northmoor", "Northmoor Police", realm="demonstration")
    theirs = connect(made_up, make_member(made_up, "force_owner"))
    for ours, other in ((kent_system, theirs), (theirs, kent_system)):
        reference = ours.record(algorithm=None, threshold=None).json()["reference"]
        for method, address, said in addresses(reference):
            assert_problem(other.call(method, address, said, If_Match='"x"'), 404, "not-found")
        assert reference not in other.get(RESULTS).content.decode()


# Signing in ---------------------------------------------------------------------------------------


@IN_A_TRANSACTION
@pytest.mark.parametrize(
    ("form", "words"),
    [
        (f"{GRANT}&{GRANT}", "“grant_type” is given twice"),
        (f"{GRANT}&scope=read_records&scope=record_results", "“scope” is given twice"),
        (f"{GRANT}&client_id=a&client_id=b", "“client_id” is given twice"),
        (f"{GRANT}&client_id=a&client_secret=b", "Send the secret once"),
        (f"{GRANT}&client_id=somebody-else", "as a form"),
        ("grant_type=%00", "The only grant type is client_credentials"),
        (f"{GRANT}&scope=%00", "names a right that your system does not hold"),
        (f"{GRANT}&scope=", "names a right that your system does not hold"),
    ],
)
def test_a_request_for_a_token_says_each_thing_once(kent_system, form, words):
    answer = kent_system.client.post(TOKEN, form, content_type=FORM, headers=basic(kent_system))
    problem = assert_problem(answer, 400, "bad-request")
    assert words in problem["detail"]
    assert problem["error"] in ("invalid_request", "unsupported_grant_type", "invalid_scope")
    assert not SystemToken.objects.exists()


@IN_A_TRANSACTION
@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer x", "Nonsense"])
def test_a_wrong_secret_is_not_mended_by_a_right_one_elsewhere(kent_system, header):
    form = f"{GRANT}&client_id={kent_system.client_id}&client_secret={kent_system.secret}"
    answer = kent_system.client.post(TOKEN, form, content_type=FORM, headers={"Authorization": header})
    assert assert_problem(answer, 400, "bad-request")["error"] == "invalid_request"


@IN_A_TRANSACTION
def test_a_secret_in_the_address_is_refused_and_not_repeated(kent_system):
    for address in (
        f"{TOKEN}?client_id={kent_system.client_id}&client_secret={kent_system.secret}",
        f"{TOKEN}?a",
    ):
        answer = kent_system.client.post(address, GRANT, content_type=FORM)
        assert assert_problem(answer, 400, "bad-request")["error"] == "invalid_request"
        assert kent_system.secret not in answer.content.decode()


@IN_A_TRANSACTION
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b", '--b\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\n'
         "client_credentials\r\n--b--\r\n"),
        ("application/json", json.dumps({"grant_type": "client_credentials"})),
        ("text/plain", GRANT),
        ("", GRANT),
    ],
)  # fmt: skip
def test_a_token_is_asked_for_by_a_form_alone(kent_system, kind, body):
    answer = kent_system.client.post(TOKEN, body, content_type=kind, headers=basic(kent_system))
    assert assert_problem(answer, 400, "bad-request")["error"] == "invalid_request"
    assert not SystemToken.objects.exists()


@IN_A_TRANSACTION
def test_wrong_secrets_are_one_line_in_the_history_of_the_force(kent, kent_system, avon_system):
    for secret in ("a", "b", avon_system.secret):
        answer = kent_system.client.post(TOKEN, GRANT, content_type=FORM, headers=basic(kent_system, secret))
        assert_problem(answer, 401, "unauthorised")
    with national_scope():
        (event,) = Event.objects.filter(name="login.failed.v1")
    assert (event.force_id, event.payload) == (kent.pk, {"person": kent_system.person.pk, "step": "secret"})
    assert event.person_id is None


# At once ------------------------------------------------------------------------------------------


def waits_or_ends(thread):
    """Until another session of this database waits for a lock, or the thread is done."""
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] or not thread.is_alive():
                return
        time.sleep(0.02)
    raise AssertionError("Nobody waited and nobody ended.")


@pytest.mark.commits
@pytest.mark.parametrize("what", ["disconnected", "less allowed"])
def test_nothing_is_written_after_the_right_to_it_has_ended(committed_db, what):
    """It is taken away while the write is on its way: whoever takes it away and the write go one after the other."""
    force = make_force("E23000032", "kent", "Kent Police")
    owner = make_member(force, "force_owner")
    system = connect(force, owner)
    system.sign_in()
    answers = []

    def write():
        try:
            answers.append(system.post(RESULTS, result()))
        finally:
            connections.close_all()

    thread = threading.Thread(target=write)
    with transaction.atomic():
        if what == "disconnected":
            directory.disconnect_system(system.system, reason="Gone.", by=owner, at=db_now())
        else:
            directory.change_system(system.system, capabilities=["read_records"], by=owner, at=db_now())
        thread.start()
        waits_or_ends(thread)
    thread.join()
    status, code = (401, "unauthorised") if what == "disconnected" else (403, "forbidden")
    assert_problem(answers[0], status, code)
    assert recorded() == 0


@pytest.mark.commits
def test_of_two_changes_of_one_version_one_is_told_that_it_is_stale(committed_db):
    force = make_force("E23000032", "kent", "Kent Police")
    system = connect(force, make_member(force, "force_owner"))
    for turn in range(4):
        answer = system.record()
        start, told = threading.Barrier(2), []

        def change(place, answer=answer, start=start, told=told):
            try:
                start.wait()
                body = compact(result(place=place))
                told.append(
                    Client()
                    .put(
                        answer["Location"],
                        body,
                        content_type="application/json",
                        headers={"Authorization": f"Bearer {system.token}", "If-Match": answer["ETag"]},
                    )
                    .status_code
                )
            finally:
                connections.close_all()

        threads = [threading.Thread(target=change, args=(f"Quay {turn}{each}",)) for each in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == [200, 412]
    with national_scope():
        kept = Deployment.objects.across_forces(reason="tests").with_results()
        assert {each.current.revision for each in kept} == {2}
