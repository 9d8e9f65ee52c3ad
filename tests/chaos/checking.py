"""Is what was promised there, once? Asked with SQL of its own, as the server's administrator, who sees everything."""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg

from tests.chaos.load import History


@dataclass
class Findings:
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)


_ENTRIES = """
SELECT convert_from(b.body, 'UTF8')::jsonb -> 'place' ->> 'name' AS place, e.reference, e.version, e.act, e.id,
       (convert_from(b.body, 'UTF8')::jsonb -> 'figures' ->> 'faces_seen')::bigint AS faces
  FROM register_entry e JOIN register_entrybody b ON b.entry_id = e.id ORDER BY e.id
"""


def check(admin_url: str, history: History) -> Findings:
    """Compare entries, events, effects, positions and statistics with the history."""
    found = Findings()
    with psycopg.connect(admin_url) as database:

        def ask(statement: str) -> list[tuple]:
            return database.execute(statement).fetchall()

        acts: dict[str, list[str]] = {}
        place_of: dict[str, str] = {}
        for place, reference, _version, act, _id, _faces in ask(_ENTRIES):
            if act == "original":
                place_of[reference] = place
            acts.setdefault(place_of.get(reference, f"{reference}, place unknown"), []).append(act)
        for place in history.published:
            wanted = ["original"]
            wanted += ["correction"] if place in history.corrected else []
            wanted += ["withdrawal"] if place in history.withdrawn else []
            have = sorted(acts.pop(place, []))
            for act in sorted(wanted):
                if act in have:
                    have.remove(act)
                else:
                    found.lost.append(f"{act} of {place}")
            found.doubled += [f"{act} of {place}" for act in have]
        found.doubled += [f"{acts_} of {place}, which nobody published" for place, acts_ in acts.items()]

        # Every entry told once, and every telling heard once by each subscriber.
        for subscriber, effects in (
            (
                "an event",
                "SELECT (payload->>'entry')::bigint FROM events_event WHERE name = 'register.entered.v1'",
            ),
            ("an effect", "SELECT entry FROM chaos_ledger"),
        ):
            times = dict(ask(f"SELECT entry, count(*) FROM ({effects}) AS told (entry) GROUP BY entry"))
            for (entry,) in ask("SELECT id FROM register_entry"):
                if times.get(entry, 0) == 0:
                    found.lost.append(f"{subscriber} of entry {entry}")
                elif times[entry] > 1:
                    found.doubled.append(f"{subscriber} of entry {entry}, {times[entry]} times")
        for state, number in ask(
            "SELECT state, count(*) FROM events_delivery WHERE state <> 'done' GROUP BY state"
        ):
            found.lost.append(f"{number} deliveries are {state}")

        # The public order: every event has its place, and no place is empty.
        ((events, positions, last, unsequenced),) = ask(
            "SELECT (SELECT count(*) FROM events_event), count(*), coalesce(max(position), 0),"
            " (SELECT count(*) FROM events_unsequenced) FROM events_position"
        )
        if not events == positions == last or unsequenced:
            found.wrong.append(
                f"{events} events, {positions} positions up to {last}, {unsequenced} without one"
            )

        # The statistics, from what people were promised and from nothing else.
        standing = {place: n for place, n in history.published.items() if place not in history.withdrawn}
        ((faces, records),) = ask(
            "SELECT coalesce(sum(total), 0), coalesce(sum(known), 0) FROM collation_cell"
            " WHERE measure = 'faces_seen' AND span = 'year' AND realm = 'demonstration'"
        )
        if (faces, records) != (sum(standing.values()), len(standing)):
            found.wrong.append(
                f"the statistics say {faces} faces of {records} records; promised were {sum(standing.values())}"
                f" of {len(standing)}"
            )
        ((elsewhere,),) = ask("SELECT count(*) FROM collation_cell WHERE realm <> 'demonstration'")
        if elsewhere:
            found.wrong.append(f"{elsewhere} cells of another realm have moved")
    return found
