from django.db import migrations

from forces.locks import CompositeForeignKey, Immutable, InsertOnly, Statements, TenantTable

FIGURES = (
    "faces_seen",
    "alerts",
    "true_alerts",
    "true_alerts_confirmed",
    "true_alerts_unconfirmed",
    "false_alerts",
    "false_alerts_confirmed",
    "false_alerts_unconfirmed",
    "undetermined_alerts",
    "engagements",
    "arrests",
    "other_action",
    "no_action",
)
CODES = "('not_published', 'not_applicable', 'aborted', 'misleading')"


def constraint(name: str, condition: str) -> Statements:
    return Statements(
        [f"ALTER TABLE deployments_result ADD CONSTRAINT {name} CHECK ({condition})"],
        [f"ALTER TABLE deployments_result DROP CONSTRAINT {name}"],
    )


# Null, zero, not applicable and aborted are four different things: a figure is a number or has a code.
NUMBER_OR_CODE = constraint(
    "result_figure_is_number_or_code",
    " AND ".join(
        f"(({name} IS NOT NULL AND NOT absent ? '{name}')"
        f" OR ({name} IS NULL AND coalesce(absent->>'{name}', '') IN {CODES}))"
        for name in FIGURES
    ),
)
NO_OTHER_CODES = constraint(
    "result_absent_names_figures",
    "absent - ARRAY[" + ", ".join(f"'{name}'" for name in FIGURES) + "]::text[] = '{}'::jsonb",
)
ABORTED_IF_ABORTED = constraint(
    "result_absent_as_aborted",
    "is_aborted OR NOT jsonb_path_exists(absent, '$.* ? (@ == \"aborted\")')",
)

# Four eyes, by person and by version: nobody reviews or publishes what they wrote any part of.
FOUR_EYES = constraint(
    "result_four_eyes",
    "recorded_by_id = ANY (authors)"
    " AND (reviewed_by_id IS NULL OR reviewed_by_id <> ALL (authors))"
    " AND (published_by_id IS NULL OR published_by_id <> ALL (authors))",
)

# Authors are only added, and what was published or discarded never changes again.
FROZEN = Statements(
    [
        "CREATE FUNCTION deployments_result_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'DELETE' OR OLD.status IN ('published', 'discarded') THEN"
        " RAISE EXCEPTION 'deployments_result: % of a result that is kept for good', TG_OP"
        " USING ERRCODE = 'restrict_violation'; END IF;"
        " IF NOT NEW.authors @> OLD.authors THEN"
        " RAISE EXCEPTION 'deployments_result: authors are only added'"
        " USING ERRCODE = 'restrict_violation'; END IF;"
        " RETURN NEW; END $$",
        "CREATE TRIGGER deployments_result_frozen BEFORE UPDATE OR DELETE ON deployments_result"
        " FOR EACH ROW EXECUTE FUNCTION deployments_result_frozen()",
    ],
    [
        "DROP TRIGGER deployments_result_frozen ON deployments_result",
        "DROP FUNCTION deployments_result_frozen()",
    ],
)


class Migration(migrations.Migration):
    dependencies = [("deployments", "0001_initial"), ("forces", "0002_locks")]

    operations = [
        TenantTable("deployments_deployment"),
        Immutable("deployments_deployment", ["force_id", "reference", "recorded_at"]),
        TenantTable("deployments_result"),
        Immutable(
            "deployments_result",
            ["force_id", "deployment_id", "number", "recorded_by_id", "recorded_at"],
        ),
        NUMBER_OR_CODE,
        NO_OTHER_CODES,
        ABORTED_IF_ABORTED,
        FOUR_EYES,
        FROZEN,
        CompositeForeignKey("deployments_result", "deployment_id", "deployments_deployment"),
        # A deployment points only at its own results.
        CompositeForeignKey(
            "deployments_deployment",
            "current_id",
            "deployments_result",
            shared="deployment_id",
            shared_child="id",
        ),
        CompositeForeignKey(
            "deployments_deployment",
            "correction_id",
            "deployments_result",
            shared="deployment_id",
            shared_child="id",
        ),
        TenantTable("deployments_revision", rights="SELECT, INSERT"),
        InsertOnly("deployments_revision"),
        CompositeForeignKey("deployments_revision", "result_id", "deployments_result"),
    ]
