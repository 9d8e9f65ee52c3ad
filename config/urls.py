"""Addresses. The public ones stay: other people's links and citations point at them."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from config.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("language/", set_language, name="set_language"),
    path("api/", include("api.urls")),
    path("developers/", include("api.developers")),
    path("portal/", include("portal.force.urls")),
    path("sign-in/", include("portal.sign_in.urls")),
    path("admin/", admin.site.urls),
    path("", include("public.urls")),
]
if settings.DEBUG:
    urlpatterns.insert(0, path("design/", include("design.urls")))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
