"""Fixtures that put records on the register, as a force or the centre would enter them."""

import pytest

from coordination.collation.counting import count_again
from forces.clock import db_now
from register import actions
from register.models import Head, Origin, Tier
from tests.documents import result
from tests.people import make_member


@pytest.fixture
def entered():
    """`entered(kent, on="2024-04-06")` publishes a result, counts it, and gives its document."""

    def enter(force, *, origin=Origin.SUBMITTED, tier=Tier.PRIMARY, **fields):
        document = result(force, **fields)
        actions.enter(document, force=force, origin=origin, tier=tier, by=None, at=db_now())
        count_again(force, [document["reference"]])
        return document

    return enter


@pytest.fixture
def redacted(national_lead):
    """`redacted(kent, reference)` removes the standing body of a record, by two people."""

    def redact(force, reference):
        entry = Head.objects.get(pk=reference).entry
        proposer = make_member(force, "data_protection_officer")
        request = actions.propose_redaction(
            entry,
            force=force,
            by=proposer,
            at=db_now(),
            why="The place names a person.",
            public_reason="A name stood in the place.",
        )
        tombstone = actions.redact(request, force=force, by=national_lead, at=db_now())
        count_again(force, [reference])
        return tombstone

    return redact
