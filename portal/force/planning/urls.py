"""Addresses of a force's plans: the list, and what is written about one, after `plans/<reference>/`."""

from django.urls import path

from portal.force.planning import beginning, checking, listing, overview, past, recording, tasks

plans = [
    path("plans/", listing.plans, name="plans"),
    path("plans/begin/", beginning.begin, name="begin-plan"),
]

plan = [
    path("", overview.plan, name="plan"),
    path("tasks/<slug:task>/", tasks.task, name="task"),
    path("operation/", beginning.operation, name="plan-operation"),
    path("check/", checking.check, name="check-plan"),
    path("record/", recording.record, name="record-plan"),
    path("history/", past.history, name="plan-history"),
    path("history/<int:number>/", past.revision, name="plan-revision"),
]
