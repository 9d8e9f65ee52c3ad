"""Results that were sent back before there was a state that says so."""

import importlib

import pytest

from deployments import actions
from forces.clock import db_now
from tests.deployments.recordings import FIRST, facts, fresh, recorded
from tests.deployments.test_sending_back import sent_back
from tests.people import make_force, make_member


@pytest.mark.commits
def test_they_are_found_in_the_history(committed_db, as_owner):
    filling = importlib.import_module("deployments.migrations.0007_what_was_sent_back")
    kent = make_force("E23000032", "kent", "Kent Police")
    writer, reviewer = make_member(kent, "planner"), make_member(kent, "data_publisher")
    left = [sent_back(kent, writer, reviewer), sent_back(kent, writer, reviewer, reason="The date is wrong.")]
    changed = sent_back(kent, writer, reviewer)
    actions.amend(changed, facts(place="Quay"), seen=FIRST, by=writer, at=db_now())
    waits = recorded(kent, writer)
    before = {each.pk: vars(fresh(each).current) for each in (*left, changed, waits)}
    with as_owner() as owner, owner.cursor() as cursor:
        cursor.execute("CREATE POLICY test ON deployments_result TO CURRENT_USER USING (true)")
        cursor.execute(
            "UPDATE deployments_result SET status = 'recorded', sent_back_by_id = NULL, sent_back_at = NULL,"
            " sent_back_reason = '' WHERE status = 'sent_back'"
        )
        assert cursor.rowcount == 2
        filling.fill_in(cursor)
        filling.fill_in(cursor)
        cursor.execute("DROP POLICY test ON deployments_result")
        cursor.execute("SELECT count(*) FROM pg_policies WHERE policyname IN ('filling', 'test')")
        assert cursor.fetchone() == (0,)
    for each in (*left, changed, waits):
        now = vars(fresh(each).current)
        for name in ("status", "sent_back_by_id", "sent_back_at", "sent_back_reason"):
            assert now[name] == before[each.pk][name]
