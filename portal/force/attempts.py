"""What was tried about a plan and refused is kept in its history; slips of the pen are no attempts."""

from __future__ import annotations

from django.forms import BaseForm
from django.http import HttpRequest

from deployments.planning.actions import note_attempt
from deployments.planning.models import Plan
from forces.clock import db_now
from forces.refusals import Forbidden, Invalid, Refusal

# A day or a time that cannot be is an attempt to date something otherwise than it was.
DATES = frozenset({"given_at", "review_on"})


def keep(request: HttpRequest, plan: Plan, refusal: Refusal, *, tried: str) -> None:
    """Keep that whoever is signed in tried this and was refused. A right they do not hold is kept elsewhere."""
    if isinstance(refusal, Forbidden) or (isinstance(refusal, Invalid) and not DATES & set(refusal.errors)):
        return
    note_attempt(plan, refusal, tried=tried, by=request.person, at=db_now())  # type: ignore[attr-defined]


def keep_made_up(request: HttpRequest, plan: Plan, form: BaseForm, *, tried: str) -> None:
    """Keep that a form came back with what its page never held: another hidden word, an answer nobody was offered."""
    if is_made_up(form):
        note_attempt(plan, Invalid({}), tried=tried, by=request.person, at=db_now())  # type: ignore[attr-defined]


def is_made_up(form: BaseForm) -> bool:
    """Whether what was sent cannot come from the page that shows this form."""
    wrong = form.errors.as_data()
    hidden = {name for name, field in form.fields.items() if field.widget.is_hidden}
    unoffered = any(error.code == "invalid_choice" for errors in wrong.values() for error in errors)
    return unoffered or bool(hidden & set(wrong))
