"""Published claims held against the records: change a record, and the answer changes."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from coordination.collation.models import Claim, Moved, Reconciled
from coordination.collation.rebuilding import rebuild
from coordination.collation.reconciliation.answers import Answer
from coordination.collation.reconciliation.working import answer_for, reconcile
from coordination.collation.reference import CLAIMS, load_claims
from coordination.intake.reference import load as load_records
from forces.clock import db_now
from forces.reference import load_forces
from register import actions
from tests.claims import make_claim
from tests.coordination.collation.histories import deliver, happened
from tests.people import make_force
from tests.records import enter

pytestmark = pytest.mark.django_db


# --- the claims that come with the project, against the records that come with it -----------------------------


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        load_forces()
        load_records()
        deliver(happened())
        load_claims()
        reconcile()
        read = {
            kept.claim.code: (kept.claim, Answer.from_json(kept.answer))
            for kept in Reconciled.objects.select_related("claim")
        }
        named = dict(Claim.objects.values_list("pk", "code"))
        transaction.set_rollback(True)
    return read, named


@pytest.fixture
def answers(loaded):
    """The stored answer to each claim of reference/claims.csv, with the claim, by its code."""
    return loaded[0]


@pytest.fixture
def codes(loaded):
    """The code of each published figure by its id."""
    return loaded[1]


def test_every_claim_is_answered(answers):
    assert len(answers) == 18


def test_arrests_of_the_metropolitan_police_reach_960_by_their_own_records(answers):
    claim, answer = answers["leapwise-met-arrests-2015-2025"]
    assert (claim.value, answer.own.total, answer.own_last) == (1343, 960, date(2025, 5, 10))
    assert answer.own_passing is None


def test_1343_is_met_on_2_september_2025_and_only_with_other_sources(answers):
    _claim, answer = answers["leapwise-met-arrests-2015-2025"]
    assert (answer.others.total, answer.both.total) == (474, 1434)
    assert answer.both_passing.equal_from == date(2025, 9, 2)
    assert answer.both_passing.equal_to == date(2025, 9, 3)
    assert answer.both_passing.passed_on == date(2025, 9, 4)


def test_with_the_eight_arrests_of_the_trials_no_day_makes_1343(answers):
    _claim, answer = answers["leapwise-met-arrests-2015-2025"]
    assert (answer.early_total, answer.with_early) == (8, 1442)
    assert (answer.early_passing.equal_from, answer.early_passing.passed_on) == (None, date(2025, 9, 2))


def test_true_and_false_alerts_of_2024_stand_beside_the_national_ones(answers):
    claim, answer = answers["leapwise-true-2024"]
    assert (claim.value, answer.own.total, answer.others.total) == (1408, 1260, 6)
    assert answer.related["true_alerts_unconfirmed"][0].total == 18
    assert answer.related["undetermined_alerts"][0].known == 0
    claim, answer = answers["leapwise-false-2024"]
    assert (claim.value, answer.own.total, answer.others.total) == (28, 27, 0)


@pytest.mark.parametrize(
    ("code", "value", "own", "others", "with_early"),
    [
        ("leapwise-deployments-2015-2025", 613, 286, 94, 392),
        ("leapwise-deployments-2024-2025", 463, 254, 93, 347),
        ("leapwise-faces-2015-2025", 13_300_000, 2_529_031, 1_779_802, 4_308_833),
        ("leapwise-true-2025", 1898, 809, 923, 1732),
        ("leapwise-false-2025", 13, 5, 6, 11),
        ("met-report-arrests-2025", 962, 566, 474, 1040),
        ("garbett-deployments-2025", 231, 74, 157, 231),
        ("garbett-arrests-2025", 1130, 342, 790, 1132),
    ],
)
def test_what_the_records_come_to(answers, code, value, own, others, with_early):
    claim, answer = answers[code]
    assert (claim.value, answer.own.total, answer.others.total) == (value, own, others)
    assert answer.with_early == with_early
    assert answer.doubled.records == 0


def test_enforcement_actions_are_not_summed_where_a_column_would_mislead(answers):
    _claim, answer = answers["leapwise-enforcement-2015-2025"]
    assert answer.own.misleading == 203
    assert answer.others.known == 0
    assert answer.both_passing is None
    assert [tally.total for tally in answer.related["arrests"]] == [960, 482]


def test_a_force_that_says_more_than_its_records_hold_is_shown_beside(answers, codes):
    _claim, answer = answers["leapwise-deployments-2015-2025"]
    beside = {codes[each.claim]: each.records.total for each in answer.beside}
    assert beside == {
        "met-trials-deployments": 0,
        "essex-trial-deployments-2023": 0,
        "south-wales-deployments-2017-2025": 1,
        "essex-deployments-october-2024": 0,
    }
    assert [codes[claim] for claim in answer.early] == [
        "met-trials-deployments",
        "essex-trial-deployments-2023",
    ]


# --- records of our own making ----------------------------------------------------------------------------------


@pytest.fixture
def claimed(kent):
    """`claimed(value)` is a claim about Kent's arrests from March to May 2024, unless said otherwise."""

    return lambda value, **fields: make_claim(fields.pop("subject", kent), value, **fields)


