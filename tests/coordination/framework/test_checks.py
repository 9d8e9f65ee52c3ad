"""Parameters: what they may hold, how they are said, and which way is tighter."""

import pytest

from coordination.framework.checks import CHECKS, WrongParameter
from coordination.framework.vocabulary import PLAN_TEXTS
from forces.ranks import Rank


def parameter(check, name):
    return CHECKS[check].parameters[name]


@pytest.mark.parametrize(
    ("check", "name", "national", "tighter", "looser"),
    [
        ("watchlist_age", "hours", 24, 12, 25),
        ("notice_before_start", "hours", 168, 169, 24),
        ("watchlist_at_most", "most", 1000, 999, 1001),
        ("watchlist_at_most", "most", None, 1000, None),
        ("watchlist_at_most", "most", 1000, 0, None),
        ("authority_rank", "rank", "superintendent", "chief_superintendent", "inspector"),
        (
            "use_case_listed",
            "allowed",
            ("locate_wanted", "protect_area"),
            ("locate_wanted",),
            ("locate_at_risk",),
        ),
        ("categories_separately_authorised", "categories", ("victim",), ("witness", "victim"), ("witness",)),
        ("results_within", "days", 5, 3, 6),
    ],
)
def test_one_way_is_tighter(check, name, national, tighter, looser):
    each = parameter(check, name)
    assert each.is_tighter(national, tighter)
    assert not each.is_tighter(national, looser)
    assert not each.is_tighter(national, national)
    assert each.tightest(national, tighter) == tighter
    assert each.tightest(tighter, national) == tighter


def test_what_only_the_nation_sets_is_never_tighter():
    kind = parameter("document_for_plan", "kind")
    assert not kind.is_tighter("dpia", "eia")
    assert kind.tightest("dpia", "eia") == "dpia"


def test_two_lists_that_overlap_leave_what_both_allow():
    allowed = parameter("categories_allowed", "allowed")
    assert allowed.tightest(("wanted", "missing"), ("missing", "victim")) == ("missing",)
    assert not allowed.is_tighter(("wanted", "missing"), ("missing", "victim"))


@pytest.mark.parametrize(
    ("check", "given", "complaint"),
    [
        ("watchlist_age", {}, "needs it"),
        ("watchlist_age", {"hours": None}, "Enter a value"),
        ("watchlist_age", {"hours": True}, "whole number"),
        ("watchlist_age", {"hours": -1}, "whole number"),
        ("watchlist_age", {"hours": 1.5}, "whole number"),
        ("watchlist_age", {"hours": 10**12}, "whole number"),
        ("watchlist_age", {"hours": 24, "days": 1}, "no such parameter"),
        ("authority_rank", {"rank": "general"}, "not one of"),
        ("authority_rank", {"rank": ["inspector"]}, "not one of"),
        ("use_case_listed", {"allowed": []}, "at least one"),
        ("use_case_listed", {"allowed": "locate_wanted"}, "list of codes"),
        ("use_case_listed", {"allowed": ["locate_wanted", 7]}, "not one of"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(check, given, complaint):
    with pytest.raises(WrongParameter, match=complaint):
        CHECKS[check].read(given)


def test_codes_keep_the_order_of_their_list():
    assert CHECKS["use_case_listed"].read(
        {"allowed": ["locate_at_risk", "locate_wanted", "locate_wanted"]}
    ) == {"allowed": ("locate_wanted", "locate_at_risk")}


def test_how_it_is_judged_is_said_in_plain_words():
    assert (
        CHECKS["watchlist_age"]
        .in_words({"hours": 24})
        .startswith("The watchlist is made no more than 24 hours")
    )
    assert CHECKS["watchlist_at_most"].in_words({"most": None}).endswith("no limit set.")
    assert "at least 168 hours (7 days) before" in CHECKS["notice_before_start"].in_words({"hours": 168})
    assert "Superintendent" in CHECKS["authority_rank"].in_words({"rank": "superintendent"})


def test_every_check_says_how_it_judges_with_each_of_its_parameters():
    for spec in CHECKS.values():
        assert str(spec.sentence).endswith(".")
        for name, each in spec.parameters.items():
            assert "{" + name + "}" in str(spec.sentence)
            assert str(each.label)
            assert bool(each.known) == (each.kind in {"codes", "rank", "text"})


def test_ranks_and_texts_are_those_of_the_platform():
    assert list(parameter("authority_rank", "rank").known) == Rank.values
    assert parameter("text_given", "fields").known == PLAN_TEXTS
