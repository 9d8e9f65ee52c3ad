"""People's lives here, and the forces they belong to. Rights follow memberships and appointments."""

from directory.actions.appointments import appoint, dismiss
from directory.actions.forces import (
    NotAddable,
    NotDeclarable,
    NotSucceeded,
    add_force,
    declare_use,
    name_successor,
)
from directory.actions.logins import (
    NotDisabled,
    NotIssuable,
    PasswordLink,
    choose_password,
    disable_login,
    enable_login,
    issue_password_link,
    login_for,
    note_refusal,
)
from directory.actions.people import EmailTaken, NotGrantable, NotRevocable, grant, invite, revoke

__all__ = [
    "EmailTaken",
    "NotAddable",
    "NotDeclarable",
    "NotDisabled",
    "NotGrantable",
    "NotIssuable",
    "NotRevocable",
    "NotSucceeded",
    "PasswordLink",
    "add_force",
    "appoint",
    "choose_password",
    "declare_use",
    "disable_login",
    "dismiss",
    "enable_login",
    "grant",
    "invite",
    "issue_password_link",
    "login_for",
    "name_successor",
    "note_refusal",
    "revoke",
]
