"""Asking for a published document to be removed, because personal data slipped into it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from deployments.models import Deployment
from design.numbers import moment_text
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import may, require
from forces.refusals import Forbidden, Refusal
from portal.force.forms import RedactionForm
from portal.force.pages import address, deployment_page, public_address, show
from portal.typed import posted
from register import actions
from register.models import Entry, Head, RedactionRequest

ON_THE_REGISTER = frozenset({Deployment.Stage.PUBLISHED, Deployment.Stage.WITHDRAWN})


@deployment_page
def redact(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    """Say which version must go and why; the national centre decides."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.PROPOSE_REDACTION, force)
    if deployment.stage not in ON_THE_REGISTER:
        return _not_now(request, deployment, _("It was never published, so nothing of it can be removed."))
    entries = _with_a_body(force, deployment)
    if not entries:
        return _not_now(request, deployment, _("Every version of it has already been removed."))
    standing = Head.objects.filter(pk=deployment.public_reference).values_list("version", flat=True).first()
    form = RedactionForm(
        posted(request),
        versions=[(str(each.version), _version(each, standing)) for each in entries],
        initial={"version": str(standing)},
    )
    if request.method == "POST" and form.is_valid():
        chosen = next(each for each in entries if str(each.version) == form.cleaned_data["version"])
        try:
            actions.propose_redaction(
                chosen,
                force=force,
                by=person,
                at=db_now(),
                why=form.cleaned_data["why"],
                public_reason=form.cleaned_data["public_reason"],
            )
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_error(refusal.pointer if refusal.pointer in form.fields else "version", str(refusal))
        else:
            messages.success(
                request,
                f"{force.name}: "
                + _("You asked for version %(version)d to be removed. The national centre decides.")
                % {"version": chosen.version},
            )
            return redirect(address("deployment", deployment))
    context = {
        "form": form,
        "deployment": deployment,
        "public_address": public_address(force, "deployment", deployment.public_reference),
        "open_requests": open_requests(force, deployment),
    }
    return show(request, "redact", force, context)


def may_ask(person: Person, force: Force, deployment: Deployment) -> bool:
    """Whether to show the way here. Only the action decides."""
    return deployment.stage in ON_THE_REGISTER and may(person, Capability.PROPOSE_REDACTION, force)


def open_requests(force: Force, deployment: Deployment) -> list[RedactionRequest]:
    """Requests about this deployment that wait for a decision, oldest first, with their entries."""
    if deployment.stage not in ON_THE_REGISTER:
        return []
    return list(
        RedactionRequest.objects.filter(
            force=force,
            entry__reference=deployment.public_reference,
            state=RedactionRequest.State.PROPOSED,
        )
        .select_related("entry")
        .order_by("proposed_at")
    )


def _with_a_body(force: Force, deployment: Deployment) -> list[Entry]:
    """Newest first. The national centre's transcription is among them, if the force's result replaced one."""
    return list(
        Entry.objects.filter(reference=deployment.public_reference, force=force, kept__isnull=False).order_by(
            "-version"
        )
    )


def _version(entry: Entry, standing: int | None) -> str:
    words = {
        "version": entry.version,
        "act": entry.get_act_display(),
        "at": moment_text(entry.entered_at),
    }
    if entry.version == standing:
        return _("Version %(version)d, which stands now: %(act)s, %(at)s") % words
    return _("Version %(version)d: %(act)s, %(at)s") % words


def _not_now(request: HttpRequest, deployment: Deployment, words: str) -> HttpResponse:
    messages.warning(request, words)
    return redirect(address("deployment", deployment))
