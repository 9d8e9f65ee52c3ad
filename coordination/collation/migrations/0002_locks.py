from django.db import migrations

from forces.locks import CompositeForeignKey, PublishedTable, Statements

# Every count updates its cells in place: room in each page lets PostgreSQL do so without touching the index.
ROOM_FOR_UPDATES = Statements(
    [
        "ALTER TABLE collation_cell SET (fillfactor = 70)",
        "ALTER TABLE collation_counted SET (fillfactor = 80)",
    ]
)


class Migration(migrations.Migration):
    dependencies = [("collation", "0001_initial"), ("forces", "0002_locks"), ("register", "0002_locks")]

    operations = [
        PublishedTable("collation_cell", rights="SELECT, INSERT, UPDATE"),
        # A cell's realm is its force's: a made-up record cannot reach a real figure.
        CompositeForeignKey("collation_cell", "force_id", "forces_force", shared="realm"),
        PublishedTable("collation_counted", rights="SELECT, INSERT, UPDATE"),
        CompositeForeignKey("collation_counted", "force_id", "forces_force", shared="realm"),
        CompositeForeignKey("collation_counted", "entry_id", "register_entry"),
        ROOM_FOR_UPDATES,
    ]
