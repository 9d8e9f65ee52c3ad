"""One rule, one subject, one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from coordination.framework.checks import CHECKS
from coordination.framework.rules import Applies, Attested, Rule
from coordination.framework.vocabulary import Phase, Weight
from deployments.readiness import checks
from deployments.readiness.checks.documents import label, standing
from deployments.readiness.finding import IMPLEMENTED, Found, met, not_applicable, not_met
from deployments.readiness.moments import words_of
from deployments.readiness.subject import CannotTell, Subject
from deployments.readiness.verdicts import Readiness, State, Verdict
from forces.roles import FORCE_ROLES

assert checks  # noqa: S101 - imported so that every check is registered


def judge(rule: Rule, subject: Subject) -> Verdict:
    """How the rule stands for the subject at `subject.at`. Reads nothing but the two."""
    try:
        found = _found(rule, subject)
    except CannotTell as reason:
        found = Found(State.NOT_KNOWN, reason.words, reason.by_when)
    return Verdict(
        rule=rule,
        state=found.state,
        words=" ".join([found.words, *_more_words(rule, found.state)]),
        by_when=found.by_when or (_before(rule.phase, subject) if found.state == State.NOT_MET else None),
        overridden=rule.code in subject.overridden,
        due=subject.is_record or rule.phase in subject.phases,
    )


def judge_all(rules: Sequence[Rule], subject: Subject) -> Readiness:
    """Every rule, in their order."""
    return Readiness(
        tuple(judge(rule, subject) for rule in rules), max((rule.version for rule in rules), default=None)
    )


def _found(rule: Rule, subject: Subject) -> Found:
    if rule.technology and rule.technology != subject.technology:
        return not_applicable(_("It applies to another technology."))
    if reason := left_out(rule.applies_to, subject):
        return not_applicable(reason)
    if rule.attestation is not None:
        return _attested(rule, rule.attestation, subject)
    check = IMPLEMENTED.get(rule.check)
    if check is None:
        raise CannotTell(
            _("This version of the program knows no check called %(name)s.") % {"name": rule.check}
        )
    return check(subject, **rule.parameters)


def left_out(applies: Applies, subject: Subject) -> str:
    """Why a rule does not apply to the subject; blank if it does. Raises CannotTell where the plan does not say."""
    for wanted, task, name in (
        (applies.use_cases, "purpose", "use_case"),
        (applies.place_types, "place", "place_type"),
        (applies.cameras, "place", "camera"),
    ):
        if wanted and _told(subject.tell(task, name)) not in wanted:
            return _("It applies to other uses, places or cameras.")
    if applies.watchlist_categories and not set(_told(subject.categories())) & set(
        applies.watchlist_categories
    ):
        return _("It applies to other watchlist categories.")
    return ""


def _told(value: Any) -> Any:
    if value is None:
        raise CannotTell(_("Whether it applies is not known: the plan does not say yet."))
    return value


def _attested(rule: Rule, wanted: Attested, subject: Subject) -> Found:
    if subject.is_record:
        raise CannotTell(_("It cannot be judged from what was published."))
    role = FORCE_ROLES[wanted.role].name if wanted.role in FORCE_ROLES else wanted.role
    told = {"role": role, "kind": label(wanted.document_kind)}
    given = subject.attested.get(rule.code)
    if given is None:
        if rule.phase not in subject.phases:
            raise CannotTell(_("To be attested by: %(role)s.") % told, _before(rule.phase, subject))
        return not_met(_("Nobody has attested it yet. Who can: %(role)s.") % told)
    if given.role != wanted.role:
        return not_met(_("It was attested in another role. Who can: %(role)s.") % told)
    if wanted.document_kind and given.document is None:
        return not_met(_("It was attested without a document: %(kind)s.") % told)
    if wanted.document_kind:
        held = standing(subject).get(wanted.document_kind)
        if held is None or held.id != given.document:
            return not_met(_("The document on which it rests no longer stands: %(kind)s.") % told)
    return met(_("Attested by: %(role)s, %(at)s.") % {**told, "at": words_of(given.at)})


def _before(phase: str, subject: Subject) -> datetime | None:
    """The moment before which a rule of this phase must be met, while it lies ahead."""
    moment = None if phase == Phase.AFTER else subject.starts_at
    return moment if moment is not None and moment > subject.at else None


def _more_words(rule: Rule, state: State) -> Iterable[str]:
    """What a reader must know beside the verdict: whose value it was judged by, and that it only warns."""
    if state == State.NOT_APPLICABLE:
        return
    spec = CHECKS.get(rule.check)
    for name, own in rule.tightened.items():
        if spec is not None and (parameter := spec.parameters.get(name)):
            yield (
                _(
                    "The force’s own value: %(own)s, since %(since)s (%(why)s). "
                    "The national value: %(national)s (%(source)s)."
                )
                % {
                    "own": parameter.in_words(own.value),
                    "since": words_of(own.since),
                    "why": own.why.rstrip("."),
                    "national": parameter.in_words(own.national),
                    "source": rule.source.citation,
                }
            )
    if state == State.NOT_MET and rule.weight != Weight.ADVICE and not rule.source.verified:
        yield _("Its source has not been verified, so it only warns.")
