from django.db import migrations

from forces.locks import CompositeForeignKey, PublishedTable, Statements

# Counted in place, as cells are. `under` makes the rows of what was counted longer, nothing else.
ROOM_FOR_UPDATES = Statements(["ALTER TABLE collation_breakdown SET (fillfactor = 70)"])


class Migration(migrations.Migration):
    dependencies = [("collation", "0005_breakdowns"), ("forces", "0002_locks")]

    operations = [
        PublishedTable("collation_breakdown", rights="SELECT, INSERT, UPDATE"),
        # A breakdown's realm is its force's: a made-up record cannot reach a real figure.
        CompositeForeignKey("collation_breakdown", "force_id", "forces_force", shared="realm"),
        ROOM_FOR_UPDATES,
    ]
