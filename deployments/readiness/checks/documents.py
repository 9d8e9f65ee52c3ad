"""The force's own documents: published, in date, and the version that the plan relies on."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from coordination.framework.vocabulary import DocumentKind
from deployments.planning.fields import BY_CODE, Kind
from deployments.readiness.finding import Found, check, met, not_met
from deployments.readiness.moments import words_of
from deployments.readiness.services import NOT_RECORDED
from deployments.readiness.subject import CannotTell, Held, Subject

_NAMED = {field.name for field in BY_CODE["protection"].fields if field.kind is Kind.DOCUMENT}


def standing(subject: Subject) -> Mapping[str, Held]:
    if subject.is_record:
        raise CannotTell(_("It cannot be judged from what was published."))
    if subject.documents is NOT_RECORDED:
        raise CannotTell(_("Not recorded: the force’s documents."))
    return subject.documents


def label(kind: str) -> str:
    return str(DocumentKind(kind).label) if kind in DocumentKind.values else kind


def title(document: Held) -> str:
    return f"{document.title} {document.version}".strip()


@check
def document_in_date(subject: Subject, *, kind: str) -> Found:
    held = standing(subject).get(kind)
    if held is None:
        return not_met(_("The force has published none that stands: %(kind)s.") % {"kind": label(kind)})
    if subject.on is None:
        raise CannotTell(_("The plan does not say on which day."))
    told = {"title": title(held), "on": words_of(held.review_on) if held.review_on else ""}
    if held.review_on is None:
        raise CannotTell(_("%(title)s names no day for its review.") % told)
    if held.review_on < subject.on:
        return not_met(_("%(title)s was to be reviewed by %(on)s.") % told)
    return met(_("%(title)s stands, and its review is due on %(on)s.") % told)


@check
def document_for_plan(subject: Subject, *, kind: str) -> Found:
    if kind not in _NAMED:
        raise CannotTell(_("A plan does not name this document: %(kind)s.") % {"kind": label(kind)})
    named = subject.tell("protection", kind)
    if named is None:
        return not_met(_("The plan names none that it relies on: %(kind)s.") % {"kind": label(kind)})
    held = standing(subject).get(kind)
    if held is None:
        return not_met(
            _("The one that the plan relies on no longer stands: %(kind)s.") % {"kind": label(kind)}
        )
    if held.id != named:
        return not_met(
            _("The plan relies on another version; %(title)s stands now.") % {"title": title(held)}
        )
    return met(_("The plan relies on %(title)s, which stands.") % {"title": title(held)})
