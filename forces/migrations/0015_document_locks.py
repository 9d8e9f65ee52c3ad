from django.db import migrations

from forces.locks import CompositeForeignKey, InsertOnly, PublishedTable

TABLES = ("forces_document", "forces_documentwithdrawal", "forces_contactpoint")


class Migration(migrations.Migration):
    dependencies = [("forces", "0014_documents")]

    operations = [
        *(PublishedTable(table) for table in TABLES),
        *(InsertOnly(table) for table in TABLES),
        CompositeForeignKey("forces_document", "replaces_id", "forces_document"),
        CompositeForeignKey("forces_documentwithdrawal", "document_id", "forces_document"),
    ]
