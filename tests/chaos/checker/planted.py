"""A checker that has never found anything proves nothing: break each invariant once, in a copy, and look.

Each fault is put into the copy as the administrator, with triggers and keys asleep, looked for, and taken back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import psycopg

from tests.chaos.checker import check
from tests.chaos.checker.evidence import Evidence
from tests.chaos.history import Operation

_LAST = "(SELECT max(id) FROM register_entry WHERE act = 'original')"
_PROMISED = """(SELECT min(id) FROM register_entry WHERE act = 'original' AND reference = '{reference}')"""

# Invariant, what is broken, how. {reference}: of a publication that was acknowledged; {key}: of a recording that a
# system was acknowledged, with its {mark}.
IN_THE_DATABASE: tuple[tuple[str, str, str], ...] = (
    ("I1", "private text in a published document",
     "UPDATE register_head SET place = 'CANARY-northmoor-0123abcd' WHERE reference = '{reference}'"),
    ("I1", "one force's text in another's records",
     "UPDATE deployments_result SET place = 'CANARY-nowhere-0123abcd'"),
    ("I2", "an event that was not written",
     "DELETE FROM events_event WHERE name = 'register.entered.v1' AND subject = '{reference}'"),
    ("I2", "an event written afterwards",
     "UPDATE events_event SET role = role WHERE name = 'register.entered.v1' AND subject = '{reference}'"),
    ("I2", "an event of nothing",
     "DELETE FROM register_entry WHERE id = " + _PROMISED),
    ("I3", "a lost publication",
     "DELETE FROM register_entry WHERE id = " + _PROMISED),
    ("I3", "a body that is not what was committed to",
     "UPDATE register_entrybody SET salt = sha256(salt) WHERE entry_id = " + _PROMISED),
    ("I3", "a publication twice",
     "CREATE TEMP TABLE twice ON COMMIT DROP AS SELECT * FROM register_entry WHERE id = " + _PROMISED + ";"
     " UPDATE twice SET id = id + 1000000, version = version + 1000;"
     " INSERT INTO register_entry SELECT * FROM twice;"
     " INSERT INTO register_entrybody (entry_id, force_id, salt, body) SELECT entry_id + 1000000, force_id, salt, body"
     " FROM register_entrybody WHERE entry_id = " + _PROMISED),
    ("I3", "a result under a reference that is not its own",
     "UPDATE deployments_deployment SET matches = NULL WHERE matches IS NOT NULL"),
    ("I4", "an effect twice", "INSERT INTO chaos_ledger SELECT * FROM chaos_ledger LIMIT 1"),
    ("I4", "an effect that never was",
     "DELETE FROM chaos_ledger WHERE entry = (SELECT max(entry) FROM chaos_ledger)"),
    ("I5", "a total that is one too many",
     "UPDATE collation_cell SET total = total + 1 WHERE id = (SELECT max(id) FROM collation_cell WHERE known > 0)"),
    ("I5", "a publication that is not counted",
     "DELETE FROM collation_cell WHERE id = (SELECT max(id) FROM collation_cell WHERE known > 0)"),
    ("I6", "a gap in the positions",
     "DELETE FROM events_position WHERE position = (SELECT max(position) / 2 FROM events_position)"),
    ("I8", "a published document that was changed",
     "UPDATE register_entrybody SET body = body || ' '::bytea WHERE entry_id = " + _PROMISED),
    ("I8", "a published document that has gone",
     "DELETE FROM register_entrybody WHERE entry_id = " + _PROMISED),
    ("I9", "a delivery that nobody made",
     "DELETE FROM events_delivery WHERE id = (SELECT max(id) FROM events_delivery)"),
    ("I9", "a delivery that is stuck",
     "UPDATE events_delivery SET state = 'sent', done_at = NULL WHERE id = (SELECT max(id) FROM events_delivery)"),
    ("I11", "one who published their own work",
     "UPDATE deployments_result SET authors = authors || published_by_id WHERE id ="
     " (SELECT max(id) FROM deployments_result WHERE status = 'published')"),
    ("I11", "one who published without the right",
     "UPDATE forces_membership SET role = 'auditor' WHERE role = 'data_publisher'"),
    ("I11", "one who published what a system wrote that they had connected",
     "UPDATE forces_system s SET connected_by_id = r.published_by_id FROM deployments_result r"
     " WHERE s.person_id = ANY (r.authors) AND r.status = 'published'"),
    ("I11", "a system without the right to record",
     "UPDATE forces_system SET capabilities = array_remove(capabilities, 'record_results')"),
    ("I12", "a withdrawal asked for by nobody",
     "DELETE FROM events_event WHERE id = (SELECT max(id) FROM events_event"
     " WHERE name = 'deployment.withdrawal_asked.v1')"),
    ("I12", "a move that is not in the history",
     "UPDATE deployments_deployment SET stage = CASE stage WHEN 'published' THEN 'preparing' ELSE 'published' END"
     " WHERE id = (SELECT max(id) FROM deployments_deployment)"),
    ("I12", "a step that was skipped",
     "DELETE FROM events_event WHERE name = 'deployment.reviewed.v1' AND subject = '{reference}'"),
    ("I13", "a key that was forgotten", "DELETE FROM api_keptanswer WHERE key = '{key}'"),
    ("I13", "an effect twice under one key",
     "CREATE TEMP TABLE twice ON COMMIT DROP AS SELECT * FROM deployments_revision WHERE facts ->> 'area' = '{mark}';"
     " UPDATE twice SET id = id + 1000000, number = number + 1000;"
     " INSERT INTO deployments_revision SELECT * FROM twice"),
    ("I13", "a recording twice under one key, the second without its mark",
     "CREATE TEMP TABLE twice ON COMMIT DROP AS SELECT r.* FROM deployments_result r JOIN deployments_revision v"
     " ON v.result_id = r.id WHERE v.facts ->> 'area' = '{mark}';"
     " UPDATE twice SET id = id + 1000000, deployment_id = deployment_id + 1000000, entry_id = NULL;"
     " INSERT INTO deployments_result SELECT * FROM twice"),
    ("I13", "an effect under a key that is lost", "DELETE FROM deployments_revision WHERE facts ->> 'area' = '{mark}'"),
    ("I13", "an answer that was not the one given", "UPDATE api_keptanswer SET body = body || ' ' WHERE key = '{key}'"),
    ("I13", "an answer kept after its effect", "UPDATE api_keptanswer SET at = at WHERE key = '{key}'"),
    ("I13", "an answer of nothing that was asked",
     "UPDATE api_keptanswer SET key = 'nobody knows it' WHERE key = '{key}'"),
    ("I18", "a record that the lists do not show",
     "DELETE FROM register_head WHERE reference = '{reference}'"),
)  # fmt: skip


def _told_twice(evidence: Evidence) -> Evidence:
    name, seen = next((name, seen) for name, seen in evidence.followers.items() if seen)
    return dataclasses.replace(evidence, followers={**evidence.followers, name: [*seen, seen[0]]})


def _shown_to_another(evidence: Evidence) -> Evidence:
    return dataclasses.replace(evidence, leaks=["northmoor read CANARY-eastvale-0123abcd at /"])


def _said_otherwise(evidence: Evidence) -> Evidence:
    """The publisher had said that it was no transcription."""
    was = _matched(evidence)
    other = dataclasses.replace(was, outcome="ok", sent={**was.sent, "matches": "none"})
    return dataclasses.replace(evidence, operations=[*evidence.operations, other])


def _under_a_key(**changes: Any) -> Callable[[Evidence], Evidence]:
    """One more request under a key that was used, after it was answered, with the same answer but for the changes."""

    def spoil(evidence: Evidence) -> Evidence:
        was = _recorded(evidence)
        later = (was.ended or was.began) + 1
        again = dataclasses.replace(
            was, number=-1, **{"is_repeat": True, "began": later, "ended": later, **changes}
        )
        return dataclasses.replace(evidence, operations=[*evidence.operations, again])

    return spoil


def _only_refused(evidence: Evidence) -> Evidence:
    key = _recorded(evidence).key
    operations = [
        dataclasses.replace(each, outcome="refused") if each.key == key else each
        for each in evidence.operations
    ]
    return dataclasses.replace(evidence, operations=operations)


def _matched(evidence: Evidence) -> Operation:
    """A publication that replaced a transcription, as the first of each desk does, whether or not the answer came."""
    said = [
        each for each in evidence.operations
        if each.act == "publish" and each.sent.get("matches", "none") != "none"
    ]  # fmt: skip
    return max(said, key=lambda each: (each.outcome == "ok", each.found == "it had happened"))


def _recorded(evidence: Evidence) -> Operation:
    """By a system under a key."""
    return next(
        each for each in evidence.operations if each.key and (each.act, each.outcome) == ("record", "ok")
    )


IN_THE_EVIDENCE: tuple[tuple[str, str, Callable[[Evidence], Evidence]], ...] = (
    ("I1", "an answer with another force's text", _shown_to_another),
    ("I3", "an answer that was not heeded", _said_otherwise),
    ("I6", "a position that a follower was told twice", _told_twice),
    ("I13", "a repeat that was answered otherwise", _under_a_key(answer="0" * 64)),
    ("I13", "a repeat that was answered as if it were the first", _under_a_key(is_repeat=False)),
    ("I13", "other bytes under a used key", _under_a_key(body="0" * 64)),
    ("I13", "an effect of what was refused", _only_refused),
)


def missed(address: str, evidence: Evidence) -> tuple[int, list[str]]:
    """How many faults were planted in the copy at `address`, and those that the checker did not name."""
    overlooked = []
    recorded = _recorded(evidence)
    names = {
        "reference": next(
            each.reference for each in evidence.operations
            if (each.act, each.outcome) == ("publish", "ok") and each.sent.get("matches", "none") == "none"
        ),
        "key": recorded.key,
        "mark": recorded.mark,
    }  # fmt: skip
    with psycopg.connect(address, autocommit=True) as copy:
        before = {name: set(found) for name, found in check(copy, evidence).by_invariant.items()}
        for invariant, what, statements in IN_THE_DATABASE:
            with copy.transaction(force_rollback=True):
                copy.execute("SET LOCAL session_replication_role = replica")
                _drop_checks(copy)
                copy.execute(statements.format(**names))
                now = check(copy, evidence)
            if not set(now.of(invariant)) - before.get(invariant, set()):
                overlooked.append(f"{invariant}: {what}")
        for invariant, what, spoil in IN_THE_EVIDENCE:
            if not set(check(copy, spoil(evidence)).of(invariant)) - before.get(invariant, set()):
                overlooked.append(f"{invariant}: {what}")
    return len(IN_THE_DATABASE) + len(IN_THE_EVIDENCE), overlooked


def _drop_checks(copy: psycopg.Connection) -> None:
    """Constraints hold even for an administrator. Gone with the transaction's end: they are back."""
    copy.execute(
        "DO $$ DECLARE each record; BEGIN FOR each IN SELECT conrelid::regclass AS name, conname FROM pg_constraint"
        " WHERE contype = 'c' AND connamespace = 'public'::regnamespace LOOP"
        " EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', each.name, each.conname); END LOOP; END $$"
    )
