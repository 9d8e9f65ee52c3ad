"""Every capability: one word about what a person may do, for a force or for the national centre."""

from __future__ import annotations

from enum import Enum

from django.utils.translation import gettext_lazy as _


class Capability(Enum):
    """A stable code (stored) and the words that finish "the right to …" (shown)."""

    def __new__(cls, code: str, doing: str):
        self = object.__new__(cls)
        self._value_ = code
        self.doing = doing
        return self

    doing: str

    # About one force
    READ_RECORDS = "read_records", _("read deployment records")
    RECORD_RESULTS = "record_results", _("record the result of a deployment")
    REVIEW_RESULTS = "review_results", _("review a recorded result")
    PUBLISH_RESULTS = "publish_results", _("publish a result on the national register")
    CORRECT_RESULTS = "correct_results", _("prepare a correction to a published result")
    WITHDRAW_RESULTS = "withdraw_results", _("withdraw a published result")
    ASK_WITHDRAWAL = "ask_withdrawal", _("ask for a published result to be withdrawn")
    PROPOSE_REDACTION = "propose_redaction", _("ask for personal data to be removed from a published entry")
    PLAN_DEPLOYMENTS = "plan_deployments", _("plan deployments")
    ASSESS_PLANS = "assess_plans", _("assess a plan for its effect on rights and on the community")
    AUTHORISE_DEPLOYMENTS = "authorise_deployments", _("authorise or refuse a planned deployment")
    OVERRIDE_CONDITIONS = "override_conditions", _("let a plan go on against a national condition")
    NOTIFY_PUBLIC = "notify_public", _("publish the notice of a deployment")
    COMMAND_DEPLOYMENTS = "command_deployments", _("command a deployment while it runs")
    MANAGE_TEAM = "manage_team", _("invite people and grant or revoke their roles")
    MANAGE_SYSTEMS = "manage_systems", _("connect the force's own systems and disconnect them")
    DECLARE_USE = "declare_use", _("declare how the force uses live facial recognition")
    KEEP_DOCUMENTS = (
        "keep_documents",
        _("publish the force's documents about the technology and say where it is reached"),
    )
    TIGHTEN_RULES = "tighten_rules", _("hold the force to more than the legal framework asks")
    READ_AUDIT = "read_audit", _("read the history of who did what")

    # About the nation
    READ_ALL_FORCES = "read_all_forces", _("read the records of every force after the event")
    READ_NATIONAL_PLANS = "read_national_plans", _("see what forces plan, before the event")
    MANAGE_FORCES = "manage_forces", _("add forces and name their successors")
    APPOINT = "appoint", _("appoint people to national roles")
    IMPORT_RECORDS = "import_records", _("import what forces have published elsewhere")
    UNDO_IMPORTS = "undo_imports", _("undo an import")
    APPROVE_REDACTION = "approve_redaction", _("approve the removal of personal data from an entry")
    KEEP_FRAMEWORK = "keep_framework", _("draft, propose and adopt versions of the legal framework")
    MANAGE_ALGORITHMS = "manage_algorithms", _("keep the register of algorithm versions")
    REPLAY_EVENTS = "replay_events", _("look at parked events and replay them")
    DECIDE_SIGNALS = "decide_signals", _("decide what follows from a sign of change in a force's figures")
    READ_NATIONAL_AUDIT = "read_national_audit", _("read the national history of who did what")
    ANSWER_QUESTIONS = (
        "answer_questions",
        _("answer questions put to the centre from the register, and make briefing packs"),
    )


NATIONAL = frozenset(
    {
        Capability.READ_ALL_FORCES,
        Capability.READ_NATIONAL_PLANS,
        Capability.MANAGE_FORCES,
        Capability.APPOINT,
        Capability.IMPORT_RECORDS,
        Capability.UNDO_IMPORTS,
        Capability.APPROVE_REDACTION,
        Capability.KEEP_FRAMEWORK,
        Capability.MANAGE_ALGORITHMS,
        Capability.REPLAY_EVENTS,
        Capability.DECIDE_SIGNALS,
        Capability.READ_NATIONAL_AUDIT,
        Capability.ANSWER_QUESTIONS,
    }
)

# What a force's own system may be allowed. It never reviews, publishes, withdraws or manages: no credential can
# hold more than this, by a constraint of the table too.
FOR_SYSTEMS = (
    Capability.READ_RECORDS,
    Capability.RECORD_RESULTS,
    Capability.CORRECT_RESULTS,
    Capability.ASK_WITHDRAWAL,
)
