"""What the framework names and what is implemented are the same, down to the types of the parameters."""

import inspect
import typing

import pytest

from coordination.framework.checks import CHECKS, Parameter
from deployments.readiness import judging
from deployments.readiness.finding import IMPLEMENTED, check
from deployments.readiness.subject import Subject

assert judging


def _type_of(parameter: Parameter) -> typing.Any:
    plain = {"codes": tuple[str, ...], "rank": str, "text": str}.get(parameter.kind, int)
    return plain | None if parameter.nullable else plain


def test_every_named_check_is_implemented_and_no_other():
    assert set(IMPLEMENTED) == set(CHECKS)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_takes_what_the_framework_says(name):
    hints = typing.get_type_hints(IMPLEMENTED[name])
    first, *others = inspect.signature(IMPLEMENTED[name]).parameters.values()
    assert hints[first.name] is Subject
    assert all(each.kind is each.KEYWORD_ONLY and each.default is each.empty for each in others)
    declared = {parameter: _type_of(told) for parameter, told in CHECKS[name].parameters.items()}
    assert {each.name: hints[each.name] for each in others} == declared


def test_two_checks_of_one_name_are_refused():
    def signage_planned(subject):
        raise NotImplementedError

    with pytest.raises(ValueError, match="Two checks are called signage_planned"):
        check(signage_planned)
