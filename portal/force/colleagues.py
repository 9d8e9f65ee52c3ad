"""Who in a force holds a right: for naming those something waits for."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from deployments.models import Deployment, Result
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Membership, Person
from forces.roles import FORCE_ROLES


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a version waits for: in words, who may do it, and who can let others do it if nobody may."""

    doing: str  # finishes "who may …"
    people: list[str]
    nobody: str = ""  # what to do where nobody may


def holders(force: Force, *rights: Capability) -> dict[Capability, list[Person]]:
    """By right: whoever of the force holds it by a role now, and can sign in, by name.

    Within a scope that reads the force.
    """
    giving = {
        right: [each.code for each in FORCE_ROLES.values() if right in each.capabilities] for right in rights
    }
    held = (
        Membership.objects.filter(
            force=force,
            role__in={code for codes in giving.values() for code in codes},
            period__contains=db_now(),
            person__logins__is_active=True,
        )
        .select_related("person")
        .order_by("person__name", "person__pk")
    )
    found: dict[Capability, dict[int, Person]] = {right: {} for right in rights}
    for each in held:
        for right, codes in giving.items():
            if each.role in codes:
                found[right][each.person_id] = each.person
    return {right: list(people.values()) for right, people in found.items()}


def steps_left(force: Force, deployment: Deployment) -> list[Step]:
    """What must still be done by somebody who wrote none of it, with who that can be; nothing where none is left."""
    work = deployment.in_work
    asked = deployment.is_asked_for
    if work is None and not asked:
        return []
    found = holders(
        force,
        Capability.REVIEW_RESULTS,
        Capability.PUBLISH_RESULTS,
        Capability.WITHDRAW_RESULTS,
        Capability.MANAGE_TEAM,
    )
    owners = _(" or ").join(each.name for each in found[Capability.MANAGE_TEAM])

    def step(doing: str, right: Capability, without: set[int]) -> Step:
        people = [each.name for each in found[right] if each.pk not in without]
        if people:
            return Step(doing, people)
        roles = " / ".join(str(each.name) for each in FORCE_ROLES.values() if right in each.capabilities)
        who = owners or _("the national centre")
        return Step(
            doing,
            [],
            _(
                "Nobody of %(force)s may %(doing)s: whoever has the right had a part in it. %(owner)s can give "
                "somebody who had none the role %(role)s."
            )
            % {"force": force.name, "doing": doing, "owner": who, "role": roles},
        )

    steps = []
    if work is not None:
        wrote = {*work.authors, *work.connectors}
        publish = step(_("publish it"), Capability.PUBLISH_RESULTS, wrote)
        if work.status != Result.Status.REVIEWED:
            steps.append(step(_("review it"), Capability.REVIEW_RESULTS, wrote))
        if work.status == Result.Status.REVIEWED or not publish.people:
            steps.append(publish)
    if asked:
        steps.append(step(_("decide on its withdrawal"), Capability.WITHDRAW_RESULTS, set(deployment.askers)))
    return steps
