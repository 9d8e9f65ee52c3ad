from django.db import migrations

from forces.locks import PublishedTable, Statements

# Any row of the force that nobody holds; a new one if there is none. Nobody waits, so nobody can wait in a circle.
COUNT = """
CREATE FUNCTION register_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE whose bigint; free bigint;
BEGIN
    FOR whose IN SELECT DISTINCT force_id FROM changed LOOP
        SELECT id INTO free FROM register_changecount WHERE force_id = whose LIMIT 1 FOR UPDATE SKIP LOCKED;
        IF FOUND THEN
            UPDATE register_changecount SET changes = changes + 1 WHERE id = free;
        ELSE
            INSERT INTO register_changecount (force_id, changes) VALUES (whose, 1);
        END IF;
    END LOOP;
    RETURN NULL;
END $$
"""
TRIGGER = (
    "CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {which} TABLE AS changed"
    " FOR EACH STATEMENT EXECUTE FUNCTION register_changed()"
)
TRIGGERS = [
    {"name": "register_head_entered", "table": "register_head", "event": "INSERT", "which": "NEW"},
    {"name": "register_head_moved", "table": "register_head", "event": "UPDATE", "which": "NEW"},
    {"name": "register_head_gone", "table": "register_head", "event": "DELETE", "which": "OLD"},
    # Of an entry that no longer stands: no head changes, but when the register last changed does.
    {"name": "register_redaction_made", "table": "register_redaction", "event": "INSERT", "which": "NEW"},
]


class Migration(migrations.Migration):
    dependencies = [("register", "0003_changecount"), ("forces", "0002_locks")]

    operations = [
        PublishedTable("register_changecount", rights="SELECT, INSERT, UPDATE"),
        Statements(
            [
                "ALTER TABLE register_changecount SET (fillfactor = 20)",
                COUNT,
                *(TRIGGER.format(**each) for each in TRIGGERS),
            ],
            [
                *("DROP TRIGGER {name} ON {table}".format(**each) for each in TRIGGERS),
                "DROP FUNCTION register_changed()",
            ],
        ),
    ]
