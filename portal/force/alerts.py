"""What a person is told of on the dashboard of a force, and saying that they have seen it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from directory.actions import acknowledge
from directory.alerts import KINDS, alerts_for
from directory.models import Alert
from forces.clock import db_now
from forces.models import Force, Person
from forces.roles import FORCE_ROLES
from portal.force.pages import force_page, people_named

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Told:
    """One alert in words."""

    alert: Alert
    words: str


def told(person: Person, force: Force) -> tuple[list[Told], int]:
    """The latest alerts in words, and how many more there are."""
    found = alerts_for(person, force, now=db_now())
    shown = found[:SHOWN]
    names = people_named({each.params.get("person") for each in shown})
    return [Told(each, _in_words(each, names)) for each in shown], len(found) - len(shown)


@force_page
def seen(request: HttpRequest, force: Force, alert: int) -> HttpResponse:
    """Say that one has seen it. Opened rather than sent, it leads back to the dashboard."""
    person: Person = request.person  # type: ignore[attr-defined]
    found = Alert.objects.visible_to(person).filter(force=force, pk=alert).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        found.force = force
        acknowledge(found, by=person, at=db_now())
        messages.success(request, f"{force.name}: " + _("You have said that you have seen it."))
    return redirect("portal:dashboard", force.slug)


def _in_words(alert: Alert, names: dict[int | None, str]) -> str:
    params = dict(alert.params)
    # A page for everybody of a force never fails for what one alert does not say.
    params["person"] = names.get(params.get("person"), _("Somebody outside the force"))
    role = params.get("role", "")
    params["role"] = FORCE_ROLES[role].name if role in FORCE_ROLES else role
    return str(KINDS[alert.kind]) % params
