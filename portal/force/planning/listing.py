"""A force's plans: what is to come first, then what is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from deployments.planning.models import BINDING, WRITABLE, Plan
from design.forms import FilterForm
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import may
from portal.force import answers
from portal.force.pages import force_page, plans_of, show
from portal.force.planning.standing import standing

PER_PAGE = 25
S = Plan.Status
STATES = (
    ("ahead", gettext_lazy("Still to come")),
    ("writing", gettext_lazy("Being written")),
    ("to_assess", gettext_lazy("Waits to be assessed")),
    ("to_authorise", gettext_lazy("Waits to be authorised")),
    ("to_tell", gettext_lazy("Authorised, public not told")),
    ("told", gettext_lazy("Public is told")),
    ("held", gettext_lazy("Must be looked at again")),
    ("live", gettext_lazy("In progress")),
    ("over", gettext_lazy("Has taken place")),
    ("cancelled", gettext_lazy("Cancelled")),
)


class PlanFilter(FilterForm):
    """Which plans a list shows."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("All")), *STATES], required=False
    )
    q = forms.CharField(
        label=gettext_lazy("Place, operation or reference"), max_length=100, required=False, strip=True
    )


@force_page
def plans(request: HttpRequest, force: Force) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    at = db_now()
    filters = PlanFilter(request.GET)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    everything = plans_of(person, force)
    found = _those(everything, wanted, at)
    paginator = Paginator(_in_order(found.with_people(), at), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "rows": [_row(each, at) for each in page],
        "page": page,
        "count": paginator.count,
        "is_narrowed": any(wanted.values()),
        "previous": _page_address(request, page.previous_page_number()) if page.has_previous() else "",
        "next": _page_address(request, page.next_page_number()) if page.has_next() else "",
        "may_plan": may(person, Capability.PLAN_DEPLOYMENTS, force),
    }
    return show(request, "planning/plans", force, context)


def _row(plan: Plan, at: datetime) -> dict[str, Any]:
    return {
        "plan": plan,
        "standing": standing(plan, at),
        "window": answers.window(plan),
        "done": 8 - len({*plan.missing(), *plan.to_confirm()}) if plan.status in WRITABLE else None,
    }


def _those(found, wanted: dict[str, Any], at: datetime):
    state = wanted.get("state")
    if state:
        found = found.filter(_of_state(state, at))
    if words := wanted.get("q"):
        found = found.filter(
            Q(place__icontains=words) | Q(operation__name__icontains=words) | Q(reference__icontains=words)
        )
    return found


def _of_state(state: str, at: datetime) -> Q:
    match state:
        case "ahead":
            return Q(starts_at__gt=at) & ~Q(status=S.CANCELLED)
        case "writing":
            return Q(status__in=WRITABLE)
        case "to_assess":
            return Q(status=S.SUBMITTED, urgency="")
        case "to_authorise":
            return Q(status=S.ASSESSED) | Q(status=S.SUBMITTED) & ~Q(urgency="")
        case "to_tell":
            return Q(status=S.AUTHORISED) & ~Q(ends_at__lte=at)
        case "told":
            return Q(status=S.NOTIFIED, ends_at__gt=at)
        case "live":
            return Q(status__in=BINDING, starts_at__lte=at, ends_at__gt=at)
        case "over":
            return Q(status__in=BINDING, ends_at__lte=at)
    return Q(status=state)


def _in_order(found, at: datetime):
    """What has no day yet, then what is to come by its start, then what is over or cancelled, latest first."""
    is_past = Case(
        When(Q(ends_at__lte=at) | Q(status=S.CANCELLED), then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    return found.annotate(is_past=is_past).order_by(
        "is_past",
        Case(When(is_past=0, then=F("starts_at"))).asc(nulls_first=True),
        F("starts_at").desc(nulls_last=True),
        "-pk",
    )


def _page_address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
