"""Stock admin pages that show records and never change one. Work is done on pages that call actions.

Everything that a stock page asks of the database goes through `NationalAdmin`: its list, its objects and the choices
of its filters.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Field, Model, OuterRef, QuerySet, Subquery, URLField
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from coordination.evaluations.models import AlgorithmVersion
from events.models import Delivery, Event
from events.registry import EVENTS
from forces.capabilities import Capability
from forces.guard import ForceManager, ForceOwned
from forces.models import Appointment, Force, LfrUse, Membership, Person
from forces.permissions import may
from jobs.models import Job
from portal.national.audit import seen_by
from portal.national.wording import details_of, label_of

REASON = "the national centre reads every force's records after the event"


def rows_of(model: type[Model]) -> QuerySet[Any]:
    """All rows of a model, whoever's they are, as far as the database's scope lets the reader see them."""
    manager = model._default_manager
    return manager.across_forces(reason=REASON) if isinstance(manager, ForceManager) else manager.all()


class NationalAdmin(admin.ModelAdmin):
    """Shows; adds, changes and deletes nothing. `reads` is what the reader must hold."""

    shows_only = True
    reads = Capability.READ_ALL_FORCES
    actions = None
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "portal/national/record.html"
    view_on_site = False
    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(getattr(request, "person", None), self.reads)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        ordering = self.get_ordering(request)
        rows = rows_of(self.model)
        return rows.order_by(*ordering) if ordering else rows

    def get_field_queryset(self, db: Any, db_field: Field, request: HttpRequest) -> QuerySet[Any] | None:
        related = db_field.remote_field.model if db_field.remote_field else None
        return rows_of(related) if related is not None and issubclass(related, ForceOwned) else None

    def get_urls(self) -> list[URLPattern]:
        """The list and the record; no add, delete or history (ours is the audit page)."""
        kept = (f"{self.opts.app_label}_{self.opts.model_name}_{view}" for view in ("changelist", "change"))
        names = set(kept)
        return [each for each in super().get_urls() if getattr(each, "name", None) in names]


@admin.register(Force)
class ForceAdmin(NationalAdmin):
    list_display = ("name", "code", "body_type", "realm", "region", "population", "valid_until")
    list_filter = ("realm", "body_type")
    search_fields = ("name", "name_cy", "code", "slug", "area_name")


class MembershipLines(admin.TabularInline):
    model = Membership
    fields = ("force", "role", "rank", "period")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(getattr(request, "person", None), Capability.READ_ALL_FORCES)


class AppointmentLines(MembershipLines):
    model = Appointment  # type: ignore[assignment]
    fields = ("role", "period")  # type: ignore[assignment]


@admin.register(Person)
class PersonAdmin(NationalAdmin):
    list_display = ("name", "public_id", "created_at", "work_on")
    search_fields = ("name", "logins__email")
    inlines = (MembershipLines, AppointmentLines)

    @admin.display(description=_("Change"))
    def work_on(self, person: Person) -> str:
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:national-person", args=[person.public_id]),
            _("Roles and logins"),
        )


@admin.register(Membership)
class MembershipAdmin(NationalAdmin):
    list_display = ("person", "force", "role", "rank", "period")
    list_filter = ("role", "rank", "force")
    list_select_related = ("person", "force")
    search_fields = ("person__name",)
    fields = ("person", "force", "role", "rank", "period")


@admin.register(Appointment)
class AppointmentAdmin(NationalAdmin):
    list_display = ("person", "role", "period")
    list_filter = ("role",)
    list_select_related = ("person",)
    search_fields = ("person__name",)
    fields = ("person", "role", "period")


@admin.register(LfrUse)
class LfrUseAdmin(NationalAdmin):
    list_display = ("force", "technology", "status", "period", "is_verified", "source")
    list_filter = ("status", "technology", "is_verified", "force")
    list_select_related = ("force",)
    search_fields = ("force__name", "source")


class KindFilter(admin.SimpleListFilter):
    """What happened, in words."""

    title = _("what happened")
    parameter_name = "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return sorted(((name, label_of(name)) for name in EVENTS), key=lambda pair: str(pair[1]).casefold())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(name=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(NationalAdmin):
    reads = Capability.READ_NATIONAL_AUDIT
    list_display = ("happened_at", "what", "details", "who", "force", "reason")
    list_filter = (KindFilter, "force", "happened_at", "is_public")
    list_select_related = ("force",)
    search_fields = ("=subject", "reason", "person_name")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        name = Person.objects.filter(pk=OuterRef("person_id")).values("name")[:1]
        rows = seen_by(super().get_queryset(request), request.person)  # type: ignore[attr-defined]
        return rows.annotate(person_name=Subquery(name))

    @admin.display(description=_("what"))
    def what(self, event: Event) -> str:
        return str(label_of(event.name))

    @admin.display(description=_("about"))
    def details(self, event: Event) -> str:
        return details_of(event, {})

    @admin.display(description=_("who"))
    def who(self, event: Any) -> str:
        return event.person_name or str(_("the system"))


@admin.register(Delivery)
class DeliveryAdmin(NationalAdmin):
    reads = Capability.REPLAY_EVENTS
    list_display = ("id", "subscriber", "event", "state", "attempts", "due_at", "cause", "try_again")
    list_filter = ("state", "subscriber")
    list_select_related = ("event",)
    search_fields = ("subscriber", "=event__subject")
    ordering = ("-id",)

    @admin.display(description=_("Replay"))
    def try_again(self, delivery: Delivery) -> str:
        if delivery.state != Delivery.State.PARKED:
            return ""
        address = reverse("admin:national-decide-item", args=["parked", delivery.pk])
        return format_html('<a href="{}">{}</a>', address, _("Try it again"))


@admin.register(Job)
class JobAdmin(NationalAdmin):
    list_display = ("kind", "force", "state", "requested_by", "requested_at", "done", "total", "error")
    list_filter = ("state", "kind", "force")
    list_select_related = ("force", "requested_by")
    search_fields = ("=uid", "error")
    ordering = ("-id",)


@admin.register(AlgorithmVersion)
class AlgorithmVersionAdmin(NationalAdmin):
    list_display = ("vendor", "product", "version", "technology", "is_verified", "is_made_up", "source")
    list_filter = ("technology", "is_verified", "is_made_up")
    search_fields = ("vendor", "product", "version")
