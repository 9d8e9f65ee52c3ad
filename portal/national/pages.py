"""What the centre's pages share: one shape for every form that calls one action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from design.components import Row
from forces.capabilities import Capability
from forces.permissions import require
from forces.refusals import Forbidden, Invalid, Refusal
from forces.words import Words

View = Callable[..., HttpResponse]


def needs(capability: Capability) -> Callable[[View], View]:
    """For a page that only reads: whoever opens it must hold this nationally."""

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.person, capability)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return require_http_methods(["GET", "HEAD"])(page)

    return decorate


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"portal/national/{template}.html", context, status=status)


def decide(
    request: HttpRequest,
    form: Form,
    action: Callable[[dict[str, Any]], str | HttpResponse],
    *,
    needs: Capability,
    title: Words,
    button: Words,
    back: str,
    about: Sequence[Row] = (),
    note: Words = "",
    warns: bool = False,
) -> HttpResponse:
    """Ask with `form`, call `action` with the answers, and go `back` with the sentence it returns.

    An action that returns a response instead (something to be shown once) is answered with that.
    `needs` is the right without which there is no use in filling in the form; the action asks again. A refusal
    stands beside the field it is about, or above the form. `warns` makes the button red.
    """
    require(request.person, needs)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            done = action(form.cleaned_data)
        except Forbidden:
            raise
        except Invalid as refusal:
            for field, said in refusal.errors.items():
                form.add_error(field if field in form.fields else None, said)
        except Refusal as refusal:
            form.add_error(refusal.pointer if refusal.pointer in form.fields else None, str(refusal))
        else:
            if isinstance(done, HttpResponse):
                return done
            messages.success(request, done)
            return redirect(back)
    context = {
        "form": form,
        "page_title": title,
        "button": button,
        "back": back,
        "about": about,
        "note": note,
        "warns": warns,
    }
    return show(request, "decide", context, status=422 if form.is_bound and form.errors else 200)


def answers(request: HttpRequest) -> Any:
    """What a form is bound to: the answers sent, or nothing yet."""
    return request.POST if request.method == "POST" else None


changing = require_http_methods(["GET", "HEAD", "POST"])
