"""`docs/roles.md`, made from `forces.roles` and `forces.capabilities`."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import translation

from forces.capabilities import NATIONAL, Capability
from forces.roles import FORCE_ROLES, NATIONAL_ROLES, Role

_INTRODUCTION = """# Roles and what they may do

This page is made by `python manage.py roles`; a test fails where it differs from the code.

A role in a force holds its rights for that force alone. A national role holds them for the nation and, where the
right is about a force, for every force. Nobody grants a role to themselves, reviews or publishes what they wrote, or
holds a right because of what they are called: a page may hide a button, but only the action itself decides.
"""


def page() -> str:
    """The page, in Markdown and English."""
    with translation.override("en-gb"):
        about_a_force = [capability for capability in Capability if capability not in NATIONAL]
        national = [capability for capability in Capability if capability in NATIONAL]
        return "\n".join(
            [
                _INTRODUCTION,
                "## Roles in a force\n",
                *_sentences(FORCE_ROLES.values()),
                "\n## National roles, and readers outside\n",
                *_sentences(NATIONAL_ROLES.values()),
                "\n## Rights about one force\n",
                *_table(about_a_force),
                "\n## Rights about the nation\n",
                *_table(national),
                "",
            ]
        )


def _sentences(roles: Iterable[Role]) -> list[str]:
    return [
        "| Role | What its holder answers for |",
        "|---|---|",
        *(
            f"| {role.name} (`{role.code}`){', outside' if role.is_outside else ''} | {role.sentence} |"
            for role in roles
        ),
    ]


def _table(capabilities: Iterable[Capability]) -> list[str]:
    rows = []
    for capability in capabilities:
        of_force = [str(role.name) for role in FORCE_ROLES.values() if capability in role.capabilities]
        of_nation = [str(role.name) for role in NATIONAL_ROLES.values() if capability in role.capabilities]
        cells = f"{', '.join(of_force) or '–'} | {', '.join(of_nation) or '–'}"
        rows.append(f"| {capability.doing} (`{capability.value}`) | {cells} |")
    return ["| The right to | Roles in the force | National roles |", "|---|---|---|", *rows]
