"""Two who press at once: one holds the item, one decision is carried out, one proposal is confirmed."""

from dataclasses import replace

import pytest

from coordination.deciding import actions
from coordination.deciding.models import Decided, Holding, Proposal
from coordination.deciding.types import TYPES
from events.models import Event
from forces.clock import db_now
from forces.tenancy import national_scope
from tests.coordination.deciding.conftest import reported
from tests.people import make_national
from tests.portal.national.test_briefing_races import at_once

pytestmark = pytest.mark.commits
TWICE = range(2)


def only_one(found, refusal):
    """One came through, the other was refused in words."""
    refused = [each for each in found if isinstance(each, Exception)]
    assert [type(each) for each in refused] == [refusal], found


def happened(name):
    with national_scope():
        return Event.objects.filter(name=name).count()


def test_of_two_at_once_one_takes_one_decides_and_one_confirms(committed_db, kind):
    lead, officer = make_national("national_lead"), make_national("testing_officer")
    people = (lead, officer)
    first, second, third = (str(reported(lead, product).pk) for product in ("One", "Two", "Three"))

    only_one(
        at_once(*(lambda by=by: actions.claim(kind, first, by=by, at=db_now()) for by in people)),
        actions.Held,
    )
    assert Holding.objects.count() == 1

    single = replace(kind, second_person=False)
    TYPES[kind.code] = single
    ask = {"choice": "verify", "reason": "Read it."}
    only_one(
        at_once(*(lambda by=by: actions.decide(single, second, **ask, by=by, at=db_now()) for by in people)),
        actions.Settled,
    )
    assert (Decided.objects.count(), happened("algorithm.described.v1")) == (1, 1)

    only_one(
        at_once(*(lambda by=by: actions.decide(kind, third, **ask, by=by, at=db_now()) for by in people)),
        actions.NotDecidable,
    )
    proposal = Proposal.objects.get()
    (other,) = (by for by in people if by.pk != proposal.proposed_by_id)
    only_one(
        at_once(*(lambda: actions.confirm(proposal, kind, by=other, at=db_now()) for _ in TWICE)),
        actions.Settled,
    )
    assert (Decided.objects.count(), happened("algorithm.described.v1")) == (2, 2)
