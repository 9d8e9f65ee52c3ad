"""Which documents of a force stand on a day, and where the force is reached. Public facts: anybody may ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from forces.models import Force
from forces.models.documents import ContactPoint, Document, DocumentWithdrawal, Kind

Standing = dict[str, Document]


def documents_of(force: Force, on: date) -> Standing:
    """What stands on that day, by kind; of kinds with several, the one adopted last. A kind without any is missing."""
    return documents_of_many([(force, on)])[force.pk, on]


def documents_of_many(wanted: Collection[tuple[Force, date]]) -> dict[tuple[int, date], Standing]:
    """documents_of() for many forces and days in one query, by the force's id and the day."""
    rows = _rows({force.pk for force, _on in wanted})
    return {
        (force.pk, on): {
            document.kind: document for document in sorted(_standing(rows[force.pk], on), key=_adopted)
        }
        for force, on in wanted
    }


def all_documents_of(force: Force, on: date) -> list[Document]:
    """Everything that stands on that day, in the order of kinds, latest adopted first within one."""
    return documents_and_withdrawn(force, on)[0]


def documents_and_withdrawn(force: Force, on: date) -> tuple[list[Document], dict[str, DocumentWithdrawal]]:
    """all_documents_of(), and by kind what was taken back last and followed by nothing. One query."""
    order = {kind: place for place, kind in enumerate(Kind.values)}
    rows = _rows({force.pk})[force.pk]
    latest_first = sorted(_standing(rows, on), key=_adopted, reverse=True)
    followed = {document.replaces_id for document in rows}
    withdrawn = {
        document.kind: document.withdrawal
        for document in rows
        if document.pk not in followed and _is_withdrawn(document, on)
    }
    return sorted(latest_first, key=lambda document: order[document.kind]), withdrawn


def versions_of(document: Document) -> list[Document]:
    """Every version of one document, latest first, with what withdrew it."""
    return list(
        Document.objects.filter(force_id=document.force_id, series=document.series)
        .select_related("withdrawal")
        .order_by("-pk")
    )


def contact_of(force: Force) -> ContactPoint | None:
    """Where the public reaches this force about the technology; None if it has not said."""
    return ContactPoint.objects.filter(force=force).order_by("-pk").first()


def with_contact(forces: QuerySet[Force]) -> QuerySet[Force]:
    """Forces with their contact, in the same query: read it with `contact_said`."""
    latest = ContactPoint.objects.filter(force=OuterRef("pk")).order_by("-pk")
    said = latest.values(said=JSONObject(email="email", phone="phone", url="url"))[:1]
    return forces.annotate(contact_said=Subquery(said))


def contact_said(force: Any) -> ContactPoint | None:
    """contact_of() for a force that came from `with_contact`; without who said it and when."""
    return ContactPoint(force=force, **force.contact_said) if force.contact_said else None


def _rows(forces: Iterable[int]) -> Mapping[int, list[Document]]:
    found: dict[int, list[Document]] = defaultdict(list)
    for document in (
        Document.objects.filter(force__in=set(forces)).select_related("withdrawal").order_by("pk")
    ):
        found[document.force_id].append(document)
    return found


def _standing(rows: Iterable[Document], on: date) -> list[Document]:
    """Of each document the version adopted last by that day, unless it was withdrawn by then."""
    latest: dict[object, Document] = {}
    for document in rows:
        before = latest.get(document.series)
        if document.adopted_on <= on and (before is None or _adopted(before) <= _adopted(document)):
            latest[document.series] = document
    return [document for document in latest.values() if not _is_withdrawn(document, on)]


def _is_withdrawn(document: Document, on: date) -> bool:
    withdrawal = getattr(document, "withdrawal", None)
    return withdrawal is not None and withdrawal.on <= on


def _adopted(document: Document) -> tuple[date, int]:
    return document.adopted_on, document.pk
