"""Adding a force, naming its successor, declaring its use."""

from datetime import date

import pytest

from directory import actions
from events.models import Event
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import BodyType, Force, LfrUse, Realm
from forces.permissions import may
from forces.refusals import Forbidden, Invalid
from forces.tenancy import national_scope

pytestmark = pytest.mark.django_db


def a_force(**more) -> Force:
    return Force(
        **{
            "code": "E23000099",
            "slug": "wessex",
            "name": "Wessex Police",
            "body_type": BodyType.TERRITORIAL,
            "source": "An order of Parliament",
        }
        | more
    )


def events_of(force, name):
    with national_scope():
        return list(Event.objects.filter(force=force, name=name).order_by("id"))


def periods(force):
    rows = LfrUse.objects.filter(force=force).order_by("period")
    return [
        (use.status, use.period.lower.isoformat(), use.period.upper and use.period.upper.isoformat())
        for use in rows
    ]


def declare(force, by, status="own", on="2025-01-01", until=None, **more):
    return actions.declare_use(
        force,
        status=status,
        starts_on=date.fromisoformat(on),
        ends_on=date.fromisoformat(until) if until else None,
        source="The force's own page",
        by=by,
        at=db_now(),
        **more,
    )


def test_add_force_lets_its_roles_be_held(national_lead):
    wessex = actions.add_force(a_force(), by=national_lead, at=db_now())
    made = actions.invite(
        wessex, name="Ada", email="ada@wessex.example", role="planner", by=national_lead, at=db_now()
    )
    assert may(made.person, Capability.RECORD_RESULTS, wessex)
    assert len(events_of(wessex, "force.added.v1")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("source", ""), ("slug", "Not A Slug"), ("name", ""), ("body_type", "guild"), ("code", "")],
)
def test_add_force_says_which_field_is_wrong(national_lead, field, value):
    with pytest.raises(Invalid) as refused:
        actions.add_force(a_force(**{field: value}), by=national_lead, at=db_now())
    assert refused.value.pointer == field
    assert not Force.objects.filter(slug="wessex").exists()


def test_add_force_refuses_a_population_without_its_year(national_lead):
    with pytest.raises(Invalid):
        actions.add_force(a_force(population=5), by=national_lead, at=db_now())


def test_add_force_refuses_a_code_that_is_taken(kent, national_lead):
    with pytest.raises(actions.NotAddable):
        actions.add_force(a_force(code=kent.code), by=national_lead, at=db_now())


def test_only_the_lead_adds_forces_and_names_successors(kent, avon, kent_owner, national_analyst):
    for person in (kent_owner, national_analyst):
        with pytest.raises(Forbidden):
            actions.add_force(a_force(), by=person, at=db_now())
        with pytest.raises(Forbidden):
            actions.name_successor(kent, avon, on=date(2030, 4, 1), source="x", by=person, at=db_now())


def test_a_successor_moves_no_rights_and_no_history(kent, avon, kent_planner, national_lead):
    actions.name_successor(kent, avon, on=date(2030, 4, 1), source="SI 2029/1", by=national_lead, at=db_now())
    kent.refresh_from_db()
    assert kent.valid_until == date(2030, 4, 1)
    assert may(kent_planner, Capability.RECORD_RESULTS, kent)
    assert not may(kent_planner, Capability.RECORD_RESULTS, avon)
    assert list(Force.objects.on(date(2030, 4, 1))) == [avon]
    assert [event.reason for event in events_of(kent, "force.succeeded.v1")] == ["SI 2029/1"]


def test_a_force_may_be_split_among_several_on_one_day_only(kent, avon, national_lead):
    wessex = actions.add_force(a_force(), by=national_lead, at=db_now())
    for successor in (avon, wessex):
        actions.name_successor(
            kent, successor, on=date(2030, 4, 1), source="x", by=national_lead, at=db_now()
        )
    with pytest.raises(actions.NotSucceeded, match="recorded already"):
        actions.name_successor(kent, avon, on=date(2030, 4, 1), source="x", by=national_lead, at=db_now())
    essex = actions.add_force(a_force(code="E2", slug="essex"), by=national_lead, at=db_now())
    with pytest.raises(actions.NotSucceeded, match="another day"):
        actions.name_successor(kent, essex, on=date(2031, 4, 1), source="x", by=national_lead, at=db_now())


