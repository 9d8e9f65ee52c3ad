"""People and roles: find somebody, invite, grant, end, appoint, dismiss, and look after logins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from design.components import Row
from directory import actions, demonstration
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Appointment, Membership, Person, Realm, User
from forces.permissions import may
from portal.national.forms import AppointForm, AppointNewForm, GrantForm, InviteForm, PeopleFilter, ReasonForm
from portal.national.pages import answers, changing, decide, needs, show

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A person with what they hold now."""

    person: Person
    roles: list[Membership]
    appointments: list[Appointment]


def waiting_for_a_password() -> QuerySet[User]:
    """Logins of people with a real role who were invited and never came; those made up need no password."""
    now = db_now()
    real = Membership.objects.filter(period__contains=now, force__realm=Realm.NATIONAL).values("person")
    national = Appointment.objects.filter(period__contains=now).values("person")
    made_up = [persona.email for persona in demonstration.PERSONAS]
    return (
        User.objects.never_used()
        .filter(Q(person__in=real) | Q(person__in=national))
        .exclude(email__in=made_up)
    )


@needs(Capability.READ_ALL_FORCES)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, by name; filters are in the address."""
    now = db_now()
    held = (
        Membership.objects.filter(period__contains=now)
        .select_related("force")
        .order_by("force__name", "role")
    )
    appointed = Appointment.objects.filter(period__contains=now).order_by("role")
    found = (
        Person.objects.filter(kind=Person.Kind.HUMAN)
        .order_by("name", "pk")
        .prefetch_related(
            Prefetch("memberships", held, to_attr="held"),
            Prefetch("appointments", appointed, to_attr="appointed"),
        )
    )
    filters = PeopleFilter(request.GET)
    if filters.is_valid():
        asked = filters.cleaned_data
        if asked["words"]:
            found = found.filter(
                Q(name__icontains=asked["words"]) | Q(logins__email__icontains=asked["words"])
            )
        if asked["force"]:
            found = found.filter(pk__in=held.filter(force=asked["force"]).order_by().values("person"))
        if asked["role"]:
            roles = Q(pk__in=held.filter(role=asked["role"]).order_by().values("person"))
            found = found.filter(
                roles | Q(pk__in=appointed.filter(role=asked["role"]).order_by().values("person"))
            )
    if request.GET.get("waiting"):
        found = found.filter(logins__in=waiting_for_a_password())
    number = request.GET.get("page", "1")
    page = int(number) if number.isdecimal() and 1 <= len(number) <= 5 else 1
    start = (max(page, 1) - 1) * PER_PAGE
    rows: list[Any] = list(found.distinct()[start : start + PER_PAGE + 1])
    listed = [Listed(each, each.held, each.appointed) for each in rows[:PER_PAGE]]
    context = {
        "filters": filters,
        "people": listed,
        "may_manage": may(request.person, Capability.MANAGE_TEAM),  # type: ignore[attr-defined]
        "may_appoint": may(request.person, Capability.APPOINT),  # type: ignore[attr-defined]
        "next": _with_page(request, page + 1) if len(rows) > PER_PAGE else "",
        "previous": _with_page(request, page - 1) if page > 1 else "",
    }
    return show(request, "people", context)


@needs(Capability.READ_ALL_FORCES)
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    """One person: logins, roles held now and before, and what can be done."""
    found = get_object_or_404(Person, public_id=person)
    now = db_now()
    memberships = list(Membership.objects.filter(person=found).select_related("force").order_by("-period"))
    appointments = list(Appointment.objects.filter(person=found).order_by("-period"))
    asker = request.person  # type: ignore[attr-defined]
    is_oneself = asker.pk == found.pk
    context = {
        "person": found,
        "logins": User.objects.filter(person=found).order_by("email"),
        "held": [each for each in memberships if _is_held(each, now)],
        "appointed": [each for each in appointments if _is_held(each, now)],
        "past": [each for each in [*memberships, *appointments] if each.until and each.until <= now],
        "is_oneself": is_oneself,
        "may_manage": may(asker, Capability.MANAGE_TEAM) and not is_oneself,
        "may_appoint": may(asker, Capability.APPOINT) and not is_oneself,
        "history": f"{reverse('admin:national-audit')}?subject={found.public_id}"
        if may(asker, Capability.READ_NATIONAL_AUDIT)
        else "",
    }
    return show(request, "person", context)


@changing
def invite(request: HttpRequest) -> HttpResponse:
    """A new person with a login and a role in a force."""

    def act(given: dict[str, Any]) -> str:
        made = actions.invite(**given, by=_by(request), at=db_now())
        return _("%(name)s is invited. Give them a link to choose their password.") % {
            "name": made.person.name
        }

    return decide(
        request,
        InviteForm(answers(request), initial={"force": request.GET.get("force", "")}),
        act,
        needs=Capability.MANAGE_TEAM,
        title=_("Invite somebody to a force"),
        button=_("Invite"),
        back=reverse("admin:national-people"),
        note=_("They get a login without a password. No message is sent: you hand them a link."),
    )


@changing
def appoint_new(request: HttpRequest) -> HttpResponse:
    """A new person with a login and a national role."""

    def act(given: dict[str, Any]) -> str:
        made = actions.appoint(**given, by=_by(request), at=db_now())
        return _("%(name)s is appointed. Give them a link to choose their password.") % {
            "name": made.person.name
        }

    return decide(
        request,
        AppointNewForm(answers(request)),
        act,
        needs=Capability.APPOINT,
        title=_("Appoint somebody new"),
        button=_("Appoint"),
        back=reverse("admin:national-people"),
    )


@changing
def grant(request: HttpRequest, person: UUID) -> HttpResponse:
    found = get_object_or_404(Person, public_id=person)

    def act(given: dict[str, Any]) -> str:
        made = actions.grant(found, **given, by=_by(request), at=db_now())
        return _("%(name)s is now %(role)s.") % {"name": found.name, "role": made}

    return decide(
        request,
        GrantForm(answers(request)),
        act,
        needs=Capability.MANAGE_TEAM,
        title=_("Grant a role in a force"),
        button=_("Grant"),
        back=_page_of(found),
        about=[Row(_("Person"), found.name)],
    )


@changing
def appoint(request: HttpRequest, person: UUID) -> HttpResponse:
    found = get_object_or_404(Person, public_id=person)

    def act(given: dict[str, Any]) -> str:
        made = actions.appoint(person=found, **given, by=_by(request), at=db_now())
        return _("%(name)s is now %(role)s.") % {"name": found.name, "role": made}

    return decide(
        request,
        AppointForm(answers(request)),
        act,
        needs=Capability.APPOINT,
        title=_("Give a national role"),
        button=_("Appoint"),
        back=_page_of(found),
        about=[Row(_("Person"), found.name)],
    )


@changing
def end_role(request: HttpRequest, membership: int) -> HttpResponse:
    found = get_object_or_404(Membership.objects.select_related("person", "force"), pk=membership)

    def act(given: dict[str, Any]) -> str:
        actions.revoke(found, by=_by(request), at=db_now(), reason=given["reason"])
        return _("%(name)s is no longer %(role)s.") % {"name": found.person.name, "role": found}

    return decide(
        request,
        ReasonForm(answers(request)),
        act,
        needs=Capability.MANAGE_TEAM,
        title=_("End a role"),
        button=_("End the role now"),
        back=_page_of(found.person),
        about=[
            Row(_("Person"), found.person.name),
            Row(_("Role"), found.role_held.name),
            Row(_("Force"), found.force.name),
        ],
        warns=True,
    )


@changing
def dismiss(request: HttpRequest, appointment: int) -> HttpResponse:
    found = get_object_or_404(Appointment.objects.select_related("person"), pk=appointment)

    def act(given: dict[str, Any]) -> str:
        actions.dismiss(found, by=_by(request), at=db_now(), reason=given["reason"])
        return _("%(name)s is no longer %(role)s.") % {"name": found.person.name, "role": found}

    return decide(
        request,
        ReasonForm(answers(request)),
        act,
        needs=Capability.APPOINT,
        title=_("End a national role"),
        button=_("End the role now"),
        back=_page_of(found.person),
        about=[Row(_("Person"), found.person.name), Row(_("Role"), found.role_held.name)],
        warns=True,
    )


@changing
def link(request: HttpRequest, login: int) -> HttpResponse:
    """Shows the link once, on the page that answers: it is stored nowhere."""
    user = _login(login)

    def act(given: dict[str, Any]) -> HttpResponse:
        made = actions.issue_password_link(user, by=_by(request), at=db_now(), reason=given["reason"])
        address = request.build_absolute_uri(made.path)
        return show(request, "link", {"link": address, "login": user, "back": _page_of(user.person)})

    return decide(
        request,
        ReasonForm(answers(request)),
        act,
        needs=Capability.APPOINT,
        title=_("Give a link to choose a password"),
        button=_("Make the link"),
        back=_page_of(user.person),
        about=[Row(_("Person"), user.person.name), Row(_("Login"), user.email)],
        note=_("Whoever holds the link can sign in as this person. It works once and for three days."),
    )


@changing
def disable(request: HttpRequest, login: int) -> HttpResponse:
    user = _login(login)

    def act(given: dict[str, Any]) -> str:
        actions.disable_login(user, by=_by(request), at=db_now(), reason=given["reason"])
        return _("%(email)s can no longer sign in.") % {"email": user.email}

    return decide(
        request,
        ReasonForm(answers(request)),
        act,
        needs=Capability.APPOINT,
        title=_("Disable a login"),
        button=_("Disable it now"),
        back=_page_of(user.person),
        about=[Row(_("Person"), user.person.name), Row(_("Login"), user.email)],
        note=_("Every session ends at once. Roles stay as they are."),
        warns=True,
    )


@changing
def enable(request: HttpRequest, login: int) -> HttpResponse:
    user = _login(login)

    def act(given: dict[str, Any]) -> str:
        actions.enable_login(user, by=_by(request), at=db_now(), reason=given["reason"])
        return _("%(email)s works again, once a password is chosen.") % {"email": user.email}

    return decide(
        request,
        ReasonForm(answers(request)),
        act,
        needs=Capability.APPOINT,
        title=_("Enable a login"),
        button=_("Enable it"),
        back=_page_of(user.person),
        about=[Row(_("Person"), user.person.name), Row(_("Login"), user.email)],
    )


@changing
def remove_second_step(request: HttpRequest, login: int) -> HttpResponse:
    """For somebody who lost the app and the recovery codes."""
    user = _login(login)

    def act(given: dict[str, Any]) -> str:
        actions.remove_second_step(user, by=_by(request), at=db_now(), reason=given["reason"])
        return _("%(email)s sets up a new second step at the next sign-in.") % {"email": user.email}

    return decide(
        request,
        ReasonForm(answers(request)),
        act,
        needs=Capability.APPOINT,
        title=_("Remove a second step"),
        button=_("Remove it now"),
        back=_page_of(user.person),
        about=[Row(_("Person"), user.person.name), Row(_("Login"), user.email)],
        note=_(
            "Speak to the person first, by a number you know. Until they set up a new one, whoever has their "
            "password can. Every session ends at once."
        ),
        warns=True,
    )


def _by(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined]


def _login(number: int) -> User:
    return get_object_or_404(User.objects.select_related("person"), pk=number)


def _page_of(person: Person) -> str:
    return reverse("admin:national-person", args=[person.public_id])


def _is_held(each: Membership | Appointment, now: Any) -> bool:
    return each.until is None or each.until > now


def _with_page(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
