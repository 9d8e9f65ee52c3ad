from django.db import migrations

from forces.locks import CompositeForeignKey, Statements


def human(table: str, *columns: str) -> list:
    """Keys by which these columns reach people and never a system."""
    kind = f"{table}_decided_by_human"
    return [
        Statements(
            [
                f"ALTER TABLE {table} ADD COLUMN decider_kind varchar(10) NOT NULL DEFAULT 'human'"
                f" CONSTRAINT {kind} CHECK (decider_kind = 'human')"
            ],
            [f"ALTER TABLE {table} DROP COLUMN decider_kind"],
        ),
        *(
            CompositeForeignKey(table, column, "forces_person", shared="kind", shared_child="decider_kind")
            for column in columns
        ),
    ]


def _frozen(more: str) -> str:
    return (
        "CREATE OR REPLACE FUNCTION deployments_result_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'DELETE' OR OLD.status IN ('published', 'discarded') THEN"
        " RAISE EXCEPTION 'deployments_result: % of a result that is kept for good', TG_OP"
        " USING ERRCODE = 'restrict_violation'; END IF;"
        f" IF NOT (NEW.authors @> OLD.authors{more}) THEN"
        " RAISE EXCEPTION 'deployments_result: authors are only added'"
        " USING ERRCODE = 'restrict_violation'; END IF;"
        " RETURN NEW; END $$"
    )


# Whoever connected a system is kept like its authors, and reviews and publishes nothing that it wrote.
CONNECTORS_STAY = Statements([_frozen(" AND NEW.connectors @> OLD.connectors")], [_frozen("")])
FOUR_EYES = Statements(
    [
        "ALTER TABLE deployments_result ADD CONSTRAINT result_four_eyes_of_connectors CHECK ("
        "(reviewed_by_id IS NULL OR reviewed_by_id <> ALL (connectors))"
        " AND (published_by_id IS NULL OR published_by_id <> ALL (connectors)))",
        "ALTER TABLE deployments_deployment ADD CONSTRAINT deployment_withdrawn_by_another CHECK ("
        "(asked_by_id IS NULL OR asked_by_id = ANY (askers))"
        " AND (withdrawn_by_id IS NULL OR withdrawn_by_id <> ALL (askers)))",
    ],
    [
        "ALTER TABLE deployments_deployment DROP CONSTRAINT deployment_withdrawn_by_another",
        "ALTER TABLE deployments_result DROP CONSTRAINT result_four_eyes_of_connectors",
    ],
)


class Migration(migrations.Migration):
    dependencies = [("deployments", "0003_systems_write"), ("forces", "0008_system_locks")]

    operations = [
        *human("deployments_result", "reviewed_by_id", "published_by_id"),
        *human("deployments_deployment", "withdrawn_by_id"),
        CONNECTORS_STAY,
        FOUR_EYES,
    ]
