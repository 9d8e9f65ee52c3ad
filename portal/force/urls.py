"""Addresses of a force's pages. The force is always in the address: acting for another is a deliberate step."""

from django.urls import URLPattern, URLResolver, include, path

from portal.force import (
    alerts,
    dashboard,
    deployments,
    documents,
    history,
    publishing,
    recording,
    redacting,
    rules,
    systems,
    team,
    withdrawing,
)
from portal.force.authority import urls as authority
from portal.force.planning import urls as planning

app_name = "portal"

deployment = [
    path("", deployments.deployment, name="deployment"),
    path("amend/", recording.amend, name="amend"),
    path("questions/", recording.questions, name="questions"),
    path("discard/", recording.discard, name="discard"),
    path("review/", publishing.review, name="review"),
    path("send-back/", publishing.send_back, name="send-back"),
    path("resubmit/", recording.resubmit, name="resubmit"),
    path("publish/", publishing.publish, name="publish"),
    path("correct/", recording.correct, name="correct"),
    path("withdraw/", publishing.withdraw, name="withdraw"),
    path("ask-withdrawal/", withdrawing.ask, name="ask-withdrawal"),
    path("decline-withdrawal/", withdrawing.decline, name="decline-withdrawal"),
    path("redact/", redacting.redact, name="redact"),
]

force: list[URLPattern | URLResolver] = [
    path("", dashboard.dashboard, name="dashboard"),
    path("deployments/", deployments.deployments, name="deployments"),
    path("deployments/record/", recording.record, name="record"),
    path("deployments/<str:reference>/", include(deployment)),
    *planning.plans,
    path("plans/<str:reference>/", include([*planning.plan, *authority.plan])),
    path("team/", team.team, name="team"),
    path("team/invite/", team.invite, name="invite"),
    path("team/<int:membership>/", team.member, name="member"),
    path("systems/", systems.systems, name="systems"),
    path("systems/connect/", systems.connect, name="connect"),
    path("systems/<uuid:system>/", systems.system, name="system"),
    path("alerts/<int:alert>/", alerts.seen, name="alert-seen"),
    path("documents/", documents.documents, name="documents"),
    path("documents/add/", documents.add, name="document-add"),
    path("documents/contact/", documents.contact, name="contact"),
    path("documents/<uuid:document>/", documents.document, name="force-document"),
    path("documents/<uuid:document>/version/", documents.version, name="document-version"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<slug:requirement>/", rules.rule, name="rule"),
    path("rules/<slug:requirement>/end/<int:tightening>/", rules.end, name="rule-end"),
    path("history/", history.history, name="history"),
]

urlpatterns = [
    path("", dashboard.home, name="home"),
    path("<slug:slug>/", include(force)),
]
