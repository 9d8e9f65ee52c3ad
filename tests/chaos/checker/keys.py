"""I13: a key has one effect, however often its request was sent; every repeat gets the first answer again.

Each keyed request of the run carries a mark of its own, which what it wrote carries, too: in the area of a revision,
or in the reason why a withdrawal is asked for. So its effects are counted in what was written, not in what the
product keeps about keys; that is then held against both.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass

import psycopg

from tests.chaos.checker.evidence import Evidence, Findings
from tests.chaos.history import NOT_SENT, OK, UNKNOWN, Operation

# By mark: how often it was written, and the instant of the commit that wrote it.
_EFFECTS = """
SELECT v.facts ->> 'area', count(*), min(pg_xact_commit_timestamp(v.xmin)) FROM deployments_revision v
 WHERE v.facts ->> 'area' LIKE 'Mark %' GROUP BY 1
UNION ALL
SELECT rtrim(substring(e.reason FROM 'Mark .*'), '.'), count(*), min(pg_xact_commit_timestamp(e.xmin))
  FROM events_event e WHERE e.name = 'deployment.withdrawal_asked.v1' AND e.reason LIKE '%Mark %' GROUP BY 1
"""
# Each makes one deployment at most: of another one there would be no mark, and no key.
_UNASKED = """
SELECT r.place, count(DISTINCT r.deployment_id) FROM deployments_result r
 WHERE r.recorded_by_id IN (SELECT person_id FROM forces_system) GROUP BY r.place
HAVING count(DISTINCT r.deployment_id) > 1
"""
_KEPT = """
SELECT key, status, headers ->> 'ETag', headers ->> 'Location', body, body_sha256, pg_xact_commit_timestamp(xmin)
  FROM api_keptanswer
"""


@dataclass(frozen=True)
class Kept:
    """An answer as the database holds it. `at` is the instant of the commit that wrote it."""

    digest: str
    sent: str
    at: object


def check(database: psycopg.Connection, evidence: Evidence, found: Findings) -> None:
    effects = {mark: (times, at) for mark, times, at in database.execute(_EFFECTS).fetchall()}
    kept: dict[str, list[Kept]] = defaultdict(list)
    for key, status, etag, location, body, sent, at in database.execute(_KEPT).fetchall():
        told = f"{status}\n{etag or ''}\n{location or ''}\n{body}"
        kept[key].append(Kept(hashlib.sha256(told.encode()).hexdigest(), sent, at))
    asked: dict[str, list[Operation]] = defaultdict(list)
    unkeyed: dict[str, list[Operation]] = defaultdict(list)
    for operation in evidence.operations:
        if operation.key:
            asked[operation.key].append(operation)
        elif operation.mark:
            unkeyed[operation.mark].append(operation)
    for key in sorted(asked.keys() | kept.keys()):
        _one(key, asked[key], effects, kept[key], found)
    for mark, operations in unkeyed.items():
        times, _at = effects.get(mark, (0, None))
        if times > 1 or (times < 1 and any(each.outcome == OK for each in operations)):
            found.add("I13", f"“{mark}”, sent without a key, had its effect {times} times")
    for place, times in database.execute(_UNASKED).fetchall():
        found.add("I13", f"“{place}” was recorded {times} times by a system")


def _one(
    key: str,
    operations: list[Operation],
    effects: dict[str, tuple[int, object]],
    kept: list[Kept],
    found: Findings,
) -> None:
    """Everything that was sent under one key: the request and its repeats first, and perhaps other bytes."""
    if not operations:
        found.add("I13", f"an answer is kept for key {key}, under which nothing was sent")
        return
    first = operations[0]
    what = f"key {key} ({first.act} {first.reference or first.sent.get('place', '')})"
    own = [each for each in operations if each.body == first.body]
    others = [each for each in operations if each.body != first.body]
    times, at = effects.get(first.mark, (0, None))
    said_yes = [each for each in own if each.outcome == OK]
    if times > 1:
        found.add("I13", f"{what}: sent {len(own)} times, had its effect {times} times")
    if said_yes and times < 1:
        found.add("I13", f"{what}: was acknowledged and its effect is lost")
    if times and not any(each.outcome in (OK, UNKNOWN) for each in own):
        sent = any(each.outcome != NOT_SENT for each in own)
        found.add("I13", f"{what}: was {'refused' if sent else 'never sent'}, and had its effect")
    if len({each.answer for each in said_yes}) > 1:
        found.add("I13", f"{what}: its repeat was answered otherwise")
    as_new = [each for each in said_yes if not each.is_repeat]
    answered = min((each.ended or 0.0 for each in said_yes), default=0.0)
    if len(as_new) > 1 or any(each.began > answered for each in as_new):
        found.add("I13", f"{what}: was answered more than once as if for the first time")
    for each in others:
        if each.outcome == OK or effects.get(each.mark, (0, None))[0]:
            found.add("I13", f"{what}: other bytes were let through under it")
    if len(kept) != min(times, 1):
        found.add("I13", f"{what}: {len(kept)} answers are kept for {times} effects")
    for answer in kept:
        if answer.at != at or at is None:
            found.add("I13", f"{what}: the answer was not kept in the transaction of its effect")
        if answer.sent != first.body or any(each.answer != answer.digest for each in said_yes):
            found.add("I13", f"{what}: what is kept is not what was sent and answered")
