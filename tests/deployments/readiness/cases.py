"""For each requirement that ships: how a plan meets it, fails it, and cannot be judged by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from deployments.readiness.services import (
    NOT_RECORDED,
    Advisories,
    Answers,
    Booked,
    Certified,
    Deletion,
    Tested,
)
from tests.deployments.readiness.planned import (
    AT,
    DOCUMENTS,
    ENDS,
    OFFICER,
    STARTS,
    WORDS,
    WRITER,
    attested,
    given,
    hours,
)


@dataclass(frozen=True)
class Case:
    """What to change of a plan that is ready (`planned`) so that it comes out each way."""

    met: dict[str, Any]
    not_met: dict[str, Any]
    not_known: dict[str, Any]


def _answer(task: str, name: str, wrong: Any = None) -> Case:
    """An answer of the plan: as it is, wanting or wrong, and copied without anybody having confirmed it."""
    return Case({}, {task: {name: wrong}}, {"copied": [f"{task}.{name}"]})


def _without(kind: str) -> dict[str, Any]:
    return {"documents": {each: held for each, held in DOCUMENTS.items() if each != kind}}


def _in_date(kind: str) -> Case:
    return Case({}, _without(kind), {"documents": NOT_RECORDED})


def _named(kind: str) -> Case:
    return Case({}, {"protection": {kind: 999}}, {"documents": NOT_RECORDED})


def _services(**answers: Any) -> dict[str, Any]:
    return {"services": Answers(**answers)}


def _certified(operators: int) -> dict[str, Any]:
    return _services(
        certified={
            "commander": Certified(1, 1),
            "operators": Certified(3, operators),
            "engagement_officers": Certified(6, 6),
        }
    )


VICTIMS = {"watchlist": {"categories": [{"code": "victim", "expected": 2, "rationale": WORDS}]}}
CHILDREN = {"watchlist": {"under_18_expected": 2, "under_18_reason": WORDS}}
URGENT = {"row": {"urgency": "A threat to life that cannot wait."}}
OVER = ENDS + timedelta(days=3)

CASES: dict[str, Case] = {
    "use-case": _answer("purpose", "use_case"),
    "objective": _answer("purpose", "objective"),
    "location-basis": _answer("place", "location_basis"),
    "necessity": _answer("necessity", "necessity"),
    "strict-necessity": _answer("necessity", "strict_necessity"),
    "alternatives": _answer("necessity", "alternatives"),
    "authority-rank": Case({"authority": given()}, {"authority": given("chief_inspector")}, {}),
    "authority-by-another": Case(
        {"authority": given(by=OFFICER)}, {"authority": given(by=WRITER)}, {"authority": None}
    ),
    "urgent-rank": Case(
        {"authority": given("inspector", kind="urgent_oral")},
        {"authority": given("sergeant", kind="urgent_oral")},
        URGENT,
    ),
    "urgent-confirmed": Case(
        {"authority": given("inspector", kind="urgent_oral", confirmed_at=AT + hours(23))},
        {"authority": given("inspector", kind="urgent_oral"), "at": AT + hours(25)},
        {"authority": given("inspector", kind="urgent_oral"), "at": AT + hours(1)},
    ),
    "policy": _in_date("policy"),
    "appropriate-policy-document": _in_date("appropriate_policy_document"),
    "dpia": _named("dpia"),
    "eia": _named("eia"),
    "equality-of-this-deployment": _answer("protection", "equality"),
    "community-impact": _answer("protection", "community_impact"),
    "legal-mandate": _in_date("legal_mandate"),
    "logging": Case(
        {"attestations": {"logging": attested("data_protection_officer", DOCUMENTS["dpia"].id)}},
        {},
        {
            "attestations": {"logging": attested("data_protection_officer", DOCUMENTS["dpia"].id)},
            "documents": NOT_RECORDED,
        },
    ),
    "watchlist-rationale": Case(
        {},
        {"watchlist": {"categories": [{"code": "wanted", "expected": 1, "rationale": ""}]}},
        {"copied": ["watchlist.categories"]},
    ),
    "watchlist-categories": Case(
        {},
        {"watchlist": {"categories": [{"code": "once_a_category", "expected": 1, "rationale": WORDS}]}},
        {"watchlist": {"categories": None}},
    ),
    "watchlist-contentious": Case(
        {**VICTIMS, "authority": given(separately=["victim"])}, {**VICTIMS, "authority": given()}, VICTIMS
    ),
    "watchlist-size": _answer("watchlist", "most"),
    "watchlist-source": _answer("watchlist", "sources"),
    "watchlist-review": _answer("watchlist", "reviewed", False),
    "watchlist-age": _answer("watchlist", "built_hours_before", 25),
    "under-18": Case(
        {**CHILDREN, "authority": given(separately=["under_18"])},
        {**CHILDREN, "authority": given()},
        CHILDREN,
    ),
    "within-tested": Case(
        _services(tested=Tested("the national test", lowest=Decimal("0.60"), largest_watchlist=10_000)),
        _services(tested=Tested("the national test", lowest=Decimal("0.68"))),
        {},
    ),
    "people-trained": Case(_certified(3), _certified(2), {}),
    "briefing": _answer("people", "briefing"),
    "advisories": Case(
        _services(advisories=Advisories()), _services(advisories=Advisories(("Glare at dusk",))), {}
    ),
    "kit-booked": Case(
        _services(booked=Booked("A van", STARTS - hours(2), ENDS + hours(2))),
        _services(booked=Booked("A van", STARTS + hours(2), ENDS)),
        {},
    ),
    "notice": _answer("notice", "summary"),
    "notice-period": Case(
        {"authority": given(), "row": {"status": "notified", "notified_at": STARTS - hours(169)}},
        {"authority": given(), "row": {"status": "notified", "notified_at": STARTS - hours(167)}},
        {"authority": given()},
    ),
    "signage": _answer("notice", "signage"),
    "engagement": _answer("protection", "engagement"),
    "deletion": Case(
        {**_services(deletion=Deletion(ENDS + hours(2))), "at": OVER},
        {**_services(deletion=Deletion()), "at": OVER},
        {"at": OVER},
    ),
    "results": Case(
        {"published_at": ENDS + timedelta(days=5), "at": ENDS + timedelta(days=9)},
        {"at": ENDS + timedelta(days=9)},
        {},
    ),
}
