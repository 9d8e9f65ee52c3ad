"""What others may know of people's lives here. Payloads hold ids and codes; names are looked up where allowed."""

from __future__ import annotations

from dataclasses import dataclass

from events.registry import event


@event("force.added.v1")
@dataclass(frozen=True, slots=True)
class ForceAdded:
    """A force has been added to the directory and its roles can be granted."""

    code: str


@event("force.succeeded.v1")
@dataclass(frozen=True, slots=True)
class ForceSucceeded:
    """A force has been named the successor of another. No rights moved."""

    predecessor: str
    successor: str
    on: str


@event("use.declared.v1")
@dataclass(frozen=True, slots=True)
class UseDeclared:
    """How a force stands to live facial recognition from a day on has been recorded.

    `replaced` says what stood for the same first day before, or is empty.
    """

    force: str
    status: str
    starts_on: str
    replaced: str


@event("document.published.v1", public=True)
@dataclass(frozen=True, slots=True)
class DocumentPublished:
    """A force says that it has published a document about its use of the technology, or a new version of one.

    Days are ISO dates; `document` is its public id, `replaces` that of the version before.
    """

    force: str
    kind: str
    title: str
    version: str
    url: str
    adopted_on: str
    review_on: str | None
    document: str
    replaces: str | None


@event("document.withdrawn.v1", public=True)
@dataclass(frozen=True, slots=True)
class DocumentWithdrawn:
    """A force has taken a document back: no version of it stands."""

    force: str
    kind: str
    document: str


@event("contact.set.v1", public=True)
@dataclass(frozen=True, slots=True)
class ContactSet:
    """A force has said where the public reaches it about the technology. What is empty is not given."""

    force: str
    email: str
    phone: str
    url: str


@event("person.invited.v1")
@dataclass(frozen=True, slots=True)
class PersonInvited:
    """A person has been given a login by the owner of a force's team or by the centre."""

    person: int


@event("role.granted.v1")
@dataclass(frozen=True, slots=True)
class RoleGranted:
    """A person holds a role in a force from this moment."""

    person: int
    role: str
    rank: str


@event("role.revoked.v1")
@dataclass(frozen=True, slots=True)
class RoleRevoked:
    """A person no longer holds a role in a force from this moment."""

    person: int
    role: str


@event("appointment.made.v1")
@dataclass(frozen=True, slots=True)
class AppointmentMade:
    """A person holds a national role, or an outside reader's, from this moment."""

    person: int
    role: str


@event("appointment.ended.v1")
@dataclass(frozen=True, slots=True)
class AppointmentEnded:
    """A person no longer holds a national role from this moment."""

    person: int
    role: str


@event("login.disabled.v1")
@dataclass(frozen=True, slots=True)
class LoginDisabled:
    """A login no longer works; its next request is a stranger's."""

    person: int


@event("login.enabled.v1")
@dataclass(frozen=True, slots=True)
class LoginEnabled:
    """A disabled login works again, once its person has chosen a new password."""

    person: int


@event("login.link_issued.v1")
@dataclass(frozen=True, slots=True)
class PasswordLinkIssued:
    """A link with which the person can choose a password, once, has been handed to whoever asked for it."""

    person: int


@event("login.password_chosen.v1")
@dataclass(frozen=True, slots=True)
class PasswordChosen:
    """A person has chosen a password with the link they were given."""

    person: int


@event("system.connected.v1")
@dataclass(frozen=True, slots=True)
class SystemConnected:
    """A force's own system may act for it, from this moment until `until`. `capabilities` names what it may do."""

    person: int
    capabilities: str
    until: str


@event("system.changed.v1")
@dataclass(frozen=True, slots=True)
class SystemChanged:
    """A force's own system may do this from now on, and nothing else."""

    person: int
    capabilities: str


@event("system.disconnected.v1")
@dataclass(frozen=True, slots=True)
class SystemDisconnected:
    """A force's own system may not act any more; its next call is a stranger's."""

    person: int


@event("alert.acknowledged.v1")
@dataclass(frozen=True, slots=True)
class AlertAcknowledged:
    """A person has said that they have seen an alert. It goes on standing for the others it is meant for."""

    kind: str
    subject: str


@event("access.refused.v1")
@dataclass(frozen=True, slots=True)
class AccessRefused:
    """A person tried what they hold no right to. `door` is the address, without its query."""

    capability: str
    door: str


@event("text.refused.v1")
@dataclass(frozen=True, slots=True)
class TextRefused:
    """A text was refused because it seemed to hold personal data or an image. What it said is kept nowhere.

    `found` names each field and the kinds found in it, such as "reason: name, phone"; `door` is the address.
    """

    found: str
    door: str


@event("login.signed_in.v1")
@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person has begun a session. `second_step` is `app`, `recovery_code`, or empty where none was asked for."""

    person: int
    second_step: str


@event("login.signed_out.v1")
@dataclass(frozen=True, slots=True)
class SignedOut:
    """A person has ended their session."""

    person: int


@event("login.failed.v1")
@dataclass(frozen=True, slots=True)
class SignInFailed:
    """Somebody gave a wrong password, code or secret of a system. `person` is empty where no login has the address."""

    person: int | None
    step: str


@event("login.locked.v1")
@dataclass(frozen=True, slots=True)
class SignInLocked:
    """After too many failures no attempt is looked at for a while, not even a right one."""

    person: int | None
    step: str


@event("login.second_step_set.v1")
@dataclass(frozen=True, slots=True)
class SecondStepSet:
    """A person has set up the app that gives the codes they sign in with."""

    person: int


@event("login.recovery_codes_made.v1")
@dataclass(frozen=True, slots=True)
class RecoveryCodesMade:
    """A person has been given new recovery codes; the ones before no longer work."""

    person: int


@event("login.second_step_removed.v1")
@dataclass(frozen=True, slots=True)
class SecondStepRemoved:
    """Somebody else has removed a person's second step, who sets up a new one at their next sign-in."""

    person: int
