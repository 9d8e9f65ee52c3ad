"""Beginning a plan and writing it: each task is saved by itself, and an edit after a decision undoes the decision."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from coordination.evaluations.models import AlgorithmVersion
from deployments.facts import is_plain, one_line
from deployments.planning import events
from deployments.planning.actions.changing import UNDECIDED, move, must_be, rows_of, taken, tell, void
from deployments.planning.actions.refusals import StalePlan, TooLate, WrongState
from deployments.planning.fields import BY_CODE, TASKS, Kind, Task, check, free_texts, moment
from deployments.planning.models import BINDING, REOPENED, WRITABLE, Operation, Plan, PlanRevision
from deployments.planning.notice import told_of_change
from events.outbox import record as announce
from forces.capabilities import Capability
from forces.models import Force, Membership, Person
from forces.models.documents import Document
from forces.permissions import require
from forces.personal_data import refuse_personal_data
from forces.refusals import Invalid, Refusal
from forces.roles import FORCE_ROLES
from forces.tenancy import acting
from register.canonical import canonical_bytes
from register.references import new_reference

# What changes from day to day is asked anew, never copied.
NOT_COPIED = {"place": {"starts_at", "ends_at"}}
LONGEST_NAME = 120
PLACES = frozenset({"place", "area"})


def begin_operation(force: Force, *, name: str, by: Person, at: datetime) -> Operation:
    """Open an operation. Its name says nothing about whom it concerns. Raises Forbidden, Invalid, PersonalData."""
    require(by, Capability.PLAN_DEPLOYMENTS, force)
    name = one_line(name)
    if not name or len(name) > LONGEST_NAME or not is_plain(name):
        raise Invalid({"name": [_("Enter a name of %(most)d characters or fewer.") % {"most": LONGEST_NAME}]})
    refuse_personal_data({"name": name}, force=force)
    with acting(force, by):
        try:
            with transaction.atomic():
                operation = Operation.objects.create(
                    force=force, reference=new_reference(), name=name, begun_by=by, begun_at=at
                )
        except IntegrityError as error:
            raise Invalid({"name": [_("Your force has an operation of that name.")]}) from error
        announce(
            events.OperationBegun(operation.reference), force=force, by=by, at=at, subject=operation.reference
        )
    return operation


def begin(
    force: Force, *, operation: Operation | None = None, copy: Plan | None = None, by: Person, at: datetime
) -> Plan:
    """Begin a plan, empty or with the answers of an earlier one: each copied answer then waits to be confirmed.

    Whoever begins it proposes it, for good. Raises Forbidden.
    """
    require(by, Capability.PLAN_DEPLOYMENTS, force)
    with acting(force, by):
        if copy is not None:
            copy = Plan.objects.owned_by(force).with_people().get(pk=copy.pk)
        plan = Plan.objects.create(
            force=force,
            reference=new_reference(),
            operation=operation or (copy.operation if copy is not None else None),
            # Whose words it starts with has written them, whoever confirms them.
            authors=sorted({by.pk, *(copy.authors if copy is not None else ())}),
            proposed_by=by,
            proposed_at=at,
            copied_from=copy.reference if copy is not None else "",
        )
        tell(events.PlanDrafted(plan.reference, plan.copied_from), plan, by=by, at=at)
        if copy is not None:
            _copy(plan, copy, by=by, at=at)
    return plan


def save_task(
    plan: Plan,
    task: str,
    given: Mapping[str, Any],
    *,
    seen: int,
    by: Person,
    at: datetime,
    voids: bool = False,
) -> Plan:
    """Keep the answers of one task; blanks stay blank until the plan is submitted. All copied ones count as confirmed.

    `seen` is the task's revision that was shown: other tasks may have moved meanwhile. Where a decision stands, it is
    undone, which `voids` says is meant; an edit that changes nothing undoes nothing.
    Raises Forbidden, Invalid, PersonalData, StalePlan, TooLate, Voids, WrongState.
    """
    force = plan.force
    require(by, Capability.PLAN_DEPLOYMENTS, force)
    asked = BY_CODE[task]
    values = check(asked, given)
    refuse_personal_data(free_texts(asked, values), force=force, places=PLACES)
    with acting(force, by):
        now = taken(plan, None)
        must_be(now, *WRITABLE, *REOPENED)
        if now.progress.get(task, {}).get("revision", 0) != seen:
            raise StalePlan(
                _(
                    "Somebody else saved “%(task)s” after you opened it. Compare what it says now with your answers."
                )
                % {"task": asked.title}
            )
        _check_ties(asked, values, now)
        before = now.answers(task)
        changed = [field.name for field in asked.fields if values[field.name] != before.get(field.name)]
        if not changed:
            return _confirm(now, asked, by=by, at=at)
        if now.status in BINDING and now.has_begun(at):
            raise TooLate(
                _("%(reference)s has begun, so its plan no longer changes. Its commander can stop it.")
                % {"reference": now.reference}
            )
        if now.status in REOPENED and not voids:
            raise Voids(now)
        _write(now, asked, values, changed, by=by, at=at)
    return now


class Voids(Refusal):
    """The change would undo what was assessed or authorised; whoever writes must say that they mean it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__(
            _(
                "%(reference)s is authorised as it is. Changing it makes the authority void: "
                "it must be given again."
            )
            % {"reference": plan.reference}
            if plan.status in BINDING
            else _("%(reference)s has been submitted. Changing it takes it back to being written.")
            % {"reference": plan.reference}
        )


