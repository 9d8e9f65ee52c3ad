"""What happened to a plan, in words: what an event of a force's history says beside its name and its reason."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deployments.planning.choices import DeferralGround, LiveDecision
from deployments.planning.fields import BY_CODE
from deployments.planning.models import Authority
from design.numbers import moment_text
from events.models import Event
from forces.ranks import Rank
from forces.words import Words

# Steps of somebody's own work, too small for what happened lately.
SMALL = ("plan.task_saved.v1", "plan.answers_confirmed.v1", "plan.operation_chosen.v1")
TRIED: dict[str, Words] = {
    "assess": gettext_lazy("to assess it"),
    "authorise": gettext_lazy("to authorise it"),
    "record_oral_authority": gettext_lazy("to record urgent authority"),
    "confirm": gettext_lazy("to confirm urgent authority"),
    "uphold": gettext_lazy("to let the authority stand"),
    "override": gettext_lazy("to set a national condition aside"),
    "attest": gettext_lazy("to attest a requirement"),
    "notify": gettext_lazy("to publish the notice"),
    "defer": gettext_lazy("to withhold the notice"),
    "cancel": gettext_lazy("to cancel it"),
    "command": gettext_lazy("to decide for the commander"),
}
WHY: dict[str, Words] = {
    "own_plan": gettext_lazy("they wrote part of it"),
    "stale": gettext_lazy("its words had changed"),
    "wrong_state": gettext_lazy("it did not wait for that"),
    "not_ready": gettext_lazy("requirements that block were not met"),
    "too_late": gettext_lazy("it was too late for that as it was"),
    "incomplete": gettext_lazy("it was not complete"),
    "invalid": gettext_lazy("what was said could not be so"),
}


def details(event: Event) -> list[str]:
    """What the event says, a few words each, without its reason."""
    told = event.payload
    said: list[str] = []
    if (code := told.get("task")) in BY_CODE:
        said.append(str(BY_CODE[code].title))
        names = told.get("changed") or told.get("confirmed") or ""
        known = {field.name: str(field.label) for field in BY_CODE[code].fields}
        said += [known.get(name, name) for name in names.split(", ") if name]
    if told.get("kind") in Authority.Kind.values:
        said.append(str(Authority.Kind(told["kind"]).label))
    if told.get("rank") in Rank.values:
        said.append(str(Rank(told["rank"]).label))
    if told.get("given_at"):
        said.append(_("given on %(when)s") % {"when": moment_text(datetime.fromisoformat(told["given_at"]))})
    if told.get("late"):
        said.append(_("late"))
    if told.get("short"):
        said.append(_("at short notice"))
    if told.get("urgent"):
        said.append(_("urgent"))
    if told.get("ground") in DeferralGround.values:
        said.append(str(DeferralGround(told["ground"]).label))
    if event.name == "plan.commander_decided.v1" and told.get("decision") in LiveDecision.values:
        said.append(str(LiveDecision(told["decision"]).label))
    if told.get("requirement"):
        said.append(told["requirement"])
    if event.name == "plan.attempt_refused.v1":
        said += [str(TRIED.get(told["tried"], told["tried"])), str(WHY.get(told["why"], told["why"]))]
    return said
