"""I11 and I12: who did what with which right, and whether the history of each deployment ends where it stands."""

from __future__ import annotations

from collections import Counter, defaultdict

import psycopg

from tests.chaos.checker.evidence import Evidence, Findings
from tests.chaos.history import NOT_SENT, OK, UNKNOWN

# Who may, in words of the published list of roles. Written down again: the product's own list is on trial.
MAY = {
    "deployment.recorded.v1": {"planner", "operator_lead", "data_publisher"},
    "deployment.reviewed.v1": {"authorising_officer", "data_publisher"},
    "deployment.sent_back.v1": {"authorising_officer", "data_publisher"},
    "deployment.published.v1": {"data_publisher"},
    "deployment.correction_prepared.v1": {"data_publisher"},
    "deployment.corrected.v1": {"data_publisher"},
    "deployment.withdrawn.v1": {"data_publisher", "chief_officer"},
    "deployment.withdrawal_asked.v1": {"planner", "operator_lead"},
    "deployment.withdrawal_declined.v1": {"data_publisher", "chief_officer"},
}
# And a system, by what it was connected for.
SYSTEM_MAY = {
    "deployment.recorded.v1": "record_results",
    "deployment.correction_prepared.v1": "correct_results",
    "deployment.withdrawal_asked.v1": "ask_withdrawal",
}
_OWN_WORK = """
SELECT r.id, d.reference, r.number FROM deployments_result r JOIN deployments_deployment d ON d.id = r.deployment_id
 WHERE r.published_by_id = ANY (r.authors) OR r.reviewed_by_id = ANY (r.authors)
    OR r.published_by_id IS NULL AND r.status = 'published'
    OR EXISTS (SELECT FROM forces_system s WHERE s.person_id IN (r.published_by_id, r.reviewed_by_id))
    OR EXISTS (SELECT FROM deployments_revision v JOIN forces_system s ON s.person_id = v.written_by_id
                WHERE v.result_id = r.id AND s.connected_by_id IN (r.published_by_id, r.reviewed_by_id))
    OR NOT EXISTS (SELECT FROM deployments_revision v WHERE v.result_id = r.id AND v.written_by_id = r.recorded_by_id)
    OR EXISTS (SELECT FROM deployments_revision v WHERE v.result_id = r.id
                AND (v.written_by_id = r.published_by_id OR v.written_by_id = r.reviewed_by_id))
"""
_HELD = """
SELECT e.id, e.name, e.subject, array_remove(array_agg(m.role), NULL),
       coalesce((SELECT s.capabilities FROM forces_system s WHERE s.person_id = e.person_id AND s.force_id = e.force_id
                  AND s.period @> e.happened_at), '{}')
  FROM events_event e
  LEFT JOIN forces_membership m ON m.person_id = e.person_id AND m.force_id = e.force_id AND m.period @> e.happened_at
 WHERE e.name = ANY (%s) AND e.id > %s GROUP BY e.id, e.name, e.subject
"""
# The history's word on who reviewed and published, against the row's.
_SIGNED = """
SELECT d.reference, r.number FROM deployments_result r JOIN deployments_deployment d ON d.id = r.deployment_id
 WHERE r.status = 'published' AND NOT EXISTS (
   SELECT FROM events_event e WHERE e.subject = d.reference AND e.person_id = r.published_by_id
      AND e.name IN ('deployment.published.v1', 'deployment.corrected.v1')
      AND (e.payload ->> 'entry')::bigint = r.entry_id AND (e.payload ->> 'version')::int = r.number)
"""
_HISTORY = """
SELECT subject, name, (payload ->> 'version')::int FROM events_event
 WHERE name LIKE 'deployment.%' ORDER BY subject, id
"""
_ROWS = """
SELECT d.reference, d.stage, d.asked_by_id IS NOT NULL, d.versions, array_agg(r.status ORDER BY r.number),
       array_agg(r.revision ORDER BY r.number),
       (SELECT count(*) FROM deployments_revision v JOIN deployments_result o ON o.id = v.result_id
         WHERE o.deployment_id = d.id)
  FROM deployments_deployment d JOIN deployments_result r ON r.deployment_id = d.id GROUP BY d.id
"""
EVENT_OF = {
    "record": ("deployment.recorded.v1",),
    "amend": ("deployment.amended.v1",),
    "review": ("deployment.reviewed.v1",),
    "send back": ("deployment.sent_back.v1",),
    "discard": ("deployment.discarded.v1",),
    "publish": ("deployment.published.v1", "deployment.corrected.v1"),
    "correct": ("deployment.correction_prepared.v1",),
    "withdraw": ("deployment.withdrawn.v1",),
    "ask withdrawal": ("deployment.withdrawal_asked.v1",),
    "decline withdrawal": ("deployment.withdrawal_declined.v1",),
}


