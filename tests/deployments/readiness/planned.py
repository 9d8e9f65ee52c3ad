"""Plans in memory, ready but for what a test changes. No database: checks look at plain values alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from coordination.evaluations.models import AlgorithmVersion
from deployments.models import Authority, Plan
from deployments.planning.fields import moment
from deployments.readiness.reading import GIVEN, Act, Facts, given_as, subject_from
from deployments.readiness.services import Answers
from deployments.readiness.subject import Attested, Held, Subject
from register.canonical import canonical_bytes

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
STARTS, ENDS = datetime(2026, 12, 15, 10, tzinfo=UTC), datetime(2026, 12, 15, 16, tzinfo=UTC)
DAY = date(2026, 12, 15)
WRITER, OFFICER = 7, 9
WORDS = "Robbery in the square rose in each of the last three months."

DOCUMENTS = {
    kind: Held(number, kind, kind.replace("_", " ").capitalize(), "3", date(2027, 6, 1))
    for number, kind in enumerate(
        ("policy", "legal_mandate", "dpia", "eia", "appropriate_policy_document"), start=101
    )
}
SAID: dict[str, dict[str, Any]] = {
    "purpose": {"use_case": "locate_wanted", "objective": WORDS, "expected_benefit": WORDS},
    "place": {
        "place": "Market Square",
        "place_type": "town_centre",
        "location_basis": "hotspot",
        "location_reason": WORDS,
        "starts_at": STARTS.isoformat(),
        "ends_at": ENDS.isoformat(),
        "camera": "van",
    },
    "necessity": dict.fromkeys(("necessity", "strict_necessity", "alternatives", "proportionality"), WORDS),
    "watchlist": {
        "categories": [{"code": "wanted", "expected": 900, "rationale": WORDS}],
        "most": 1000,
        "sources": ["custody"],
        "built_hours_before": 12,
        "reviewed": True,
        "under_18_expected": 0,
    },
    "system": {"algorithm": 1, "threshold": "0.64", "cameras": 2},
    "people": {"commander": "x", "operators": 3, "engagement_officers": 6, "briefing": WORDS},
    "protection": {
        "dpia": DOCUMENTS["dpia"].id,
        "eia": DOCUMENTS["eia"].id,
        "policy": DOCUMENTS["policy"].id,
        "appropriate_policy_document": DOCUMENTS["appropriate_policy_document"].id,
        "equality": WORDS,
        "community_impact": WORDS,
        "engagement": WORDS,
    },
    "notice": {"summary": WORDS, "signage": WORDS},
}


def given(
    rank: str = "superintendent", *, kind: str = "standard", by: int = OFFICER, **more: Any
) -> Authority:
    """An authority as a row that was never saved."""
    more.setdefault("decided_at", AT)
    if kind == "urgent_oral":
        more.setdefault("given_at", AT)
    more.setdefault("roles", ["authorising_officer"])
    return Authority(pk=1, kind=kind, rank=rank, decided_by_id=by, **more)


def attested(role: str, document: int | None) -> Attested:
    return Attested(role, AT, document)


def planned(
    *,
    at: datetime = AT,
    authority: Authority | None = None,
    copied: Iterable[str] = (),
    documents: Any = DOCUMENTS,
    services: Answers | None = None,
    attestations: Mapping[str, Attested] | None = None,
    overridden: Iterable[str] = (),
    published_at: datetime | None = None,
    act: Act | None = None,
    row: Mapping[str, Any] | None = None,
    **tasks: Mapping[str, Any],
) -> Subject:
    """A plan that is ready, with `tasks` changed: `watchlist={"most": None}`.

    `copied` names answers that nobody confirmed, as `task.question`; `row` sets columns of the plan.
    """
    said = {task: {**values, **tasks.get(task, {})} for task, values in SAID.items()}
    to_confirm: dict[str, dict[str, list[str]]] = {}
    for path in copied:
        task, name = path.split(".")
        to_confirm.setdefault(task, {"to_confirm": []})["to_confirm"].append(name)
    columns: dict[str, Any] = {
        "status": "authorised" if authority is not None else "assessed",
        "algorithm": AlgorithmVersion(pk=1, technology="live"),
        **(row or {}),
    }
    plan = Plan(
        reference="LFR-TEST-0001",
        content=canonical_bytes(said),
        progress=to_confirm,
        starts_at=moment(said["place"]["starts_at"]),
        ends_at=moment(said["place"]["ends_at"]),
        authors=[WRITER],
        authority=authority,
        **columns,
    )
    facts = Facts(
        authority=given_as([getattr(authority, name) for name in GIVEN]) if authority is not None else None,
        overridden=frozenset(overridden),
        attested=attestations or {},
        published_at=published_at,
        documents=documents,
        answers=services or Answers(),
    )
    return subject_from(plan, facts, at=at, act=act)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
