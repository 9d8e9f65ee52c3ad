from django.db import migrations

from forces.locks import CompositeForeignKey, InsertOnly, TenantTable


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_alerts")]

    operations = [
        TenantTable("directory_alert", rights="SELECT, INSERT"),
        TenantTable("directory_alertseen", rights="SELECT, INSERT"),
        InsertOnly("directory_alert"),
        InsertOnly("directory_alertseen"),
        CompositeForeignKey("directory_alertseen", "alert_id", "directory_alert"),
    ]
