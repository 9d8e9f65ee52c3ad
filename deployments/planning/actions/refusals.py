"""Why an action on a plan would not do what was asked."""

from __future__ import annotations

from django.utils.translation import gettext as _

from forces.refusals import Refusal


class StalePlan(Refusal):
    """Somebody changed the plan, or one task of it, after it was shown."""


class OwnPlan(Refusal):
    """Four eyes: whoever wrote part of a plan neither assesses nor authorises it."""


class WrongState(Refusal):
    """The plan is not in the state that this needs."""


class Incomplete(Refusal):
    """Questions of the plan have no answer, or copied answers nobody confirmed. `tasks` are their codes."""

    def __init__(self, tasks: list[str], titles: list[str]) -> None:
        self.tasks = tasks
        super().__init__(
            _("The plan is not complete. Finish these tasks first: %(tasks)s.")
            % {"tasks": ", ".join(titles)},
            pointer="tasks",
        )


class NotReady(Refusal):
    """Requirements that block are not met. `readiness` says which."""

    def __init__(self, readiness) -> None:
        self.readiness = readiness
        super().__init__(
            _("The plan does not meet what it must: %(titles)s")
            % {"titles": "; ".join(str(verdict.rule.title) for verdict in readiness.blocking)}
        )


class TooLate(Refusal):
    """The deployment has begun, or is over."""
