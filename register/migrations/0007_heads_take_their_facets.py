"""Give every head its facets, from the bytes it shows.

In batches, each committed by itself: a million heads take some minutes, and nobody who reads or publishes waits for
more than one of them. Killed half-way it begins anew, and what is done twice comes out the same.
"""

from django.db import migrations, transaction

AT_ONCE = 10_000
# The owner is held by row-level security like everybody else, so it is let in for as long as this takes.
READ = ("register_entry", "register_entrybody")
WRITTEN = ("register_head", "register_changecount")

FILL = """
WITH several AS MATERIALIZED (
    SELECT reference, entry_id, "on", origin, is_withdrawn FROM register_head
     WHERE reference > %(after)s ORDER BY reference LIMIT %(most)s
),
said AS (
    SELECT several.reference, several."on", several.origin, convert_from(kept.body, 'UTF8')::jsonb AS document
      FROM several
      JOIN register_entry entry ON entry.id = several.entry_id
      LEFT JOIN register_entrybody kept
        ON kept.entry_id = CASE WHEN several.is_withdrawn THEN entry.supersedes_id ELSE entry.id END
),
told AS (
    SELECT reference,
           coalesce(nullif(coalesce(document #>> '{use_case,label}',
               (document #>> '{use_case,code}') || coalesce(' (' || (document #>> '{use_case,scheme}') || ')', '')
           ), 'not_published'), '') AS use_case,
           coalesce((document #>> '{algorithm,vendor}') || ' ' || (document #>> '{algorithm,product}')
               || coalesce(' ' || (document #>> '{algorithm,version}'), ', version not published'), '') AS algorithm,
           coalesce(document ->> 'threshold', '') AS threshold,
           (document ->> 'watchlist_size')::integer AS watchlist_size,
           CASE WHEN origin = 'submitted' THEN
               ((SELECT min(entered_at) FROM register_entry first
                  WHERE first.reference = said.reference AND first.origin = 'submitted')
                AT TIME ZONE 'Europe/London')::date - "on"
           END AS days_to_publish
      FROM said
),
filled AS (
    UPDATE register_head AS head
       SET use_case = told.use_case, algorithm = told.algorithm, threshold = told.threshold,
           watchlist_size = told.watchlist_size, days_to_publish = told.days_to_publish
      FROM told WHERE head.reference = told.reference
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
    dependencies = [("register", "0006_head_facets"), ("register", "0004_changes_counted")]

    operations = [migrations.RunPython(fill_all, migrations.RunPython.noop)]
