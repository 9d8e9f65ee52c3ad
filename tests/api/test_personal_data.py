"""A force's own system may not write what identifies somebody either."""

import pytest

from tests.api.checks import assert_problem
from tests.api.systems import RESULTS, result
from tests.portal.test_personal_data import NAMED, WORDS, assert_nowhere, kept

pytestmark = pytest.mark.django_db


def test_a_system_is_refused_with_pointers_and_the_key_can_be_used_again(kent, kent_system):
    answer = kent_system.post(
        RESULTS, result(place=NAMED, use_case="As Mr Bloggs asked"), Idempotency_Key="key-1"
    )
    problem = assert_problem(answer, 422, "invalid")
    assert {error["pointer"] for error in problem["errors"]} == {"/place", "/use_case"}
    assert not [word for word in WORDS if word in answer.content.decode()]
    [event] = kept(kent)
    assert event.payload == {"found": "place: phone, name; use_case: name", "door": RESULTS}
    assert event.person_id == kent_system.person.pk
    assert_nowhere(kent)
    assert kent_system.post(RESULTS, result(place="High Street"), Idempotency_Key="key-1").status_code == 201
