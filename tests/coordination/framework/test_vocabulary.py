"""Plans and requirements speak of the same things by the same codes."""

from coordination.framework import vocabulary
from deployments.planning import choices
from deployments.planning.fields import TASKS
from forces.models.documents import Kind


def codes(words):
    return {str(value) for value in words.values}


def test_codes_of_plans_are_those_of_requirements():
    assert codes(vocabulary.UseCase) == codes(choices.UseCase)
    assert codes(vocabulary.PlaceType) == codes(choices.PlaceType)
    assert codes(vocabulary.Camera) == codes(choices.Camera)
    assert codes(vocabulary.WatchlistCategory) == codes(choices.Category)
    assert codes(vocabulary.DocumentKind) == codes(Kind)


def test_every_text_that_a_requirement_may_ask_for_is_a_field_of_a_plan():
    tasks = TASKS.values() if isinstance(TASKS, dict) else TASKS
    fields = {f"{task.code}.{field.name}" for task in tasks for field in task.fields}
    assert set(vocabulary.PLAN_TEXTS) <= fields
