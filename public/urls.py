"""Addresses of the public register. They stay: other people's links and citations point at them.

Every page of records has one address for the national record and, where a demonstration is installed, another
below /demonstration/ for the made-up one.
"""

from django.urls import URLPattern, include, path, register_converter

from public import (
    archive,
    catalogue,
    deployments,
    feeds,
    forces,
    home,
    pages,
    record,
    revisions,
    rules_of_record,
    sitemap,
    wellknown,
)
from public.framework import page as legal_framework
from public.notices import calendar_file, listing, month, one
from public.notices import feeds as notice_feeds
from public.statistics import files, index, table
from public.statistics.capability import page as capability
from public.statistics.comparison import page as comparison
from public.statistics.reconciliation import page as claims
from public.statistics.run_charts import page as run_charts
from public.worlds import DEMONSTRATION, NATIONAL, World

app_name = "public"


class Reference:
    """A public reference, in capitals or not; nothing else in its place reaches the database."""

    regex = "[0-9A-Za-z-]{1,20}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Ending(Reference):
    """The ending of a file's name; which there are, its page says."""

    regex = r"[a-z][a-z.-]{1,20}"


register_converter(Reference, "reference")
register_converter(Ending, "ending")


def records(world: World) -> list[URLPattern]:
    """The pages that show records and figures of one world."""
    told = {"world": world}
    return [
        path("", home.home, told, name="home"),
        path("deployments/", deployments.listing, told, name="deployments"),
        path("deployments/feed.atom", feeds.atom, told, name="feed-atom"),
        path("deployments/feed.json", feeds.as_json, told, name="feed-json"),
        path("deployments/<reference:reference>/", record.record, told, name="deployment"),
        path("deployments/<reference:reference>/rules/", rules_of_record.rules, told, name="record-rules"),
        path("deployments/<reference:reference>/v<int:version>.json", record.stored, told, name="document"),
        *notices(world),
        path("revisions/", revisions.listing, told, name="revisions"),
        path("revisions/revisions.csv", revisions.as_csv, told, name="revisions-csv"),
        path("revisions/feed.atom", feeds.atom, {**told, "only_changes": True}, name="revisions-feed-atom"),
        path(
            "revisions/feed.json", feeds.as_json, {**told, "only_changes": True}, name="revisions-feed-json"
        ),
        *statistics(world),
        *_framework(world),
        path("forces/", forces.index, told, name="forces"),
        path("forces/<slug:slug>/", forces.force, told, name="force"),
        path("forces/<slug:slug>/feed.atom", feeds.atom, told, name="force-feed-atom"),
        path("forces/<slug:slug>/feed.json", feeds.as_json, told, name="force-feed-json"),
    ]


def notices(world: World) -> list[URLPattern]:
    """What the public is told before a deployment."""
    told = {"world": world}
    return [
        path("notices/", listing.listing, told, name="notices"),
        path("notices/calendar/", month.month, told, name="notices-calendar"),
        path("notices/feed.atom", notice_feeds.atom, told, name="notices-feed-atom"),
        path("notices/feed.json", notice_feeds.as_json, told, name="notices-feed-json"),
        path("notices.ics", calendar_file.send, told, name="notices-ics"),
        path("notices/<reference:reference>/", one.notice, told, name="notice"),
        path("notices/<reference:reference>/v<int:version>.json", one.stored, told, name="notice-document"),
        path("forces/<slug:slug>/notices/", listing.of_force, told, name="force-notices"),
        path("forces/<slug:slug>/notices/feed.atom", notice_feeds.atom, told, name="force-notices-feed-atom"),
        path(
            "forces/<slug:slug>/notices/feed.json", notice_feeds.as_json, told, name="force-notices-feed-json"
        ),
        path("forces/<slug:slug>/notices.ics", calendar_file.send, told, name="force-notices-ics"),
    ]


def statistics(world: World) -> list[URLPattern]:
    """National statistics of one world. Subjects that are not tables stand above the tables."""
    told = {"world": world}
    # Nobody claims anything of the made-up record.
    of_claims = [] if world.is_made_up else _reconciliation(world)
    return [
        *of_claims,
        *_capability(world),
        *_comparison(world),
        path("statistics/", index.index, told, name="statistics"),
        path("statistics/<slug:table>/", table.show, told, name="statistics-table"),
        path("statistics/<slug:table>.<ending:ending>", files.send, told, name="statistics-file"),
    ]


def _capability(world: World) -> list[URLPattern]:
    told = {"world": world}
    return [
        path("statistics/force-capability/", capability.capability, told, name="capability"),
        path("statistics/force-capability.csv", capability.as_csv, told, name="capability-csv"),
        path("statistics/force-capability.json", capability.as_json, told, name="capability-json"),
        path(
            "statistics/force-capability-statements.csv",
            capability.statements_csv,
            told,
            name="capability-statements-csv",
        ),
    ]


def _comparison(world: World) -> list[URLPattern]:
    told = {"world": world}
    return [
        path("statistics/comparison/", comparison.show, told, name="comparison"),
        path("statistics/comparison.csv", comparison.as_csv, told, name="comparison-csv"),
        path("statistics/comparison.json", comparison.as_json, told, name="comparison-json"),
        path("statistics/run-charts/", run_charts.show, told, name="run-charts"),
        path("statistics/run-charts.csv", run_charts.as_csv, told, name="run-charts-csv"),
        path("statistics/run-charts.json", run_charts.as_json, told, name="run-charts-json"),
    ]


def _reconciliation(world: World) -> list[URLPattern]:
    told = {"world": world}
    return [
        path("statistics/reconciliation/", claims.reconciliation, told, name="reconciliation"),
        path("statistics/reconciliation/<slug:claim>/", claims.one, told, name="claim"),
        path("statistics/reconciliation.csv", claims.as_csv, told, name="reconciliation-csv"),
        path("statistics/reconciliation.json", claims.as_json, told, name="reconciliation-json"),
    ]


def _framework(world: World) -> list[URLPattern]:
    """The requirements are the nation's in both worlds; which forces are stricter differs."""
    told = {"world": world}
    return [
        path("framework/", legal_framework.framework, told, name="framework"),
        path("framework/framework.csv", legal_framework.as_csv, told, name="framework-csv"),
        path("framework/framework.json", legal_framework.as_json, told, name="framework-json"),
        path("framework/versions/", legal_framework.versions, told, name="framework-versions"),
        path("framework/<slug:requirement>/", legal_framework.requirement, told, name="requirement"),
    ]


urlpatterns = [
    *records(NATIONAL),
    path("demonstration/", include((records(DEMONSTRATION), "demonstration"))),
    path("methods/", pages.methods, name="methods"),
    path("data/", pages.data, name="data"),
    path("data/catalogue.jsonld", catalogue.catalogue, name="catalogue"),
    path("data/latest.zip", archive.latest, {"world": NATIONAL}, name="archive"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("cookies/", pages.cookies, name="cookies"),
    path("contact/", pages.contact, name="contact"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-pages.xml", sitemap.pages, name="sitemap-pages"),
    path("sitemap-records-<int:part>.xml", sitemap.records, name="sitemap-records"),
    path("robots.txt", wellknown.robots, name="robots"),
    path("favicon.ico", wellknown.favicon, name="favicon"),
    path(".well-known/security.txt", wellknown.security, name="security"),
]
