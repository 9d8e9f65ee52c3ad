"""What a head tells of the document it shows, put there by the database: its words, alerts and false alerts."""

import django.contrib.postgres.search
from django.db import migrations, models
from django.db.models import Q

from forces.locks import Statements

# Every text of a deployment result that somebody may look for words in, what matters most first. The field is named
# as in the document, with points between its names. Codes, numbers and stock reasons are not texts.
TEXTS = """
CREATE FUNCTION register_texts(document jsonb) RETURNS TABLE (weight text, place integer, field text, said text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT told.* FROM (VALUES
        ('A', 1, 'place.name', document #>> '{place,name}'),
        ('A', 2, 'place.area', document #>> '{place,area}'),
        ('A', 3, 'reference', document ->> 'reference'),
        ('B', 4, 'use_case', nullif(concat_ws(', ', document #>> '{use_case,label}',
            (document #>> '{use_case,code}') || coalesce(' (' || (document #>> '{use_case,scheme}') || ')', '')), '')),
        ('B', 5, 'algorithm', nullif(concat_ws(' ', document #>> '{algorithm,vendor}',
            document #>> '{algorithm,product}', document #>> '{algorithm,version}'), '')),
        ('B', 6, 'threshold', document ->> 'threshold'),
        ('C', 7, 'abort_reason', document ->> 'abort_reason'),
        ('D', 9, 'provenance.publisher', document #>> '{provenance,publisher}'),
        ('D', 10, 'provenance.document', document #>> '{provenance,document}')
    ) AS told (weight, place, field, said) WHERE told.said IS NOT NULL
    UNION ALL
    SELECT 'C', 8, 'arithmetic', answered ->> 'answer' FROM jsonb_array_elements(document -> 'arithmetic') AS answered
    UNION ALL
    SELECT 'D', 11, 'provenance.corrections', corrected ->> 'reason'
      FROM jsonb_array_elements(document #> '{provenance,corrections}') AS corrected
$$
"""
# An array of texts keeps their words apart, so that no phrase runs from one into the next.
WORDS = """
CREATE FUNCTION register_words(document jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('english', jsonb_agg(said) FILTER (WHERE weight = 'A')), 'A')
        || setweight(to_tsvector('english', coalesce(jsonb_agg(said) FILTER (WHERE weight = 'B'), '[]')), 'B')
        || setweight(to_tsvector('english', coalesce(jsonb_agg(said) FILTER (WHERE weight = 'C'), '[]')), 'C')
        || setweight(to_tsvector('english', coalesce(jsonb_agg(said) FILTER (WHERE weight = 'D'), '[]')), 'D')
      FROM register_texts(document)
$$
"""
# Always from the document that the head shows, whatever is written: nobody can put other words here, and words that
# no longer stand are gone in the transaction in which they cease to.
TELL = """
CREATE FUNCTION register_head_tells() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE document jsonb;
BEGIN
    IF NOT NEW.is_withdrawn AND NOT NEW.is_redacted THEN
        SELECT convert_from(kept.body, 'UTF8')::jsonb INTO document
          FROM register_entrybody kept WHERE kept.entry_id = NEW.entry_id;
    END IF;
    NEW.words := CASE WHEN document IS NOT NULL THEN register_words(document) END;
    NEW.alerts := (document #>> '{figures,alerts}')::integer;
    NEW.false_alerts := coalesce((document #>> '{figures,false_alerts}')::integer,
        (document #>> '{figures,false_alerts_confirmed}')::integer
            + (document #>> '{figures,false_alerts_unconfirmed}')::integer);
    RETURN NEW;
END $$
"""
TRIGGER = (
    "CREATE TRIGGER register_head_tells BEFORE INSERT OR UPDATE ON register_head"
    " FOR EACH ROW EXECUTE FUNCTION register_head_tells()"
)


class Migration(migrations.Migration):
    dependencies = [("register", "0010_archive")]

    operations = [
        migrations.AddField("head", "alerts", models.IntegerField(editable=False, null=True)),
        migrations.AddField("head", "false_alerts", models.IntegerField(editable=False, null=True)),
        migrations.AddField(
            "head", "words", django.contrib.postgres.search.SearchVectorField(editable=False, null=True)
        ),
        migrations.AddConstraint(
            "head",
            models.CheckConstraint(
                name="head_tells_only_what_stands",
                condition=Q(is_withdrawn=False, is_redacted=False)
                | Q(words=None, alerts=None, false_alerts=None),
            ),
        ),
        Statements(
            [TEXTS, WORDS, TELL, TRIGGER],
            [
                "DROP TRIGGER register_head_tells ON register_head",
                "DROP FUNCTION register_head_tells()",
                "DROP FUNCTION register_words(jsonb)",
                "DROP FUNCTION register_texts(jsonb)",
            ],
        ),
    ]
