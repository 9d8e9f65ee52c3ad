"""guardian's groups: one for each force and role with its grants on the force, one for each national role.

Rights in the database follow `forces.roles`: running these again adds what a role gained and takes what it lost.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from forces.models import Force, ForceGrant
from forces.roles import FORCE_ROLES, NATIONAL_ROLES, Role


def group_name(role: Role, force: Force | None = None) -> str:
    return f"{force.code}:{role.code}" if force is not None else f"national:{role.code}"


@transaction.atomic
def open_roles(*forces: Force) -> None:
    """Let every role be held in these forces. A fixed number of statements, however many forces."""
    groups = _groups(group_name(role, force) for force in forces for role in FORCE_ROLES.values())
    permissions = _permissions()
    wanted = {
        (groups[group_name(role, force)].pk, permissions[capability.value], force.pk)
        for force in forces
        for role in FORCE_ROLES.values()
        for capability in role.capabilities
    }
    held = ForceGrant.objects.filter(content_object__in=[force.pk for force in forces])
    found = {row[1:]: row[0] for row in held.values_list("pk", "group", "permission", "content_object")}
    ForceGrant.objects.filter(pk__in=[found[key] for key in found.keys() - wanted]).delete()
    ForceGrant.objects.bulk_create(
        (
            ForceGrant(group_id=group, permission_id=permission, content_object_id=force)
            for group, permission, force in sorted(wanted - found.keys())
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def open_national_roles() -> None:
    """Let every national role be held, with its capabilities and without a force."""
    groups = _groups(group_name(role) for role in NATIONAL_ROLES.values())
    permissions = _permissions()
    wanted = {
        (groups[group_name(role)].pk, permissions[capability.value])
        for role in NATIONAL_ROLES.values()
        for capability in role.capabilities
    }
    rows = Group.permissions.through._default_manager
    found = {
        row[1:]: row[0]
        for row in rows.filter(group__in=[group.pk for group in groups.values()]).values_list(
            "pk", "group", "permission"
        )
    }
    rows.filter(pk__in=[found[key] for key in found.keys() - wanted]).delete()
    rows.bulk_create(
        (
            rows.model(group_id=group, permission_id=permission)
            for group, permission in sorted(wanted - found.keys())
        ),
        ignore_conflicts=True,
    )


def _groups(names: Iterable[str]) -> dict[str, Group]:
    names = list(names)
    found = {group.name: group for group in Group.objects.filter(name__in=names)}
    missing = [name for name in names if name not in found]
    if missing:
        Group.objects.bulk_create((Group(name=name) for name in missing), ignore_conflicts=True)
        found |= {group.name: group for group in Group.objects.filter(name__in=missing)}
    return found


def _permissions() -> dict[str, int]:
    return dict(
        Permission.objects.filter(content_type__app_label="forces", content_type__model="force").values_list(
            "codename", "pk"
        )
    )