def arrests(force, on, number, **fields):
    return enter(force, on=on, figures={"arrests": number}, **fields)


def others(force, on, number):
    return arrests(force, on, number, tier="secondary", origin="collated")


def answered(claim):
    return answer_for(claim, list(Claim.objects.all()))


def test_the_day_on_which_a_sum_is_equal_moves_with_the_records(kent, claimed):
    claim = claimed(6)
    arrests(kent, "2024-03-04", 2)
    arrests(kent, "2024-04-06", 4)
    later = arrests(kent, "2024-04-20", 5)
    passing = answered(claim).own_passing
    assert (passing.equal_from, passing.equal_to, passing.passed_on) == (
        date(2024, 4, 6),
        date(2024, 4, 19),
        date(2024, 4, 20),
    )
    arrests(kent, "2024-03-28", 1)
    passing = answered(claim).own_passing
    assert (passing.equal_from, passing.passed_on) == (None, date(2024, 4, 6))
    actions.withdraw(
        later["reference"], force=kent, by=None, at=db_now(), reason="It never took place at all."
    )
    deliver(happened())
    assert answered(claim).own.total == 7


def test_a_sum_that_stays_equal_does_so_to_the_end_of_the_period(kent, claimed):
    arrests(kent, "2024-03-04", 2)
    arrests(kent, "2024-05-30", 0)
    passing = answered(claimed(2)).own_passing
    assert (passing.equal_from, passing.equal_to, passing.passed_on) == (
        date(2024, 3, 4),
        date(2024, 5, 31),
        None,
    )


def test_only_days_of_the_period_count_even_within_a_month(kent, claimed):
    for on in ("2024-03-09", "2024-03-10", "2024-04-10", "2024-05-20", "2024-05-21"):
        arrests(kent, on, 1)
    claim = claimed(3, first=date(2024, 3, 10), last=date(2024, 5, 20), precision="day")
    answer = answered(claim)
    assert (answer.own.total, answer.own.records) == (3, 3)
    assert answer.own_passing.equal_from == date(2024, 5, 20)


def test_other_forces_count_in_the_nation_and_not_in_a_force(kent, avon, claimed):
    arrests(kent, "2024-03-04", 2)
    arrests(avon, "2024-03-04", 3)
    assert answered(claimed(9)).own.total == 2
    nation = answered(claimed(9, subject=None))
    assert nation.own.total == 5
    assert [(part.force, part.own.total) for part in nation.parts] == sorted([(kent.pk, 2), (avon.pk, 3)])


def test_what_another_source_says_of_a_day_of_the_force_s_own_record_is_not_added(kent, avon, claimed):
    arrests(kent, "2024-03-04", 2)
    others(kent, "2024-03-04", 2)
    others(kent, "2024-03-05", 4)
    others(avon, "2024-03-04", 8)
    answer = answered(claimed(6))
    assert (answer.own.total, answer.others.total, answer.doubled.total) == (2, 4, 2)
    assert answer.both_passing.equal_from == date(2024, 3, 5)
    assert answer.running == {date(2024, 3, 1): (2, 6)}
    nation = answered(claimed(9, subject=None))
    assert (nation.own.total, nation.others.total) == (2, 12)


def test_missing_is_not_zero_and_is_told(kent, claimed):
    arrests(kent, "2024-03-04", 2)
    arrests(kent, "2024-03-05", None)
    answer = answered(claimed(2))
    assert (answer.own.total, answer.own.known, answer.own.records) == (2, 1, 2)


