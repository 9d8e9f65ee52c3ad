"""The force's published documents, and where the public reaches it: reading, publishing, withdrawing, saying."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from design.components import Row
from design.forms import DateField, Form, Look
from design.numbers import date_text
from directory import actions
from directory.actions.documents import LONGEST_REASON
from forces.capabilities import Capability
from forces.clock import db_now, london_date
from forces.documents import all_documents_of, contact_of, versions_of
from forces.models import ContactPoint, Document, Force, Person
from forces.models.documents import LONGEST_ADDRESS, LONGEST_TITLE, LONGEST_VERSION, ONE_OF_EACH, Kind
from forces.permissions import may, require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force.forms import ReasonForm
from portal.force.pages import force_page, public_address, show
from portal.typed import posted

KEEP = Capability.KEEP_DOCUMENTS


class VersionForm(Form):
    """A version of a document: its name, label, address and days."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("As on the document. Name no person."),
        max_length=LONGEST_TITLE,
        error_messages={"required": gettext_lazy("Enter the title")},
    )
    version = forms.CharField(
        label=gettext_lazy("Version"),
        help_text=gettext_lazy("The document’s own, such as 2.1 or March 2026."),
        max_length=LONGEST_VERSION,
        error_messages={"required": gettext_lazy("Enter the version")},
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Where everybody can read it on your force’s own site, from https:// on."),
        max_length=LONGEST_ADDRESS,
        widget=forms.URLInput,
        error_messages={"required": gettext_lazy("Enter the address of the document")},
    )
    adopted_on = DateField(
        label=gettext_lazy("Date of adoption"), help_text=gettext_lazy("It stands from this day.")
    )
    review_on = DateField(
        label=gettext_lazy("Look at it again by"),
        help_text=gettext_lazy(
            "The day by which it is reviewed. It may be blank for a community impact assessment, training or "
            "another document."
        ),
        required=False,
    )
    looks = {"version": Look(width=10)}


class DocumentForm(VersionForm):
    """A document that is not here yet."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select what kind of document it is")},
    )
    field_order = ["kind"]
    looks = {**VersionForm.looks, "kind": Look(small=True)}


class WithdrawForm(ReasonForm):
    """Why, for everybody to read."""

    reason = forms.CharField(max_length=LONGEST_REASON, widget=forms.Textarea, strip=True)


class ContactForm(Form):
    """Where the public reaches the force: an organisation's addresses."""

    email = forms.CharField(
        label=gettext_lazy("Email address"),
        help_text=gettext_lazy("Of a team, never of one person."),
        max_length=200,
        required=False,
        widget=forms.EmailInput,
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        help_text=gettext_lazy("Such as 101. No mobile."),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Web address"),
        help_text=gettext_lazy("A page of your force’s own site, from https:// on."),
        max_length=LONGEST_ADDRESS,
        required=False,
        widget=forms.URLInput,
    )
    looks = {"phone": Look(width=20)}


@force_page
def documents(request: HttpRequest, force: Force) -> HttpResponse:
    """What stands today, in the order of the public page, and what is wanting."""
    today = london_date(db_now())
    standing = all_documents_of(force, today)
    held = {document.kind for document in standing}
    coming = Document.objects.filter(force=force, adopted_on__gt=today, replaced_by=None, withdrawal=None)
    context = {
        "standing": [(document, document.is_overdue(today)) for document in standing],
        "coming": list(coming.order_by("adopted_on")),
        "overdue": sum(document.is_overdue(today) for document in standing),
        "wanting": [kind.label for kind in ONE_OF_EACH if kind.value not in held],
        "contact": contact_rows(contact_of(force)),
        "may_keep": may(_person(request), KEEP, force),
        "public_page": f"{public_address(force, 'force', force.slug)}#held",
    }
    return show(request, "documents", force, context)


@force_page
def add(request: HttpRequest, force: Force) -> HttpResponse:
    require(_person(request), KEEP, force)
    form = DocumentForm(posted(request))
    if request.method == "POST" and form.is_valid() and (made := _publish(request, force, form)):
        return _done(request, force, _("“%(document)s” is published.") % {"document": made})
    return show(request, "document_add", force, {"form": form, "before": None})


