"""Addresses of what is decided about one plan, after `plans/<reference>/`."""

from django.urls import path

from portal.force.authority import assessing, deciding, outcome, overriding, running, telling

plan = [
    path("assess/", assessing.assess, name="assess"),
    path("authorise/", deciding.authorise, name="authorise"),
    path("decided/", outcome.decided, name="decided"),
    path("override/<slug:requirement>/", overriding.override, name="override"),
    path("attest/<slug:requirement>/", overriding.attest, name="attest"),
    path("notice/", telling.notice, name="notice"),
    path("defer/", telling.defer, name="defer"),
    path("cancel/", telling.cancel, name="cancel-plan"),
    path("running/", running.running, name="running"),
]
