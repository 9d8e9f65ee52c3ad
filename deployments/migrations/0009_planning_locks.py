from importlib import import_module

from django.db import migrations

from forces.locks import CompositeForeignKey, Immutable, InsertOnly, Statements, TenantTable

human = import_module("deployments.migrations.0004_people_decide").human

# From where to where a plan may move. The workflow stands here once more, so that no statement of anybody's skips it.
MOVES = {
    "draft": ("submitted", "cancelled"),
    "returned": ("submitted", "cancelled"),
    "refused": ("draft", "cancelled"),
    "submitted": ("assessed", "returned", "refused", "draft", "authorised", "cancelled"),
    "assessed": ("authorised", "returned", "refused", "draft", "cancelled"),
    "authorised": ("notified", "held", "draft", "cancelled"),
    "notified": ("held", "draft", "cancelled"),
    "held": ("authorised", "notified", "returned", "draft", "cancelled"),
}
ALLOWED = ", ".join(f"('{old}', '{new}')" for old, moves in MOVES.items() for new in moves)

WORKFLOW = Statements(
    [
        "CREATE FUNCTION deployments_plan_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'DELETE' OR OLD.status = 'cancelled' THEN"
        " RAISE EXCEPTION 'deployments_plan: % of a plan that is kept for good', TG_OP"
        " USING ERRCODE = 'restrict_violation'; END IF;"
        " IF NOT NEW.authors @> OLD.authors THEN"
        " RAISE EXCEPTION 'deployments_plan: authors are only added'"
        " USING ERRCODE = 'restrict_violation'; END IF;"
        " IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (" + ALLOWED + ") THEN"
        " RAISE EXCEPTION 'deployments_plan: no way from % to %', OLD.status, NEW.status"
        " USING ERRCODE = 'restrict_violation'; END IF;"
        " IF NEW.content IS DISTINCT FROM OLD.content AND NEW.revision <> OLD.revision + 1 THEN"
        " RAISE EXCEPTION 'deployments_plan: what changes its content counts it'"
        " USING ERRCODE = 'restrict_violation'; END IF;"
        " RETURN NEW; END $$",
        "CREATE TRIGGER deployments_plan_moves BEFORE UPDATE OR DELETE ON deployments_plan"
        " FOR EACH ROW EXECUTE FUNCTION deployments_plan_moves()",
        # It begins as a draft, whoever inserts it.
        "CREATE FUNCTION deployments_plan_begins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.status <> 'draft' THEN"
        " RAISE EXCEPTION 'deployments_plan: a plan begins as a draft'"
        " USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER deployments_plan_begins BEFORE INSERT ON deployments_plan"
        " FOR EACH ROW EXECUTE FUNCTION deployments_plan_begins()",
    ],
    [
        "DROP TRIGGER deployments_plan_begins ON deployments_plan",
        "DROP FUNCTION deployments_plan_begins()",
        "DROP TRIGGER deployments_plan_moves ON deployments_plan",
        "DROP FUNCTION deployments_plan_moves()",
    ],
)

# Four eyes, by person: nobody assesses, authorises or confirms what they wrote any part of.
FOUR_EYES = Statements(
    [
        "ALTER TABLE deployments_plan ADD CONSTRAINT plan_four_eyes CHECK ("
        "proposed_by_id = ANY (authors)"
        " AND (assessed_by_id IS NULL OR assessed_by_id <> ALL (authors))"
        " AND (authorised_by_id IS NULL OR authorised_by_id <> ALL (authors)))",
        "ALTER TABLE deployments_authority ADD CONSTRAINT authority_four_eyes CHECK ("
        "cardinality(authors) > 0 AND decided_by_id <> ALL (authors)"
        " AND (confirmed_by_id IS NULL OR confirmed_by_id <> ALL (authors)))",
    ],
    [
        "ALTER TABLE deployments_authority DROP CONSTRAINT authority_four_eyes",
        "ALTER TABLE deployments_plan DROP CONSTRAINT plan_four_eyes",
    ],
)

# A decision stays as it was taken; that it was confirmed, or is void, is added once.
DECIDED_ONCE = Statements(
    [
        "CREATE FUNCTION deployments_authority_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'DELETE' OR OLD.voided_at IS NOT NULL"
        " OR (OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at)"
        " OR (OLD.confirmed_by_id IS NOT NULL AND NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id) THEN"
        " RAISE EXCEPTION 'deployments_authority: % of a decision that is kept for good', TG_OP"
        " USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER deployments_authority_once BEFORE UPDATE OR DELETE ON deployments_authority"
        " FOR EACH ROW EXECUTE FUNCTION deployments_authority_once()",
    ],
    [
        "DROP TRIGGER deployments_authority_once ON deployments_authority",
        "DROP FUNCTION deployments_authority_once()",
    ],
)

DECISION = [
    "force_id", "plan_id", "kind", "content_hash", "revision", "conditions", "separately", "reason", "authors",
    "decided_by_id", "rank", "roles", "decided_at", "framework_version", "readiness", "given_at", "confirm_by",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("deployments", "0008_planning"), ("forces", "0012_planning")]

    operations = [
        TenantTable("deployments_operation", rights="SELECT, INSERT"),
        InsertOnly("deployments_operation"),
        TenantTable("deployments_plan"),
        Immutable(
            "deployments_plan", ["force_id", "reference", "proposed_by_id", "proposed_at", "copied_from"]
        ),
        WORKFLOW,
        TenantTable("deployments_planrevision", rights="SELECT, INSERT"),
        InsertOnly("deployments_planrevision"),
        TenantTable("deployments_authority"),
        Immutable("deployments_authority", DECISION),
        DECIDED_ONCE,
        TenantTable("deployments_override", rights="SELECT, INSERT"),
        InsertOnly("deployments_override"),
        TenantTable("deployments_attestation", rights="SELECT, INSERT"),
        InsertOnly("deployments_attestation"),
        FOUR_EYES,
        CompositeForeignKey("deployments_plan", "operation_id", "deployments_operation"),
        CompositeForeignKey("deployments_planrevision", "plan_id", "deployments_plan"),
        CompositeForeignKey("deployments_authority", "plan_id", "deployments_plan"),
        CompositeForeignKey("deployments_override", "plan_id", "deployments_plan"),
        CompositeForeignKey("deployments_attestation", "plan_id", "deployments_plan"),
        CompositeForeignKey("deployments_deployment", "plan_id", "deployments_plan"),
        # A plan's authority is one of its own, given by whom it says, for exactly these words.
        CompositeForeignKey(
            "deployments_plan", "authority_id", "deployments_authority", shared="plan_id", shared_child="id"
        ),
        CompositeForeignKey(
            "deployments_plan",
            "authority_id",
            "deployments_authority",
            shared="content_hash",
            shared_child="authorised_hash",
        ),
        CompositeForeignKey(
            "deployments_plan",
            "authority_id",
            "deployments_authority",
            shared="decided_by_id",
            shared_child="authorised_by_id",
        ),
        # Machines decide nothing.
        *human("deployments_plan", "assessed_by_id", "authorised_by_id", "cancelled_by_id", "notified_by_id"),
        *human("deployments_authority", "decided_by_id", "confirmed_by_id"),
        *human("deployments_override", "decided_by_id"),
        *human("deployments_attestation", "attested_by_id"),
    ]
