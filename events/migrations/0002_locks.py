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


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial"), ("forces", "0002_locks")]

    operations = [
        SharedTable("events_event", public="is_public", mine=MYSELF),
        InsertOnly("events_event"),
        CentralTable("events_delivery"),
        CentralTable("events_unsequenced", "SELECT, INSERT, DELETE"),
        POSITION,
        InsertOnly("events_position"),
    ]
