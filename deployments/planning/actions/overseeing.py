"""The national centre looks at what a force decided in urgency, against a condition or in secret, and says so there.

It changes nothing about the plan: whether, where and when is the force's own decision.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deployments.planning import events
from deployments.planning.actions.changing import checked_reason, tell
from deployments.planning.models import Plan
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import require
from forces.refusals import Invalid
from forces.tenancy import acting


class About(TextChoices):
    AUTHORITY = "authority", gettext_lazy("Urgent authority not confirmed in writing")
    OVERRIDE = "override", gettext_lazy("National condition overridden")
    DEFERRAL = "deferral", gettext_lazy("Deferral of a notice not looked at again")


class Answer(TextChoices):
    SEEN = "seen", gettext_lazy("Seen")
    ASKED = "asked", gettext_lazy("Asked the force")


def oversee(plan: Plan, *, about: str, answer: str, reason: str, by: Person, at: datetime) -> None:
    """Keep in the force's history that the centre looked at this, what it answers, and why or what it asks.

    Raises Forbidden, Invalid.
    """
    require(by, Capability.READ_NATIONAL_PLANS)
    if about not in About.values or answer not in Answer.values:
        raise Invalid({"choice": [_("Choose what you answer.")]})
    words = checked_reason(reason, force=plan.force)
    with acting(plan.force, by):
        tell(events.PlanOverseen(plan.reference, about, answer), plan, by=by, at=at, reason=words)
