"""Every trick we could think of to authorise one's own plan, to date things otherwise, or to publish the unauthorised.

Each is played at the real doors, is refused in words, changes nothing that is kept, and is kept in a history:

* `plan.attempt_refused.v1` in the plan's own, with what was tried and why not;
* `access.refused.v1` in the force's, where the right is missing. What a force's address answers with 404 to somebody
  who sends a form there is kept too, in the history of the force in the address, whether or not there is such a plan:
  whoever reads sees the same 404 as for nothing, and only looking (GET) is not kept;
* `text.refused.v1` where what was typed could name a person.

`pytest --collect-only -q` on this file counts them: each name begins with its number.
"""

import pytest

from tests.portal.tricks import of_dates, of_one_s_own, of_others, of_the_public, of_words  # noqa: F401
from tests.portal.tricks.playing import REFUSALS, TRICKS, everything, history, text

NUMBERED = [f"{number:02}-{each.words}" for number, each in enumerate(TRICKS, start=1)]


def test_there_are_forty_and_more():
    assert len(TRICKS) >= 40
    assert len({each.words for each in TRICKS}) == len(TRICKS)


@pytest.mark.parametrize("trick", TRICKS, ids=NUMBERED)
def test_it_is_refused_changes_nothing_and_is_kept(stage, trick):
    playing = trick.play(stage)
    assert next(playing) is None, "everything is arranged first"
    before, told = everything(), history()
    answers = list(playing)
    assert answers
    for answer in answers:
        assert answer.status_code == trick.status, text(answer)[:2000]
        if answer.status_code >= 400:
            assert len(text(answer)) > 40, "it says what is wrong"
    after = everything()
    for name, rows in before.items():
        assert after[name] == rows, name
    since = history()[len(told) :]
    assert {name for name, _why in since} <= REFUSALS, "nothing happened but what was refused"
    assert [why for _name, why in since] == [trick.kept] * len(answers)
