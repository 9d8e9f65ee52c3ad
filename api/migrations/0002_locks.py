from django.db import migrations

from forces.locks import InsertOnly, TenantTable


class Migration(migrations.Migration):
    dependencies = [("api", "0001_kept_answers"), ("forces", "0002_locks")]

    operations = [
        TenantTable("api_keptanswer", rights="SELECT, INSERT, DELETE"),
        # Kept for longer than any client repeats a request; then it may go.
        InsertOnly("api_keptanswer", unless="OLD.at < statement_timestamp() - interval '7 days'"),
    ]
