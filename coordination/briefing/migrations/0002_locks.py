from django.db import migrations

from forces.locks import CentralTable, Immutable, InsertOnly


class Migration(migrations.Migration):
    dependencies = [("briefing", "0001_initial"), ("forces", "0002_locks")]

    operations = [
        CentralTable("briefing_question"),
        # What a question asks stays: its answers are compared with each other.
        Immutable("briefing_question", ["uid", "asks", "words", "saved_by_id", "saved_at"]),
        CentralTable("briefing_answer", "SELECT, INSERT"),
        InsertOnly("briefing_answer"),
        CentralTable("briefing_pack", "SELECT, INSERT"),
        InsertOnly("briefing_pack"),
    ]