def check_people(database: psycopg.Connection, evidence: Evidence, found: Findings) -> None:
    for _id, reference, version in database.execute(_OWN_WORK).fetchall():
        found.add("I11", f"version {version} of {reference} was reviewed or published by one who wrote it")
    for event, name, reference, roles, rights in database.execute(
        _HELD, [list(MAY), evidence.before]
    ).fetchall():
        if not MAY[name] & set(roles) and SYSTEM_MAY.get(name) not in rights:
            found.add(
                "I11", f"event {event}: {name} of {reference} by somebody who held {roles or 'nothing'}"
            )
    for reference, version in database.execute(_SIGNED).fetchall():
        found.add(
            "I11",
            f"the history does not say that version {version} of {reference} was published by whom it was",
        )


def check_moves(database: psycopg.Connection, evidence: Evidence, found: Findings) -> None:
    told: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for reference, name, version in database.execute(_HISTORY).fetchall():
        told[reference].append((name.removeprefix("deployment.").removesuffix(".v1"), version))
    rows = {row[0]: row[1:] for row in database.execute(_ROWS).fetchall()}
    for reference in sorted(rows.keys() | told.keys()):
        life = Life()
        for name, version in told[reference]:
            life.move(name, version)
        if life.wrong:
            found.add("I12", f"{reference}: {life.wrong}")
        elif reference not in rows:
            found.add("I12", f"{reference} has a history and is not there")
        elif (now := life.stands()) != rows[reference]:
            found.add("I12", f"{reference} stands at {rows[reference]}; its history ends at {now}")
    _asked(evidence, told, found)


class Life:
    """One deployment's workflow, drawn a second time: what its history says it has come to."""

    def __init__(self) -> None:
        self.stage = ""
        self.is_asked_for = False
        self.results: list[str] = []
        self.revisions: list[int] = []
        self.wrong = ""

    def stands(self) -> tuple[str, bool, int, list[str], list[int], int]:
        versions = len(self.results)
        return self.stage, self.is_asked_for, versions, self.results, self.revisions, sum(self.revisions)

    def move(self, name: str, version: int) -> None:
        before = self.results[-1] if self.results else ""
        if not self.wrong and not self._moved(name, before):
            self.wrong = f"{name} while {self.stage or 'nothing'}, its last version {before or 'none'}"
        if not self.wrong and version and version != len(self.results):
            self.wrong = f"{name} of version {version}, and there are {len(self.results)}"

    def _moved(self, name: str, before: str) -> bool:
        is_open = before in ("recorded", "sent_back", "reviewed")
        if name == "recorded" and not self.results:
            self.stage = "preparing"
            return self._new()
        if name == "correction_prepared" and self.stage == "published" and not is_open:
            return self._new()
        if name in ("amended", "questions_answered") and before in ("recorded", "sent_back"):
            self.revisions[-1] += 1
            return self._last("recorded")
        if name == "resubmitted" and before == "sent_back":
            return self._last("recorded")
        if name == "reviewed" and before == "recorded":
            return self._last("reviewed")
        if name == "sent_back" and is_open and before != "sent_back":
            return self._last("sent_back")
        if name == "discarded" and is_open:
            self.stage = "discarded" if len(self.results) == 1 else self.stage
            return self._last("discarded")
        if name == "published" and before == "reviewed" and self.stage == "preparing":
            self.stage = "published"
            return self._last("published")
        if name == "corrected" and before == "reviewed" and self.stage == "published":
            return self._last("published")
        if name == "withdrawn" and self.stage == "published":
            self.stage = "withdrawn"
            return self._last("discarded") if is_open else True
        if name in ("withdrawal_asked", "withdrawal_declined") and self.stage == "published":
            before_asked, self.is_asked_for = self.is_asked_for, name == "withdrawal_asked"
            return before_asked != self.is_asked_for
        return False

    def _new(self) -> bool:
        self.results.append("recorded")
        self.revisions.append(1)
        return True

    def _last(self, status: str) -> bool:
        self.results[-1] = status
        return True


def _asked(evidence: Evidence, told: dict[str, list[tuple[str, int]]], found: Findings) -> None:
    """Each acknowledged act stands in the history; none stands there more often than it was asked for.

    Whatever was sent under one key was asked for once.
    """
    sure: Counter[tuple[str, str]] = Counter()
    possible: Counter[tuple[str, str]] = Counter()
    outcomes: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for operation in evidence.operations:
        if operation.reference and operation.outcome != NOT_SENT:
            once = operation.key or str(operation.number)
            outcomes[operation.reference, operation.act, once].add(operation.outcome)
    for (reference, act, _once), had in outcomes.items():
        sure[reference, act] += OK in had
        possible[reference, act] += OK in had or UNKNOWN in had
    for reference, act in possible.keys() | sure.keys():
        if act == "record":  # whoever was not answered does not know the reference
            continue
        names = {name.removeprefix("deployment.").removesuffix(".v1") for name in EVENT_OF[act]}
        times = sum(1 for name, _version in told.get(reference, []) if name in names)
        if not sure[reference, act] <= times <= possible[reference, act]:
            found.add(
                "I12",
                f"{reference}: {act} was acknowledged {sure[reference, act]} times, perhaps done"
                f" {possible[reference, act]} times, and stands in the history {times} times",
            )
