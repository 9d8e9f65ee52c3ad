"""The assessment: one page with everything the plan says, and what it does to rights and to the community."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from deployments.planning import actions
from deployments.planning.models import Plan
from deployments.readiness import readiness_of
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force import answers
from portal.force.attempts import keep
from portal.force.authority.forms import ASK, ASSESS, DecisionForm, seen_now
from portal.force.authority.interrupting import changed_meanwhile, own_plan
from portal.force.authority.pages import not_now, show_plan
from portal.force.authority.reading import readiness_context
from portal.force.pages import address, people_named, plan_page
from portal.typed import posted

S = Plan.Status


@plan_page
def assess(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    """Read it, then say that it may go to an officer, or ask."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.ASSESS_PLANS, force)
    if plan.wrote_some(person):
        title = _("You cannot assess your own plan")
        return own_plan(request, force, plan, Capability.ASSESS_PLANS, tried="assess", title=title)
    sent = posted(request)
    if sent is None and plan.status != S.SUBMITTED:
        return not_now(request, plan, _("This plan does not wait to be assessed."))
    form = DecisionForm(sent, offers=(ASSESS, ASK), initial=seen_now(plan))
    form.fields["reason"].label = _("Your assessment, or your question")
    form.fields["reason"].help_text = _(
        "What it does to people’s rights and to the community, and whether what is planned against it is enough. "
        "Whoever authorises it reads this first. Name no person."
    )
    form.fields["reason"].error_messages["required"] = _("Write your assessment, or your question")
    if request.method == "POST" and form.is_valid():
        try:
            _decide(plan, form, person)
        except Forbidden:
            raise
        except actions.StalePlan as refusal:
            keep(request, plan, refusal, tried="assess")
            return changed_meanwhile(request, force, plan, form, again=address("assess", plan))
        except Invalid as invalid:
            form.take(invalid)
        except Refusal as refusal:
            keep(request, plan, refusal, tried="assess")
            form.add_error(None, str(refusal))
        else:
            return redirect(address("decided", plan))
    known = answers.known_of(force, plan.said)
    context = {
        "form": form,
        "sections": answers.sections(plan, known),
        "sent_by": people_named({plan.submitted_by_id}).get(plan.submitted_by_id, ""),
        **readiness_context(readiness_of(plan, at=db_now())),
    }
    return show_plan(request, "assess", plan, context)


def _decide(plan: Plan, form: DecisionForm, by: Person) -> None:
    said = form.cleaned_data
    seen = revision_seen(plan, said["seen"])
    if said["decision"] == ASK:
        actions.send_back(plan, question=said["reason"], seen=seen, by=by, at=db_now())
    else:
        actions.assess(plan, words=said["reason"], seen=seen, by=by, at=db_now())


def revision_seen(plan: Plan, content_hash: str) -> int:
    """The revision whose words the page showed. Raises StalePlan where the plan says something else by now."""
    if content_hash != plan.content_hash:
        raise actions.StalePlan(
            _("%(reference)s was changed after you opened it. Read what it says now before you decide.")
            % {"reference": plan.reference}
        )
    return plan.revision
