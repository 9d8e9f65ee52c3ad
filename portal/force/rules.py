"""The legal framework as it holds for the force: every rule with the nation's value and its own, and being stricter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.framework import actions, wording
from coordination.framework.checks import CHECKS, Parameter
from coordination.framework.models import Tightening
from coordination.framework.rules import Rule, rules_for
from coordination.framework.vocabulary import Group
from design.components import Column, Link, Row, Table
from design.forms import DateField, Form, Look, WholeNumberField
from design.numbers import date_text
from forces.capabilities import Capability
from forces.clock import db_now, london_date
from forces.models import Force, Person
from forces.permissions import may, require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force.pages import force_page, show


class StricterForm(Form):
    """A value of the force's own for one parameter of a rule; the field is of the parameter's kind."""

    why = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Everybody can read it. Name no person."),
        max_length=actions.MOST_WORDS,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Say why")},
    )
    starts_on = DateField(label=gettext_lazy("From which day?"))
    field_order = ["value", "why", "starts_on"]
    looks = {"why": Look(rows=3), "value": Look(width=10)}

    def __init__(self, data: Any, *, parameter: Parameter, national: Any, today: date) -> None:
        super().__init__(data, initial={"starts_on": today, "value": national})
        self.fields["value"] = _field(parameter, national)
        self.order_fields(self.field_order)


def _field(parameter: Parameter, national: Any) -> forms.Field:
    told: dict[str, Any] = {
        "label": parameter.label,
        "help_text": _("The nation’s value: %(national)s.") % {"national": parameter.in_words(national)},
    }
    missing = {"required": _("Enter the force’s own value")}
    if parameter.kind == "codes":
        choices = list(parameter.known.items())
        return forms.MultipleChoiceField(
            choices=choices, widget=forms.CheckboxSelectMultiple, error_messages=missing, **told
        )
    if parameter.kind == "rank":
        return forms.ChoiceField(choices=list(parameter.known.items()), error_messages=missing, **told)
    return WholeNumberField(min_value=0, error_messages=missing, **told)


class EndForm(Form):
    """From which day the nation's value holds again, and why."""

    why = forms.CharField(
        label=gettext_lazy("Why does it end?"),
        help_text=gettext_lazy("Everybody can read it. Name no person."),
        max_length=actions.MOST_WORDS,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Say why")},
    )
    ends_on = DateField(label=gettext_lazy("From which day does the nation’s value hold again?"))
    looks = {"why": Look(rows=3)}


@force_page
def rules(request: HttpRequest, force: Force) -> HttpResponse:
    """Every rule that holds today, by group, with both values."""
    today = london_date(db_now())
    found = rules_for(force, today)
    context = {
        "strip": [
            Row(_("On"), today),
            Row(_("Requirements"), str(len(found))),
            Row(_("Can stop a plan"), str(sum(rule.blocks for rule in found))),
            Row(_("Stricter here"), str(sum(bool(rule.tightened) for rule in found))),
        ],
        "groups": [
            (code, words, _table(chosen, str(words), force))
            for code, words in Group.choices
            if (chosen := [rule for rule in found if rule.group == code])
        ],
        "may_tighten": may(_person(request), Capability.TIGHTEN_RULES, force),
    }
    return show(request, "rules", force, context)


def _table(rules: list[Rule], caption: str, force: Force) -> Table:
    return Table(
        caption,
        [
            Column(_("Requirement")),
            Column(_("How it is judged")),
            Column(_("Nation")),
            Column(_("If not met")),
        ],
        [
            [
                Link(rule.title, reverse("portal:rule", args=[force.slug, rule.code])),
                _judged(rule),
                "; ".join(each.national for each in wording.values(rule)) or "–",
                _("%(weight)s: %(effect)s")
                % {"weight": wording.weight_name(rule), "effect": wording.effect_in_short(rule)},
            ]
            for rule in rules
        ],
        caption_hidden=True,
        stacked=True,
    )


def _judged(rule: Rule) -> str:
    said = [wording.judged(rule)]
    said += [
        _("Stricter here since %(day)s.") % {"day": date_text(each.since)}
        for each in wording.values(rule)
        if each.since is not None
    ]
    return " ".join(said)


