"""What every page of a force shares: who may open it, whose it is, and the menu that leads about."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from deployments.models import Deployment
from deployments.planning.models import Plan
from design.navigation import MenuItem
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import may
from portal import typed

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Strangers are asked to sign in, and come back to the page they wanted, and to what they had typed there."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.person is None:  # type: ignore[attr-defined]
            if request.method == "POST":
                typed.keep(request)
            wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
            return redirect(f"{reverse('sign-in')}?{urlencode({'next': wanted})}")
        request.typed = typed.take(request)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return require_http_methods(["GET", "HEAD", "POST"])(page)


def force_page(view: View) -> View:
    """The view is given the force of the address; a force one may not read is no different from none."""

    @wraps(view)
    def page(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        person: Person = request.person  # type: ignore[attr-defined]
        force = forces_of(person).filter(slug=slug).first()
        if force is None:
            raise Http404
        return view(request, force, *args, **kwargs)

    return signed_in(page)


def deployment_page(view: View) -> View:
    """The view is given the force's deployment; another force's reference is no different from none."""

    @wraps(view)
    def page(request: HttpRequest, force: Force, reference: str, **kwargs: Any) -> HttpResponse:
        person: Person = request.person  # type: ignore[attr-defined]
        deployment = (
            Deployment.objects.visible_to(person)
            .filter(force=force, reference=reference)
            .select_related("current__algorithm", "correction__algorithm")
            .first()
        )
        if deployment is None:
            raise Http404
        deployment.force = force
        for result in filter(None, (deployment.current, deployment.correction)):
            result.deployment = deployment
        return view(request, force, deployment, **kwargs)

    return force_page(page)


def plan_page(view: View) -> View:
    """The view is given the force's plan; one that this person may not read is no different from none."""

    @wraps(view)
    def page(request: HttpRequest, force: Force, reference: str, **kwargs: Any) -> HttpResponse:
        person: Person = request.person  # type: ignore[attr-defined]
        plan = plans_of(person, force).filter(reference=reference).with_people().first()
        if plan is None:
            raise Http404
        plan.force = force
        return view(request, force, plan, **kwargs)

    return force_page(page)


def plans_of(person: Person, force: Force):
    """The force's plans that this person may read: before the event only with the right to."""
    return Plan.objects.seen_by(person, at=db_now()).filter(force=force)


def forces_of(person: Person):
    """The forces whose records this person may read."""
    readable = person.grants.readable_forces()
    return Force.objects.all() if readable is None else Force.objects.filter(pk__in=readable)


def show(
    request: HttpRequest,
    template: str,
    force: Force,
    context: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page of the force. A form with errors in it is answered with 422."""
    context = {"force": force, "menu": menu(request, force), **(context or {})}
    form = context.get("form")
    if status == 200 and form is not None and form.is_bound and form.errors:
        status = 422
    return render(request, f"portal/force/{template}.html", context, status=status)


def menu(request: HttpRequest, force: Force) -> list[MenuItem]:
    """The force's menu, for this person: pages they may not open are left out."""
    person: Person = request.person  # type: ignore[attr-defined]
    places = [(_("Dashboard"), "portal:dashboard"), (_("Plans"), "portal:plans")]
    places.append((_("Deployments"), "portal:deployments"))
    places.append((_("Documents"), "portal:documents"))
    if may(person, Capability.READ_RECORDS, force) or may(person, Capability.MANAGE_TEAM, force):
        places.append((_("Team"), "portal:team"))
    if may(person, Capability.MANAGE_SYSTEMS, force):
        places.append((_("Systems"), "portal:systems"))
    places.append((_("Rules"), "portal:rules"))
    if may(person, Capability.READ_AUDIT, force) or may(person, Capability.READ_NATIONAL_AUDIT):
        places.append((_("History"), "portal:history"))
    items = []
    for text, name in places:
        href = reverse(name, args=[force.slug])
        within = request.path.startswith(href) and name != "portal:dashboard"
        here = "page" if request.path == href else "true" if within else ""
        items.append(MenuItem(text, href, here))
    several = person.grants.readable_forces()
    if several is None or len(several) > 1:
        items.append(MenuItem(_("Change force"), reverse("portal:home")))
    return items


def address(name: str, deployment: Deployment | Plan) -> str:
    """Where a page about this deployment, or this plan, is."""
    return reverse(f"portal:{name}", args=[deployment.force.slug, deployment.reference])


def public_address(force: Force, name: str, argument: str) -> str:
    """Where the public finds it: made-up forces have pages of their own."""
    world = "public:demonstration" if force.is_made_up else "public"
    return reverse(f"{world}:{name}", args=[argument])


def people_named(ids: Collection[int | None]) -> dict[int | None, str]:
    """Names by id, of those whose names the reader may see."""
    known = [each for each in ids if each]
    return dict(Person.objects.filter(pk__in=known).values_list("pk", "name")) if known else {}
