"""I2, I3, I4, I8, I18: what was promised is on the register, once, with its event and its effects, unchanged."""

from __future__ import annotations

from collections import Counter, defaultdict

import psycopg

from tests.chaos.checker.evidence import Evidence, Findings
from tests.chaos.history import NOT_SENT, OK, REFUSED, Operation

# The commit's instant says which rows were written together, savepoints or not.
_TOGETHER = """
SELECT e.id, e.reference, count(v.id),
       count(v.id) FILTER (WHERE pg_xact_commit_timestamp(v.xmin) = pg_xact_commit_timestamp(e.xmin))
  FROM register_entry e
  LEFT JOIN events_event v ON v.name IN ('register.entered.v1', 'register.notice_entered.v1')
                          AND (v.payload ->> 'entry')::bigint = e.id
 GROUP BY e.id, e.reference
HAVING count(v.id) <> 1
    OR count(v.id) FILTER (WHERE pg_xact_commit_timestamp(v.xmin) = pg_xact_commit_timestamp(e.xmin)) <> 1
"""
_EVENT_WITHOUT = """
SELECT v.id FROM events_event v WHERE v.name IN ('register.entered.v1', 'register.notice_entered.v1')
   AND NOT EXISTS (SELECT FROM register_entry e WHERE e.id = (v.payload ->> 'entry')::bigint)
"""
_BODILESS = """
SELECT e.id, e.reference FROM register_entry e
 WHERE NOT EXISTS (SELECT FROM register_entrybody b WHERE b.entry_id = e.id)
   AND NOT EXISTS (SELECT FROM register_redaction r WHERE r.entry_id = e.id)
UNION ALL
SELECT e.id, e.reference FROM register_entry e JOIN register_entrybody b ON b.entry_id = e.id
 WHERE encode(sha256(b.salt || b.body), 'hex') <> e.commitment
"""
# What forces published themselves: not what stood there because the centre had transcribed it.
_ENTRIES = """
SELECT e.reference, e.act, convert_from(b.body, 'UTF8')::jsonb -> 'place' ->> 'name',
       convert_from(b.body, 'UTF8')::jsonb -> 'figures' ->> 'faces_seen'
  FROM register_entry e LEFT JOIN register_entrybody b ON b.entry_id = e.id
 WHERE e.origin <> 'collated' AND e.schema <> 'deployment-notice.v1' ORDER BY e.reference, e.version
"""
# A result stands under its own reference or, where it replaced a transcription, under that one's; nobody else does.
_ELSEWHERE = """
SELECT d.reference, e.reference FROM deployments_result r
  JOIN deployments_deployment d ON d.id = r.deployment_id JOIN register_entry e ON e.id = r.entry_id
 WHERE e.reference <> coalesce(d.matches, d.reference)
UNION ALL
SELECT coalesce(d.reference, 'nobody'), e.reference FROM register_entry e
  JOIN register_entry c ON c.id = e.supersedes_id
  LEFT JOIN deployments_deployment d ON d.matches = e.reference
 WHERE e.origin <> 'collated' AND c.origin = 'collated' AND d.id IS NULL
"""
_HEARD = """
SELECT v.id, v.payload ->> 'entry', count(l.event) FROM events_event v LEFT JOIN chaos_ledger l ON l.event = v.id
 WHERE v.name = 'register.entered.v1' GROUP BY v.id, v.payload ->> 'entry' HAVING count(l.event) <> 1
"""
_STANDING = """
SELECT h.realm, h.reference, h.version FROM register_head h WHERE NOT h.is_withdrawn AND NOT h.is_redacted
"""
_HEADS = """
SELECT coalesce(h.reference, last.reference)
  FROM (SELECT reference, entry_id, version, is_withdrawn FROM register_head
        UNION ALL SELECT reference, entry_id, version, false FROM register_noticehead) h
  FULL JOIN (SELECT DISTINCT ON (reference) reference, id, version, act FROM register_entry
              ORDER BY reference, version DESC) last USING (reference)
 WHERE h.entry_id IS DISTINCT FROM last.id AND NOT (h.is_withdrawn AND last.act = 'withdrawal')
    OR h.version IS DISTINCT FROM last.version OR h.is_withdrawn IS DISTINCT FROM (last.act = 'withdrawal')
"""


