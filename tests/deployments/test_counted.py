"""A force's own publication moves the national total, once, and nothing else does."""

import pytest

from coordination.collation.queries import by_year
from coordination.collation.recount import differences
from deployments import actions
from deployments.actions import Seen
from events.models import Delivery
from forces.clock import db_now
from forces.models import Realm
from tests.chaos.processes import QUICK, Processes, own_valkey, until
from tests.deployments.recordings import REASON, facts, published
from tests.events.drain import drain
from tests.people import make_force, make_member

NATIONAL, MADE_UP = Realm.NATIONAL.value, Realm.DEMONSTRATION.value


def total(realm: str = NATIONAL) -> tuple[int, int] | None:
    """Deployments and alerts of 2024 in a realm; None where there is no record."""
    for figures in by_year(realm, tier="primary"):
        if figures.period.year == 2024 and figures.has_records:
            return figures["deployments"].number, figures["alerts"].number
    return None


def correct(deployment, preparer, publisher, **changes):
    actions.prepare_correction(
        deployment, facts(**changes), version=1, reason=REASON, by=preparer, at=db_now()
    )
    actions.review(deployment, seen=Seen(2, 1), by=publisher, at=db_now())
    actions.publish(deployment, seen=Seen(2, 1), by=publisher, at=db_now())


@pytest.mark.django_db
def test_a_publication_counts_once_is_corrected_and_comes_back(
    kent, kent_planner, kent_publisher, force_people
):
    other = force_people(kent, "data_publisher")
    published(kent, kent_planner, kent_publisher)
    drain()
    assert total() == (1, 3)
    deployment = published(kent, kent_planner, kent_publisher)
    drain()
    assert total() == (2, 6)
    Delivery.objects.update(state="pending", done_at=None)  # everything once more
    drain()
    assert total() == (2, 6)
    correct(deployment, other, kent_publisher, alerts=4, undetermined_alerts=1)
    drain()
    assert total() == (2, 7)
    actions.withdraw(
        deployment,
        seen=actions.Standing(2, 0),
        reason="It was recorded twice.",
        by=kent_publisher,
        at=db_now(),
    )
    drain()
    assert total() == (1, 3)
    assert differences() == []


@pytest.mark.django_db
def test_made_up_publications_move_only_the_made_up_total(
    northmoor, northmoor_operator_lead, northmoor_publisher
):
    published(northmoor, northmoor_operator_lead, northmoor_publisher)
    drain()
    assert total(MADE_UP) == (1, 3)
    assert total() is None


@pytest.mark.commits
@pytest.mark.processes
def test_a_publication_moves_the_national_total_by_itself(committed_db, tmp_path):
    force = make_force("E23000032", "kent", "Kent Police")
    planner, publisher = make_member(force, "planner"), make_member(force, "data_publisher")
    with own_valkey() as valkey:
        running = Processes(committed_db.environment() | {"REDIS_URL": valkey.url(), **QUICK}, tmp_path)
        try:
            running.start("relay1", "worker1")
            # No beat runs: nothing lost would be found again.
            for count in range(1, 11):
                published(force, planner, publisher)
                until(lambda count=count: total() == (count, 3 * count))
        finally:
            running.kill_all()
