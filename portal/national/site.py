"""The national centre's admin site: national people only, read by default, changes through actions."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from forces.capabilities import Capability
from forces.permissions import may


class NationalAdminSite(admin.AdminSite):
    """Django's admin, for people who hold a national role. There is no superuser."""

    def has_permission(self, request: HttpRequest) -> bool:
        person = getattr(request, "person", None)
        return may(person, Capability.READ_ALL_FORCES)
