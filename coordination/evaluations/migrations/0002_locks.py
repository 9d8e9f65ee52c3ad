from django.db import migrations

from forces.locks import CentralTable


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0001_initial"), ("forces", "0002_locks")]

    operations = [CentralTable("evaluations_algorithmversion", "SELECT, INSERT, UPDATE")]
