"""The second step: enter a code, set up the app that gives them, and get new recovery codes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from qrcode import QRCode
from qrcode.image.svg import SvgPathImage

from directory import actions, demonstration
from directory.sealing import Unsealable, seal, unseal
from forces.clock import db_now
from forces.models import User
from forces.refusals import Invalid
from portal.sign_in.forms import CodeForm
from portal.sign_in.opening import half_open, home_of, open_session
from portal.sign_in.sessions import goes_on

KEY = "second_step_key"
never_stored = cache_control(private=True, no_store=True)


@never_stored
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """The password was right; the code opens the session."""
    waiting = half_open(request)
    if waiting is None:
        return redirect("sign-in")
    user, to = waiting
    if not actions.has_second_step(user):
        return redirect("sign-in-set-up")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        step = _checked(request, user, form)
        if step:
            return open_session(request, user, second_step=step, to=to)
    return _page(request, "code", form)


@never_stored
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Before the first session, or whenever somebody wants it where nobody has to. Ends with the recovery codes."""
    waiting = half_open(request)
    user = waiting[0] if waiting else _signed_in(request)
    if user is None:
        return redirect("sign-in")
    if actions.has_second_step(user):
        return redirect("sign-in-code" if waiting else "sign-in-recovery-codes")
    key = _key(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _counted(request, user, form):
        try:
            with _looked_at(request):
                codes = actions.set_second_step(user, key=key, code=form.cleaned_data["code"], at=db_now())
        except Invalid as invalid:
            form.add_error("code", invalid.errors["code"])
        else:
            del request.session[KEY]
            to = waiting[1] if waiting else ""
            if waiting:
                open_session(request, user, second_step="app", to=to)
            return _codes(request, codes, to or home_of(user))
    square = _square(actions.address_of(key, user, _("Facial Recognition Register")))
    spelt = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    return _page(request, "set_up", form, square=square, key=spelt, login=user)


@never_stored
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, for somebody who is signed in and can show a code."""
    user = _signed_in(request)
    if user is None:
        return redirect("sign-in")
    if not actions.has_second_step(user):
        return redirect("sign-in-set-up")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _counted(request, user, form):
        try:
            with _looked_at(request):
                codes = actions.renew_recovery_codes(user, code=form.cleaned_data["code"], at=db_now())
        except Invalid as invalid:
            form.add_error("code", invalid.errors["code"])
        else:
            return _codes(request, codes, home_of(user))
    return _page(request, "recovery_codes", form, left=actions.recovery_codes_left(user))


def _checked(request: HttpRequest, user: User, form: CodeForm) -> str:
    """What kind of code it was; empty for a wrong one, with the form saying so."""
    if not _counted(request, user, form):
        return ""
    try:
        with _looked_at(request):
            step = actions.use_code(user, form.cleaned_data["code"])
    except Unsealable:
        form.add_error(
            "code", _("Your second step cannot be read any more. Ask the national centre to remove it.")
        )
        return ""
    if step:
        request.second_step_tries.rollback()  # type: ignore[attr-defined]
    else:
        actions.note_failure(user, step="code")
        form.add_error("code", _("That code is not right, or was used already. Enter the newest one."))
    return step


def _counted(request: HttpRequest, user: User, form: CodeForm) -> bool:
    """Count this attempt against the login; False once there were too many, with the form saying so."""
    tries = ratelimit.consume(
        request, app="allauth.account", action="second_step", key=f"second step of {user.pk}"
    )
    if tries is None:
        get_adapter(request).locked(user, "code", str(user.pk))
        form.add_error(None, _("Too many attempts. Wait five minutes and try again."))
        form.is_locked = True
        return False
    request.second_step_tries = tries  # type: ignore[attr-defined]
    return True


@contextmanager
def _looked_at(request: HttpRequest) -> Iterator[None]:
    """A code that nobody could look at, because the database went away, counts against nobody."""
    try:
        yield
    except (DatabaseError, InterfaceError):
        request.second_step_tries.rollback()  # type: ignore[attr-defined]
        raise


def _signed_in(request: HttpRequest) -> User | None:
    user = request.user
    if not isinstance(user, User) or not goes_on(request):
        return None
    if any(user.email == persona.email for persona in demonstration.PERSONAS) and settings.DEMONSTRATION:
        raise Http404  # the next visitor signs in as the same person made up
    return user


def _key(request: HttpRequest) -> str:
    """The key that this browser is being shown: the same until it is confirmed."""
    held = request.session.get(KEY)
    if held:
        try:
            return unseal(held)
        except Unsealable:
            pass
    key = actions.new_key()
    request.session[KEY] = seal(key)
    return key


def _square(address: str) -> SafeString:
    """The address as a square code in SVG, to stand in the page itself."""
    code = QRCode(border=4, image_factory=SvgPathImage)
    code.add_data(address)
    return mark_safe(code.make_image().to_string(encoding="unicode"))  # noqa: S308 - drawn by the library


def _codes(request: HttpRequest, codes: list[str], to: str) -> HttpResponse:
    spelt = [f"{code[:5]} {code[5:]}" for code in codes]
    return render(request, "portal/sign_in/codes.html", {"codes": spelt, "to": to})


def _page(request: HttpRequest, name: str, form: CodeForm, **more: object) -> HttpResponse:
    status = 429 if getattr(form, "is_locked", False) else 200
    return render(request, f"portal/sign_in/{name}.html", {"form": form, **more}, status=status)
