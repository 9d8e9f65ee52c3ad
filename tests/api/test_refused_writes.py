"""What a system sends and cannot be taken is refused in words that say what, where and how to mend it."""

import pytest

from tests.api.checks import assert_problem
from tests.api.systems import RESULTS, result
from tests.api.test_writes import pointers, publish
from tests.deployments.recordings import REASON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"place": ""}, "/place"),
        ({"place": "x" * 201}, "/place"),
        ({"place": 5}, "/place"),
        ({"place": "a\u0007b"}, "/place"),
        ({"on": "06/04/2024"}, "/on"),
        ({"on": "2024-02-30"}, "/on"),
        ({"on": "2999-01-01", "started_at": None, "ended_at": None}, "/on"),
        ({"started_at": "2024-04-06T11:00:00"}, "/started_at"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, "/started_at"),
        ({"ended_at": "2024-04-06T10:00:00+01:00"}, "/ended_at"),
        ({"threshold": "1e9"}, "/threshold"),
        ({"threshold": 0.64}, "/threshold"),
        ({"alerts": "3"}, "/figures/alerts"),
        ({"alerts": True}, "/figures/alerts"),
        ({"alerts": 3.5}, "/figures/alerts"),
        ({"alerts": -1}, "/figures/alerts"),
        ({"alerts": 10**30}, "/figures/alerts"),
        ({"alerts": None}, "/figures/alerts"),
        ({"absent": {"alerts": "not_published"}}, "/figures/alerts"),
        ({"absent": {"alerts": "lost"}}, "/absent/alerts"),
        ({"absent": {"colour": "lost"}}, "/absent/colour"),
        ({"algorithm": {"vendor": "Nobody", "product": "Nothing"}}, "/algorithm"),
        ({"algorithm": {"vendor": "Nobody"}}, "/algorithm/product"),
        ({"technology": "guessing"}, "/technology"),
        ({"is_aborted": "no"}, "/is_aborted"),
        ({"a/b~c": 1}, "/a~1b~0c"),
    ],
)  # fmt: skip
def test_every_wrong_value_is_pointed_at(kent_system, changes, where):
    problem = assert_problem(kent_system.post(RESULTS, result(**changes)), 422, "invalid")
    assert where in pointers(problem)
    assert all(error["detail"] for error in problem["errors"])


def test_pointers_of_a_correction_lead_into_its_result(kent_system, kent_publisher):
    answer = kent_system.record()
    publish(answer, kent_publisher)
    tag = kent_system.get(answer["Location"])["ETag"]
    address = f"{RESULTS}/{answer.json()['reference']}/correction"
    said = {"reason": "short", "result": result(alerts=None)}
    refused = kent_system.post(address, said, If_Match=tag).json()
    assert pointers(refused) == {"/reason", "/result/figures/alerts"}
    said["reason"] = REASON
    problem = assert_problem(kent_system.post(address, said, If_Match=tag), 422, "invalid")
    assert pointers(problem) == {"/result/figures/alerts"}


def test_everything_missing_is_told_at_once(kent_system):
    problem = assert_problem(kent_system.post(RESULTS, {}), 422, "invalid")
    assert pointers(problem) == {"/on", "/place", "/is_aborted", "/figures", "/faces_method"}


def test_what_the_schema_cannot_see_is_told_with_what_it_sees(kent_system):
    said = result(on="2024-02-31", alerts="three", arrests=None, abort_reason="A fault.", ended_at="soon")
    del said["faces_method"]
    problem = assert_problem(kent_system.post(RESULTS, said), 422, "invalid")
    wrong = {"/on", "/figures/alerts", "/figures/arrests", "/abort_reason", "/ended_at", "/faces_method"}
    assert pointers(problem) == wrong
    assert len(problem["errors"]) == len(wrong), "nothing is said of what only follows"


def test_all_of_a_correction_is_told_at_once(kent_system, kent_publisher):
    answer = kent_system.record()
    publish(answer, kent_publisher)
    tag = kent_system.get(answer["Location"])["ETag"]
    address = f"{RESULTS}/{answer.json()['reference']}/correction"
    said = {"reason": "short", "result": result(on="2024-02-31", arrests=None)}
    problem = assert_problem(kent_system.post(address, said, If_Match=tag), 422, "invalid")
    assert pointers(problem) == {"/reason", "/result/on", "/result/figures/arrests"}


@pytest.mark.parametrize("threshold", ["0.64\n", "0.64\n\n", "\n0.64"])
def test_a_threshold_holds_no_line_break(kent_system, threshold):
    problem = assert_problem(kent_system.post(RESULTS, result(threshold=threshold)), 422, "invalid")
    assert pointers(problem) == {"/threshold"}


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b" ", "application/json", 400, "bad-request"),
        (b"{", "application/json", 400, "bad-request"),
        (b"\xff", "application/json", 400, "bad-request"),
        (b"[" * 30_000, "application/json", 400, "bad-request"),
        (b'{"on": NaN}', "application/json", 400, "bad-request"),
        (b'{"on": 1, "on": 2}', "application/json", 400, "bad-request"),
        (b'{"on": "\\ud800"}', "application/json", 400, "bad-request"),
        (b'{"\\u0000": 1}', "application/json", 400, "bad-request"),
        (b'{"on": ' + b"9" * 5000 + b"}", "application/json", 400, "bad-request"),
        (b"[]", "application/json", 422, "invalid"),
        (b"null", "application/json", 422, "invalid"),
        (b" " * 70_000, "application/json", 413, "too-large"),
        (b"on=2024-04-06", "application/x-www-form-urlencoded", 415, "unsupported-format"),
        (b"<a/>", "application/xml", 415, "unsupported-format"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(kent_system, body, kind, status, code):
    kent_system.sign_in()
    answer = kent_system.client.post(
        RESULTS,
        body,
        content_type=kind,
        headers={"Authorization": f"Bearer {kent_system.token}", "Idempotency-Key": "x"},
    )
    assert_problem(answer, status, code)


def test_other_methods_and_formats_are_refused(kent_system):
    for method in ("patch", "delete", "put"):
        answer = kent_system.call(method, RESULTS, {})
        assert_problem(answer, 405, "method-not-allowed")
        assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert_problem(kent_system.get(RESULTS, Accept="text/csv"), 406, "not-acceptable")


def test_what_a_system_may_not_do_has_no_address(kent_system):
    reference = kent_system.record().json()["reference"]
    for deed in ("review", "publish", "withdraw", "discard", "answers"):
        assert_problem(kent_system.post(f"{RESULTS}/{reference}/{deed}", {}), 404, "not-found")
