from importlib import import_module

from django.db import migrations

from forces.locks import Statements

ALLOWED = import_module("deployments.migrations.0009_planning_locks").ALLOWED


def refuses(condition: str, told: str) -> str:
    return f" IF {condition} THEN RAISE EXCEPTION '{told}' USING ERRCODE = 'restrict_violation'; END IF;"


BEFORE = (
    refuses(
        "TG_OP = 'DELETE' OR OLD.status = 'cancelled'",
        "deployments_plan: a plan that is kept for good neither changes nor goes",
    )
    + refuses("NOT NEW.authors @> OLD.authors", "deployments_plan: authors are only added")
    + refuses(
        f"NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN ({ALLOWED})",
        "deployments_plan: no way to that state",
    )
    + refuses(
        "NEW.content IS DISTINCT FROM OLD.content AND NEW.revision <> OLD.revision + 1",
        "deployments_plan: what changes its content counts it",
    )
)
MORE = (
    refuses(
        "NEW.content IS NOT DISTINCT FROM OLD.content AND NEW.revision <> OLD.revision",
        "deployments_plan: its revisions count changes of its content",
    )
    # Nobody skips the assessment but by word of mouth, of what was submitted as urgent.
    + refuses(
        "OLD.status = 'submitted' AND NEW.status = 'authorised' AND (NEW.urgency = '' OR NOT EXISTS ("
        "SELECT 1 FROM deployments_authority a WHERE a.id = NEW.authority_id"
        " AND a.kind = 'urgent_oral'))",
        "deployments_plan: only urgent authority comes before an assessment",
    )
    # What was once void never stands again, although the words may be the same.
    + refuses(
        "NEW.authority_id IS DISTINCT FROM OLD.authority_id AND EXISTS ("
        "SELECT 1 FROM deployments_authority a WHERE a.id = NEW.authority_id AND a.voided_at IS NOT NULL)",
        "deployments_plan: an authority that is void does not stand again",
    )
    + refuses(
        "OLD.authority_id IS NOT NULL AND NEW.authority_id IS DISTINCT FROM OLD.authority_id AND EXISTS ("
        "SELECT 1 FROM deployments_authority a WHERE a.id = OLD.authority_id AND a.voided_at IS NULL)",
        "deployments_plan: an authority falls by being void",
    )
    + refuses(
        "NEW.notice_entry IS DISTINCT FROM OLD.notice_entry AND NOT EXISTS ("
        "SELECT 1 FROM register_entry e JOIN register_noticehead h ON h.reference = e.reference"
        " WHERE e.id = NEW.notice_entry AND e.reference = NEW.reference AND e.force_id = NEW.force_id)",
        "deployments_plan: its notice is an entry of its own",
    )
)


def moves(checks: str) -> str:
    return (
        "CREATE OR REPLACE FUNCTION deployments_plan_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f"{checks} RETURN NEW; END $$"
    )


def once(more: str) -> str:
    return (
        "CREATE OR REPLACE FUNCTION deployments_authority_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        + refuses(
            "TG_OP = 'DELETE' OR OLD.voided_at IS NOT NULL"
            " OR (OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at)"
            " OR (OLD.confirmed_by_id IS NOT NULL AND NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id)"
            + more,
            "deployments_authority: a decision is kept for good",
        )
        + " RETURN NEW; END $$"
    )


CONFIRMED_ONCE = (
    " OR (OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_rank, NEW.confirmed_reason)"
    " IS DISTINCT FROM (OLD.confirmed_rank, OLD.confirmed_reason))"
)


def about_the_plan(table: str, agrees: str, told: str) -> Statements:
    """What is inserted beside a plan agrees with the plan as it stands at that moment."""
    return Statements(
        [
            f"CREATE FUNCTION {table}_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608
            + refuses(
                "NOT EXISTS (SELECT 1 FROM deployments_plan p"  # noqa: S608 - names of our own
                f" WHERE p.id = NEW.plan_id AND p.force_id = NEW.force_id AND {agrees})",
                f"{table}: {told}",
            )
            + " RETURN NEW; END $$",
            f"CREATE TRIGGER {table}_agrees BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_agrees()",
        ],
        [f"DROP TRIGGER {table}_agrees ON {table}", f"DROP FUNCTION {table}_agrees()"],
    )


class Migration(migrations.Migration):
    dependencies = [("deployments", "0011_operation_has_no_way_back"), ("register", "0014_notices")]

    operations = [
        Statements([moves(BEFORE + MORE)], [moves(BEFORE)]),
        Statements([once(CONFIRMED_ONCE)], [once("")]),
        about_the_plan(
            "deployments_planrevision",
            "p.revision = NEW.number AND p.content = NEW.content AND NEW.written_by_id = ANY (p.authors)",
            "what a plan says, by one of its authors",
        ),
        about_the_plan(
            "deployments_authority",
            "p.content_hash = NEW.content_hash AND p.revision = NEW.revision"
            " AND p.authors @> NEW.authors AND NEW.authors @> p.authors",
            "decided about what the plan says, written by whom it says",
        ),
        # Four eyes, by person: nobody sets a condition aside for what they wrote any part of.
        about_the_plan(
            "deployments_override",
            "NEW.decided_by_id <> ALL (p.authors)",
            "decided by somebody who wrote none of it",
        ),
        Statements(
            [
                "ALTER TABLE deployments_plan ADD CONSTRAINT plan_submitted_by_an_author"
                " CHECK (submitted_by_id IS NULL OR submitted_by_id = ANY (authors))"
            ],
            ["ALTER TABLE deployments_plan DROP CONSTRAINT plan_submitted_by_an_author"],
        ),
    ]