def choose_operation(plan: Plan, operation: Operation | None, *, by: Person, at: datetime) -> Plan:
    """Say which operation it belongs to. It is no part of what is authorised. Raises Forbidden, WrongState."""
    require(by, Capability.PLAN_DEPLOYMENTS, plan.force)
    with acting(plan.force, by):
        now = taken(plan, None)
        must_be(now, *WRITABLE, *REOPENED)
        if now.operation_id == (operation.pk if operation is not None else None):
            raise WrongState(_("It belongs there already."))
        rows_of(now).update(operation=operation)
        tell(
            events.OperationChosen(now.reference, operation.reference if operation is not None else ""),
            now,
            by=by,
            at=at,
        )
        now.read_again()
    return now


def _copy(plan: Plan, copy: Plan, *, by: Person, at: datetime) -> None:
    said: dict[str, dict[str, Any]] = {}
    progress: dict[str, Any] = {}
    for task in TASKS:
        left_out = NOT_COPIED.get(task.code, set())
        values = {
            name: None if name in left_out else value for name, value in copy.answers(task.code).items()
        }
        names = [name for name, value in values.items() if value not in (None, "", [])]
        if names:
            said[task.code] = values
            progress[task.code] = _saved(0, names, by, at)
    if said:
        _keep(plan, said, progress, task="", by=by, at=at)


def _confirm(plan: Plan, task: Task, *, by: Person, at: datetime) -> Plan:
    """Nothing changes but that copied answers are right."""
    waiting = plan.progress.get(task.code, {}).get("to_confirm", [])
    if not waiting:
        return plan
    progress = dict(plan.progress)
    progress[task.code] = _saved(progress[task.code]["revision"] + 1, [], by, at)
    # Whoever says that an answer is right has written it.
    rows_of(plan).update(progress=progress, authors=sorted({*plan.authors, by.pk}))
    tell(events.AnswersConfirmed(plan.reference, task.code, ", ".join(waiting)), plan, by=by, at=at)
    plan.read_again()
    return plan


def _write(
    plan: Plan, task: Task, values: dict[str, Any], changed: list[str], *, by: Person, at: datetime
) -> None:
    if plan.status in REOPENED:
        was_told = plan.notice_entry is not None
        why = _("The plan was changed after it was decided on.")
        void(plan, reason=why, by=by, at=at)
        move(plan, to=Plan.Status.DRAFT, **UNDECIDED)
        if was_told:
            told_of_change(plan, by=by, at=at)
    elif plan.status == Plan.Status.REFUSED:
        move(plan, to=Plan.Status.DRAFT)
    said = {**plan.said, task.code: values}
    progress = dict(plan.progress)
    progress[task.code] = _saved(progress.get(task.code, {}).get("revision", 0) + 1, [], by, at)
    _keep(plan, said, progress, task=task.code, by=by, at=at)
    tell(events.TaskSaved(plan.reference, plan.revision, task.code, ", ".join(changed)), plan, by=by, at=at)


def _keep(
    plan: Plan,
    said: dict[str, dict[str, Any]],
    progress: dict[str, Any],
    *,
    task: str,
    by: Person,
    at: datetime,
) -> None:
    content = canonical_bytes(said)
    rows_of(plan).filter(revision=plan.revision).update(
        content=content,
        progress=progress,
        revision=F("revision") + 1,
        authors=sorted({*plan.authors, by.pk}),
        **columns(said),
    )
    plan.read_again()
    if plan.content_hash != hashlib.sha256(content).hexdigest():
        raise RuntimeError("PostgreSQL hashed other bytes than were written.")
    PlanRevision.objects.create(
        force_id=plan.force_id,
        plan=plan,
        number=plan.revision,
        task=task,
        content=content,
        written_by=by,
        written_at=at,
    )


def columns(said: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What lists ask for, repeated from the content."""
    place, people = said.get("place", {}), said.get("people", {})
    commander = people.get("commander")
    return {
        "starts_at": moment(place.get("starts_at")),
        "ends_at": moment(place.get("ends_at")),
        "place": place.get("place") or "",
        "use_case": said.get("purpose", {}).get("use_case") or "",
        "algorithm_id": said.get("system", {}).get("algorithm"),
        "commander": Person.objects.filter(public_id=commander).first() if commander else None,
    }


def _saved(revision: int, to_confirm: list[str], by: Person, at: datetime) -> dict[str, Any]:
    return {"revision": revision, "to_confirm": to_confirm, "by": by.pk, "at": at.isoformat()}


def _check_ties(task: Task, values: Mapping[str, Any], plan: Plan) -> None:
    """What an answer points at must be there, and be the force's to use."""
    errors: dict[str, list[str]] = {}
    for field in task.fields:
        value = values.get(field.name)
        if value is None:
            continue
        if field.kind is Kind.ALGORITHM:
            fits = AlgorithmVersion.objects.filter(
                pk=value, technology=plan.technology, is_made_up=plan.force.is_made_up
            )
            if not fits.exists():
                errors[field.name] = [_("Choose one of the algorithms.")]
        elif field.kind is Kind.PERSON and not commanders_of(plan.force).filter(public_id=value).exists():
            errors[field.name] = [_("Choose somebody who may command deployments of your force.")]
        elif field.kind is Kind.DOCUMENT and not _is_document(plan.force, field.name, value):
            errors[field.name] = [_("Choose one of your force’s documents of this kind.")]
    if errors:
        raise Invalid(errors)


def commanders_of(force: Force):
    """Whoever may command deployments of the force now."""
    roles = [
        code for code, role in FORCE_ROLES.items() if Capability.COMMAND_DEPLOYMENTS in role.capabilities
    ]
    held = Membership.objects.filter(force=force, role__in=roles, period__contains=Now())
    return Person.objects.filter(pk__in=held.values("person"))


def _is_document(force: Force, kind: str, value: int) -> bool:
    """Whether the force has published it as a document of that kind, whatever became of it since."""
    return Document.objects.filter(force=force, kind=kind, pk=value).exists()
