"""Signing in and out. Nobody signs up: people are invited by the owner of their force's team."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from directory import actions, demonstration
from forces.clock import db_now
from forces.models import User
from forces.refusals import Invalid
from portal import typed
from portal.sign_in.forms import PasswordForm, SignInForm
from portal.sign_in.opening import after_password, open_session, wanted

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
        if user is not None:
            return after_password(request, user)
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
    kept = request.session.get(typed.KEPT)
    logout(request)
    typed.carry(request, kept)
    return open_session(request, user, second_step="", to=wanted(request))


@never_stored
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    get_adapter(request).logout(request)
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
    context = {
        "form": form,
        "next": wanted(request),
        "groups": groups,
        "idle": settings.SESSION_IDLE // 60,
        "longest": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "portal/sign_in/sign_in.html", context, status=status)
