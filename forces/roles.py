"""The roles, as plain data: what each may do, in words a lawyer can read.

A role in a force holds its capabilities for that force only. A national role holds them without a force.
A capability marked national may still be asked of a force role's holder: the answer is no.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from forces.capabilities import Capability as C
from forces.words import Words


@dataclass(frozen=True, slots=True)
class Role:
    """`code` is stored and never changes; `sentence` says what the holder answers for."""

    code: str
    name: Words
    sentence: Words
    capabilities: frozenset[C]
    is_national: bool = False
    is_outside: bool = False  # reads, never changes; belongs to neither the force nor the centre


def _role(code: str, name: Words, sentence: Words, *capabilities: C, **kind: bool) -> Role:
    return Role(code, name, sentence, frozenset(capabilities), **kind)


FORCE_ROLES = {
    role.code: role
    for role in (
        _role(
            "planner",
            _("Planner"),
            _("Plans deployments for the force and records what happened."),
            C.READ_RECORDS,
            C.PLAN_DEPLOYMENTS,
            C.RECORD_RESULTS,
            C.ASK_WITHDRAWAL,
        ),
        _role(
            "authorising_officer",
            _("Authorising officer"),
            _("Decides in writing whether a deployment may go ahead, and never authorises their own plan."),
            C.READ_RECORDS,
            C.AUTHORISE_DEPLOYMENTS,
            C.REVIEW_RESULTS,
        ),
        _role(
            "chief_officer",
            _("Chief officer"),
            _(
                "Answers for the force's use of the technology, declares how it is used, and may hold the force to more"
                " than the nation asks."
            ),
            C.READ_RECORDS,
            C.OVERRIDE_CONDITIONS,
            C.READ_AUDIT,
            C.DECLARE_USE,
            C.KEEP_DOCUMENTS,
            C.TIGHTEN_RULES,
            C.WITHDRAW_RESULTS,
        ),
        _role(
            "operator_lead",
            _("Operator lead"),
            _("Leads the people who run the system and records each deployment's result."),
            C.READ_RECORDS,
            C.PLAN_DEPLOYMENTS,
            C.COMMAND_DEPLOYMENTS,
            C.RECORD_RESULTS,
            C.ASK_WITHDRAWAL,
        ),
        _role(
            "training_lead",
            _("Training lead"),
            _("Keeps the force's people trained and in date."),
            C.READ_RECORDS,
        ),
        _role(
            "engagement_lead",
            _("Engagement lead"),
            _("Speaks with communities before and after deployments."),
            C.READ_RECORDS,
            C.ASSESS_PLANS,
            C.NOTIFY_PUBLIC,
        ),
        _role(
            "procurement_lead",
            _("Procurement lead"),
            _("Calls off solutions from the national catalogue."),
            C.READ_RECORDS,
        ),
        _role(
            "data_publisher",
            _("Data publisher"),
            _(
                "Checks recorded results and publishes, corrects and withdraws them; never their own recording."
            ),
            C.READ_RECORDS,
            C.RECORD_RESULTS,
            C.REVIEW_RESULTS,
            C.PUBLISH_RESULTS,
            C.CORRECT_RESULTS,
            C.WITHDRAW_RESULTS,
        ),
        _role(
            "data_protection_officer",
            _("Data protection officer"),
            _(
                "Watches over personal data, keeps the force's published documents, and asks for the removal of"
                " personal data that slipped into an entry."
            ),
            C.READ_RECORDS,
            C.ASSESS_PLANS,
            C.READ_AUDIT,
            C.KEEP_DOCUMENTS,
            C.PROPOSE_REDACTION,
        ),
        _role(
            "auditor",
            _("Auditor"),
            _("Reads the force's records and the history of who did what, and changes nothing."),
            C.READ_RECORDS,
            C.READ_AUDIT,
        ),
        _role(
            "force_owner",
            _("Force owner"),
            _(
                "Invites the force's people, grants and revokes their roles, and connects the force's systems."
            ),
            C.READ_RECORDS,
            C.MANAGE_TEAM,
            C.MANAGE_SYSTEMS,
            C.READ_AUDIT,
        ),
        _role(
            "policing_body",
            _("Local policing body"),
            _(
                "The police and crime commissioner or mayor's office that holds the force to account:"
                " reads its records."
            ),
            C.READ_RECORDS,
            C.READ_AUDIT,
            is_outside=True,
        ),
        _role(
            "ethics_panel",
            _("Ethics panel"),
            _("Reads what the force sends it, and nothing else."),
            is_outside=True,
        ),
    )
}

NATIONAL_ROLES = {
    role.code: role
    for role in (
        _role(
            "national_lead",
            _("National lead"),
            _("Leads national coordination: keeps the list of forces, appoints, decides on redactions."),
            C.READ_ALL_FORCES,
            C.READ_NATIONAL_PLANS,
            C.MANAGE_FORCES,
            C.APPOINT,
            C.MANAGE_TEAM,
            C.IMPORT_RECORDS,
            C.UNDO_IMPORTS,
            C.PROPOSE_REDACTION,
            C.APPROVE_REDACTION,
            C.KEEP_FRAMEWORK,
            C.MANAGE_ALGORITHMS,
            C.REPLAY_EVENTS,
            C.DECIDE_SIGNALS,
            C.READ_NATIONAL_AUDIT,
            C.ANSWER_QUESTIONS,
            C.DECLARE_USE,
            is_national=True,
        ),
        _role(
            "national_analyst",
            _("National analyst"),
            _("Brings in what forces publish, checks figures and answers questions about them."),
            C.READ_ALL_FORCES,
            C.READ_NATIONAL_PLANS,
            C.IMPORT_RECORDS,
            C.UNDO_IMPORTS,
            C.PROPOSE_REDACTION,
            C.REPLAY_EVENTS,
            C.DECIDE_SIGNALS,
            C.READ_NATIONAL_AUDIT,
            C.ANSWER_QUESTIONS,
            C.DECLARE_USE,
            is_national=True,
        ),
        _role(
            "testing_officer",
            _("Testing officer"),
            _("Keeps the register of algorithm versions and their test results."),
            C.READ_ALL_FORCES,
            C.MANAGE_ALGORITHMS,
            is_national=True,
        ),
        _role(
            "legal_adviser",
            _("Legal adviser"),
            _("Reads the law and guidance, and keeps the national legal framework true to them."),
            C.READ_ALL_FORCES,
            C.READ_NATIONAL_PLANS,
            C.KEEP_FRAMEWORK,
            is_national=True,
        ),
        _role(
            "training_manager",
            _("Training manager"),
            _("Keeps the national training packages."),
            C.READ_ALL_FORCES,
            is_national=True,
        ),
        _role(
            "procurement_manager",
            _("Procurement manager"),
            _("Keeps the national catalogue of solutions and suppliers."),
            C.READ_ALL_FORCES,
            is_national=True,
        ),
        _role(
            "regulator",
            _("Regulator"),
            _("Reads every force's records after the event, and the history of who did what."),
            C.READ_ALL_FORCES,
            C.READ_NATIONAL_AUDIT,
            is_national=True,
            is_outside=True,
        ),
    )
}


def role(code: str) -> Role:
    """The role with this code; KeyError if there is none."""
    return FORCE_ROLES.get(code) or NATIONAL_ROLES[code]
