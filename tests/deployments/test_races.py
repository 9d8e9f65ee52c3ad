"""Two people press at once: one succeeds, the others are told, and the register agrees with the deployment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from deployments import actions
from deployments.models import Deployment
from forces.clock import db_now
from forces.refusals import Refusal
from forces.tenancy import acting
from register import actions as register
from register.models import Entry, Head, Origin
from tests.deployments.recordings import FIRST, REASON, STANDS, facts, published, recorded, reviewed
from tests.documents import result as transcribed
from tests.people import make_force, make_member

pytestmark = pytest.mark.commits
THREADS = 24


@pytest.fixture
def team(committed_db):
    force = make_force("E23000032", "kent", "Kent Police")
    writer = make_member(force, "planner")
    publishers = [make_member(force, "data_publisher") for _ in range(3)]
    return force, writer, publishers


def race(*attempts):
    """Run the attempts at the same instant; what each came to: "done" or the refusal's class."""
    start = Barrier(len(attempts))

    def run(attempt):
        try:
            start.wait()
            attempt()
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(run, attempts))


def now(deployment: Deployment) -> Deployment:
    with acting(deployment.force, None):
        return Deployment.objects.owned_by(deployment.force).with_results().get(pk=deployment.pk)


def test_twenty_four_publications_place_one_entry(team):
    force, writer, publishers = team
    deployment = reviewed(force, writer, publishers[0])

    def publish(publisher):
        return lambda: actions.publish(deployment, seen=FIRST, by=publisher, at=db_now())

    outcomes = race(*(publish(publishers[i % 3]) for i in range(THREADS)))
    assert sorted(outcomes) == ["WrongStage"] * (THREADS - 1) + ["done"]
    assert Entry.objects.count() == 1


def test_one_of_two_results_replaces_a_transcription(team):
    force, writer, publishers = team
    for _ in range(6):
        theirs = transcribed(force)
        register.enter(theirs, force=force, origin=Origin.COLLATED, by=None, at=db_now())
        ours = [reviewed(force, writer, publishers[0]) for _ in range(3)]

        def publish(deployment, reference=theirs["reference"]):
            return lambda: actions.publish(
                deployment, seen=FIRST, matches=reference, by=publishers[0], at=db_now()
            )

        assert sorted(race(*map(publish, ours))) == ["NoMatch", "NoMatch", "done"]
        assert sorted(now(each).stage for each in ours) == ["preparing", "preparing", "published"]
        assert Entry.objects.filter(reference=theirs["reference"]).count() == 2


def test_publication_and_amendment_never_both_hold(team):
    force, writer, publishers = team
    for _ in range(6):
        deployment = reviewed(force, writer, publishers[0])

        def amend(deployment=deployment):
            actions.send_back(
                deployment, reason="The place is misspelt.", seen=FIRST, by=publishers[1], at=db_now()
            )
            actions.amend(deployment, facts(place="Quay"), seen=FIRST, by=writer, at=db_now())

        def publish(deployment=deployment):
            actions.publish(deployment, seen=FIRST, by=publishers[0], at=db_now())

        outcomes = race(amend, publish, amend, publish)
        standing = now(deployment)
        assert "done" in outcomes
        if standing.stage == "published":
            assert standing.current.place == "Market Square"
            assert Head.objects.get(pk=deployment.reference).place == "Market Square"
        else:
            assert standing.current.place == "Quay"
            assert not Head.objects.filter(pk=deployment.reference).exists()


def test_a_correction_and_a_withdrawal_end_in_one_order(team):
    force, writer, publishers = team
    for _ in range(6):
        deployment = published(force, writer, publishers[0])
        actions.prepare_correction(
            deployment, facts(place="Quay"), version=1, reason=REASON, by=publishers[0], at=db_now()
        )
        actions.review(deployment, seen=actions.Seen(2, 1), by=publishers[1], at=db_now())
        outcomes = race(
            lambda deployment=deployment: actions.publish(
                deployment, seen=actions.Seen(2, 1), by=publishers[1], at=db_now()
            ),
            lambda deployment=deployment: actions.withdraw(
                deployment, seen=STANDS, reason="It was recorded twice.", by=publishers[2], at=db_now()
            ),
        )
        standing, head = now(deployment), Head.objects.get(pk=deployment.reference)
        assert outcomes in (["done", "Stale"], ["WrongStage", "done"])
        came = ("published", "Quay") if outcomes[0] == "done" else ("withdrawn", "Market Square")
        assert (standing.stage, standing.current.place, standing.correction_id) == (*came, None)
        assert (head.is_withdrawn, head.place) == (came[0] == "withdrawn", came[1])


def test_of_twenty_four_corrections_one_is_prepared(team):
    force, writer, publishers = team
    deployment = published(force, writer, publishers[0])
    outcomes = race(
        *(
            lambda i=i: actions.prepare_correction(
                deployment,
                facts(watchlist_size=i),
                version=1,
                reason=REASON,
                by=publishers[i % 3],
                at=db_now(),
            )
            for i in range(THREADS)
        )
    )
    assert outcomes.count("done") == 1
    assert now(deployment).versions == 2


def test_of_twenty_four_amendments_of_one_revision_one_holds(team):
    force, writer, _publishers = team
    deployment = recorded(force, writer)
    outcomes = race(
        *(
            lambda i=i: actions.amend(deployment, facts(watchlist_size=i), seen=FIRST, by=writer, at=db_now())
            for i in range(THREADS)
        )
    )
    assert sorted(outcomes) == ["Stale"] * (THREADS - 1) + ["done"]
    assert now(deployment).current.revision == 2
