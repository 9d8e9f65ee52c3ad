"""The national centre's admin site: national people only, read by default, changes through actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext_lazy as _

from forces.capabilities import Capability
from forces.permissions import may, require

# What a site without passwords, pop-ups and a log of its own has no use for.
LEFT_OUT = frozenset({"password_change", "password_change_done", "autocomplete", "view_on_site", "logout"})


class NationalAdminSite(admin.AdminSite):
    """Django's admin, for people who hold a national role. There is no superuser.

    Records are stock pages that show and never change (`portal.national.records`); work is done on pages of our own
    (`portal.national.urls`), each of which calls one action.
    """

    site_title = _("National centre")
    site_header = _("National centre")
    index_title = _("Records")
    index_template = "portal/national/records.html"
    enable_nav_sidebar = False
    final_catch_all_view = False
    site_url = None

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what shows without changing: Django and others bring pages of their own that change accounts."""
        if getattr(admin_class, "shows_only", False):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return may(getattr(request, "person", None), Capability.READ_ALL_FORCES)

    def admin_view(  # type: ignore[override]
        self, view: Callable[..., HttpResponse], cacheable: bool = False
    ) -> Callable[..., HttpResponse]:
        """Strangers are asked to sign in; people without a national role are refused, and it is kept."""
        inner = super().admin_view(view, cacheable)

        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if getattr(request, "person", None) is None:
                return _ask_to_sign_in(request)
            require(request.person, Capability.READ_ALL_FORCES)  # type: ignore[attr-defined]
            return inner(request, *args, **kwargs)

        return update_wrapper(page, inner)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from portal.national.urls import pages

        stock = [each for each in super().get_urls() if getattr(each, "name", None) not in LEFT_OUT]
        return [*pages(self), *stock]

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        from portal.national.front import front

        return front(request)

    def records(self, request: HttpRequest) -> HttpResponse:
        """The stock list of all records."""
        return super().index(request, {"title": self.index_title})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way in for everybody."""
        if getattr(request, "person", None) is not None:
            return redirect("admin:index")
        return _ask_to_sign_in(request)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("admin:index")
    return redirect(f"{reverse('sign-in')}?{urlencode({'next': wanted})}")
