from django.db import migrations

from forces.locks import CentralTable, InsertOnly, Statements

ALL = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("forces", "0002_locks"), ("register", "0002_locks")]

    operations = [
        CentralTable("intake_document"),
        CentralTable("intake_batch"),
        CentralTable("intake_stagedrow", ALL),
        CentralTable("intake_standing", ALL),
        CentralTable("intake_finding", "SELECT, INSERT, DELETE"),
        CentralTable("intake_line", "SELECT, INSERT"),
        InsertOnly("intake_line"),
        # Staged rows are read again from the document after a crash: no write-ahead log for them.
        Statements(
            ["ALTER TABLE intake_stagedrow SET UNLOGGED", "ALTER TABLE intake_standing SET UNLOGGED"],
            ["ALTER TABLE intake_stagedrow SET LOGGED", "ALTER TABLE intake_standing SET LOGGED"],
        ),
    ]
