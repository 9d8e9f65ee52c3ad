"""The form of one task, made from what the task asks. Blank is an answer not given yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.evaluations.models import AlgorithmVersion
from deployments.planning.actions import commanders_of
from deployments.planning.choices import Category
from deployments.planning.fields import Field, Kind, Task, check, moment
from deployments.planning.models import Plan
from deployments.times import window
from design.forms import DateField, Form, Look, TimeField, WholeNumberField, YesNoField
from forces.clock import LONDON, db_now, london_date
from forces.documents import all_documents_of
from forces.models import Document
from forces.personal_data import PersonalData, find
from forces.refusals import Invalid

RADIOS = 7  # with more to choose from than this, a list that opens
# The form's own names for a deployment's window.
WINDOW = {"starts_at": "start", "ends_at": "end"}


class Words(forms.CharField):
    """Text whose length is judged by the task's own check, after line breaks are evened out; it shows the count."""

    def __init__(self, *, most: int, **more: Any) -> None:
        super().__init__(widget=forms.Textarea, required=False, strip=True, **more)
        self.max_length = most


class TaskForm(Form):
    """Everything that one task asks. `values` holds the answers, as they are kept, after `is_valid()`."""

    seen = forms.RegexField(r"^[0-9]{1,9}$", widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, plan: Plan, task: Task) -> None:
        self.plan, self.task = plan, task
        self.values: dict[str, Any] = {}
        self.holds_personal_data = False
        super().__init__(data, initial=initial_of(plan, task))
        self.drawn: dict[str, Look] = {}
        self.looks = self.drawn
        for asked in task.fields:
            self._add(asked)

    def _add(self, asked: Field) -> None:
        if asked.kind is Kind.MOMENT:
            self._add_moment(asked)
            return
        told: dict[str, Any] = {"label": asked.label, "help_text": asked.hint, "required": False}
        optional = not asked.required
        match asked.kind:
            case Kind.LINE:
                made: forms.Field = forms.CharField(**told)
                look = Look(width="two-thirds", optional=optional)
            case Kind.TEXT:
                made = Words(label=asked.label, help_text=asked.hint, most=asked.most)
                look = Look(rows=6, optional=optional)
            case Kind.REFERENCES:
                made = forms.CharField(widget=forms.Textarea, **told)
                look = Look(rows=3, width=20, optional=optional)
            case Kind.NUMBER:
                made = WholeNumberField(max_value=asked.most, **told)
                look = Look(width=5, optional=optional)
            case Kind.THRESHOLD:
                made, look = forms.CharField(**told), Look(width=5, optional=optional)
            case Kind.FLAG:
                made, look = YesNoField(**told), Look(inline=True, optional=optional)
            case Kind.CHOICE:
                made = forms.ChoiceField(choices=asked.choices.choices, widget=forms.RadioSelect, **told)
                look = Look(optional=optional)
            case Kind.CHOICES:
                made = forms.MultipleChoiceField(
                    choices=asked.choices.choices, widget=forms.CheckboxSelectMultiple, **told
                )
                look = Look(optional=optional)
            case Kind.CATEGORIES:
                self._add_categories(asked)
                return
            case _:
                made, look = self._one_of(asked, told, optional)
        self.fields[asked.name] = made
        self.drawn[asked.name] = replace(look, label_size="s")

    def _add_moment(self, asked: Field) -> None:
        if asked.name == "starts_at":
            self.fields["on"] = DateField(
                label=_("Date"), help_text=_("The day it starts, for example 27 3 2027."), required=False
            )
            self.fields["start"] = TimeField(
                label=asked.label, help_text=_("For example 9:30am."), required=False
            )
        else:
            self.fields["end"] = TimeField(
                label=asked.label,
                help_text=_("A time at or before the start means the next day."),
                required=False,
            )
        for name in ("on", "start", "end"):
            self.drawn[name] = Look(width=10, optional=False, label_size="s")

    def _add_categories(self, asked: Field) -> None:
        self.fields[asked.name] = forms.MultipleChoiceField(
            label=asked.label,
            help_text=_("Tick each category you need. Rules and numbers only: never who."),
            choices=Category.choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        reveals = {}
        for code, label in Category.choices:
            self.fields[f"expected_{code}"] = WholeNumberField(
                label=_("How many you expect: %(category)s") % {"category": _in_a_sentence(label)},
                required=False,
            )
            self.fields[f"rationale_{code}"] = Words(
                label=_("Why it must be on the watchlist: %(category)s")
                % {"category": _in_a_sentence(label)},
                most=1000,
            )
            self.drawn[f"expected_{code}"] = Look(width=5, optional=False)
            self.drawn[f"rationale_{code}"] = Look(rows=3, optional=False)
            reveals[code] = (f"expected_{code}", f"rationale_{code}")
        self.drawn[asked.name] = Look(reveals=reveals, optional=False, label_size="s")

    def _one_of(self, asked: Field, told: dict[str, Any], optional: bool) -> tuple[forms.Field, Look]:
        """An algorithm, a person or a document of the force."""
        offered = {
            Kind.ALGORITHM: _algorithms,
            Kind.PERSON: _commanders,
            Kind.DOCUMENT: _documents,
        }[asked.kind](self.plan, asked)
        if not offered:
            told["help_text"] = {
                Kind.ALGORITHM: _("No algorithm is on the national register for this technology."),
                Kind.PERSON: _(
                    "Nobody in your force may command deployments. The owner of your team gives the role."
                ),
                Kind.DOCUMENT: _(
                    "Your force has published none. Add it under Documents, then choose it here."
                ),
            }[asked.kind]
        none = [("", _("None"))] if asked.kind is Kind.DOCUMENT and offered else []
        if len(offered) <= RADIOS:
            field = forms.ChoiceField(choices=[*offered, *none], widget=forms.RadioSelect, **told)
        else:
            field = forms.ChoiceField(choices=[("", _("Choose one")), *offered], **told)
        # A plan may be kept without naming a document, but the law may stop it then: "optional" would mislead.
        return field, Look(optional=optional and asked.kind is not Kind.DOCUMENT)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        given = {
            asked.name: said.get(asked.name)
            for asked in self.task.fields
            if asked.kind not in (Kind.MOMENT, Kind.CATEGORIES)
        }
        if "categories" in self.fields:
            given["categories"] = self._categories(said)
        if "on" in self.fields:
            given |= self._window(said)
        try:
            self.values = check(self.task, given)
        except Invalid as invalid:
            self.take(invalid)
        return said

    def _categories(self, said: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = []
        for code in said.get("categories") or []:
            expected, why = said.get(f"expected_{code}"), said.get(f"rationale_{code}")
            label = Category(code).label
            if expected is None and f"expected_{code}" not in self.errors:
                self.add_error(
                    f"expected_{code}", _("%(category)s: enter how many you expect") % {"category": label}
                )
            if not why and f"rationale_{code}" not in self.errors:
                self.add_error(
                    f"rationale_{code}",
                    _("%(category)s: say why it must be on the watchlist") % {"category": label},
                )
            if expected is not None and why:
                found.append({"code": code, "expected": expected, "rationale": why})
        return found

    def _window(self, said: Mapping[str, Any]) -> dict[str, Any]:
        nothing = {"starts_at": None, "ends_at": None}
        if {"on", "start", "end"} & set(self.errors):
            return nothing
        on, start, end = said.get("on"), said.get("start"), said.get("end")
        if on is None and (start or end):
            self.add_error("on", _("Enter the date it starts"))
        elif on is not None and start is None:
            self.add_error("start", _("Enter the time it starts"))
        elif on is not None:
            try:
                starts_at, ends_at = window(on, start, end)
            except Invalid as invalid:
                self.take(invalid)
            else:
                return {"starts_at": starts_at, "ends_at": ends_at}
        return nothing

    def take(self, invalid: Invalid) -> None:
        """Show a refusal beside the fields it is about."""
        errors = dict(invalid.errors)
        if isinstance(invalid, PersonalData):
            self.holds_personal_data = True
            if "categories" in errors:
                told = errors.pop("categories")
                for each in self.values.get("categories") or []:
                    if find(each["rationale"]):
                        errors[f"rationale_{each['code']}"] = told
        for name, told in errors.items():
            name = WINDOW.get(name, name)
            self.add_error(name if name in self.fields else None, told)

    @property
    def what_was_seen(self) -> int:
        return int(self.cleaned_data["seen"])


def initial_of(plan: Plan, task: Task) -> dict[str, Any]:
    """What the plan says now, as the form's fields hold it."""
    said = plan.answers(task.code)
    values: dict[str, Any] = {"seen": seen_of(plan, task)}
    for asked in task.fields:
        value = said.get(asked.name)
        match asked.kind:
            case Kind.MOMENT:
                at = moment(value)
                local = at.astimezone(LONDON) if at else None
                if asked.name == "starts_at":
                    values["on"] = local.date() if local else None
                values[WINDOW[asked.name]] = local.time() if local else None
            case Kind.REFERENCES:
                values[asked.name] = "\n".join(value or [])
            case Kind.CATEGORIES:
                values[asked.name] = [each["code"] for each in value or []]
                for each in value or []:
                    values[f"expected_{each['code']}"] = each["expected"]
                    values[f"rationale_{each['code']}"] = each["rationale"]
            case _:
                values[asked.name] = value
    return values


def seen_of(plan: Plan, task: Task) -> int:
    """The task's own revision: other tasks move by themselves."""
    return plan.progress.get(task.code, {}).get("revision", 0)


def _algorithms(plan: Plan, asked: Field) -> list[tuple[str, str]]:
    found = AlgorithmVersion.objects.filter(
        technology=plan.technology, is_made_up=plan.force.is_made_up
    ).order_by("vendor", "product", "version")
    return [(str(each.pk), str(each)) for each in found]


def _commanders(plan: Plan, asked: Field) -> list[tuple[str, str]]:
    return [(str(each.public_id), each.name) for each in commanders_of(plan.force).order_by("name", "pk")]


def _documents(plan: Plan, asked: Field) -> list[tuple[str, str]]:
    """What stands on the plan's day, and what the plan names already."""
    on = london_date(plan.starts_at or db_now())
    found = {
        each.pk: _("%(title)s, version %(version)s") % {"title": each.title, "version": each.version}
        for each in all_documents_of(plan.force, on)
        if each.kind == asked.name
    }
    named = plan.answers("protection").get(asked.name)
    if named is not None and named not in found:
        old = Document.objects.filter(pk=named, force=plan.force, kind=asked.name).first()
        if old is not None:
            found[old.pk] = _("%(title)s, version %(version)s (no longer stands)") % {
                "title": old.title,
                "version": old.version,
            }
    return [(str(pk), label) for pk, label in found.items()]


def _in_a_sentence(label: Any) -> str:
    text = str(label)
    return text[:1].lower() + text[1:]


class SubmitForm(Form):
    """Whether it is urgent, and why."""

    seen = forms.RegexField(r"^[0-9]{1,9}$", widget=forms.HiddenInput)
    urgent = YesNoField(
        label=gettext_lazy("Can it wait for written authority?"),
        choices=[
            ("no", gettext_lazy("Yes: it is assessed first, then authorised in writing")),
            ("yes", gettext_lazy("No: it is urgent, and authority is given by word of mouth")),
        ],
        error_messages={"required": gettext_lazy("Select whether it can wait for written authority")},
        initial=False,
    )
    urgency = forms.CharField(
        label=gettext_lazy("Why can it not wait?"),
        help_text=gettext_lazy(
            "The officer who gave authority records it, and it must then be confirmed in writing. Name no person."
        ),
        max_length=2000,
        widget=forms.Textarea,
        required=False,
    )
    looks = {"urgent": Look(reveals={"yes": ("urgency",)}), "urgency": Look(rows=4, optional=False)}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("urgent") and not said.get("urgency") and "urgency" not in self.errors:
            self.add_error("urgency", _("Say why it cannot wait"))
        return said

    def take(self, invalid: Invalid) -> None:
        for name, told in invalid.errors.items():
            self.add_error(name if name in self.fields else None, told)