def test_succession_never_runs_in_a_circle(kent, avon, northmoor, national_lead):
    wessex = actions.add_force(a_force(), by=national_lead, at=db_now())
    actions.name_successor(kent, avon, on=date(2030, 4, 1), source="x", by=national_lead, at=db_now())
    actions.name_successor(avon, wessex, on=date(2031, 4, 1), source="x", by=national_lead, at=db_now())
    with pytest.raises(actions.NotSucceeded, match="comes before"):
        actions.name_successor(wessex, kent, on=date(2032, 4, 1), source="x", by=national_lead, at=db_now())
    with pytest.raises(actions.NotSucceeded):
        actions.name_successor(kent, kent, on=date(2030, 4, 1), source="x", by=national_lead, at=db_now())
    with pytest.raises(actions.NotSucceeded, match="made-up"):
        actions.name_successor(
            kent, northmoor, on=date(2030, 4, 1), source="x", by=national_lead, at=db_now()
        )


def test_a_declared_use_ends_the_one_before_it(kent, force_people):
    chief = force_people(kent, "chief_officer")
    declare(kent, chief, "borrowed", "2024-01-01")
    declare(kent, chief, "own", "2025-01-01")
    assert periods(kent) == [("borrowed", "2024-01-01", "2025-01-01"), ("own", "2025-01-01", None)]
    assert [event.payload["status"] for event in events_of(kent, "use.declared.v1")] == ["borrowed", "own"]


def test_a_use_with_an_end_leaves_the_days_after_it_unknown(kent, force_people):
    chief = force_people(kent, "chief_officer")
    declare(kent, chief, "own", "2024-01-01")
    declare(kent, chief, "paused", "2025-01-01", "2025-01-31")
    assert periods(kent) == [("own", "2024-01-01", "2025-01-01"), ("paused", "2025-01-01", "2025-02-01")]
    assert not LfrUse.objects.filter(force=kent, period__contains=date(2025, 2, 1)).exists()


def test_a_use_cannot_cover_days_that_are_spoken_for(kent, force_people):
    chief = force_people(kent, "chief_officer")
    declare(kent, chief, "paused", "2025-01-01", "2025-01-31")
    with pytest.raises(actions.NotDeclarable, match="some of those days"):
        declare(kent, chief, "own", "2024-12-01")
    with pytest.raises(actions.NotDeclarable, match="some of those days"):
        declare(kent, chief, "own", "2025-01-15")
    assert periods(kent) == [("paused", "2025-01-01", "2025-02-01")]
    assert len(events_of(kent, "use.declared.v1")) == 1


def test_what_was_wrong_is_replaced_with_a_reason_and_kept_in_the_history(kent, force_people):
    chief = force_people(kent, "chief_officer")
    declare(kent, chief, "own", "2025-01-01")
    with pytest.raises(actions.NotDeclarable, match="why it was wrong"):
        declare(kent, chief, "shared", "2025-01-01")
    declare(kent, chief, "shared", "2025-01-01", reason="The van is on loan")
    assert periods(kent) == [("shared", "2025-01-01", None)]
    last = events_of(kent, "use.declared.v1")[-1]
    assert last.reason == "The van is on loan"
    assert last.payload["replaced"].startswith("own [2025-01-01, …)")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"status": "plenty"}, "status"),
        ({"until": "2024-12-31"}, "ends_on"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
    ],
)
def test_declare_use_says_which_field_is_wrong(kent, force_people, more, field):
    with pytest.raises(Invalid) as refused:
        declare(kent, force_people(kent, "chief_officer"), **more)
    assert refused.value.pointer == field


def test_only_those_who_answer_for_it_declare_use(
    kent, kent_planner, kent_owner, national_analyst, avon, force_people
):
    for person in (kent_planner, kent_owner, force_people(avon, "chief_officer")):
        with pytest.raises(Forbidden):
            declare(kent, person)
    declare(kent, national_analyst)


def test_a_made_up_force_stays_made_up(national_lead):
    made_up = actions.add_force(
        a_force(code="X-WESSEX", realm=Realm.DEMONSTRATION), by=national_lead, at=db_now()
    )
    assert made_up.is_made_up
