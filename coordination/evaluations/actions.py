"""Keeping the register of algorithm versions."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coordination.evaluations import events
from coordination.evaluations.models import AlgorithmVersion, Technology
from events.outbox import record
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import require
from forces.refusals import Invalid, Refusal


class AlreadyKnown(Refusal):
    """That version is on the register of algorithms already."""


def add_algorithm_version(
    *,
    vendor: str,
    product: str,
    version: str = "",
    technology: str = Technology.LIVE,
    source: str,
    source_url: str = "",
    is_verified: bool = False,
    notes: str = "",
    by: Person,
    at: datetime,
) -> AlgorithmVersion:
    """Put a version on the register, with where it is known from. Raises Forbidden, Invalid, AlreadyKnown."""
    require(by, Capability.MANAGE_ALGORITHMS)
    algorithm = AlgorithmVersion(
        vendor=vendor.strip(),
        product=product.strip(),
        version=version.strip(),
        technology=technology,
        source=source.strip(),
        source_url=source_url.strip(),
        is_verified=is_verified,
        notes=notes.strip(),
        added_at=at,
    )
    _check(algorithm)
    try:
        with transaction.atomic():
            algorithm.save(force_insert=True)
            announce(algorithm, by=by, at=at)
    except IntegrityError as error:
        told = _("%(algorithm)s is on the register of algorithms already.") % {"algorithm": algorithm}
        raise AlreadyKnown(told, pointer="version") from error
    return algorithm


def describe(
    algorithm: AlgorithmVersion,
    *,
    source: str,
    source_url: str = "",
    is_verified: bool,
    notes: str = "",
    by: Person,
    at: datetime,
) -> AlgorithmVersion:
    """Change what is said of a version; what it is never changes. Raises Forbidden, Invalid."""
    require(by, Capability.MANAGE_ALGORITHMS)
    with transaction.atomic():
        algorithm = AlgorithmVersion.objects.select_for_update().get(pk=algorithm.pk)
        algorithm.source, algorithm.source_url = source.strip(), source_url.strip()
        algorithm.is_verified, algorithm.notes = is_verified, notes.strip()
        _check(algorithm)
        algorithm.save(update_fields=["source", "source_url", "is_verified", "notes"])
        record(
            events.AlgorithmDescribed(algorithm.pk, algorithm.is_verified),
            force=None,
            by=by,
            at=at,
            subject=_subject(algorithm),
        )
    return algorithm


def announce(algorithm: AlgorithmVersion, *, by: Person | None, at: datetime) -> None:
    """Record that a version was added; `by` None when it came with the reference data."""
    record(
        events.AlgorithmAdded(
            algorithm.pk, algorithm.vendor, algorithm.product, algorithm.version, str(algorithm.technology)
        ),
        force=None,
        by=by,
        at=at,
        subject=_subject(algorithm),
    )


def _subject(algorithm: AlgorithmVersion) -> str:
    return f"algorithm:{algorithm.pk}"


def _check(algorithm: AlgorithmVersion) -> None:
    try:
        algorithm.full_clean(validate_unique=False, validate_constraints=False)
        if algorithm.is_made_up and algorithm.is_verified:
            raise ValidationError({"is_verified": _("A made-up algorithm cannot be verified.")})
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
