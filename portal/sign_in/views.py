"""Signing in and out. Nobody signs up: people are invited by the owner of their force's team."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from directory import actions, demonstration
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Person, User
from forces.permissions import may
from forces.refusals import Invalid
from forces.tenancy import as_myself
from portal.sign_in.forms import PasswordForm, SignInForm

never_stored = cache_control(private=True, no_store=True)


@never_stored
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """By e-mail address and password; in a demonstration, also as somebody made up."""
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user = get_adapter().authenticate(request, **form.cleaned_data)
        except ValidationError:  # allauth counted too many failures from this place or for this address
            form.add_error(None, _("Too many attempts to sign in. Wait five minutes and try again."))
            return _sign_in_page(request, form, status=429)
        if user is not None and user.is_active:
            return _begin(request, user)
        form.add_error("email", _("The email address or the password is not right."))
    return _sign_in_page(request, form)


@never_stored
@require_POST
def persona(request: HttpRequest) -> HttpResponse:
    """Sign in as somebody made up: in a demonstration only, and as nobody else."""
    if not settings.DEMONSTRATION:
        raise Http404
    try:
        user = demonstration.login_of(request.POST.get("persona", "")[:100])
    except (User.DoesNotExist, demonstration.NotADemonstration):
        raise Http404 from None
    logout(request)
    return _begin(request, user)


@never_stored
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@never_stored
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, login: str, token: str) -> HttpResponse:
    """Where the link in an invitation leads."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if actions.login_for(login, token) is None:
        return render(request, "portal/sign_in/link_gone.html", status=404)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_password(login, token, password=form.cleaned_data["password"], at=db_now())
        except Invalid as invalid:
            for message in invalid.errors["password"]:
                form.add_error("password", message)
        except actions.NotIssuable:
            return render(request, "portal/sign_in/link_gone.html", status=404)
        else:
            return render(request, "portal/sign_in/password_chosen.html")
    return render(request, "portal/sign_in/choose_password.html", {"form": form})


def _sign_in_page(request: HttpRequest, form: SignInForm, status: int = 200) -> HttpResponse:
    groups: dict[str, list[demonstration.Persona]] = {}
    for each in demonstration.people():
        groups.setdefault(each.force_name, []).append(each)
    context = {"form": form, "next": _next(request), "groups": groups}
    return render(request, "portal/sign_in/sign_in.html", context, status=status)


def _begin(request: HttpRequest, user: User) -> HttpResponse:
    """Start a session under a new id, and go where the person was going."""
    return perform_login(
        request, user, email_verification="none", redirect_url=_next(request) or _home_of(user)
    )


def _next(request: HttpRequest) -> str:
    """The local address that was asked for, or "": nobody is sent to another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    local = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if local and not wanted.startswith(reverse("sign-in")) else ""


def _home_of(user: User) -> str:
    """The centre's people begin in the national pages, everybody else in their force's."""
    person = Person(pk=user.person_id)
    with as_myself(person):
        is_national = may(person, Capability.READ_ALL_FORCES)
    return reverse("admin:index") if is_national else reverse("portal:home")
