"""A notice is told before there is anything to count: no figure moves with it, and none says "as of" it."""

import pytest

from coordination.collation.models import Breakdown, Cell, Counted
from coordination.collation.recount import differences
from forces.clock import db_now
from register import actions, freshness, revisions
from register.happenings import happenings
from register.models import NoticeHead
from register.revisions import Wanted
from tests.coordination.collation.histories import correct, deliver, happened, publish
from tests.notices import cancelled, change, deferred, tell
from tests.people import make_member

pytestmark = pytest.mark.django_db


def told():
    """Everything that statistics and lists of results say."""
    return {
        "cells": sorted(Cell.objects.values_list()),
        "breakdowns": sorted(Breakdown.objects.values_list()),
        "counted": sorted(Counted.objects.values_list("reference", "entry_id")),
        "as of": (freshness.last_changed("national"), freshness.by_force("national")),
        "happened": [entry.pk for entry in happenings("national", size=50).entries],
        "removed": happenings("national", size=50).removed,
        # A short page: notices must not take the places of results on it.
        "revisions": revisions.page(Wanted("national"), after=None, size=1),
    }


def test_no_figure_and_no_list_of_results_moves_with_a_notice(kent, national_lead):
    correct(publish(kent), figures={"alerts": 4})
    deliver(happened())
    before = told()
    document = tell(kent)
    tell(kent, deferred(kent))
    change(kent, cancelled(document))
    request = actions.propose_redaction(
        NoticeHead.objects.get(pk=document["reference"]).entry,
        force=kent,
        by=make_member(kent, "data_protection_officer"),
        at=db_now(),
        why="The summary names a person.",
        public_reason="A name stood in it.",
    )
    actions.redact(request, force=kent, by=national_lead, at=db_now())
    deliver(happened())
    assert told() == before
    assert differences() == []
