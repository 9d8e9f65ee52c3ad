"""Taking, giving back, deciding: one holder, one effect, two people where two must agree, and a trail."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.utils import Error

from coordination.deciding import actions, queue
from coordination.deciding.models import Decided, Holding, Proposal
from coordination.deciding.types import TYPES, Choice, register
from events.models import Event
from forces.clock import db_now
from forces.refusals import Forbidden
from forces.tenancy import national_scope
from tests.coordination.deciding.conftest import reported
from tests.people import make_national

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(national_lead):
    return make_national("testing_officer")


@pytest.fixture
def single(kind):
    """The same kind where one person is enough."""
    TYPES[kind.code] = replace(kind, second_person=False)
    return TYPES[kind.code]


@pytest.fixture
def key(national_lead):
    return str(reported(national_lead).pk)


def item(kind, key):
    with national_scope():
        return queue.find(kind, key, db_now())


def choose(kind, key, by, choice="verify", reason="Read it."):
    return actions.decide(kind, key, choice=choice, reason=reason, by=by, at=db_now())


def told(name):
    with national_scope():
        return list(Event.objects.filter(name=name).order_by("pk"))


# Taking and giving back -------------------------------------------------------------------------------


def test_who_takes_an_item_holds_it_alone_and_gives_it_back(kind, key, national_lead, officer):
    held = actions.claim(kind, key, by=national_lead, at=db_now())
    assert item(kind, key).held == held
    with pytest.raises(actions.Held, match="National lead has taken this"):
        actions.claim(kind, key, by=officer, at=db_now())
    with pytest.raises(actions.Held):
        choose(kind, key, officer)
    with pytest.raises(actions.NotDecidable):
        actions.release(kind, key, by=officer, at=db_now())
    actions.release(kind, key, by=national_lead, at=db_now())
    assert actions.claim(kind, key, by=officer, at=db_now()).by == officer
    assert [event.subject for event in told("decision.released.v1")] == [f"{kind.code}:{key}"]


def test_taking_it_again_is_taking_it_for_longer(kind, key, national_lead):
    now = db_now()
    first = actions.claim(kind, key, by=national_lead, at=now)
    later = now + timedelta(hours=1)
    assert actions.claim(kind, key, by=national_lead, at=later).pk == first.pk
    assert Holding.objects.get().until == later + actions.HOLDING_LASTS


def test_what_nobody_gives_back_comes_free_by_itself(kind, key, national_lead, officer):
    now = db_now()
    actions.claim(kind, key, by=national_lead, at=now - actions.HOLDING_LASTS - timedelta(seconds=1))
    assert item(kind, key).held is None
    assert actions.claim(kind, key, by=officer, at=now).by == officer
    with pytest.raises(actions.NotDecidable):
        actions.release(kind, key, by=national_lead, at=now)


def test_the_database_keeps_two_holders_apart(kind, key, national_lead, officer):
    now = db_now()
    held = actions.claim(kind, key, by=national_lead, at=now)
    for start, end in ((now, now + timedelta(hours=1)), (held.until - timedelta(seconds=1), None)):
        with pytest.raises(IntegrityError, match="holding_one_holder"), transaction.atomic():
            Holding.objects.create(
                kind=kind.code,
                item=key,
                by=officer,
                claimed_at=start,
                until=end or start + timedelta(hours=1),
            )
    Holding.objects.create(
        kind=kind.code, item="another", by=officer, claimed_at=now, until=now + timedelta(hours=1)
    )


def test_whoever_lacks_the_right_of_the_kind_does_nothing(kind, key, national_analyst):
    for act in (
        lambda: actions.claim(kind, key, by=national_analyst, at=db_now()),
        lambda: actions.release(kind, key, by=national_analyst, at=db_now()),
        lambda: choose(kind, key, national_analyst),
    ):
        with pytest.raises(Forbidden):
            act()


# Deciding ---------------------------------------------------------------------------------------------


def test_one_decision_has_one_effect_and_a_trail(single, key, national_lead, officer):
    actions.claim(single, key, by=national_lead, at=db_now())
    assert choose(single, key, national_lead) == "Maker Matcher 2 is verified."
    made = Decided.objects.get()
    assert (made.item, made.about, made.choice, made.reason, made.by_id) == (
        *(key, "Maker Matcher 2", "verify", "Read it."),
        national_lead.pk,
    )
    assert item(single, key) is None
    assert not queue.holdings_now(db_now())
    with pytest.raises(actions.Settled, match="National lead has decided this already: It is as reported"):
        choose(single, key, officer)
    with pytest.raises(actions.Settled):
        actions.claim(single, key, by=officer, at=db_now())
    (event,) = told("decision.made.v1")
    assert (event.force_id, event.person_id, event.reason) == (None, national_lead.pk, "Read it.")
    assert len(told("algorithm.described.v1")) == 1


def test_what_was_settled_elsewhere_is_said_to_be(single, key, national_lead):
    with national_scope():
        single.decide(item(single, key).row, choice="verify", reason="By hand", by=national_lead, at=db_now())
    with pytest.raises(actions.Settled, match="settled elsewhere"):
        choose(single, key, national_lead)
    assert not Decided.objects.exists()


@pytest.mark.parametrize(
    ("choice", "reason", "pointer"),
    [
        ("", "x", "choice"),
        ("no-such", "x", "choice"),
        ("verify", " ", "reason"),
        ("verify", "x" * 1001, "reason"),
    ],
)
def test_a_decision_names_a_choice_and_says_why(single, key, national_lead, choice, reason, pointer):
    with pytest.raises(actions.NotDecidable) as refused:
        choose(single, key, national_lead, choice, reason)
    assert refused.value.pointer == pointer


def test_what_the_kind_s_own_action_refuses_leaves_no_trail(single, key, national_lead, officer):
    """The action asks for the right once more: whoever holds only the queue's gets no further."""

    def refuses(row, *, choice, reason, by, at):
        single.decide(row, choice=choice, reason=reason, by=by, at=at)
        raise actions.NotDecidable("Not like that.")

    with pytest.raises(actions.NotDecidable, match="Not like that"):
        choose(replace(single, decide=refuses), key, national_lead)
    assert not Decided.objects.exists()
    assert item(single, key) is not None


