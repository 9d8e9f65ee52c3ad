"""The force's own systems: what each may do, connecting one, changing it and disconnecting it.

The page that shows a secret is the answer to the form itself, since the secret is kept nowhere for another page to
show. Each form that is handed out therefore connects one system at most, however often it is sent.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from design.components import Row
from design.forms import DateField, Form, Look
from directory import actions
from directory.actions.systems import LONGEST
from forces.capabilities import FOR_SYSTEMS, Capability
from forces.clock import LONDON, db_now, london_date
from forces.models import Force, Person, System
from forces.permissions import require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force.forms import ReasonForm
from portal.force.pages import force_page, show


class RightsForm(Form):
    """What a system may do."""

    capabilities = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"),
        help_text=gettext_lazy("No system explains, reviews, publishes or withdraws: people do."),
        choices=[(each.value, capfirst(each.doing)) for each in FOR_SYSTEMS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Select what the system may do")},
    )
    looks = {"capabilities": Look(small=True)}


class ConnectForm(RightsForm):
    """A name to act under, what it may do, and its last day."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("History shows it, such as “Northmoor results system”."),
        max_length=120,
        error_messages={"required": gettext_lazy("Enter a name for the system")},
    )
    last_day = DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("It stops by itself after this day, a year from now at the latest."),
    )
    field_order = ["name", "capabilities", "last_day"]
    looks = {**RightsForm.looks, "name": Look(width=20)}


class Once:
    """What a form to connect a system carries, so that sending it again connects no second one: an id, signed."""

    def __init__(self, force: Force, person: Person) -> None:
        self.salt = f"connect a system {force.pk} {person.pk}"

    def new(self) -> str:
        return signing.dumps(str(uuid4()), salt=self.salt)

    def read(self, text: str) -> UUID:
        """Raises signing.BadSignature for what this person was not given for this force within a day."""
        return UUID(signing.loads(text, salt=self.salt, max_age=timedelta(days=1)))


@force_page
def systems(request: HttpRequest, force: Force) -> HttpResponse:
    require(_person(request), Capability.MANAGE_SYSTEMS, force)
    now = db_now()
    found = list(_systems(force).order_by("person__name"))
    context = {
        "connected": [each for each in found if each.since <= now < each.until],
        "ended": [each for each in found if each.until <= now],
    }
    return show(request, "systems", force, context)


@force_page
def connect(request: HttpRequest, force: Force) -> HttpResponse:
    """Connect a system; the page that follows shows its secret, once."""
    person = _person(request)
    require(person, Capability.MANAGE_SYSTEMS, force)
    now = db_now()
    form = ConnectForm(
        request.POST if request.method == "POST" else None,
        initial={"last_day": london_date(now + LONGEST - timedelta(days=2))},
    )
    once = Once(force, person)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.connect_system(
                force,
                name=form.cleaned_data["name"],
                capabilities=form.cleaned_data["capabilities"],
                until=_end_of(form.cleaned_data["last_day"]),
                by=person,
                at=now,
                once=once.read(request.POST.get("once", "")),
            )
        except Invalid as invalid:
            for name, told in invalid.errors.items():
                field = {"until": "last_day"}.get(name, name)
                form.add_error(field if field in form.fields else None, told)
        except signing.BadSignature:
            form.add_error(None, _("This page was open too long. Check it, and press “Connect” again."))
        except actions.ConnectedAlready as already:
            messages.warning(request, str(already))
            return redirect("portal:systems", force.slug)
        else:
            context = {
                "made": made,
                "addresses": [
                    Row(text, request.build_absolute_uri(reverse(name)))
                    for text, name in (
                        (_("Tokens from"), "api:token"),
                        (_("Results to"), "api:working-results"),
                    )
                ],
            }
            return show(request, "system_connected", force, context)
    return show(request, "system_connect", force, {"form": form, "once": once.new()})


@force_page
def system(request: HttpRequest, force: Force, system: UUID) -> HttpResponse:
    """One system: change what it may do, or disconnect it."""
    person = _person(request)
    require(person, Capability.MANAGE_SYSTEMS, force)
    found = _systems(force).filter(person__public_id=system).first()
    if found is None:
        raise Http404
    ends = request.method == "POST" and "disconnect" in request.POST
    changes = request.method == "POST" and not ends
    end_form = ReasonForm(
        request.POST if ends else None,
        label=_("Why is it disconnected?"),
        missing=_("Say why it is disconnected"),
        hint=_("Kept in your force's history."),
        auto_id="end_%s",
    )
    rights_form = RightsForm(
        request.POST if changes else None,
        initial={"capabilities": found.capabilities},
        auto_id="rights_%s",
    )
    filled: Any = end_form if ends else rights_form
    if request.method == "POST" and filled.is_valid():
        try:
            if ends:
                actions.disconnect_system(
                    found, reason=end_form.cleaned_data["reason"], by=person, at=db_now()
                )
                done = _("%(system)s is disconnected.") % {"system": found.person.name}
            else:
                actions.change_system(
                    found, capabilities=rights_form.cleaned_data["capabilities"], by=person, at=db_now()
                )
                done = _("What %(system)s may do is changed.") % {"system": found.person.name}
        except Forbidden:
            raise
        except Refusal as refusal:
            filled.add_error(refusal.pointer if refusal.pointer in filled.fields else None, str(refusal))
        else:
            messages.success(request, f"{force.name}: {done}")
            return redirect("portal:systems", force.slug)
    context = {
        "system": found,
        "is_connected": found.since <= db_now() < found.until,
        "end_form": end_form,
        "rights_form": rights_form,
        "form": filled,
    }
    return show(request, "system", force, context)


def _person(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined]


def _systems(force: Force):
    """With the names and logins that lists show, in one query."""
    return System.objects.filter(force=force).select_related("person__system_login", "connected_by", "force")


def _end_of(day: date) -> datetime:
    """The moment after the last of that day in the United Kingdom."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=LONDON)
