"""Each requirement that ships: a plan that meets it, one that fails it, one that cannot be judged by it."""

import tomllib

import pytest

from coordination.framework.reference import FRAMEWORK
from deployments.readiness.judging import judge, judge_all
from deployments.readiness.verdicts import State
from tests.deployments.readiness.cases import CASES
from tests.deployments.readiness.planned import planned

SHIPPED = [each["code"] for each in tomllib.loads(FRAMEWORK.read_text(encoding="utf-8"))["requirement"]]


def test_every_requirement_that_ships_has_its_cases():
    assert set(CASES) == set(SHIPPED)


@pytest.mark.parametrize("code", SHIPPED)
@pytest.mark.parametrize("state", ["met", "not_met", "not_known"])
def test_a_plan_comes_out_as_it_should(shipped, code, state):
    verdict = judge(shipped[code], planned(**getattr(CASES[code], state)))
    assert verdict.state == State(state), verdict.words
    assert verdict.words and verdict.fixed_by == shipped[code].fixed_by
    assert verdict.blocks is (state == "not_met" and verdict.due and shipped[code].blocks)


def test_a_ready_plan_lacks_nothing_but_what_nobody_records_yet(shipped):
    readiness = judge_all(list(shipped.values()), planned())
    assert [each.rule.code for each in readiness.verdicts if each.state == State.NOT_MET] == ["logging"]
    assert not readiness.blocking
    assert {each.rule.code for each in readiness.not_known if "ot recorded" in each.words} == {
        "within-tested",
        "people-trained",
        "advisories",
        "kit-booked",
    }