def test_who_asked_does_not_decide(single, key, national_lead, officer):
    asked = replace(single, not_by=lambda row: [national_lead.pk])
    with pytest.raises(actions.NotDecidable, match="You asked for this"):
        choose(asked, key, national_lead)
    choose(asked, key, officer)


def test_the_trail_is_for_good(single, key, national_lead):
    choose(single, key, national_lead)
    with pytest.raises(Error), transaction.atomic():
        Decided.objects.update(reason="Something else")
    with pytest.raises(Error), transaction.atomic():
        Decided.objects.all().delete()


# Two people -------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(kind, key, national_lead):
    actions.claim(kind, key, by=national_lead, at=db_now())
    assert "Nothing is done until somebody else confirms" in choose(kind, key, national_lead)
    return Proposal.objects.get()


def test_the_first_of_two_people_proposes_and_nothing_is_done(kind, key, proposed, national_lead, officer):
    found = item(kind, key)
    assert (found.proposal, found.held) == (proposed, None)
    with pytest.raises(actions.NotDecidable, match="National lead has proposed a decision"):
        choose(kind, key, officer)
    with pytest.raises(actions.NotDecidable, match="You proposed this"):
        actions.confirm(proposed, kind, by=national_lead, at=db_now())
    with pytest.raises(actions.NotDecidable, match="You proposed this"):
        actions.decline(proposed, kind, reason="x", by=national_lead, at=db_now())
    assert not told("algorithm.described.v1")


def test_the_second_confirms_and_it_is_done(kind, key, proposed, national_lead, officer):
    assert actions.confirm(proposed, kind, by=officer, at=db_now()) == "Maker Matcher 2 is verified."
    made = Decided.objects.get()
    assert (made.by_id, made.proposed_by_id, made.proposal, made.reason) == (
        officer.pk,
        national_lead.pk,
        proposed,
        "Read it.",
    )
    with pytest.raises(actions.Settled):
        actions.confirm(proposed, kind, by=officer, at=db_now())
    assert told("decision.made.v1")[0].payload["person"] == national_lead.pk


def test_the_second_declines_and_it_waits_again(kind, key, proposed, national_lead, officer):
    with pytest.raises(actions.NotDecidable, match="Say why"):
        actions.decline(proposed, kind, reason="", by=officer, at=db_now())
    actions.decline(proposed, kind, reason="The page says 3.", by=officer, at=db_now())
    assert item(kind, key).proposal is None
    with pytest.raises(actions.Settled):
        actions.confirm(proposed, kind, by=officer, at=db_now())
    assert told("decision.declined.v1")[0].reason == "The page says 3."
    choose(kind, key, officer)
    assert item(kind, key).proposal.proposed_by == officer


def test_the_database_wants_two_people(proposed, national_lead):
    for change in (
        {"state": "confirmed", "answered_by": national_lead, "answered_at": db_now()},
        {"state": "confirmed"},
        {"choice": "another"},
        {"proposed_by": make_national("testing_officer")},
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            Proposal.objects.filter(pk=proposed.pk).update(**change)
    for more in ({"proposal": proposed, "proposed_by": national_lead}, {"proposal": proposed}):
        with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
            Decided.objects.create(
                kind="x", item="1", about="x", choice="x", reason="x", by=national_lead, at=db_now(), **more
            )
    with pytest.raises(IntegrityError, match="proposal_one_open"), transaction.atomic():
        Proposal.objects.create(
            kind=proposed.kind,
            item=proposed.item,
            choice="x",
            reason="x",
            proposed_by=national_lead,
            proposed_at=db_now(),
        )


def test_a_proposal_speaks_of_the_time_the_thing_waited_then(kind, key, proposed, officer):
    """Settled elsewhere and back again: an old proposal must not be confirmed, nor stand in the way."""
    with national_scope():
        kind.waiting().update(added_at=db_now())
    assert item(kind, key).proposal is None
    with pytest.raises(actions.Settled):
        actions.confirm(proposed, kind, by=officer, at=db_now())
    choose(kind, key, officer)
    proposed.refresh_from_db()
    assert proposed.state == Proposal.State.OVERTAKEN


# Kinds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "Signal!"},
        {},
        {"code": "a-new-one", "choices": ()},
        {"code": "a-new-one", "choices": (), "decide": None},
        {"code": "a-new-one", "choices": [Choice("x", "x")], "decide": None},
    ],
)
def test_a_kind_that_makes_no_sense_is_refused_at_the_start(kind, wrong):
    with pytest.raises(ValueError, match=r"code|called|together|propose"):
        register(replace(kind, **wrong))
