"""What happened, in words a person reads."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation.signals.models import Decision
from coordination.collation.watching import BY_CODE as WATCHED
from events.models import Event
from events.registry import EVENTS
from forces.capabilities import Capability
from forces.roles import FORCE_ROLES, NATIONAL_ROLES
from forces.words import Words
from portal.force.history import LABELS as FORCE_LABELS

LABELS: dict[str, Words] = {
    "access.refused.v1": gettext_lazy("Refused: no right to do it"),
    "alert.acknowledged.v1": gettext_lazy("Alert seen"),
    "contact.set.v1": gettext_lazy("Contact for the public changed"),
    "document.published.v1": gettext_lazy("Document published"),
    "document.withdrawn.v1": gettext_lazy("Document withdrawn"),
    "text.refused.v1": gettext_lazy("Refused: a text seemed to hold personal data"),
    "algorithm.added.v1": gettext_lazy("Algorithm version added"),
    "algorithm.described.v1": gettext_lazy("Words about an algorithm version changed"),
    "appointment.ended.v1": gettext_lazy("National role ended"),
    "appointment.made.v1": gettext_lazy("National role given"),
    "briefing.made.v1": gettext_lazy("Briefing pack made"),
    "decision.claimed.v1": gettext_lazy("Item of the Decide queue taken"),
    "decision.declined.v1": gettext_lazy("Proposed decision declined by a second person"),
    "decision.made.v1": gettext_lazy("Item of the Decide queue decided"),
    "decision.proposed.v1": gettext_lazy("Decision proposed, for a second person to confirm"),
    "decision.released.v1": gettext_lazy("Item of the Decide queue given back"),
    "delivery.replayed.v1": gettext_lazy("Parked event tried again"),
    "deployment.amended.v1": gettext_lazy("Result changed before publication"),
    "deployment.corrected.v1": gettext_lazy("Correction published"),
    "deployment.correction_prepared.v1": gettext_lazy("Correction prepared"),
    "deployment.discarded.v1": gettext_lazy("Result discarded before publication"),
    "deployment.published.v1": gettext_lazy("Result published"),
    "deployment.questions_answered.v1": gettext_lazy("Questions about the figures answered"),
    "deployment.recorded.v1": gettext_lazy("Result recorded"),
    "deployment.reviewed.v1": gettext_lazy("Result reviewed"),
    "deployment.sent_back.v1": gettext_lazy("Result sent back"),
    "deployment.resubmitted.v1": gettext_lazy("Result given back for review unchanged"),
    "deployment.withdrawn.v1": gettext_lazy("Result withdrawn"),
    "force.added.v1": gettext_lazy("Force added"),
    "force.succeeded.v1": gettext_lazy("Successor named"),
    "framework.adopted.v1": gettext_lazy("Version of the legal framework adopted"),
    "framework.amended.v1": gettext_lazy("Draft of the legal framework changed"),
    "framework.drafted.v1": gettext_lazy("Version of the legal framework begun"),
    "framework.proposed.v1": gettext_lazy("Version of the legal framework proposed"),
    "framework.sent_back.v1": gettext_lazy("Proposed version of the legal framework sent back"),
    "framework.tightened.v1": gettext_lazy("A force holds itself to more than the legal framework asks"),
    "framework.tightening_ended.v1": gettext_lazy("A stricter value of a force’s own ends"),
    "import.accepted.v1": gettext_lazy("Import accepted"),
    "import.discarded.v1": gettext_lazy("Import looked at and left"),
    "import.match_resolved.v1": gettext_lazy("Match of an imported row decided"),
    "import.refused.v1": gettext_lazy("Document refused: it could not be read"),
    "import.staged.v1": gettext_lazy("Document read, nothing entered yet"),
    "import.undone.v1": gettext_lazy("Import undone"),
    "login.disabled.v1": gettext_lazy("Login disabled"),
    "login.enabled.v1": gettext_lazy("Login enabled again"),
    "login.failed.v1": gettext_lazy("Sign-in failed"),
    "login.locked.v1": gettext_lazy("Sign-in locked for a while after too many failures"),
    "login.recovery_codes_made.v1": gettext_lazy("Recovery codes made anew"),
    "login.second_step_removed.v1": gettext_lazy("Second step of a login removed"),
    "login.second_step_set.v1": gettext_lazy("Second step of a login set up"),
    "login.signed_in.v1": gettext_lazy("Signed in"),
    "login.signed_out.v1": gettext_lazy("Signed out"),
    "login.link_issued.v1": gettext_lazy("Link to choose a password given out"),
    "login.password_chosen.v1": gettext_lazy("Password chosen"),
    "person.invited.v1": gettext_lazy("Person invited"),
    "question.answered.v1": gettext_lazy("Question answered"),
    "question.changed.v1": gettext_lazy("Saved question changed"),
    "question.saved.v1": gettext_lazy("Question saved"),
    "redaction.proposed.v1": gettext_lazy("Removal of a document asked for"),
    "redaction.refused.v1": gettext_lazy("Removal of a document refused"),
    "register.entered.v1": gettext_lazy("Placed on the national register"),
    "register.notice_entered.v1": gettext_lazy("Notice placed on the national register"),
    "register.redacted.v1": gettext_lazy("Document removed from the register"),
    "role.granted.v1": gettext_lazy("Role granted"),
    "role.revoked.v1": gettext_lazy("Role ended"),
    "signal.decided.v1": gettext_lazy("Sign of change in the figures looked at and decided on"),
    "signal.ended.v1": gettext_lazy("Figures no longer show a sign of change"),
    "signal.raised.v1": gettext_lazy("Figures show a sign of change"),
    "use.declared.v1": gettext_lazy("Use of the technology declared"),
}


def label_of(name: str) -> Words:
    """A few words for a kind of event; for one without any, what its own definition says first."""
    if label := LABELS.get(name) or FORCE_LABELS.get(name):
        return label
    kind = EVENTS.get(name)
    return (kind.payload.__doc__ or name).strip().splitlines()[0] if kind else name


def details_of(event: Event, names: Mapping[int, str]) -> str:
    """Whom and what it was about. `names` are people's, by id."""
    payload, said = event.payload, []
    person = payload.get("person")
    if isinstance(person, int):
        said.append(names.get(person, _("person %(number)s") % {"number": person}))
    role = FORCE_ROLES.get(payload.get("role", "")) or NATIONAL_ROLES.get(payload.get("role", ""))
    if role is not None:
        said.append(str(role.name))
    for capability in Capability:
        if payload.get("capability") == capability.value:
            said.append(_("the right to %(doing)s") % {"doing": capability.doing})
    if payload.get("measure") in WATCHED:
        said.append(str(WATCHED[payload["measure"]].label))
    if payload.get("decision") in Decision.values:
        said.append(str(Decision(payload["decision"]).label))
    plain = (
        "reference",
        "requirement",
        "what",
        "takes_effect_on",
        "status",
        "starts_on",
        "successor",
        "on",
        "subscriber",
        "door",
        "cause",
        "first",
        "last",
        "vendor",
        "product",
    )
    said += [str(payload[name]) for name in plain if payload.get(name)]
    return ", ".join(said) or event.subject


def people_in(events: list[Event]) -> set[int]:
    """Ids of everybody who did something or was meant."""
    ids = {event.person_id for event in events if event.person_id}
    return ids | {event.payload["person"] for event in events if isinstance(event.payload.get("person"), int)}
