"""A version that was adopted, and its requirements, stay as they are; a tightening keeps what was decided."""

from django.db import migrations

from forces.locks import CentralTable, Immutable, PublishedTable, Statements

VERSION_STAYS = """
CREATE FUNCTION framework_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.status = 'adopted' THEN
        RAISE EXCEPTION 'framework_version: an adopted version cannot change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
# FOR SHARE waits for whoever is proposing or adopting the version, and makes them wait for this row.
REQUIREMENT_STAYS = """
CREATE FUNCTION framework_requirement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE state text; BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT status INTO state FROM framework_version WHERE id = OLD.version_id FOR SHARE;
        IF state <> 'draft' THEN
            RAISE EXCEPTION 'framework_requirement: only a draft''s requirements can change'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT status INTO state FROM framework_version WHERE id = NEW.version_id FOR SHARE;
        IF state <> 'draft' THEN
            RAISE EXCEPTION 'framework_requirement: only a draft''s requirements can change'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$
"""
TIGHTENING_STAYS = """
CREATE FUNCTION framework_tightening_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'framework_tightening: what has ended cannot change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def _trigger(function: str, table: str, events: str) -> str:
    return f"CREATE TRIGGER {function} BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"


def _gone(function: str, table: str) -> list[str]:
    return [f"DROP TRIGGER {function} ON {table}", f"DROP FUNCTION {function}()"]


class Migration(migrations.Migration):
    dependencies = [("framework", "0001_initial"), ("forces", "0002_locks")]

    operations = [
        CentralTable("framework_version", "SELECT, INSERT, UPDATE"),
        CentralTable("framework_requirement", "SELECT, INSERT, UPDATE, DELETE"),
        PublishedTable("framework_tightening", rights="SELECT, INSERT, UPDATE"),
        Immutable("framework_version", ["number", "drafted_by_id", "drafted_at"]),
        Immutable(
            "framework_tightening",
            ["force_id", "requirement", "parameter", "value", "why", "starts_on", "decided_by_id", "decided_at"],
        ),
        Statements(
            [
                VERSION_STAYS,
                _trigger("framework_version_stays", "framework_version", "UPDATE"),
                REQUIREMENT_STAYS,
                _trigger("framework_requirement_stays", "framework_requirement", "INSERT OR UPDATE OR DELETE"),
                TIGHTENING_STAYS,
                _trigger("framework_tightening_stays", "framework_tightening", "UPDATE"),
            ],
            [
                *_gone("framework_tightening_stays", "framework_tightening"),
                *_gone("framework_requirement_stays", "framework_requirement"),
                *_gone("framework_version_stays", "framework_version"),
            ],
        ),
    ]
