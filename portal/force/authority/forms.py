"""What is asked of whoever decides: each form says of which words exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deployments.planning.actions.authorising import LONGEST_CONDITION, MOST_CONDITIONS
from deployments.planning.choices import Category, DeferralGround, LiveDecision
from deployments.planning.models import Plan
from design.forms import DateField, Form, Look, ShownAgain, TimeField
from design.numbers import number_text
from forces.clock import LONDON
from forces.refusals import Invalid
from forces.words import Words
from portal.typed import posted

ROWS = 2  # conditions asked for at first
APPROVE, CONDITIONS, REFUSE, ASK = "approve", "conditions", "refuse", "ask"
CONFIRM, UPHOLD = "confirm", "uphold"
ASSESS = "assess"
OPTIONS: dict[str, tuple[Words, Words]] = {
    ASSESS: (gettext_lazy("It can go to an authorising officer"), ""),
    APPROVE: (gettext_lazy("Authorise it"), ""),
    CONDITIONS: (
        gettext_lazy("Authorise it with conditions"),
        gettext_lazy("Conditions are published in the notice."),
    ),
    CONFIRM: (gettext_lazy("Confirm the urgent authority in writing"), ""),
    UPHOLD: (
        gettext_lazy("Let the authority stand"),
        gettext_lazy("You have looked at it again, under the rules as they are now."),
    ),
    REFUSE: (gettext_lazy("Refuse it"), gettext_lazy("It may be changed and submitted again.")),
    ASK: (
        gettext_lazy("Ask a question and send it back"),
        gettext_lazy("It is then assessed and authorised anew."),
    ),
}


class PlanForm(Form):
    """Bound to exactly these words of the plan: `seen` is the hash of what the page showed."""

    seen = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    # What an action calls a field, and what this form does.
    names: Mapping[str, str] = {}

    def take(self, invalid: Invalid) -> None:
        """Show an action's refusal beside the fields it is about."""
        for name, told in invalid.errors.items():
            field = self.names.get(name, name)
            for words in told:
                self.add_error(field if field in self.fields else None, words)


def reason_field(label: Words, hint: Words = "", missing: Words = "") -> forms.CharField:
    errors = {"required": missing} if missing else {}
    return forms.CharField(
        label=label, help_text=hint, max_length=2000, widget=forms.Textarea, error_messages=errors
    )


