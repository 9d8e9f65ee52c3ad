"""Every urgent authority given by word of mouth, in the whole country, and whether it was confirmed in writing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deployments.planning.models import Authority, Plan
from design.components import Column, Table
from design.forms import FilterForm
from design.numbers import moment_text
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import may
from portal.national.imports import page_of, turning
from portal.national.pages import needs, show
from portal.national.picture import force_words, plan_link, rank_words

A_PAGE = 50
STATES = {
    "late": gettext_lazy("Not confirmed, and late"),
    "waiting": gettext_lazy("To be confirmed, in time"),
    "confirmed": gettext_lazy("Confirmed in time"),
    "confirmed-late": gettext_lazy("Confirmed late"),
    "void": gettext_lazy("Void"),
}


class UrgentFilter(FilterForm):
    force = forms.ModelChoiceField(
        label=gettext_lazy("Force"),
        queryset=Force.objects.all(),
        to_field_name="slug",
        empty_label=gettext_lazy("All forces"),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("Any")), *STATES.items()]
    )


@needs(Capability.READ_ALL_FORCES)
def urgent(request: HttpRequest) -> HttpResponse:
    """The latest first. Filters and page are in the address."""
    reader: Person = request.person  # type: ignore[attr-defined]
    at = db_now()
    filters = UrgentFilter(request.GET)
    seen = Plan.objects.seen_by(reader, at=at)
    rows = Authority.objects.visible_to(reader).filter(
        kind=Authority.Kind.URGENT_ORAL, plan__in=seen.values("pk")
    )
    if filters.is_valid():
        if filters.cleaned_data["force"]:
            rows = rows.filter(force=filters.cleaned_data["force"])
        if filters.cleaned_data["state"]:
            rows = rows.filter(_in_state(filters.cleaned_data["state"], at))
    else:
        rows = rows.none()
    ordered = rows.select_related("force", "plan", "confirmed_by").defer("readiness", "plan__content")
    page = page_of(request, ordered.order_by("-given_at", "-pk"), A_PAGE)
    context = {
        "filters": filters,
        "table": _table(list(page), at),
        "count": page.paginator.count,
        "sees_plans": may(reader, Capability.READ_NATIONAL_PLANS),
        **turning(request, page),
    }
    return show(request, "urgent", context)


def _in_state(state: str, at: datetime) -> Q:
    stands = Q(voided_at=None)
    return {
        "late": stands & Q(confirmed_by=None, confirm_by__lt=at),
        "waiting": stands & Q(confirmed_by=None, confirm_by__gte=at),
        "confirmed": stands & Q(confirmed_at__lte=F("confirm_by")),
        "confirmed-late": stands & Q(confirmed_at__gt=F("confirm_by")),
        "void": Q(voided_at__isnull=False),
    }[state]


def state_of(given: Authority, at: datetime) -> str:
    """A code of STATES."""
    assert given.confirm_by is not None  # noqa: S101 - by constraint, of what is urgent
    if given.voided_at is not None:
        return "void"
    if given.confirmed_at is not None:
        return "confirmed" if given.confirmed_at <= given.confirm_by else "confirmed-late"
    return "late" if given.confirm_by < at else "waiting"


def _table(given: list[Authority], at: datetime) -> Table:
    rows: list[list[Any]] = [
        [
            plan_link(each.plan),
            force_words(each.force),
            each.plan.place,
            moment_text(each.given_at),
            rank_words(each.rank),
            moment_text(each.confirm_by),
            str(STATES[state_of(each, at)]),
        ]
        for each in given
        if each.given_at is not None and each.confirm_by is not None
    ]
    columns = [_("Plan"), _("Force"), _("Place"), _("Given, as the officer says"), _("On the rank of")]
    columns += [_("To be confirmed in writing by"), _("State")]
    return Table(
        _("Urgent authorities"),
        [Column(each, nowrap=not place) for place, each in enumerate(columns)],
        rows,
        caption_hidden=True,
        stacked=True,
    )
