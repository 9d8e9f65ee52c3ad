"""What happened, in words and in order: one deployment's, or the whole force's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation.signals.models import Decision
from coordination.collation.watching import BY_CODE as WATCHED
from deployments.facts import label
from deployments.models import Deployment
from design import components
from events.models import Event
from forces.capabilities import FOR_SYSTEMS, Capability
from forces.models import Force, Person
from forces.permissions import may, require
from forces.roles import FORCE_ROLES
from forces.words import Words
from portal.force import planned
from portal.force.pages import force_page, people_named, show

PER_PAGE = 50

LABELS: dict[str, Words] = {
    "deployment.recorded.v1": gettext_lazy("Result recorded"),
    "deployment.amended.v1": gettext_lazy("Result changed"),
    "deployment.questions_answered.v1": gettext_lazy("Questions about the figures answered"),
    "deployment.reviewed.v1": gettext_lazy("Reviewed"),
    "deployment.sent_back.v1": gettext_lazy("Sent back"),
    "deployment.resubmitted.v1": gettext_lazy("Given back for review unchanged"),
    "deployment.discarded.v1": gettext_lazy("Discarded"),
    "deployment.published.v1": gettext_lazy("Published on the national register"),
    "deployment.correction_prepared.v1": gettext_lazy("Correction prepared"),
    "deployment.corrected.v1": gettext_lazy("Correction published on the national register"),
    "deployment.withdrawn.v1": gettext_lazy("Withdrawn from the national register"),
    "deployment.withdrawal_asked.v1": gettext_lazy("Withdrawal asked for"),
    "deployment.withdrawal_declined.v1": gettext_lazy("Withdrawal declined"),
    "operation.begun.v1": gettext_lazy("Operation begun"),
    "plan.drafted.v1": gettext_lazy("Plan begun"),
    "plan.task_saved.v1": gettext_lazy("Plan changed"),
    "plan.answers_confirmed.v1": gettext_lazy("Copied answers confirmed"),
    "plan.operation_chosen.v1": gettext_lazy("Operation of a plan chosen"),
    "plan.submitted.v1": gettext_lazy("Plan submitted"),
    "plan.assessed.v1": gettext_lazy("Plan assessed"),
    "plan.returned.v1": gettext_lazy("Plan sent back with a question"),
    "plan.refused.v1": gettext_lazy("Plan refused"),
    "plan.authorised.v1": gettext_lazy("Plan authorised"),
    "plan.authority_confirmed.v1": gettext_lazy("Urgent authority confirmed in writing"),
    "plan.authority_voided.v1": gettext_lazy("Authority void"),
    "plan.condition_overridden.v1": gettext_lazy("A national condition was set aside"),
    "plan.attested.v1": gettext_lazy("A requirement was attested"),
    "plan.notified.v1": gettext_lazy("Notice published"),
    "plan.notice_deferred.v1": gettext_lazy("Notice withheld for now"),
    "plan.held.v1": gettext_lazy("Plan held: what it relied on has changed"),
    "plan.upheld.v1": gettext_lazy("Plan looked at again: the authority stands"),
    "plan.commander_alerted.v1": gettext_lazy("Commander told: what the deployment relied on has changed"),
    "plan.commander_decided.v1": gettext_lazy("Commander decided"),
    "plan.cancelled.v1": gettext_lazy("Deployment cancelled"),
    "plan.overseen.v1": gettext_lazy("Looked at by the national centre"),
    "plan.attempt_refused.v1": gettext_lazy("Refused: tried to decide what they may not"),
    "register.entered.v1": gettext_lazy("Placed on the national register"),
    "register.notice_entered.v1": gettext_lazy("Notice placed on the national register"),
    "register.redacted.v1": gettext_lazy("A published document was removed"),
    "redaction.proposed.v1": gettext_lazy("Removal of a published document asked for"),
    "redaction.refused.v1": gettext_lazy("Removal of a published document refused"),
    "person.invited.v1": gettext_lazy("Person invited"),
    "role.granted.v1": gettext_lazy("Role granted"),
    "role.revoked.v1": gettext_lazy("Role ended"),
    "system.connected.v1": gettext_lazy("System connected"),
    "system.changed.v1": gettext_lazy("What a system may do was changed"),
    "system.disconnected.v1": gettext_lazy("System disconnected"),
    "login.disabled.v1": gettext_lazy("Login disabled"),
    "login.enabled.v1": gettext_lazy("Login enabled again"),
    "login.link_issued.v1": gettext_lazy("Link to choose a password given"),
    "login.failed.v1": gettext_lazy("Sign-in failed"),
    "login.locked.v1": gettext_lazy("Sign-in locked for a while after too many failures"),
    "login.signed_in.v1": gettext_lazy("Signed in"),
    "login.signed_out.v1": gettext_lazy("Signed out"),
    "access.refused.v1": gettext_lazy("Refused: no right to do it"),
    "alert.acknowledged.v1": gettext_lazy("Alert seen"),
    "contact.set.v1": gettext_lazy("Contact for the public changed"),
    "document.published.v1": gettext_lazy("Document published"),
    "document.withdrawn.v1": gettext_lazy("Document withdrawn"),
    "text.refused.v1": gettext_lazy("Refused: a text seemed to hold personal data"),
    "signal.raised.v1": gettext_lazy("The published figures show a sign of change"),
    "signal.ended.v1": gettext_lazy("The published figures no longer show a sign of change"),
    "signal.decided.v1": gettext_lazy("The national centre decided on a sign of change"),
    "framework.tightened.v1": gettext_lazy("The force holds itself to more than the legal framework asks"),
    "framework.tightening_ended.v1": gettext_lazy("A stricter value of the force’s own ends"),
    "use.declared.v1": gettext_lazy("Use of the technology declared"),
    "force.added.v1": gettext_lazy("Force added"),
    "force.succeeded.v1": gettext_lazy("Successor named"),
}
SENDINGS = ("deployment.sent_back.v1", "deployment.resubmitted.v1")
# The register tells the public what the force's own event tells the force.
TOLD_TWICE = ("register.entered.v1",)


@force_page
def history(request: HttpRequest, force: Force) -> HttpResponse:
    """The force's own audit trail, latest first, for those who may read it."""
    person = request.person  # type: ignore[attr-defined]
    if not may(person, Capability.READ_NATIONAL_AUDIT):
        require(person, Capability.READ_AUDIT, force)
    found = Event.objects.filter(force=force).order_by("-id")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    events = list(found[: PER_PAGE + 1])
    page = events[:PER_PAGE]
    following = f"?before={page[-1].pk}" if len(events) > PER_PAGE else ""
    context = {
        "timeline": in_words(page, force, with_subject=True),
        "next": following,
        "previous": reverse("portal:history", args=[force.slug]) if before else "",
    }
    return show(request, "history", force, context)


