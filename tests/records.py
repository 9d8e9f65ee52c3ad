"""Fixtures that put records on the register, as a force or the centre would enter them."""

import pytest

from coordination.collation.counting import count_again
from forces.clock import db_now
from register import actions
from register.models import Head, Origin, Tier
from tests.documents import result
from tests.people import make_member


def enter(force, *, origin=Origin.SUBMITTED, tier=Tier.PRIMARY, **fields):
    """Publish a result of `force`, count it, and give its document."""
    document = result(force, **fields)
    actions.enter(document, force=force, origin=origin, tier=tier, by=None, at=db_now())
    count_again(force, [document["reference"]])
    return document


def redact(force, reference, *, by):
    """Remove the standing body of a record: its data protection officer asks, `by` decides."""
    request = actions.propose_redaction(
        Head.objects.get(pk=reference).entry,
        force=force,
        by=make_member(force, "data_protection_officer"),
        at=db_now(),
        why="The place names a person.",
        public_reason="A name stood in the place.",
    )
    tombstone = actions.redact(request, force=force, by=by, at=db_now())
    count_again(force, [reference])
    return tombstone


@pytest.fixture
def entered():
    """`entered(kent, on="2024-04-06")` publishes a result, counts it, and gives its document."""
    return enter


@pytest.fixture
def redacted(national_lead):
    """`redacted(kent, reference)` removes the standing body of a record, by two people."""
    return lambda force, reference: redact(force, reference, by=national_lead)
