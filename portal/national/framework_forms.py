"""What the pages of the legal framework ask: a version's words and days, and everything that a requirement states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.evaluations.models import Technology
from coordination.framework.checks import CHECKS, CODES, Parameter
from coordination.framework.models import Requirement
from coordination.framework.stating import FIELDS
from coordination.framework.vocabulary import (
    Camera,
    DocumentKind,
    Group,
    Phase,
    PlaceType,
    SourceKind,
    UseCase,
    WatchlistCategory,
    Weight,
)
from design.forms import DateField, Form, Look, WholeNumberField
from forces.roles import FORCE_ROLES
from portal.national.forms import ReasonForm

ATTESTED = "attested"  # in place of a check: somebody in a role attests it with a document
PARAMETER = "parameter_"  # before a parameter's name, as a field

HINTS_OF_WEIGHT = {
    Weight.LAW: gettext_lazy("Stops a plan, once its source is verified. Nobody can set it aside."),
    Weight.NATIONAL_CONDITION: gettext_lazy(
        "Stops a plan, once its source is verified, unless a chief officer sets it aside with a published reason."
    ),
    Weight.ADVICE: gettext_lazy("Warns. Nothing stops."),
}


class SummaryForm(Form):
    summary = forms.CharField(
        label=gettext_lazy("What it changes and why"),
        max_length=500,
        widget=forms.Textarea,
        help_text=gettext_lazy("In a sentence or two. It is published when the version is adopted."),
    )
    looks = {"summary": Look(rows=4)}


class ProposeForm(Form):
    takes_effect_on = DateField(
        label=gettext_lazy("First day on which it holds"),
        help_text=gettext_lazy("Today or later, and after that of every version before it."),
    )


class AddForm(Form):
    """A code and a way of judging: the rest is asked on the next page, for it depends on these."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy(
            "Short, in small letters and hyphens, such as watchlist-age. It never changes."
        ),
    )
    judged = forms.ChoiceField(label=gettext_lazy("How it is judged"), choices=(), widget=forms.RadioSelect)
    looks = {"code": Look(width=20)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A parameter stands as its name: its value is asked on the next page.
        checks = [
            (
                name,
                str(spec.sentence).format(
                    **{each: f"[{label.label}]" for each, label in spec.parameters.items()}
                ),
            )
            for name, spec in CHECKS.items()
        ]
        attested = _("Somebody in a role of the force attests it, with a document")
        self.fields["judged"].choices = [*checks, (ATTESTED, attested)]  # type: ignore[attr-defined]


def _many(label: Any, words: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=words.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Leave all blank if it applies whatever is chosen."),
    )


class RequirementForm(Form):
    """Everything that a requirement states but for its code. `check` is a name in CHECKS or ATTESTED."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    sentence = forms.CharField(
        label=gettext_lazy("What it asks, in one plain sentence"), max_length=600, widget=forms.Textarea
    )
    group = forms.ChoiceField(label=gettext_lazy("What it is about"), choices=Group.choices)
    weight = forms.ChoiceField(label=gettext_lazy("Weight"), choices=Weight.choices, widget=forms.RadioSelect)
    source_kind = forms.ChoiceField(label=gettext_lazy("Kind of source"), choices=SourceKind.choices)
    citation = forms.CharField(
        label=gettext_lazy("Citation"),
        max_length=300,
        help_text=gettext_lazy("Down to section or paragraph."),
    )
    url = forms.URLField(
        label=gettext_lazy("Address of the source"), max_length=500, required=False, assume_scheme="https"
    )
    verified = forms.BooleanField(
        label=gettext_lazy("Somebody has read the primary text at that address"),
        required=False,
        help_text=gettext_lazy("Until then it only warns, whatever its weight."),
    )
    verified_on = DateField(label=gettext_lazy("Day on which it was read"), required=False)
    verified_note = forms.CharField(
        label=gettext_lazy("Note on the source"),
        max_length=600,
        widget=forms.Textarea,
        required=False,
        help_text=gettext_lazy("Where nobody has read the text, say why not."),
    )
    effective_from = DateField(label=gettext_lazy("First day of the rule itself"))
    effective_to = DateField(
        label=gettext_lazy("First day on which the rule no longer holds"),
        required=False,
        help_text=gettext_lazy("To end it. Leave blank while it goes on."),
    )
    phase = forms.ChoiceField(
        label=gettext_lazy("To be met"), choices=Phase.choices, widget=forms.RadioSelect
    )
    fixed_by = forms.ChoiceField(label=gettext_lazy("Who in the force can put it right"), choices=())
    technology = forms.ChoiceField(label=gettext_lazy("Technology"), choices=Technology.choices)
    use_cases = _many(gettext_lazy("Applies to these uses"), UseCase)
    place_types = _many(gettext_lazy("Applies to these kinds of place"), PlaceType)
    watchlist_categories = _many(gettext_lazy("Applies to these watchlist categories"), WatchlistCategory)
    cameras = _many(gettext_lazy("Applies to these cameras"), Camera)

    looks = {
        "sentence": Look(rows=3),
        "weight": Look(hints={str(code): words for code, words in HINTS_OF_WEIGHT.items()}),
        "verified_note": Look(rows=3),
        **{
            name: Look(optional=False)
            for name in ("use_cases", "place_types", "watchlist_categories", "cameras")
        },
    }

    def __init__(self, *args: Any, check: str, **kwargs: Any) -> None:
        self.check_name = "" if check == ATTESTED else check
        roles = [(code, role.name) for code, role in FORCE_ROLES.items()]
        if check == ATTESTED:
            judging: dict[str, forms.Field] = {
                "attested_role": forms.ChoiceField(label=_("Who attests it"), choices=roles),
                "attested_document": forms.ChoiceField(
                    label=_("With which document"), choices=DocumentKind.choices
                ),
            }
        else:
            judging = {PARAMETER + name: _field(each) for name, each in CHECKS[check].parameters.items()}
        self.looks = {
            **type(self).looks,
            **{name: Look(width=5) for name, field in judging.items() if isinstance(field, WholeNumberField)},
        }
        # Before the form is made, so that these fields speak as plainly as the others.
        self.base_fields = {**type(self).base_fields, **judging}  # type: ignore[misc]
        super().__init__(*args, **kwargs)
        self.fields["fixed_by"].choices = roles  # type: ignore[attr-defined]
        # How it is judged stands with its weight.
        self.order_fields(["seen", "title", "sentence", "group", "weight", *judging])

    def stated(self) -> dict[str, Any]:
        """What was entered, as `actions.state` takes it."""
        given = self.cleaned_data
        found = {name: given[name] for name in FIELDS if name in given}
        found["check_name"] = self.check_name
        found["parameters"] = {
            name.removeprefix(PARAMETER): value for name, value in given.items() if name.startswith(PARAMETER)
        }
        return found

    def fields_of(self, errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """The action's errors by field of this form: those of parameters begin with the parameter's name."""
        found: dict[str, list[str]] = {}
        for name, messages in errors.items():
            for message in messages:
                parameter, _colon, rest = message.partition(": ")
                if name == "parameters" and PARAMETER + parameter in self.fields:
                    found.setdefault(PARAMETER + parameter, []).append(rest)
                else:
                    found.setdefault(name, []).append(message)
        return found


def initial_of(requirement: Requirement, seen: str) -> dict[str, Any]:
    """A requirement as the form shows it."""
    told = {name: getattr(requirement, name) for name in FIELDS} | {"seen": seen}
    return told | {PARAMETER + name: value for name, value in requirement.parameters.items()}


def _field(parameter: Parameter) -> forms.Field:
    required = not parameter.nullable
    help_text = "" if required else _("Leave blank to set no limit.")
    if parameter.kind == "codes":
        return forms.MultipleChoiceField(
            label=parameter.label,
            choices=list(CODES[parameter.among].items()),
            widget=forms.CheckboxSelectMultiple,
        )
    if parameter.known:
        return forms.ChoiceField(
            label=parameter.label, choices=list(parameter.known.items()), required=required
        )
    unit = {"hours": _("in hours"), "days": _("in days")}.get(parameter.unit)
    label = f"{parameter.label} ({unit})" if unit else parameter.label
    return WholeNumberField(label=label, max_value=1_000_000_000, required=required, help_text=help_text)


__all__ = [
    "ATTESTED",
    "AddForm",
    "ProposeForm",
    "ReasonForm",
    "RequirementForm",
    "SummaryForm",
    "initial_of",
]