def events_of(deployment: Deployment) -> list[Event]:
    """What happened to one deployment, latest first."""
    events = Event.objects.filter(force=deployment.force, subject=deployment.reference).order_by("-id")
    return list(events.exclude(name__in=TOLD_TWICE)[:200])


def of_review(deployment: Deployment, version: int) -> list[components.Event]:
    """Each time this version was sent back, or given back as it was; latest first."""
    events = Event.objects.filter(
        force=deployment.force, subject=deployment.reference, name__in=SENDINGS, payload__version=version
    )
    return in_words(list(events.order_by("-id")[:20]), deployment.force)


def latest(force: Force, number: int) -> list[Event]:
    """The latest things that happened to the force's plans and deployments, each with the name of who did it."""
    ours = Q(name__startswith="deployment.") | Q(name__startswith="plan.")
    who = Subquery(Person.objects.filter(pk=OuterRef("person_id")).values("name"))
    events = Event.objects.filter(ours, force=force).exclude(name__in=planned.SMALL).order_by("-id")
    return list(events.annotate(who=who)[:number])


def in_words(
    events: Sequence[Event],
    force: Force,
    *,
    with_subject: bool = False,
    names: Mapping[int | None, str] | None = None,
) -> list[components.Event]:
    """Events as lines of a timeline, with names where they may be read; `names` if they are known already."""
    names = people_named(people_in(events)) if names is None else names
    return [_line(event, force, names, with_subject) for event in events]


def people_in(events: Iterable[Event]) -> set[int]:
    ids = {event.person_id for event in events if event.person_id}
    return ids | {event.payload["person"] for event in events if isinstance(event.payload.get("person"), int)}


def _line(
    event: Event, force: Force, names: Mapping[int | None, str], with_subject: bool
) -> components.Event:
    leads = _leads_to(event, force) if with_subject else ""
    by = names.get(event.person_id, _("somebody outside the force")) if event.person_id else _("the system")
    return components.Event(
        str(LABELS.get(event.name, event.name)),
        event.happened_at,
        by=by,
        text=_details(event, names),
        href=leads,
        link=event.subject if leads else "",
    )


def _leads_to(event: Event, force: Force) -> str:
    """The page of what it happened to, of a deployment or a plan; "" for anything else."""
    for subject, name in (("deployment.", "portal:deployment"), ("plan.", "portal:plan")):
        if event.name.startswith(subject):
            return reverse(name, args=[force.slug, event.subject])
    return ""


def _details(event: Event, names: Mapping[int | None, str]) -> str:
    payload, said = event.payload, []
    if isinstance(payload.get("person"), int):
        said.append(names.get(payload["person"], _("somebody outside the force")))
    if payload.get("role") in FORCE_ROLES:
        said.append(str(FORCE_ROLES[payload["role"]].name))
    if event.name.startswith("plan."):
        said += planned.details(event)
    elif payload.get("changed"):
        fields = [name for name in payload["changed"].split(", ") if name != "reason"]
        said.append(", ".join(label(name) for name in fields))
    if event.name.startswith("deployment.") and payload.get("version", 1) > 1:
        said.append(_("Version %(version)d") % {"version": payload["version"]})
    if payload.get("capability") in {capability.value for capability in Capability}:
        said.append(str(Capability(payload["capability"]).doing))  # type: ignore[call-arg]
    if payload.get("capabilities"):
        said += [str(each.doing) for each in FOR_SYSTEMS if each.value in payload["capabilities"].split(", ")]
    if event.name.startswith("signal.") and payload.get("measure") in WATCHED:
        said.append(str(WATCHED[payload["measure"]].label))
        said += [payload[name] for name in ("first", "last") if payload.get(name)]
    if event.name == "text.refused.v1":
        said.append(payload["found"])
    if event.name.startswith("framework."):
        said += [
            payload[name] for name in ("requirement", "value", "starts_on", "ends_on") if payload.get(name)
        ]
    if payload.get("decision") in Decision.values:
        said.append(str(Decision(payload["decision"]).label))
    text = ". ".join(each for each in [", ".join(filter(None, said)), event.reason] if each)
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