def test_trials_are_added_only_for_a_time_without_records(kent, claimed):
    arrests(kent, "2024-05-01", 2)
    early = {"role": "early", "first": date(2024, 3, 1), "last": date(2024, 3, 9), "precision": "day"}
    claimed(8, **early)
    claim = claimed(10)
    answer = answered(claim)
    assert (answer.early_total, answer.with_early, answer.early_passing.equal_from) == (
        8,
        10,
        date(2024, 5, 1),
    )
    others(kent, "2024-03-09", 1)
    answer = answered(claim)
    assert (answer.early, answer.with_early, answer.early_passing) == ((), 3, None)


def test_trials_that_reach_beyond_the_period_are_not_added(kent, claimed):
    claimed(8, role="early", first=date(2024, 2, 1), last=date(2024, 3, 9))
    assert answered(claimed(10)).early == ()


def test_the_answer_is_kept_and_read_back_as_it_was(kent, claimed):
    arrests(kent, "2024-03-04", 2)
    others(kent, "2024-03-05", 4)
    claim = claimed(6)
    answer = answered(claim)
    assert Answer.from_json(answer.as_json()) == answer


# --- when it is worked out ---------------------------------------------------------------------------------------


def test_a_claim_is_held_against_the_records_once_they_have_moved(kent, claimed):
    claim = claimed(2)
    assert reconcile() == 0
    arrests(kent, "2024-03-04", 2)
    assert reconcile() == 1
    assert Answer.from_json(Reconciled.objects.get(claim=claim).answer).own.total == 2
    assert reconcile() == 0
    document = arrests(kent, "2024-06-01", 2)
    assert not Moved.objects.exists(), "no claim speaks of June"
    actions.correct(
        document | {"on": "2024-05-31"},
        force=kent,
        origin="submitted",
        tier="primary",
        by=None,
        at=db_now(),
        reason="The day was wrong.",
    )
    deliver(happened())
    assert reconcile() == 1
    assert Answer.from_json(Reconciled.objects.get(claim=claim).answer).own.total == 4


def test_the_demonstration_moves_no_claim(northmoor, claimed):
    claimed(2, subject=None)
    arrests(northmoor, "2024-03-04", 2)
    assert not Moved.objects.exists()
    assert answered(claimed(2, subject=None)).own.records == 0


def test_cells_made_anew_are_held_against_again(kent, claimed):
    claimed(2)
    rebuild(kent)
    assert reconcile() == 1


def test_what_is_read_does_not_grow_with_the_records(kent, claimed):
    claim = claimed(3)

    def statements():
        with CaptureQueriesContext(connection) as asked:
            answered(claim)
        return len(asked)

    arrests(kent, "2024-03-04", 1)
    others(kent, "2024-04-04", 1)
    before = statements()
    for day in range(10, 28):
        arrests(kent, f"2024-03-{day}", 1)
        others(kent, f"2024-04-{day}", 1)
    assert statements() <= before + 2, "one month more to look for the day in"


# --- the file ----------------------------------------------------------------------------------------------------


def test_loading_the_claims_twice_changes_none(loaded_forces):
    assert load_claims() == Claim.objects.count() == 28
    Moved.objects.all().delete()
    assert load_claims() == 0
    assert not Moved.objects.exists()


def test_every_claim_says_where_it_was_read(loaded_forces):
    load_claims()
    for claim in Claim.objects.all():
        assert claim.source
        assert claim.claimant
        assert not claim.is_verified, "none of the sources was read itself"


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        (",arrests,", ",arests,", "line 6: no measure is called arests"),
        (",E23000001,", ",E23000099,", "line 6: no force has the code E23000099"),
        (",2015-06-01,", ",June 2015,", "line 6: Invalid isoformat string: 'June 2015'"),
        (",stated,", ",sworn,", "line 6: {'qualifier'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(loaded_forces, tmp_path, was, becomes, complaint):
    lines = CLAIMS.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[5] = lines[5].replace(was, becomes)
    wrong = tmp_path / "claims.csv"
    wrong.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(ValueError, match=r"claims\.csv") as refused:
        load_claims(wrong)
    assert complaint in str(refused.value)


@pytest.fixture
def loaded_forces(db):
    return load_forces()


def test_a_claim_about_the_nation_counts_no_other_realm_s_force(db, claimed):
    outside = make_force("GB-BTP", "btp", "British Transport Police", body_type="special")
    arrests(outside, "2024-03-04", 3)
    assert answered(claimed(3, subject=None)).own.total == 3
