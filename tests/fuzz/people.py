"""A small model of two forces: who may do what, what each deployment is, and what every answer must be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from forces.models import Person
from forces.roles import FORCE_ROLES

ANYWHERE_ELSE = 404
# The capability that each action needs; of a correction, amending, giving back and discarding need `correct_results`.
NEEDS = {
    "review": "review_results",
    "send-back": "review_results",
    "publish": "publish_results",
    "amend": "record_results",
    "discard": "record_results",
    "resubmit": "record_results",
    "correct": "correct_results",
    "withdraw": "withdraw_results",
}


@dataclass
class Member:
    """Somebody of a force: the roles they hold, by code, with the number of the membership."""

    person: Person
    force: str
    roles: dict[str, int] = field(default_factory=dict)
    is_disabled: bool = False

    def may(self, capability: str) -> bool:
        return any(
            capability in {str(each.value) for each in FORCE_ROLES[role].capabilities} for role in self.roles
        )


@dataclass
class Version:
    """One version of a result: who wrote it, and how far it is."""

    number: int
    authors: set[int]
    status: str = "recorded"
    revision: int = 1


@dataclass
class Life:
    """One deployment. `current` stands or is in work first; `correction` is in work beside it."""

    reference: str
    force: str
    current: Version
    stage: str = "preparing"
    correction: Version | None = None
    versions: int = 1

    @property
    def in_work(self) -> Version | None:
        if self.stage == "preparing":
            return self.current
        return self.correction if self.stage == "published" else None

    @property
    def was_published(self) -> bool:
        return self.stage in ("published", "withdrawn")


@dataclass(frozen=True)
class Answer:
    """What must be answered, and the event that must be told, if any."""

    status: int
    event: str = ""


def expected(action: str, who: Member, life: Life, *, is_seen: bool) -> Answer:
    """What a POST of `who` to that page of the deployment must do; `is_seen` says that they saw what stands."""
    if who.is_disabled:
        return Answer(302)
    if who.force != life.force or not who.roles:
        return Answer(ANYWHERE_ELSE)
    work = life.in_work
    shown = work or life.current
    writing = "correct_results" if shown.number > 1 else "record_results"
    if action in ("discard", "resubmit") and work is None:
        writing = "record_results"
    if not who.may({**NEEDS, "amend": writing, "discard": writing, "resubmit": writing}[action]):
        return Answer(403)
    return _decided(action, who, life, work, is_seen=is_seen)


def _decided(action: str, who: Member, life: Life, work: Version | None, *, is_seen: bool) -> Answer:
    if action in ("review", "publish"):
        if work is None or work.status != {"review": "recorded", "publish": "reviewed"}[action]:
            return Answer(302)
        if who.person.pk in work.authors:
            return Answer(403)
        done = {"review": "reviewed", "publish": "corrected" if work.number > 1 else "published"}[action]
        return Answer(302, done if is_seen else "")
    if action in ("send-back", "resubmit", "discard"):
        if work is None or (action != "discard" and (work.status == "sent_back") != (action == "resubmit")):
            return Answer(302)
        told = {"send-back": "sent_back", "resubmit": "resubmitted", "discard": "discarded"}[action]
        return Answer(302, told) if is_seen else Answer(422)
    if action == "amend":
        may_go = work is not None and work.status in ("recorded", "sent_back") and is_seen
        return Answer(302, "amended") if may_go else Answer(409)
    if action == "correct":
        is_open = life.stage == "published" and life.correction is None
        return Answer(302, "correction_prepared") if is_open and is_seen else Answer(409)
    if life.stage != "published":
        return Answer(302)
    return Answer(302, "withdrawn") if is_seen else Answer(422)


def change(action: str, who: Member, life: Life) -> None:
    """The deployment after the action has been done."""
    work, me = life.in_work, who.person.pk
    if action == "correct":
        life.versions += 1
        life.correction = Version(life.versions, {me})
    elif action == "withdraw":
        life.stage, life.correction = "withdrawn", None
    elif work is not None:
        _change_work(action, me, life, work)


def _change_work(action: str, me: int, life: Life, work: Version) -> None:
    if action == "review":
        work.status = "reviewed"
    elif action == "send-back":
        work.status = "sent_back"
    elif action == "resubmit":
        work.status = "recorded"
    elif action == "amend":
        work.status = "recorded"
        work.revision += 1
        work.authors.add(me)
    elif action == "publish":
        work.status, life.stage = "published", "published"
        life.current, life.correction = work, None
    elif action == "discard":
        work.status = "discarded"
        if work is life.correction:
            life.correction = None
        else:
            life.stage = "discarded"


def as_kept(life: Life, deployment: Any) -> bool:
    """Whether the database says of the deployment what the model says."""
    pairs = [(life.current, deployment.current), (life.correction, deployment.correction)]
    return deployment.stage == life.stage and all(
        (mine is None) == (kept is None)
        and (
            mine is None
            or (mine.number, mine.status, mine.revision, sorted(mine.authors))
            == (kept.number, kept.status, kept.revision, sorted(kept.authors))
        )
        for mine, kept in pairs
    )