@force_page
def version(request: HttpRequest, force: Force, document: UUID) -> HttpResponse:
    """Publish a new version of what the page showed."""
    require(_person(request), KEEP, force)
    before = _found(force, document)
    if Document.objects.filter(force=force, replaces=before).exists():
        messages.warning(request, _("A newer version has been published already. This is how it stands."))
        return redirect("portal:force-document", force.slug, before.public_id)
    form = VersionForm(posted(request), initial={"title": before.title})
    if request.method == "POST" and form.is_valid() and (made := _publish(request, force, form, before)):
        return _done(request, force, _("“%(document)s” is published.") % {"document": made})
    return show(request, "document_add", force, {"form": form, "before": before})


@force_page
def document(request: HttpRequest, force: Force, document: UUID) -> HttpResponse:
    """One document with all its versions; whoever keeps documents withdraws it here."""
    found = _found(force, document)
    versions = versions_of(found)
    latest = versions[0]
    form = WithdrawForm(
        posted(request),
        label=_("Why is it withdrawn?"),
        missing=_("Say why it is withdrawn"),
        hint=_("The reason is published. Name no person."),
    )
    if request.method == "POST":
        require(_person(request), KEEP, force)
        if form.is_valid():
            try:
                actions.withdraw_document(
                    found, reason=form.cleaned_data["reason"], by=_person(request), at=db_now()
                )
            except Forbidden:
                raise
            except Refusal as refusal:
                form.add_error("reason" if isinstance(refusal, Invalid) else None, str(refusal))
            else:
                return _done(request, force, _("“%(document)s” is withdrawn.") % {"document": found})
    context = {
        "form": form,
        "document": latest,
        "versions": [(each, getattr(each, "withdrawal", None)) for each in versions],
        "is_withdrawn": hasattr(latest, "withdrawal"),
        "is_overdue": latest.is_overdue(london_date(db_now())),
        "may_keep": may(_person(request), KEEP, force),
    }
    return show(request, "document", force, context)


@force_page
def contact(request: HttpRequest, force: Force) -> HttpResponse:
    require(_person(request), KEEP, force)
    stands = contact_of(force)
    initial = {name: getattr(stands, name, "") for name in ("email", "phone", "url")}
    form = ContactForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_contact(force, **form.cleaned_data, by=_person(request), at=db_now())
        except Forbidden:
            raise
        except Refusal as refusal:
            _take(form, refusal)
        else:
            return _done(request, force, _("The contact for the public is changed."))
    return show(request, "contact", force, {"form": form})


def contact_rows(point: ContactPoint | None) -> list[Row]:
    if point is None:
        return []
    given = (
        (_("Email address"), point.email),
        (_("Telephone"), point.phone),
        (_("Web address"), point.url),
        (_("Said on"), date_text(london_date(point.set_at))),
    )
    return [Row(name, value) for name, value in given if value]


def _publish(
    request: HttpRequest, force: Force, form: VersionForm, before: Document | None = None
) -> Document | None:
    said: dict[str, Any] = {"kind": before.kind if before is not None else "", **form.cleaned_data}
    try:
        return actions.publish_document(force, **said, replaces=before, by=_person(request), at=db_now())
    except Forbidden:
        raise
    except Refusal as refusal:
        _take(form, refusal)
        return None


def _take(form: Form, refusal: Refusal) -> None:
    """Show a refusal beside the fields it is about."""
    if not isinstance(refusal, Invalid):
        form.add_error(refusal.pointer if refusal.pointer in form.fields else None, str(refusal))
        return
    for name, told in refusal.errors.items():
        form.add_error(name if name in form.fields else None, told)


def _done(request: HttpRequest, force: Force, words: str) -> HttpResponse:
    messages.success(request, f"{force.name}: {words}")
    return redirect("portal:documents", force.slug)


def _found(force: Force, public_id: UUID) -> Document:
    """The force's document. Another force's is public, and has no page here all the same."""
    found = Document.objects.filter(force=force, public_id=public_id).select_related("force").first()
    if found is None:
        raise Http404
    return found


def _person(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined]