def check(database: psycopg.Connection, evidence: Evidence, found: Findings) -> None:
    for entry, reference, events, together in database.execute(_TOGETHER).fetchall():
        found.add("I2", f"entry {entry} of {reference} has {events} events, {together} written with it")
    for (event,) in database.execute(_EVENT_WITHOUT).fetchall():
        found.add("I2", f"event {event} speaks of an entry that is not there")
    for entry, reference in database.execute(_BODILESS).fetchall():
        found.add("I3", f"entry {entry} of {reference} has not the bytes it commits to")
    for (reference,) in database.execute(_HEADS).fetchall():
        found.add("I18", f"what stands for {reference} is not its last entry")
    for reference, elsewhere in database.execute(_ELSEWHERE).fetchall():
        found.add("I3", f"a result of {reference} stands under {elsewhere}, which is not its own")
    _promised(database, evidence, found)
    for event, entry, times in database.execute(_HEARD).fetchall():
        found.add("I4", f"entry {entry} (event {event}) had its effect {times} times")
    for words in evidence.changed:
        found.add("I8", words)
    _unchanged(database, evidence, found)
    if evidence.standing is not None:
        now: dict[str, dict[str, int]] = defaultdict(dict)
        for realm, reference, version in database.execute(_STANDING).fetchall():
            now[realm][reference] = version
        for realm, shown in evidence.standing.items():
            for reference in shown.keys() ^ now[realm].keys():
                found.add(
                    "I18", f"{reference} is {'shown' if reference in shown else 'not shown'} in {realm}"
                )
            for reference in shown.keys() & now[realm].keys():
                if shown[reference] != now[realm][reference]:
                    found.add(
                        "I18",
                        f"{reference} is shown as version {shown[reference]}, not {now[realm][reference]}",
                    )


def _promised(database: psycopg.Connection, evidence: Evidence, found: Findings) -> None:
    entries: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for reference, act, place, faces in database.execute(_ENTRIES).fetchall():
        entries[reference].append((act, place, faces))
    asked: dict[str, list[Operation]] = defaultdict(list)
    for operation in evidence.operations:
        if operation.act in ("publish", "withdraw") and operation.outcome != NOT_SENT:
            asked[operation.reference].append(operation)
    for reference, operations in asked.items():
        homes = [home for home in _meant(reference, operations) if _is_theirs(entries[home], operations)]
        if len(homes) > 1:
            found.add("I3", f"{reference} was published under {', '.join(homes)}: it is there twice")
        for operation in operations:
            said = operation.sent.get("matches")
            if said and operation.outcome == OK and homes != [_home(reference, said)]:
                found.add("I3", f"{reference}: was to stand under {_home(reference, said)}, not {homes}")
        have = Counter(_what(act, place, faces) for home in homes for act, place, faces in entries[home])
        promised, possible, refused = Counter[str](), Counter[str](), Counter[str]()
        for operation in operations:
            sent = operation.sent
            what = _what("withdrawal" if operation.act == "withdraw" else "", sent.get("place", ""),
                         sent.get("faces_seen", ""))  # fmt: skip
            if operation.outcome == REFUSED:
                refused[what] += 1
            else:
                (promised if operation.outcome == OK else possible)[what] += 1
        for what in promised.keys() | possible.keys() | have.keys() | refused.keys():
            if have[what] < min(promised[what], 1):
                found.add("I3", f"{reference}: {what} was acknowledged and is lost")
            if have[what] > 1:
                found.add("I3", f"{reference}: {what} is there {have[what]} times")
            if have[what] > promised[what] + possible[what] and have[what] == 1:
                found.add("I3", f"{reference}: {what} was {'refused' if refused[what] else 'not asked for'}")


def _home(reference: str, said: str) -> str:
    """Under which reference it is to stand, by what was answered: which transcription it is, or none."""
    return reference if said in ("", "none") else said


def _meant(reference: str, operations: list[Operation]) -> list[str]:
    """Its own reference, and that of every transcription that somebody said it was."""
    said = {_home(reference, each.sent.get("matches", "")) for each in operations}
    return [reference, *sorted(said - {reference})]


def _is_theirs(entries: list[tuple[str, str, str]], operations: list[Operation]) -> bool:
    """Whether what forces published there begins with this result: a place is one deployment's in the whole run."""
    places = {each.sent["place"] for each in operations if "place" in each.sent}
    return bool(entries) and (entries[0][1] in places or not places)


def _what(act: str, place: str, faces: str) -> str:
    """A publication by what it says, so that the right bytes must be there and not just any."""
    return "the withdrawal" if act == "withdrawal" else f"“{place}” with {faces or 'no'} faces"


def _unchanged(database: psycopg.Connection, evidence: Evidence, found: Findings) -> None:
    now = dict(
        database.execute(
            "SELECT 'entry ' || id, md5(e::text) FROM register_entry e"
            " UNION ALL SELECT 'body ' || entry_id, md5(b::text) FROM register_entrybody b"
        ).fetchall()
    )
    for name, told in evidence.snapshots.items():
        if now.get(name) != told:
            found.add("I8", f"{name} {'has changed' if name in now else 'is gone'}")