class DecisionForm(PlanForm):
    """One of several decisions, and why. `offers` are codes of OPTIONS in their order."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What do you decide?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select what you decide")},
    )
    reason = reason_field(
        gettext_lazy("Your reasons, or your question"),
        gettext_lazy("Kept with the decision in your force’s history. Name no person."),
        gettext_lazy("Say why, or what you ask"),
    )
    names: Mapping[str, str] = {
        "question": "reason",
        "assessment": "reason",
        "words": "reason",
        "conditions": "condition_1",
    }
    looks = {
        "decision": Look(
            label_size="m", hints={code: hint for code, (_label, hint) in OPTIONS.items() if hint}
        ),
        "reason": Look(rows=5),
    }

    def __init__(self, *args: Any, offers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [(code, OPTIONS[code][0]) for code in offers]  # type: ignore[attr-defined]


class SeparatelyMixin(DecisionForm):
    """With what must be authorised by itself: each is a tick of its own."""

    def ask_separately(self, plan: Plan, codes: Sequence[str]) -> None:
        if not codes:
            return
        counted = separately_counted(plan)
        self.fields["separately"] = forms.MultipleChoiceField(
            label=_("Authorised separately"),
            help_text=_(
                "Each needs an authority of its own. Tick what you authorise, once you have read why."
            ),
            choices=[
                (code, f"{label}: {number}") for code, (label, number) in counted.items() if code in codes
            ],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        self.order_fields(["separately", "given_on", "given_time", "decision"])


class AddRow(forms.Field):
    """A button among the fields: sent, it asks for one more row and judges nothing."""

    def __init__(self) -> None:
        super().__init__(required=False, template_name="portal/force/authority/add_row.html")


class AuthorityForm(SeparatelyMixin):
    """Written authority, with as many rows for conditions as were asked for."""

    def __init__(
        self,
        *args: Any,
        plan: Plan,
        separately: Sequence[str],
        rows: int,
        offers: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, offers=offers, **kwargs)
        self.ask_separately(plan, separately)
        names = [f"condition_{number}" for number in range(1, rows + 1)]
        for number, name in enumerate(names, start=1):
            self.fields[name] = forms.CharField(
                label=_("Condition %(number)d") % {"number": number},
                max_length=LONGEST_CONDITION,
                required=False,
                widget=forms.Textarea,
            )
        if rows < MOST_CONDITIONS:
            self.fields["add"] = AddRow()
        revealed = [*names, *(["add"] if "add" in self.fields else [])]
        self.order_fields(["separately", "decision", *revealed, "reason"])
        shown = {name: Look(rows=2, optional=False) for name in names}
        self.looks = {
            **type(self).looks,
            **shown,
            "decision": Look(
                label_size="m",
                hints=type(self).looks["decision"].hints,
                reveals={CONDITIONS: tuple(revealed)} if CONDITIONS in offers else {},
            ),
        }

    @property
    def conditions(self) -> list[str]:
        """What was set, blank rows left out; none unless conditions were chosen."""
        if self.cleaned_data.get("decision") != CONDITIONS:
            return []
        written = [self.cleaned_data[name] for name in self.fields if name.startswith("condition_")]
        return [text for text in written if text]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == CONDITIONS and not self.conditions:
            self.add_error("condition_1", _("Enter a condition, or authorise it without"))
        return cleaned


class OralForm(SeparatelyMixin):
    """An authority that was given by word of mouth, written down by whoever gave it."""

    given_on = DateField(
        label=gettext_lazy("Day on which you gave it"),
        help_text=gettext_lazy("For example 27 3 2026."),
        required=False,
    )
    given_time = TimeField(
        label=gettext_lazy("Time at which you gave it"),
        help_text=gettext_lazy("For example 9:30am."),
        required=False,
    )
    names = {**DecisionForm.names, "given_at": "given_on"}
    looks = {
        **DecisionForm.looks,
        "given_on": Look(optional=False),
        "given_time": Look(width=10, optional=False),
    }

    def __init__(self, *args: Any, plan: Plan, separately: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_separately(plan, separately)
        self.fields["decision"].choices = [  # type: ignore[attr-defined]
            (APPROVE, _("I gave urgent authority by word of mouth")) if code == APPROVE else (code, label)
            for code, label in self.fields["decision"].choices  # type: ignore[attr-defined]
        ]
        self.order_fields(["separately", "decision", "given_on", "given_time", "reason"])
        hints = dict(type(self).looks["decision"].hints)
        self.looks = {
            **type(self).looks,
            "decision": Look(label_size="m", hints=hints, reveals={APPROVE: ("given_on", "given_time")}),
        }

    @property
    def given_at(self) -> datetime:
        cleaned = self.cleaned_data
        return datetime.combine(cleaned["given_on"], cleaned["given_time"], tzinfo=LONDON)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == APPROVE:
            for name, told in (
                ("given_on", _("Enter the day on which you gave it")),
                ("given_time", _("Enter the time at which you gave it")),
            ):
                if name not in self.errors and cleaned.get(name) is None:
                    self.add_error(name, told)
        return cleaned


def authority_form(
    request: HttpRequest, plan: Plan, *, separately: Sequence[str], offers: Sequence[str]
) -> AuthorityForm:
    """As the page is asked for, sent, or asked for one more row, which judges nothing."""
    data = posted(request)
    rows = ROWS
    while data is not None and f"condition_{rows + 1}" in data and rows < MOST_CONDITIONS:
        rows += 1
    if data is not None and data.get("add"):
        data = ShownAgain(data.urlencode(), mutable=True)
        data["decision"] = CONDITIONS
        rows = min(rows + 1, MOST_CONDITIONS)
    return AuthorityForm(
        data, plan=plan, separately=separately, rows=rows, offers=offers, initial=seen_now(plan)
    )


def seen_now(plan: Plan) -> dict[str, str]:
    """What a page that shows the plan puts into its form."""
    return {"seen": plan.content_hash}


def separately_counted(plan: Plan) -> dict[str, tuple[str, str]]:
    """What may have to be authorised by itself: by code, its name and how many are expected."""
    watchlist = plan.answers("watchlist")
    found = {
        each["code"]: (str(Category(each["code"]).label), number_text(each["expected"]))
        for each in watchlist.get("categories") or []
    }
    found["under_18"] = (_("People under 18"), number_text(watchlist.get("under_18_expected") or 0))
    return found


class WhyForm(PlanForm):
    """Why, about these words."""

    reason = reason_field(gettext_lazy("Why?"))
    names = {"words": "reason", "short_notice_reason": "reason"}
    looks = {"reason": Look(rows=4)}

    def __init__(self, *args: Any, label: str = "", hint: str = "", missing: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text = label or field.label, hint
        field.error_messages["required"] = missing or _("Say why")


class AttestForm(WhyForm):
    """What somebody attests in their role, and on which document it rests where one is asked for."""

    def __init__(
        self, *args: Any, documents: Sequence[tuple[int, str]] = (), asks_document: bool, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        if asks_document:
            self.fields["document"] = forms.ChoiceField(
                label=_("The document it rests on"),
                choices=[(str(pk), title) for pk, title in documents],
                widget=forms.RadioSelect,
                error_messages={"required": _("Select the document it rests on")},
            )


class NoticeForm(PlanForm):
    """The notice goes out; after the latest lawful moment with its reason, which is published."""

    names = {"short_notice_reason": "reason"}
    looks = {"reason": Look(rows=4)}

    def __init__(self, *args: Any, is_short: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_short:
            self.fields["reason"] = reason_field(
                _("Why is the public told so late?"),
                _("Published with the notice, as you write it. Name no person."),
                _("Say why the public is told so late"),
            )


class DeferForm(PlanForm):
    """The public is told later: on what ground, why, and when somebody looks at it again."""

    ground = forms.ChoiceField(
        label=gettext_lazy("On what ground?"),
        help_text=gettext_lazy("The ground is published at once."),
        choices=DeferralGround.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select the ground")},
    )
    reason = reason_field(
        gettext_lazy("Why may the public not be told before?"),
        gettext_lazy("Kept in your force’s history; not published. Name no person."),
        gettext_lazy("Say why the public may not be told before"),
    )
    review_on = DateField(
        label=gettext_lazy("Day on which it is looked at again"),
        help_text=gettext_lazy("At the latest. Published. For example 27 3 2026."),
    )
    looks = {"reason": Look(rows=4)}


class CommandForm(PlanForm):
    """What the commander of a running deployment decides."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What happens now?"),
        choices=LiveDecision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select what happens now")},
    )
    reason = reason_field(
        gettext_lazy("Why?"),
        gettext_lazy("Kept in your force’s history. Name no person."),
        gettext_lazy("Say why"),
    )
    looks = {"decision": Look(label_size="m"), "reason": Look(rows=3)}
