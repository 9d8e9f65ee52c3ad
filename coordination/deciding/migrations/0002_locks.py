from django.db import migrations

from forces.locks import CentralTable, Immutable, InsertOnly


class Migration(migrations.Migration):
    dependencies = [("deciding", "0001_initial"), ("forces", "0002_locks")]

    operations = [
        CentralTable("deciding_holding"),
        Immutable("deciding_holding", ["kind", "item", "by_id", "claimed_at"]),
        CentralTable("deciding_proposal"),
        # What somebody proposed is what another confirms.
        Immutable("deciding_proposal", ["kind", "item", "choice", "reason", "proposed_by_id", "proposed_at"]),
        CentralTable("deciding_decided", "SELECT, INSERT"),
        InsertOnly("deciding_decided"),
    ]
