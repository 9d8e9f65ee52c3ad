from django.db import migrations

from forces.locks import MYSELF, READABLE, CentralTable, InsertOnly, SharedTable, Statements, grants, policy

# Positions are given out by the sequencer for every force's events, in the national scope.
POSITION = Statements(
    [
        "ALTER TABLE events_position ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE events_position FORCE ROW LEVEL SECURITY",
        policy("events_position", "SELECT", f"is_public OR {READABLE}", "%(app)s"),
        policy("events_position", "SELECT", "true", "%(national)s", name="events_position_select_national"),
        policy("events_position", "INSERT", "true", "%(national)s"),
        policy("events_position", "UPDATE", "false"),
        policy("events_position", "DELETE", "false"),
        *grants("events_position", "SELECT, INSERT"),
    ]
)

# record() takes an event's id before it writes the row, so that its deliveries go in with the same statement.
SEQUENCE = Statements(["GRANT USAGE ON SEQUENCE events_event_id_seq TO %(app)s, %(national)s"])

# A delivery changes three times within a second and then never again: leave room beside it, and tidy often.
BUSY = Statements(
    [
        f"ALTER TABLE {table} SET (fillfactor = {fill}, autovacuum_vacuum_scale_factor = 0.02,"
        " autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)"
        for table, fill in (("events_delivery", 60), ("events_unsequenced", 90))
    ]
)


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial"), ("forces", "0002_locks")]

    operations = [
        SharedTable("events_event", public="is_public", mine=MYSELF),
        InsertOnly("events_event"),
        SEQUENCE,
        BUSY,
        CentralTable("events_delivery", "SELECT, INSERT, UPDATE, DELETE"),
        CentralTable("events_subscription"),
        CentralTable("events_unsequenced", "SELECT, INSERT, DELETE"),
        POSITION,
        InsertOnly("events_position"),
    ]
