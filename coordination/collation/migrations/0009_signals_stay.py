"""What was said of a signal stays: what it is about, when it was raised, its end and its decision."""

from django.db import migrations

from forces.locks import Immutable, Statements

STAYS = """
CREATE FUNCTION collation_signal_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.decided_at IS NOT NULL AND (NEW.decision, NEW.reason, NEW.decided_by_id, NEW.decided_at)
        IS DISTINCT FROM (OLD.decision, OLD.reason, OLD.decided_by_id, OLD.decided_at) THEN
        RAISE EXCEPTION 'collation_signal: a decision cannot change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.first, NEW.last)
        IS DISTINCT FROM (OLD.ended_at, OLD.first, OLD.last) THEN
        RAISE EXCEPTION 'collation_signal: what has ended cannot change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGER = (
    "CREATE TRIGGER collation_signal_stays BEFORE UPDATE ON collation_signal"
    " FOR EACH ROW EXECUTE FUNCTION collation_signal_stays()"
)


class Migration(migrations.Migration):
    dependencies = [("collation", "0008_signal_locks")]

    operations = [
        Immutable("collation_signal", ["measure", "raised_at"]),
        Statements(
            [STAYS, TRIGGER],
            [
                "DROP TRIGGER collation_signal_stays ON collation_signal",
                "DROP FUNCTION collation_signal_stays()",
            ],
        ),
    ]
