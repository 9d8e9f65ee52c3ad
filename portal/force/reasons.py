"""The page that asks one thing, why, and then does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from deployments.models import Deployment, Result
from forces.clock import db_now
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force.forms import SeenReasonForm, StandingReasonForm, seen_now, stands_now
from portal.force.pages import address, show
from portal.typed import posted


def ask_why(
    request: HttpRequest,
    deployment: Deployment,
    action: Callable[..., object],
    *,
    done: str,
    label: str,
    hint: str,
    context: Mapping[str, Any],
    result: Result | None = None,
) -> HttpResponse:
    """Ask why, do it, and say `done` on the deployment's page; what is refused is said beside what was typed.

    `action` is bound to what the page showed: to the version of `result`, or without one to what stands on the
    register. `context` gives the page its title, text and button. Raises Forbidden as the action does.
    """
    form: SeenReasonForm
    if result is None:
        form = StandingReasonForm(posted(request), label=label, hint=hint, initial=stands_now(deployment))
    else:
        form = SeenReasonForm(posted(request), label=label, hint=hint, initial=seen_now(result))
    if request.method == "POST" and form.is_valid():
        try:
            action(
                deployment,
                reason=form.cleaned_data["reason"],
                seen=form.what_stood if isinstance(form, StandingReasonForm) else form.what_was_seen,
                by=request.person,  # type: ignore[attr-defined]
                at=db_now(),
            )
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_error("reason" if isinstance(refusal, Invalid) else None, str(refusal))
        else:
            messages.success(request, f"{deployment.force.name}: {done}")
            return redirect(address("deployment", deployment))
    return show(request, "reason", deployment.force, {"form": form, "deployment": deployment, **context})


def not_now(request: HttpRequest, deployment: Deployment, words: str) -> HttpResponse:
    """Back to the deployment's page, which says why the page asked for has nothing to do."""
    messages.warning(request, words)
    return redirect(address("deployment", deployment))
