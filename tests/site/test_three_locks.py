"""Three locks, each by itself: with all of them nothing leaks; without any one, the same questions find the leak."""

from contextlib import nullcontext

import psycopg
import pytest
from django.db import DatabaseError, transaction

from deployments.models import Deployment, Revision
from forces.clock import db_now
from forces.guard import UnscopedQuery, asking_whole_table
from forces.tenancy import acting, scope
from tests.deployments.recordings import recorded
from tests.people import make_force, make_member

pytestmark = pytest.mark.commits

GUARD, POLICIES, KEYS = "the query guard", "row-level security", "the composite keys"


@pytest.fixture
def sides(committed_db):
    """(force, planner, deployment) of two forces, and the database's addresses."""
    made = []
    for code, slug, name in (
        ("E23000032", "kent", "Kent Police"),
        ("E23000036", "avon-and-somerset", "Avon and Somerset Constabulary"),
    ):
        force = make_force(code, slug, name)
        planner = make_member(force, "planner")
        made.append((force, planner, recorded(force, planner)))
    return made, committed_db


def leaks(sides) -> set[str]:
    """Which locks let something through: a forgotten filter, another's rows, a link to another's row."""
    (mine, planner, _), (other, _, theirs) = sides
    found = set()
    with scope(planner):
        try:
            list(Deployment.objects.all())
            found.add(GUARD)
        except UnscopedQuery:
            pass
        everything = Deployment.objects.across_forces(reason="a filter somebody forgot")
        if everything.filter(force=other).exists():
            found.add(POLICIES)
    with acting(mine, planner):
        if Deployment.objects.across_forces(reason="the same").filter(pk=theirs.pk).update(versions=9):
            found.add(POLICIES)
        try:
            with transaction.atomic():
                Revision.objects.create(
                    force=mine,
                    result_id=theirs.current_id,
                    number=99,
                    facts={},
                    answers={},
                    written_by=planner,
                    written_at=db_now(),
                )
                found.add(KEYS)
                transaction.set_rollback(True)
        except DatabaseError:
            pass
    return found


def as_owner(place, statements):
    with psycopg.connect(place.owner_url) as owner:
        owner.execute(statements)


def test_with_all_three_nothing_leaks(sides):
    assert leaks(sides[0]) == set()


@pytest.mark.parametrize(
    ("lock", "statements"),
    [
        (GUARD, ""),
        (POLICIES, "ALTER TABLE deployments_deployment DISABLE ROW LEVEL SECURITY"),
        (
            KEYS,
            "ALTER TABLE deployments_revision DROP CONSTRAINT deployments_revision_result_id_same_force_id;"
            "ALTER TABLE deployments_revision ADD FOREIGN KEY (result_id) REFERENCES deployments_result (id)",
        ),
    ],
)
def test_without_one_the_others_hold_and_the_leak_is_found(sides, lock, statements):
    made, place = sides
    if statements:
        as_owner(place, statements)
    with asking_whole_table() if lock == GUARD else nullcontext():
        assert leaks(made) == {lock}
