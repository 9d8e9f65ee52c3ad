from django.db import migrations

from forces.locks import MYSELF, READABLE, WRITABLE, CentralTable, PublishedTable, Statements, grants, policy

# A membership is read by its holder before any scope exists, and by those who may read the force.
# Ending one is an update; nothing is deleted.
MEMBERSHIP = Statements(
    [
        "ALTER TABLE forces_membership ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE forces_membership FORCE ROW LEVEL SECURITY",
        policy("forces_membership", "SELECT", f"{READABLE} OR {MYSELF}", "%(app)s"),
        policy("forces_membership", "SELECT", "true", "%(national)s", name="forces_membership_select_national"),
        policy("forces_membership", "INSERT", WRITABLE),
        policy("forces_membership", "UPDATE", WRITABLE),
        policy("forces_membership", "DELETE", WRITABLE),
        *grants("forces_membership", "SELECT, INSERT, UPDATE"),
    ]
)

# An appointment is read by its holder and by the centre, and changed by the centre alone.
APPOINTMENT = Statements(
    [
        "ALTER TABLE forces_appointment ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE forces_appointment FORCE ROW LEVEL SECURITY",
        policy("forces_appointment", "SELECT", MYSELF, "%(app)s"),
        policy("forces_appointment", "SELECT", "true", "%(national)s", name="forces_appointment_select_national"),
        policy("forces_appointment", "INSERT", "true", "%(national)s"),
        policy("forces_appointment", "UPDATE", "true", "%(national)s"),
        policy("forces_appointment", "DELETE", "false", "%(national)s"),
        *grants("forces_appointment", "SELECT, INSERT, UPDATE"),
    ]
)

# A person is visible to themselves, to whoever may read a force they belong or belonged to, and to the centre.
# The policy's own look at memberships passes through the policy above.
_SEEN = (
    "id = (SELECT nullif(current_setting('app.person', true), '')::bigint)"
    " OR EXISTS (SELECT 1 FROM forces_membership m WHERE m.person_id = forces_person.id)"
)
PERSON = Statements(
    [
        "ALTER TABLE forces_person ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE forces_person FORCE ROW LEVEL SECURITY",
        policy("forces_person", "SELECT", _SEEN, "%(app)s"),
        policy("forces_person", "SELECT", "true", "%(national)s", name="forces_person_select_national"),
        # Made in the national scope: a row nobody may read yet could not even report its id to a force's scope.
        policy("forces_person", "INSERT", "true", "%(national)s"),
        policy("forces_person", "UPDATE", _SEEN),
        policy("forces_person", "DELETE", "false"),
        *grants("forces_person", "SELECT, INSERT, UPDATE"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("forces", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
    ]

    operations = [
        CentralTable("forces_force"),
        CentralTable("forces_succession", "SELECT, INSERT"),
        CentralTable("forces_forcegrant", "SELECT, INSERT, DELETE"),
        CentralTable("forces_user"),
        CentralTable("forces_user_groups", "SELECT, INSERT, DELETE"),
        CentralTable("forces_user_user_permissions", "SELECT"),
        CentralTable("auth_group", "SELECT, INSERT"),
        CentralTable("auth_group_permissions", "SELECT, INSERT, DELETE"),
        CentralTable("auth_permission", "SELECT"),
        CentralTable("django_content_type", "SELECT"),
        CentralTable("django_session", "SELECT, INSERT, UPDATE, DELETE"),
        CentralTable("django_migrations", "SELECT"),
        CentralTable("guardian_groupobjectpermission", "SELECT"),
        CentralTable("guardian_userobjectpermission", "SELECT"),
        PublishedTable("forces_lfruse", rights="SELECT, INSERT, UPDATE"),
        MEMBERSHIP,
        APPOINTMENT,
        PERSON,
    ]
