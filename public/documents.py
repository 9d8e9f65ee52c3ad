"""What a force has published about its use, and where it is reached, as lines of its public page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from design.components import Link
from design.numbers import date_text
from forces.documents import documents_and_withdrawn
from forces.models import ContactPoint, Document, DocumentWithdrawal, Force
from forces.models.documents import Kind

UNTOLD = gettext_lazy("We have not been told of one that is published.")
# Each of these has a line of its own on every force's page; the rest share one.
ALONE = (Kind.POLICY, Kind.DPIA, Kind.EIA)


@dataclass(frozen=True, slots=True)
class Part:
    """One line of what the register holds of a force, or does not. `links` are listed below the words."""

    code: str
    name: str | Promise
    words: str | Promise
    link: Link | None = None
    links: Sequence[tuple[Link, str]] = ()


def document_parts(force: Force, contact: ContactPoint | None, today: date) -> list[Part]:
    """Policy, impact assessments, other documents and contacts: the same lines for every force."""
    standing, withdrawn = documents_and_withdrawn(force, today)
    parts = []
    for kind in ALONE:
        found = next((document for document in standing if document.kind == kind), None)
        if found is not None:
            parts.append(Part(kind.value, kind.label, _said(found, today), _link(found)))
        elif kind.value in withdrawn:
            parts.append(Part(kind.value, kind.label, _taken_back(withdrawn[kind.value])))
        else:
            parts.append(Part(kind.value, kind.label, UNTOLD))
    others = [document for document in standing if document.kind not in ALONE]
    parts.append(
        Part(
            "documents",
            _("Other documents"),
            "" if others else _("None that we have been told of."),
            links=[
                (_link(document, document.get_kind_display()), _said(document, today)) for document in others
            ],
        )
    )
    parts.append(_contacts(contact))
    return parts


def _said(document: Document, today: date) -> str:
    told = {"version": document.version, "adopted": date_text(document.adopted_on)}
    if document.review_on is None:
        return _("Version %(version)s, adopted on %(adopted)s.") % told
    told["by"] = date_text(document.review_on)
    if document.is_overdue(today):
        return (
            _(
                "Version %(version)s, adopted on %(adopted)s. The force should have looked at it again by %(by)s "
                "and has told us of no newer one."
            )
            % told
        )
    return _("Version %(version)s, adopted on %(adopted)s, to be looked at again by %(by)s.") % told


def _link(document: Document, before: str = "") -> Link:
    return Link(
        f"{before}: {document.title}" if before not in ("", document.title) else document.title, document.url
    )


def _taken_back(withdrawal: DocumentWithdrawal) -> str:
    return _("Withdrawn by the force on %(on)s: %(reason)s") % {
        "on": date_text(withdrawal.on),
        "reason": withdrawal.reason,
    }


def _contacts(point: ContactPoint | None) -> Part:
    complain = Link(_("Ways to complain that are open to everybody"), "#complain")
    if point is None:
        return Part("contacts", _("Contacts"), _("The force has given no contact of its own here."), complain)
    links = [(link, "") for link in links_of(point)]
    words = _("Telephone: %(phone)s.") % {"phone": point.phone} if point.phone else ""
    return Part("contacts", _("Contacts"), words, complain, links)


def links_of(point: ContactPoint) -> list[Link]:
    """Where the force can be written to."""
    given = []
    if point.email:
        given.append(Link(point.email, f"mailto:{point.email}"))
    if point.url:
        given.append(Link(_("The force’s page on facial recognition"), point.url))
    return given
