"""Who in a force holds a right: for naming those something waits for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from deployments.models import Result
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.roles import FORCE_ROLES
from portal.force.pages import people_named


def holders(force: Force, capability: Capability) -> list[Person]:
    """Whoever of the force holds it by a role now, and can sign in, by name. Within a scope that reads the force."""
    roles = [role.code for role in FORCE_ROLES.values() if capability in role.capabilities]
    found = Person.objects.filter(
        memberships__force=force,
        memberships__role__in=roles,
        memberships__period__contains=db_now(),
        logins__is_active=True,
    )
    return list(found.order_by("name", "pk").distinct())


def sender_of(result: Result) -> str:
    """The name of whoever sent it back; "" if nobody did."""
    sender = result.sent_back_by_id
    return people_named({sender}).get(sender, _("somebody outside the force")) if sender else ""
