"""How many forces stood how at the end of each quarter."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from coordination.collation.capability import NOT_KNOWN, Quarter, read
from forces.models import BodyType, Force, LfrUse, Realm
from forces.tenancy import acting
from tests.people import make_force

pytestmark = pytest.mark.django_db
TODAY = date(2025, 2, 14)


def use(force, status, first, after=None, **more):
    with acting(force, None):
        return LfrUse.objects.create(
            force=force, status=status, period=DateRange(first, after), source="A test", **more
        )


def test_a_quarter_ends_on_its_last_day():
    ends = [(2024, 1, 3, 31), (2024, 2, 6, 30), (2024, 3, 9, 30), (2024, 4, 12, 31)]
    for year, number, month, day in ends:
        quarter = Quarter(year, number)
        assert quarter.last_day == date(year, month, day)
        assert Quarter.of(quarter.last_day) == quarter
        assert Quarter.of(date(year, month - 2, 1)) == quarter
    assert Quarter(2024, 4).following == Quarter(2025, 1)


def test_nothing_recorded_gives_no_quarters(kent):
    found = read(Realm.NATIONAL, today=TODAY)
    assert found.rows == ()
    assert found.unknown == (kent,)


def test_each_quarter_counts_all_forces_and_what_is_not_known_is_never_none(kent, avon):
    use(kent, "own", date(2024, 5, 1))
    use(avon, "none", date(2024, 3, 31), date(2024, 7, 1))
    found = read(Realm.NATIONAL, today=TODAY)
    assert [row.quarter.code for row in found.rows] == ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]
    own, none, unknown = ([row.counts[each] for row in found.rows] for each in ("own", "none", NOT_KNOWN))
    assert own == [0, 1, 1, 1]
    assert none == [1, 1, 0, 0]
    assert unknown == [1, 0, 1, 1]
    assert all(sum(row.counts.values()) == row.forces == 2 for row in found.rows)
    assert [row.known for row in found.rows] == [1, 2, 1, 1]


def test_a_quarter_that_is_not_over_is_left_out(kent):
    use(kent, "own", date(2024, 12, 1))
    assert read(Realm.NATIONAL, today=date(2024, 12, 31)).rows == ()
    assert len(read(Realm.NATIONAL, today=date(2025, 1, 1)).rows) == 1


def test_days_between_two_ends_of_quarters_are_seen_in_the_statements_alone(kent):
    use(kent, "borrowed", date(2024, 2, 1), date(2024, 2, 3))
    (line,) = read(Realm.NATIONAL, today=TODAY).lines
    assert [span.use for span in line.spans] == [None]
    assert [each.status for each in line.uses] == ["borrowed"]


def test_spans_join_quarters_of_one_statement(kent):
    first = use(kent, "own", date(2024, 1, 1), date(2024, 8, 1))
    second = use(kent, "paused", date(2024, 8, 1), is_verified=True)
    (line,) = read(Realm.NATIONAL, today=TODAY).lines
    assert [(span.first.code, span.last.code, span.length, span.use) for span in line.spans] == [
        ("2024-Q1", "2024-Q2", 2, first),
        ("2024-Q3", "2024-Q4", 2, second),
    ]


def test_other_bodies_and_other_technologies_are_not_counted(kent):
    police = make_force("BTP", "btp", "British Transport Police", body_type=BodyType.SPECIAL)
    use(police, "own", date(2024, 1, 1))
    use(kent, "own", date(2024, 1, 1), technology="retrospective")
    found = read(Realm.NATIONAL, today=TODAY)
    assert [row.forces for row in found.rows] == [1, 1, 1, 1]
    assert [row.known for row in found.rows] == [0, 0, 0, 0]
    assert [line.force for line in found.others] == [police]
    assert found.lines == ()
    assert [each.force for each in found.statements] == [police]


def test_a_force_counts_while_it_exists(kent, avon):
    use(kent, "own", date(2024, 1, 1))
    use(avon, "shared", date(2024, 1, 1))
    Force.objects.filter(pk=avon.pk).update(valid_until=date(2024, 7, 1))
    found = read(Realm.NATIONAL, today=TODAY)
    assert [row.forces for row in found.rows] == [2, 2, 1, 1]
    assert [span.exists for span in found.lines[0].spans] == [True, False]


def test_worlds_do_not_mix(kent, northmoor):
    use(northmoor, "own", date(2024, 1, 1))
    assert read(Realm.NATIONAL, today=TODAY).rows == ()
    (line,) = read(Realm.DEMONSTRATION, today=TODAY).lines
    assert line.force == northmoor


def test_it_takes_two_queries(kent, django_assert_num_queries):
    use(kent, "own", date(2024, 1, 1))
    with django_assert_num_queries(2):
        read(Realm.NATIONAL, today=TODAY)
