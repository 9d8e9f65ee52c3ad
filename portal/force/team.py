"""The force's people and their roles: read by its members, kept by its owner."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from design.forms import Form, Look
from directory import actions
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Membership, Person
from forces.permissions import may, require
from forces.ranks import Rank
from forces.refusals import Forbidden, Refusal
from forces.roles import FORCE_ROLES
from portal.force.forms import ReasonForm
from portal.force.pages import force_page, show
from portal.typed import posted

ROLES = [(role.code, role.name) for role in FORCE_ROLES.values()]
RANKS = [("", gettext_lazy("Not stated")), *Rank.choices]


class RoleForm(Form):
    """A role for somebody who belongs to the force already."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)
    rank = forms.ChoiceField(label=gettext_lazy("Rank"), choices=RANKS, required=False)


class InvitationForm(RoleForm):
    """Somebody new: a name, an address to sign in with, and a first role."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(
        label=gettext_lazy("Work email address"),
        help_text=gettext_lazy("They sign in with it."),
        max_length=254,
    )
    field_order = ["name", "email", "role", "rank"]
    looks = {"name": Look(width=20), "email": Look(width=20)}


@force_page
def team(request: HttpRequest, force: Force) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    require(
        person,
        Capability.READ_RECORDS if not _reads_nationally(person) else Capability.READ_ALL_FORCES,
        force,
    )
    held = _held(force)
    context = {
        "people": _by_person(held),
        "may_manage": may(person, Capability.MANAGE_TEAM, force),
        "roles": [FORCE_ROLES[code] for code in dict.fromkeys(each.role for each in held)],
    }
    return show(request, "team", force, context)


@force_page
def invite(request: HttpRequest, force: Force) -> HttpResponse:
    """Invite somebody; the page that follows shows, once, the link with which they choose a password."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.MANAGE_TEAM, force)
    form = InvitationForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            membership = actions.invite(force, **form.cleaned_data, by=person, at=db_now())
            login = membership.person.logins.get()
            link = actions.issue_password_link(login, by=person, at=db_now(), force=force)
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_error(refusal.pointer if refusal.pointer in form.fields else None, str(refusal))
        else:
            context = {"invited": membership, "link": request.build_absolute_uri(link.path)}
            return show(request, "invited", force, context)
    return show(request, "invite", force, {"form": form})


@force_page
def member(request: HttpRequest, force: Force, membership: int) -> HttpResponse:
    """One person's role: end it, or give the same person another."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.MANAGE_TEAM, force)
    held = _held(force).filter(pk=membership).first()
    if held is None:
        raise Http404
    ends = request.method == "POST" and "end" in request.POST
    grants = request.method == "POST" and not ends
    form = ReasonForm(
        request.POST if ends else None,
        label=_("Why does it end?"),
        hint=_("Kept in your force's history."),
        auto_id="end_%s",
    )
    role_form = RoleForm(request.POST if grants else None, auto_id="grant_%s")
    filled = form if ends else role_form
    if request.method == "POST" and filled.is_valid():
        try:
            if ends:
                actions.revoke(held, by=person, at=db_now(), reason=form.cleaned_data["reason"])
                done = _("The role has ended.")
            else:
                actions.grant(held.person, **role_form.cleaned_data, force=force, by=person, at=db_now())
                done = _("The role is granted.")
        except Forbidden:
            raise
        except Refusal as refusal:
            filled.add_error(refusal.pointer if refusal.pointer in filled.fields else None, str(refusal))
        else:
            messages.success(request, f"{force.name}: {done}")
            return redirect("portal:team", force.slug)
    context = {"held": held, "end_form": form, "role_form": role_form, "form": filled}
    return show(request, "member", force, context)


def _held(force: Force):
    """Roles held now."""
    return (
        Membership.objects.filter(force=force, period__contains=db_now())
        .select_related("person")
        .order_by("person__name", "role")
    )


def _by_person(held: Iterable[Membership]) -> list[tuple[Person, list[Membership]]]:
    people: dict[int, tuple[Person, list[Membership]]] = {}
    for each in held:
        people.setdefault(each.person_id, (each.person, []))[1].append(each)
    return list(people.values())


def _reads_nationally(person: Person) -> bool:
    return may(person, Capability.READ_ALL_FORCES)
