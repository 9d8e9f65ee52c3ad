"""What the centre's pages ask. Every change asks why; the reason goes into the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.deciding.types import DecisionType
from design.forms import DateField, FilterForm, Form, Look, WholeNumberField
from events.registry import EVENTS
from forces.models import BodyType, Force, LfrUse
from forces.ranks import Rank
from forces.roles import FORCE_ROLES, NATIONAL_ROLES
from forces.words import Words
from portal.national.wording import label_of


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea,
        help_text=_("Kept in the history. Do not name members of the public."),
    )


def _force(empty: Words) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=_("Force"), queryset=Force.objects.all(), to_field_name="slug", empty_label=empty
    )


class ReasonForm(Form):
    reason = _reason()
    looks = {"reason": Look(rows=3)}


class _Newcomer(Form):
    name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("Email address"), help_text=_("They sign in with it."))


class GrantForm(Form):
    force = _force(_("Select a force"))
    role = forms.ChoiceField(label=_("Role"), choices=(), widget=forms.RadioSelect)
    rank = forms.ChoiceField(label=_("Rank"), choices=[("", _("Not stated")), *Rank.choices], required=False)
    reason = _reason()
    looks = {
        "reason": Look(rows=3),
        "role": Look(hints={code: role.sentence for code, role in FORCE_ROLES.items()}),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(code, role.name) for code, role in FORCE_ROLES.items()]  # type: ignore[attr-defined]


class InviteForm(GrantForm, _Newcomer):
    field_order = ["name", "email", "force", "role", "rank", "reason"]


class AppointForm(Form):
    role = forms.ChoiceField(label=_("National role"), choices=(), widget=forms.RadioSelect)
    reason = _reason()
    looks = {
        "reason": Look(rows=3),
        "role": Look(hints={code: role.sentence for code, role in NATIONAL_ROLES.items()}),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(code, role.name) for code, role in NATIONAL_ROLES.items()]  # type: ignore[attr-defined]


class AppointNewForm(AppointForm, _Newcomer):
    field_order = ["name", "email", "role", "reason"]


class PeopleFilter(FilterForm):
    words = forms.CharField(label=_("Name or email address"), max_length=120)
    force = _force(_("All forces"))
    role = forms.ChoiceField(label=_("Role"), choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = {**FORCE_ROLES, **NATIONAL_ROLES}
        self.fields["role"].choices = [("", _("Any")), *((code, role.name) for code, role in roles.items())]  # type: ignore[attr-defined]


class ForceForm(Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    name_cy = forms.CharField(label=_("Name in Welsh"), max_length=120, required=False)
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("The ONS code of its area; for other bodies, one of our own."),
    )
    slug = forms.SlugField(
        label=_("Short name in addresses"), max_length=60, help_text=_("As data.police.uk has it.")
    )
    body_type = forms.ChoiceField(label=_("Kind of body"), choices=BodyType.choices, widget=forms.RadioSelect)
    area_name = forms.CharField(label=_("Name of its area"), max_length=120, required=False)
    region = forms.CharField(label=_("Region"), max_length=60, required=False)
    population = WholeNumberField(label=_("Population"), min_value=0, max_value=100_000_000, required=False)
    population_year = WholeNumberField(
        label=_("Year of that figure"), min_value=1900, max_value=2200, required=False
    )
    population_source = forms.CharField(label=_("Source of that figure"), max_length=300, required=False)
    source = forms.CharField(label=_("Where these facts come from"), max_length=500, widget=forms.Textarea)
    valid_from = DateField(label=_("First day it exists"), required=False)
    reason = _reason()
    looks = {
        "reason": Look(rows=3),
        "source": Look(rows=3),
        "code": Look(width=20),
        "population": Look(width=10),
        "population_year": Look(width=4),
    }


class SuccessorForm(Form):
    successor = forms.ModelChoiceField(
        label=_("Successor"), queryset=Force.objects.all(), to_field_name="slug"
    )
    on = DateField(label=_("First day on which the old force no longer exists"))
    source = forms.CharField(
        label=_("Where this comes from"), max_length=300, help_text=_("The order or notice that says so.")
    )

    def __init__(self, *args: Any, force: Force, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Force.objects.filter(realm=force.realm).exclude(pk=force.pk)
        self.fields["successor"].queryset = others  # type: ignore[attr-defined]


class UseForm(Form):
    status = forms.ChoiceField(
        label=_("How the force stands"), choices=LfrUse.Status.choices, widget=forms.RadioSelect
    )
    starts_on = DateField(label=_("From"))
    ends_on = DateField(
        label=_("To"), required=False, help_text=_("The last day. Leave blank if it goes on.")
    )
    source = forms.CharField(label=_("Who says so, and where"), max_length=300)
    source_url = forms.URLField(
        label=_("Address of the source"), max_length=500, required=False, assume_scheme="https"
    )
    is_verified = forms.BooleanField(
        label=_("Checked against the publisher's own document"), required=False, initial=False
    )
    reason = forms.CharField(
        label=_("Why, if it replaces what was recorded for the same first day"),
        max_length=1000,
        widget=forms.Textarea,
        required=False,
    )
    looks = {"reason": Look(rows=3)}


class AuditFilter(FilterForm):
    force = _force(_("All forces"))
    kind = forms.ChoiceField(label=_("What happened"), choices=())
    who = forms.CharField(label=_("Who did it"), max_length=120, help_text=_("A name or part of one."))
    subject = forms.CharField(
        label=_("About"), max_length=80, help_text=_("A reference, or a person's number.")
    )
    since = DateField(label=_("From"))
    until = DateField(label=_("To"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted(((name, label_of(name)) for name in EVENTS), key=lambda pair: str(pair[1]).casefold())
        self.fields["kind"].choices = [("", _("Anything")), *kinds]  # type: ignore[attr-defined]


class DecideForm(Form):
    """What is decided on an item of the queue, and why. A kind with one choice shows it on the button alone."""

    choice = forms.ChoiceField(label=_("What do you decide?"), choices=(), widget=forms.RadioSelect)
    reason = _reason()

    def __init__(self, *args: Any, kind: DecisionType, **kwargs: Any) -> None:
        self.looks = {
            "reason": Look(rows=3),
            "choice": Look(hints={each.code: each.hint for each in kind.choices if each.hint}),
        }
        super().__init__(*args, **kwargs)
        field = self.fields["choice"]
        field.choices = [(each.code, each.label) for each in kind.choices]  # type: ignore[attr-defined]
        if len(kind.choices) == 1:
            field.widget, field.initial = forms.HiddenInput(), kind.choices[0].code


class AnswerForm(Form):
    """The second person's word on what the first proposed."""

    CONFIRM, DECLINE = "confirm", "decline"

    proposal = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("Do you agree?"),
        choices=[(CONFIRM, _("Yes: carry it out")), (DECLINE, _("No: it waits again"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why, if you do not agree"), max_length=1000, widget=forms.Textarea, required=False
    )
    looks = {"reason": Look(rows=3)}


class QueueFilter(FilterForm):
    MINE, NOBODYS = "mine", "nobody"

    type = forms.ChoiceField(label=_("What"), choices=())
    whose = forms.ChoiceField(
        label=_("Taken by"),
        choices=[("", _("Anybody or nobody")), (MINE, _("Me")), (NOBODYS, _("Nobody"))],
    )

    def __init__(self, *args: Any, kinds: Sequence[DecisionType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [("", _("Everything")), *((kind.code, kind.title) for kind in kinds)]  # type: ignore[attr-defined]
