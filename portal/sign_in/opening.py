"""From the right password to an open session: straight where one step is enough, else by way of the second.

Between the steps nobody is signed in: an anonymous session remembers, for ten minutes, whose password was right.
"""

from __future__ import annotations

import time

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from directory import actions
from forces.capabilities import Capability
from forces.models import Person, User
from forces.permissions import may
from forces.tenancy import as_myself
from portal import typed
from portal.sign_in import sessions

HALF_OPEN = "half_open"
PATIENCE = 600  # seconds between password and code


def after_password(request: HttpRequest, user: User) -> HttpResponse:
    """The password was right: ask for the second step, let somebody set one up, or open the session."""
    has_one = actions.has_second_step(user)
    if not has_one and not settings.TWO_STEPS:
        return open_session(request, user, second_step="", to=wanted(request))
    kept = request.session.get(typed.KEPT)
    request.session.flush()
    typed.carry(request, kept)
    request.session[HALF_OPEN] = {
        "login": user.pk,
        "as": user.get_session_auth_hash(),
        "at": int(time.time()),
        "to": wanted(request),
    }
    return redirect("sign-in-code" if has_one else "sign-in-set-up")


def half_open(request: HttpRequest) -> tuple[User, str] | None:
    """Whose password was right a moment ago, and where they were going; None for everybody else."""
    held = request.session.get(HALF_OPEN)
    if not isinstance(held, dict) or time.time() - held["at"] > PATIENCE:
        return None
    user = User.objects.filter(pk=held["login"], is_active=True).first()
    if user is None or not constant_time_compare(held["as"], user.get_session_auth_hash()):
        return None
    return user, held["to"]


def open_session(request: HttpRequest, user: User, *, second_step: str, to: str) -> HttpResponse:
    """Begin a session under a new id, and go where the person was going."""
    request.session.pop(HALF_OPEN, None)
    answer = perform_login(request, user, email_verification="none", redirect_url=to or home_of(user))
    typed.settle(request, user)
    sessions.begin(request, user, second_step=second_step)
    return answer


def wanted(request: HttpRequest) -> str:
    """The local address that was asked for, or "": nobody is sent to another site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    local = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if local and not asked.startswith(reverse("sign-in")) else ""


def home_of(user: User) -> str:
    """The centre's people begin in the national pages, everybody else in their force's."""
    person = Person(pk=user.person_id)
    with as_myself(person):
        is_national = may(person, Capability.READ_ALL_FORCES)
    return reverse("admin:index") if is_national else reverse("portal:home")
