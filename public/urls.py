"""Addresses of the public register. They stay: other people's links and citations point at them.

Every page has one address for the national record and, where a demonstration is installed, another below
/demonstration/ for the made-up one.
"""

from django.urls import URLPattern, include, path, register_converter

from public import deployments, record
from public.worlds import DEMONSTRATION, NATIONAL, World

app_name = "public"


class Reference:
    """A public reference; nothing else in its place reaches the database."""

    regex = "[0-9A-Z-]{1,20}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "reference")


def pages(world: World) -> list[URLPattern]:
    """The pages that show records and figures of one world."""
    told = {"world": world}
    return [
        path("deployments/", deployments.listing, told, name="deployments"),
        path("deployments/<reference:reference>/", record.record, told, name="deployment"),
        path("deployments/<reference:reference>/v<int:version>.json", record.stored, told, name="document"),
    ]


urlpatterns = [
    *pages(NATIONAL),
    path("demonstration/", include((pages(DEMONSTRATION), "demonstration"))),
]