@force_page
def rule(request: HttpRequest, force: Force, requirement: str) -> HttpResponse:
    """One rule with its source, both values and what the force has decided; and the form to be stricter."""
    person, now = _person(request), db_now()
    found = _rule(force, requirement, london_date(now))
    name = _to_tighten(found)
    own = list(Tightening.objects.filter(force=force, requirement=requirement).order_by("-starts_on", "-pk"))
    offers = (
        name
        and may(person, Capability.TIGHTEN_RULES, force)
        and not any(each.ends_on is None for each in own)
    )
    form = None
    if request.method == "POST":
        require(person, Capability.TIGHTEN_RULES, force)
    if name and (offers or request.method == "POST"):
        form = StricterForm(
            request.POST if request.method == "POST" else None,
            parameter=CHECKS[found.check].parameters[name],
            national=found.national[name],
            today=london_date(now),
        )
    if form is not None and form.is_bound and form.is_valid():
        try:
            actions.tighten(
                force,
                requirement=requirement,
                parameter=name,
                value=form.cleaned_data["value"],
                why=form.cleaned_data["why"],
                starts_on=form.cleaned_data["starts_on"],
                by=person,
                at=now,
            )
        except Forbidden:
            raise
        except Refusal as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, _("The force’s own value is published."))
            return redirect("portal:rule", force.slug, requirement)
    context = {
        "rule": found,
        "group": wording.group_name(found.group),
        "rows": _rows(found),
        "own": [_own(each, found, force, now=london_date(now)) for each in own],
        "form": form,
        "may_tighten": may(person, Capability.TIGHTEN_RULES, force),
    }
    return show(request, "rule", force, context)


@force_page
def end(request: HttpRequest, force: Force, requirement: str, tightening: int) -> HttpResponse:
    """Let the nation's value hold again."""
    person, now = _person(request), db_now()
    found = Tightening.objects.filter(force=force, requirement=requirement, pk=tightening).first()
    if found is None:
        raise Http404
    require(person, Capability.TIGHTEN_RULES, force)
    found.force = force
    form = EndForm(
        request.POST if request.method == "POST" else None,
        initial={"ends_on": london_date(now) + timedelta(days=1)},
    )
    if form.is_bound and form.is_valid():
        try:
            actions.end_tightening(
                found, ends_on=form.cleaned_data["ends_on"], why=form.cleaned_data["why"], by=person, at=now
            )
        except Forbidden:
            raise
        except Refusal as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, _("The nation’s value holds again from that day."))
            return redirect("portal:rule", force.slug, requirement)
    rule_ = _rule(force, requirement, london_date(now))
    context = {
        "form": form,
        "rule": rule_,
        "value": wording.value_in_words(rule_, found.parameter, found.value),
    }
    return show(request, "rule_end", force, context)


def _person(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined]


def _rule(force: Force, code: str, on: date) -> Rule:
    """As it holds for the force; 404 for one that does not hold today."""
    for each in rules_for(force, on):
        if each.code == code:
            return each
    raise Http404


def _to_tighten(rule: Rule) -> str:
    """The parameter that a force may set; "" if the nation alone sets what there is."""
    return next(iter(CHECKS[rule.check].may_be_tightened), "") if rule.check in CHECKS else ""


def _tell(form: Form, refusal: Refusal) -> None:
    told = refusal.errors if isinstance(refusal, Invalid) else {refusal.pointer: [str(refusal)]}
    for name, said in told.items():
        form.add_error(name if name in form.fields else None, said)


def _rows(rule: Rule) -> list[Row]:
    citation: Any = Link(rule.source.citation, rule.source.url) if rule.source.url else rule.source.citation
    values = wording.values(rule)
    return [
        Row(_("How it is judged"), wording.judged(rule)),
        *(Row(_("The nation’s value"), each.national) for each in values),
        *(Row(_("The force’s own value"), each.holds) for each in values if each.is_stricter),
        Row(_("Weight"), wording.weight_name(rule)),
        Row(_("If it is not met"), wording.effect(rule)),
        Row(_("Source"), citation),
        Row(_("Verified"), wording.verified(rule)),
        Row(_("By when"), wording.phase_name(rule)),
        Row(_("Who can put it right"), wording.role_name(rule.fixed_by)),
    ]


def _own(each: Tightening, rule: Rule, force: Force, *, now: date) -> dict[str, Any]:
    """One decision of the force, as a line; `end` leads to the form that ends it, where it goes on."""
    last = each.ends_on - timedelta(days=1) if each.ends_on else None
    return {
        "value": wording.value_in_words(rule, each.parameter, each.value),
        "why": each.why,
        "starts_on": each.starts_on,
        "last": last,
        "never": each.ends_on == each.starts_on,
        "ended_why": each.ended_why,
        "end": reverse("portal:rule-end", args=[force.slug, each.requirement, each.pk])
        if each.ended_at is None
        else "",
        "is_to_come": now < each.starts_on,
    }
