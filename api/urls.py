"""Addresses of the API. None ends in a slash; whatever is not here answers 404 as problem+json."""

from django.urls import path, re_path

from api import (
    deployments,
    exports,
    forces,
    freshness,
    measures,
    notices,
    problems,
    schema,
    start,
    statistics,
)
from api.systems import results, tokens
from api.systems.nothing import NothingToWrite

app_name = "api"
# One that cannot be a reference is no address at all.
REFERENCE = r"(?P<reference>[0-9A-Z-]{1,20})"

urlpatterns = [
    path("", start.Versions.as_view(), name="versions"),
    path("v1", start.Start.as_view(), name="start"),
    path("v1/last-updated", freshness.LastUpdated.as_view(), name="last-updated"),
    path("v1/deployments", deployments.Deployments.as_view(), name="deployments"),
    re_path(
        r"^v1/deployments/(?P<reference>[0-9A-Z-]{1,20})$",
        deployments.Deployment.as_view(),
        name="deployment",
    ),
    path("v1/notices", notices.Notices.as_view(), name="notices"),
    re_path(rf"^v1/notices/{REFERENCE}$", notices.Notice.as_view(), name="notice"),
    path("v1/forces", forces.Forces.as_view(), name="forces"),
    path("v1/forces/<slug:slug>", forces.OneForce.as_view(), name="force"),
    path("v1/measures", measures.Measures.as_view(), name="measures"),
    path("v1/statistics", statistics.Statistics.as_view(), name="statistics"),
    path("oauth/token", tokens.Token.as_view(), name="token"),
    path("v1/results", results.WorkingResults.as_view(), name="working-results"),
    re_path(rf"^v1/results/{REFERENCE}$", results.WorkingResult.as_view(), name="working-result"),
    re_path(
        rf"^v1/results/{REFERENCE}/correction$",
        results.WorkingCorrection.as_view(),
        name="working-correction",
    ),
    re_path(
        rf"^v1/results/{REFERENCE}/withdrawal$",
        results.WorkingWithdrawal.as_view(),
        name="working-withdrawal",
    ),
    *(
        path(f"v1/{name}.{form}", endpoint.as_view(), name=f"{name}-{form}")
        for name, form, endpoint in (
            ("deployments", "csv", exports.DeploymentsCsv),
            ("deployments", "jsonl", exports.DeploymentsLines),
            ("forces", "csv", exports.ForcesCsv),
            ("forces", "jsonl", exports.ForcesLines),
            ("measures", "csv", exports.MeasuresCsv),
            ("measures", "jsonl", exports.MeasuresLines),
            ("statistics", "csv", exports.StatisticsCsv),
            ("statistics", "jsonl", exports.StatisticsLines),
        )
    ),
    path("v1/openapi.json", schema.OpenApi.as_view(), name="openapi"),
    path("problems/<slug:code>", problems.page, name="problem"),
    re_path(r"^.*$", NothingToWrite.as_view(), name="nothing"),
]
