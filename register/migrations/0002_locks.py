from django.db import migrations

from forces.locks import CompositeForeignKey, Immutable, InsertOnly, PublishedTable, TenantTable

GONE_BY_RULE = "EXISTS (SELECT 1 FROM register_redaction r WHERE r.entry_id = OLD.entry_id)"


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial"), ("forces", "0002_locks")]

    operations = [
        PublishedTable("register_entry"),
        InsertOnly("register_entry"),
        # A realm is a wall: an entry's is its force's. A correction stays with its reference and its force.
        CompositeForeignKey("register_entry", "force_id", "forces_force", shared="realm"),
        CompositeForeignKey("register_entry", "supersedes_id", "register_entry", shared="reference"),
        CompositeForeignKey("register_entry", "supersedes_id", "register_entry"),
        PublishedTable("register_entrybody", rights="SELECT, INSERT, DELETE"),
        InsertOnly("register_entrybody", unless=GONE_BY_RULE),
        CompositeForeignKey("register_entrybody", "entry_id", "register_entry"),
        TenantTable("register_redactionrequest"),
        Immutable("register_redactionrequest", ["entry_id", "force_id", "proposed_by_id", "proposed_at", "why"]),
        CompositeForeignKey("register_redactionrequest", "entry_id", "register_entry"),
        PublishedTable("register_redaction"),
        InsertOnly("register_redaction"),
        CompositeForeignKey("register_redaction", "entry_id", "register_entry"),
        CompositeForeignKey("register_redaction", "request_id", "register_redactionrequest"),
        PublishedTable("register_head", rights="SELECT, INSERT, UPDATE"),
        CompositeForeignKey("register_head", "entry_id", "register_entry"),
        CompositeForeignKey("register_head", "force_id", "forces_force", shared="realm"),
    ]
