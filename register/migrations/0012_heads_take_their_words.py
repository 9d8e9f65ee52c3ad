"""Give every head its words and numbers: the trigger works them out, so it is enough to touch each.

In batches, each committed by itself, as in 0007: nobody waits for more than one of them, and killed half-way it
begins anew.
"""

from django.db import migrations, transaction

AT_ONCE = 10_000
# The owner is held by row-level security like everybody else, so it is let in for as long as this takes.
READ = ("register_entrybody",)
WRITTEN = ("register_head", "register_changecount")

FILL = """
WITH several AS MATERIALIZED (
    SELECT reference FROM register_head WHERE reference > %(after)s ORDER BY reference LIMIT %(most)s
),
filled AS (
    UPDATE register_head AS head SET reference = head.reference
      FROM several WHERE head.reference = several.reference
)
SELECT max(reference) FROM several
"""


def fill(cursor, after="", most=AT_ONCE):
    """The heads that follow a reference; returns the last of them, None if there are no more."""
    cursor.execute(FILL, {"after": after, "most": most})
    return cursor.fetchone()[0]


def let_in(cursor):
    shut_out(cursor)
    for table in READ:
        cursor.execute(f"CREATE POLICY filling ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    for table in WRITTEN:
        cursor.execute(f"CREATE POLICY filling ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")


def shut_out(cursor):
    for table in (*READ, *WRITTEN):
        cursor.execute(f"DROP POLICY IF EXISTS filling ON {table}")


def fill_all(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        with transaction.atomic(using=connection.alias):
            let_in(cursor)
        try:
            last = ""
            while last is not None:
                last = fill(cursor, last)
        finally:
            with transaction.atomic(using=connection.alias):
                shut_out(cursor)
            cursor.execute("RESET statement_timeout")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("register", "0011_head_words")]

    operations = [migrations.RunPython(fill_all, migrations.RunPython.noop)]
