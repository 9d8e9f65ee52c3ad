"""Beginning: a plan, new or from an earlier one, and the operation it belongs to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deployments.planning import actions
from deployments.planning.models import Operation, Plan
from design.forms import Form, Look
from directory.actions import note_refusal
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import require
from forces.refusals import Forbidden, Invalid
from portal.force import answers
from portal.force.attempts import is_made_up, keep, keep_made_up
from portal.force.pages import address, force_page, plan_page, plans_of, show
from portal.typed import posted

MOST = 50  # earlier plans, and operations, to choose from
NEW = "new"
NONE = "none"
_NAME: dict[str, Any] = {
    "label": gettext_lazy("Name of the operation"),
    "help_text": gettext_lazy("A working name. It is not published, and says nothing of whom it concerns."),
    "required": False,
}


class OperationForm(Form):
    """To which operation a plan belongs: none, one there is, or a new one with a name."""

    operation = forms.ChoiceField(
        label=gettext_lazy("Does it belong to an operation?"),
        help_text=gettext_lazy("An operation holds several deployments together."),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select whether it belongs to an operation")},
    )
    name = forms.CharField(**_NAME)
    looks = {
        "operation": Look(reveals={NEW: ("name",)}, divider_before=NONE, label_size="s"),
        "name": Look(width="two-thirds", optional=False),
    }

    def __init__(self, *args: Any, force: Force, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.force = force
        self.known = list(Operation.objects.owned_by(force).order_by("-pk")[:MOST])
        self.fields["operation"].choices = [  # type: ignore[attr-defined]
            *((each.reference, each.name) for each in self.known),
            (NEW, _("Begin a new operation")),
            (NONE, _("It belongs to none")),
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("operation") == NEW and not said.get("name"):
            self.add_error("name", _("Enter a name for the operation"))
        return said

    def chosen(self, by: Person) -> Operation | None:
        """The operation, begun now if it is new. Raises Invalid as the action does."""
        wanted = self.cleaned_data["operation"]
        if wanted == NEW:
            return actions.begin_operation(self.force, name=self.cleaned_data["name"], by=by, at=db_now())
        return next((each for each in self.known if each.reference == wanted), None)

    def take(self, invalid: Invalid) -> None:
        for name, told in invalid.errors.items():
            self.add_error(name if name in self.fields else None, told)


class BeginForm(OperationForm):
    """How a plan begins."""

    start = forms.ChoiceField(
        label=gettext_lazy("How do you want to begin?"),
        widget=forms.RadioSelect,
        choices=[
            ("new", gettext_lazy("With an empty plan")),
            ("copy", gettext_lazy("With the answers of an earlier plan")),
        ],
        initial="new",
        error_messages={"required": gettext_lazy("Select how you want to begin")},
    )
    copy = forms.ChoiceField(
        label=gettext_lazy("Which plan?"),
        help_text=gettext_lazy(
            "Day and time are not copied. Each copied answer waits until somebody confirms it for the new plan."
        ),
        required=False,
    )
    field_order = ("start", "copy", "operation", "name")
    looks = {
        **OperationForm.looks,
        "start": Look(reveals={"copy": ("copy",)}, label_size="s"),
        "copy": Look(optional=False),
    }

    def __init__(self, *args: Any, person: Person, force: Force, **kwargs: Any) -> None:
        super().__init__(*args, force=force, **kwargs)
        self.earlier = list(plans_of(person, force).latest_first()[:MOST])
        self.fields["copy"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a plan")),
            *((each.reference, _line(each)) for each in self.earlier),
        ]
        if not self.earlier:
            del self.fields["start"], self.fields["copy"]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("start") == "copy" and not said.get("copy") and "copy" not in self.errors:
            self.add_error("copy", _("Choose the plan to copy"))
        return said

    @property
    def copied(self) -> Plan | None:
        if self.cleaned_data.get("start") != "copy":
            return None
        return next((each for each in self.earlier if each.reference == self.cleaned_data["copy"]), None)


@force_page
def begin(request: HttpRequest, force: Force) -> HttpResponse:
    """Begin a plan, and go on to its tasks."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.PLAN_DEPLOYMENTS, force)
    wanted = request.GET.get("copy", "")
    initial = {"start": "copy", "copy": wanted} if wanted else {}
    form = BeginForm(posted(request), person=person, force=force, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.begin(
                force, operation=form.chosen(person), copy=form.copied, by=person, at=db_now()
            )
        except Invalid as invalid:
            form.take(invalid)
        else:
            return redirect(address("plan", made))
    elif request.method == "POST" and is_made_up(form):
        # A plan or an operation that the page does not offer is one they may not read, or none.
        note_refusal(Forbidden(person, Capability.READ_RECORDS, force), door=request.path)
    return show(request, "planning/begin", force, {"form": form})


@plan_page
def operation(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    """Say to which operation the plan belongs. It is no part of what is authorised."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.PLAN_DEPLOYMENTS, force)
    initial = {"operation": plan.operation.reference if plan.operation else NONE}
    form = OperationForm(posted(request), force=force, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            chosen = form.chosen(person)
            if (chosen.pk if chosen else None) != plan.operation_id:
                actions.choose_operation(plan, chosen, by=person, at=db_now())
        except Invalid as invalid:
            form.take(invalid)
        except actions.WrongState as refusal:
            keep(request, plan, refusal, tried="choose_operation")
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(force)s: The operation is saved.") % {"force": force.name})
            return redirect(address("plan", plan))
    elif request.method == "POST":
        keep_made_up(request, plan, form, tried="choose_operation")
    return show(request, "planning/operation", force, {"form": form, "plan": plan})


def _line(plan: Plan) -> str:
    return f"{answers.where_and_when(plan)} ({plan.reference})"
