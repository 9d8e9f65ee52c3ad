"""Two people press at once: one succeeds, the others are told."""

from datetime import timedelta

import pytest
from django.db.utils import DatabaseError

from coordination.framework import actions
from coordination.framework.models import Requirement, Tightening, Version
from coordination.framework.reference import load_framework
from directory import actions as directory
from events.models import Event
from forces.clock import db_now, london_date
from tests.coordination.framework.stated import stated
from tests.deployments.test_races import race
from tests.people import make_force, make_member, make_national

pytestmark = pytest.mark.commits
ROUNDS = 5


@pytest.fixture
def centre(committed_db):
    load_framework(at=db_now())
    lead = make_national("national_lead")
    second = {"name": "Second adviser", "email": "second@centre.example"}
    other = directory.appoint(role="legal_adviser", by=lead, at=db_now(), **second).person
    return lead, make_national("legal_adviser"), other


def test_one_adopts_one_sends_back_one_draft_opens_one_value_holds(centre):
    lead, one, other = centre
    soon = london_date(db_now()) + timedelta(days=10)

    drafts = race(*(lambda by=by: actions.draft(summary="Next.", by=by, at=db_now()) for by in centre))
    assert sorted(drafts) == ["NotDraftable", "NotDraftable", "done"]

    for turn in range(ROUNDS):
        second = Version.objects.open().get()
        actions.propose(second, takes_effect_on=soon + timedelta(days=turn), by=lead, at=db_now())
        seen = Version.objects.get(pk=second.pk)

        def adopt(by, seen=seen):
            return lambda: actions.adopt(seen, seen=seen.proposals, by=by, at=db_now())

        def send_back(by, seen=seen):
            return lambda: actions.send_back(seen, seen=seen.proposals, reason="No.", by=by, at=db_now())

        outcomes = race(adopt(one), adopt(other), adopt(one), send_back(other))
        assert sorted(outcomes) == ["NotAdoptable"] * 3 + ["done"]
        seen.refresh_from_db()
        assert (seen.status == "adopted") == ("done" in outcomes[:3])
        if seen.is_adopted:
            actions.draft(summary="Next.", by=lead, at=db_now())
    adopted = Version.objects.adopted().count() - 1
    assert Event.objects.filter(name="framework.adopted.v1").count() == adopted + 1

    force = make_force("E23000032", "kent", "Kent Police")
    chief = make_member(force, "chief_officer")

    def tighten(hours):
        return lambda: actions.tighten(
            force,
            requirement="watchlist-age",
            parameter="hours",
            value=hours,
            why="The panel asked.",
            starts_on=soon,
            by=chief,
            at=db_now(),
        )

    assert sorted(race(*(tighten(hours) for hours in (6, 8, 12)))) == ["NotTightenable"] * 2 + ["done"]
    assert Tightening.objects.count() == 1


def test_no_requirement_slips_into_a_version_while_it_is_proposed(centre):
    lead, one, _other = centre
    soon = london_date(db_now()) + timedelta(days=10)
    draft = actions.draft(summary="Next.", by=lead, at=db_now())
    for turn in range(ROUNDS):
        outcomes = race(
            lambda turn=turn: actions.state(draft, f"weather-{turn}", stated(), by=one, at=db_now()),
            lambda: actions.propose(draft, takes_effect_on=soon, by=lead, at=db_now()),
        )
        assert outcomes[1] == "done"
        there = Requirement.objects.filter(version=draft, code=f"weather-{turn}")
        assert there.exists() == (outcomes[0] == "done")
        with pytest.raises(DatabaseError, match="only a draft"):
            there.create(code="late", version=draft, **stated())
        seen = Version.objects.get(pk=draft.pk)
        actions.send_back(seen, seen=seen.proposals, reason="Again.", by=lead, at=db_now())
