"""The admin belongs to the national centre: see config/national.py."""

from django.contrib.admin.apps import AdminConfig


class NationalAdminConfig(AdminConfig):
    default_site = "portal.national.site.NationalAdminSite"

    def ready(self) -> None:
        super().ready()
        from config import health  # noqa: F401 - registers the check of the database role
