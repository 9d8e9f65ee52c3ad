"""What plans do when a rule, a document or a product changes: those that relied on it are looked at again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _

from coordination.evaluations.events import AlgorithmDescribed
from coordination.framework.events import FrameworkAdopted, RuleTightened
from deployments.models import Plan
from deployments.planning import telling  # noqa: F401 - who is told of what follows is registered with these
from deployments.planning.models import PlanQuerySet
from deployments.readiness import holding
from deployments.readiness.papers import held_as
from directory.events import DocumentPublished, DocumentWithdrawn
from events.registry import Delivered, subscribe
from forces.clock import db_now
from forces.models import Force
from forces.models.documents import Document


@subscribe(
    FrameworkAdopted,
    name="deployments.hold_for_framework",
    per_force=False,
    national=True,
    reason="A version of the framework binds every force, so the plans of every force are looked at.",
)
def hold_for_framework(batch: Sequence[Delivered]) -> None:
    """A version was adopted: hold what it newly lets fail, on the days from which it takes effect."""
    for delivered in batch:
        holding.version_adopted(delivered.happened.version, at=db_now())


@subscribe(RuleTightened, name="deployments.hold_for_tightening")
def hold_for_tightening(batch: Sequence[Delivered]) -> None:
    """A force holds itself to more: hold its plans that fail by that."""
    for delivered, plans in _with_plans(batch):
        told = delivered.happened
        holding.rule_tightened(
            plans,
            told.requirement,
            told.parameter,
            starts_on=date.fromisoformat(told.starts_on),
            at=db_now(),
        )


@subscribe(DocumentWithdrawn, name="deployments.hold_for_withdrawn_document")
def hold_for_withdrawn_document(batch: Sequence[Delivered]) -> None:
    """A document was taken back: hold what relied on it."""
    for delivered, plans in _with_plans(batch):
        document = Document.objects.get(public_id=delivered.happened.document)
        holding.document_changed(
            plans,
            document.kind,
            held_as(document),
            told=_("“%(document)s” was withdrawn.") % {"document": document},
            at=db_now(),
        )


@subscribe(DocumentPublished, name="deployments.hold_for_replaced_document")
def hold_for_replaced_document(batch: Sequence[Delivered]) -> None:
    """A new version of a document stands: hold what relied on the one before. A first version unsettles nothing."""
    for delivered, plans in _with_plans(batch):
        if delivered.happened.replaces is None:
            continue
        document = Document.objects.get(public_id=delivered.happened.replaces)
        holding.document_changed(
            plans,
            document.kind,
            held_as(document),
            told=_("“%(document)s” was replaced by another version.") % {"document": document},
            at=db_now(),
        )


@subscribe(
    AlgorithmDescribed,
    name="deployments.hold_for_algorithm",
    per_force=False,
    national=True,
    reason="An algorithm version is used by many forces, so the plans of every force are looked at.",
)
def hold_for_algorithm(batch: Sequence[Delivered]) -> None:
    """What is known of an algorithm version changed: hold plans with it that are outside what was tested now."""
    for delivered in batch:
        rows = Plan.objects.across_forces(reason="plans of every force with this algorithm version")
        holding.look_again(
            rows.filter(algorithm=delivered.happened.algorithm),
            ("within_tested",),
            told=_("What is known of the algorithm has changed."),
            at=db_now(),
        )


def _with_plans(batch: Sequence[Delivered]) -> Iterator[tuple[Delivered, PlanQuerySet]]:
    """Each event with the plans of its force: the batch runs in that force's scope."""
    forces = Force.objects.in_bulk({delivered.force_id for delivered in batch})
    for delivered in batch:
        if delivered.force_id is not None:
            yield delivered, Plan.objects.owned_by(forces[delivered.force_id])
