"""One planted database for all tricks; each is played in a transaction that is rolled back."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from coordination.framework.reference import load_framework
from deployments.planning import actions
from forces.clock import db_now
from tests.conftest import own_database
from tests.deployments.planning.plans import Team
from tests.people import make_force, make_national
from tests.portal.tricks.playing import Stage

PEOPLE = ("planner", "officer", "inspector", "assessor", "engagement", "commander", "chief", "papers")


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker) -> Iterator[Stage]:
    with own_database(django_db_blocker):
        load_framework(at=db_now())
        kents = Team(make_force("E23000032", "kent", "Kent Police"))
        avons = Team(make_force("E23000036", "avon-and-somerset", "Avon and Somerset Constabulary"))
        for team in (kents, avons):
            for who in PEOPLE:
                getattr(team, who)
        stage = Stage(
            kents,
            avons,
            make_national("national_lead"),
            make_national("legal_adviser"),
            make_national("regulator"),
        )
        stage.plans = {
            "draft": kents.drafted(),
            "submitted": kents.submitted(),
            "urgent": kents.submitted(urgency="A dangerous person was seen in the town."),
            "assessed": kents.assessed(),
            "unreviewed": kents.assessed(watchlist={"reviewed": False}),
            "authorised": kents.authorised(),
            "theirs": avons.assessed(),
        }
        stage.plans["cancelled"] = actions.cancel(
            kents.submitted(), reason="The van is out of order.", by=kents.planner, at=db_now()
        )
        yield stage


@pytest.fixture
def stage(planted) -> Iterator[Stage]:
    with transaction.atomic():
        yield planted
        transaction.set_rollback(True)
