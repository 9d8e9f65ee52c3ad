"""One published record of the past: which rules applied on its day, and what can be said of each."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from coordination.framework.rules import rules_for
from deployments.readiness.records import subject_of_record, verdicts_of_record
from deployments.readiness.verdicts import State
from forces.clock import db_now
from tests.documents import result

MET = "E23000001"
CANNOT = "It cannot be judged from what was published."

# Westminster, 10 January 2024: the fifth row on the second page of the Metropolitan Police Service's grid for 2023 to
# 2024. The grid prints the watchlist's size and the threshold; it names neither algorithm, authority nor documents.
EXPECTED = {
    "use-case": ("not_known", CANNOT),
    "objective": ("not_known", CANNOT),
    "location-basis": ("not_known", CANNOT),
    "necessity": ("not_known", CANNOT),
    "strict-necessity": ("not_known", CANNOT),
    "alternatives": ("not_known", CANNOT),
    "authority-rank": ("not_known", CANNOT),
    "urgent-rank": ("not_known", CANNOT),
    "policy": ("not_known", CANNOT),
    "appropriate-policy-document": ("not_known", CANNOT),
    "dpia": ("not_known", CANNOT),
    "eia": ("not_known", CANNOT),
    "equality-of-this-deployment": ("not_known", CANNOT),
    "logging": ("not_known", CANNOT),
    "watchlist-rationale": ("not_known", CANNOT),
    "watchlist-categories": ("not_known", CANNOT),
    "watchlist-size": ("met", "Published: 12,418. No limit is set."),
    "watchlist-source": ("not_known", CANNOT),
    "watchlist-review": ("not_known", CANNOT),
    "within-tested": ("not_known", CANNOT),
    "notice": ("not_known", CANNOT),
    "signage": ("not_known", CANNOT),
    "engagement": ("not_known", CANNOT),
}


@pytest.fixture(scope="module")
def westminster() -> dict:
    lines = (Path(settings.BASE_DIR) / "reference" / "deployments-primary.jsonl").read_text(encoding="utf-8")
    for line in lines.splitlines():
        told = json.loads(line)
        where = (told["place"].get("page"), told["place"].get("row"))
        if told["document"]["name"] == "met-lfr-grid-2023-to-2024.pdf" and where == (2, 5):
            assert (told["force"], told["result"]["place"]["name"]) == (MET, "Westminster")
            return {**told["result"], "reference": "LFR-TEST-0001", "force": MET}
    raise AssertionError("The reference data no longer hold the record.")


def test_every_rule_of_its_day_is_judged_from_the_record_alone(framework, westminster):
    readiness = verdicts_of_record(westminster, None, at=db_now())
    assert {each.rule.code: (str(each.state), each.words) for each in readiness.verdicts} == EXPECTED
    assert len(readiness.not_known) == len(EXPECTED) - 1


def test_rules_that_came_later_are_not_asked_of_it(framework, westminster):
    applied = {each.rule.code for each in verdicts_of_record(westminster, None, at=db_now()).verdicts}
    today = {rule.code for rule in rules_for(None, db_now().date())}
    assert {"deletion", "results", "watchlist-age", "notice-period"} <= today - applied


def test_a_record_before_the_judgment_is_under_fewer_rules(framework, westminster):
    before = verdicts_of_record({**westminster, "on": "2020-08-10"}, None, at=db_now())
    on_the_day = verdicts_of_record({**westminster, "on": "2020-08-11"}, None, at=db_now())
    gained = {each.rule.code for each in on_the_day.verdicts} - {each.rule.code for each in before.verdicts}
    assert "location-basis" in gained


def test_what_a_force_published_itself_is_held_to_its_clock(framework, kent):
    document = result(kent, on="2026-11-25")
    at = db_now()
    late, unknown = (
        verdicts_of_record(document, kent, at=at, published_at=when).of("results")
        for when in (at.replace(year=2026, month=12, day=9), None)
    )
    assert (late.state, unknown.state) == (State.NOT_MET, State.NOT_KNOWN)
    assert "30 November 2026" in late.words


def test_a_record_without_a_watchlist_size_says_so(kent):
    subject = subject_of_record(result(kent, watchlist_size=None), at=db_now())
    assert subject.is_record
    assert subject.said["watchlist"]["most"] is None
