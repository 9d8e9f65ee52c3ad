"""The legal framework at the centre: its versions, what each changes, whom it would hit, and its way to adoption."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.framework import actions, queries, wording
from coordination.framework.models import Version
from coordination.framework.rules import Rule, rule_of, rules_for
from coordination.framework.vocabulary import Group
from design.components import Column, Link, Row, Table
from design.numbers import date_text, moment_text
from forces.capabilities import Capability
from forces.clock import db_now, london_date
from forces.permissions import may, require
from portal.national.framework_forms import ProposeForm, ReasonForm, SummaryForm
from portal.national.pages import answers, changing, decide, needs, show

NEEDED = Capability.KEEP_FRAMEWORK


@needs(Capability.READ_ALL_FORCES)
def versions(request: HttpRequest) -> HttpResponse:
    """Every version, the latest first, with the one in force and the one that is open."""
    at = db_now()
    every = list(
        Version.objects.select_related("drafted_by", "proposed_by", "adopted_by").order_by("-number")
    )
    in_force = rules_for(None, london_date(at))
    number = in_force[0].version if in_force else None
    rows = [
        [
            Link(str(each), reverse("admin:national-framework-version", args=[each.number])),
            _("In force") if each.number == number else each.get_status_display(),
            date_text(each.takes_effect_on) if each.takes_effect_on else _("Not said yet"),
            each.summary,
            _by(each),
        ]
        for each in every
    ]
    columns = [_("Version"), _("State"), _("Holds from"), _("What it changes and why"), _("By")]
    context = {
        "table": Table(
            _("Versions"), [Column(str(each)) for each in columns], rows, caption_hidden=True, stacked=True
        ),
        "open": next((each for each in every if not each.is_adopted), None),
        "may_keep": may(request.person, NEEDED),  # type: ignore[attr-defined]
    }
    return show(request, "framework", context)


@needs(Capability.READ_ALL_FORCES)
def one(request: HttpRequest, version: int) -> HttpResponse:
    found = version_of(version)
    before = predecessor(found)
    changes = queries.changes([before, found])[found.number] if before is not None else []
    rules = [rule_of(each, (), found.number) for each in found.requirements.order_by("pk")]
    reader = request.person  # type: ignore[attr-defined]
    keeps = may(reader, NEEDED)
    context = {
        "version": found,
        "before": before,
        "facts": _facts(found),
        "changes": [
            (change, queries.WHAT[change.what], _page_of(change, found, before)) for change in changes
        ],
        "groups": [
            (group.label, _table(str(group.label), of_group, found))
            for group in Group
            if (of_group := [rule for rule in rules if rule.group == group])
        ],
        "count": len(rules),
        "keeps": keeps,
        "is_draft": found.status == Version.Status.DRAFT,
        "is_proposed": found.status == Version.Status.PROPOSED,
        "is_mine": found.proposed_by_id == reader.pk,
        "item": f"{found.number}-{found.proposals}",
        "sees_plans": may(reader, Capability.READ_NATIONAL_PLANS),
    }
    return show(request, "framework_version", context)


@changing
def begin(request: HttpRequest) -> HttpResponse:
    person = request.person  # type: ignore[attr-defined]

    def act(given: dict[str, Any]) -> HttpResponse:
        made = actions.draft(summary=given["summary"], by=person, at=db_now())
        messages.success(request, _("%(version)s is begun, as a copy of the one before.") % {"version": made})
        return redirect("admin:national-framework-version", made.number)

    return decide(
        request,
        SummaryForm(answers(request)),
        act,
        needs=NEEDED,
        title=_("Begin a new version"),
        button=_("Begin"),
        back=reverse("admin:national-framework"),
        note=_(
            "It starts as a copy of the latest adopted version. Nothing of it holds until two people have proposed "
            "and adopted it. One version at a time is open."
        ),
    )


@changing
def describe(request: HttpRequest, version: int) -> HttpResponse:
    found = version_of(version)

    def act(given: dict[str, Any]) -> str:
        actions.describe(found, summary=given["summary"], by=request.person, at=db_now())  # type: ignore[attr-defined]
        return _("The words are changed.")

    return closed(request, found) or decide(
        request,
        SummaryForm(answers(request), initial={"summary": found.summary}),
        act,
        needs=NEEDED,
        title=_("What %(version)s changes and why") % {"version": found},
        button=_("Save"),
        back=page_of(found),
    )


@changing
def propose(request: HttpRequest, version: int) -> HttpResponse:
    found = version_of(version)

    def act(given: dict[str, Any]) -> str:
        actions.propose(found, takes_effect_on=given["takes_effect_on"], by=request.person, at=db_now())  # type: ignore[attr-defined]
        return _(
            "%(version)s is proposed. Somebody else adopts it or sends it back, in the Decide queue."
        ) % {"version": found}

    return closed(request, found) or decide(
        request,
        ProposeForm(answers(request), initial={"takes_effect_on": found.takes_effect_on}),
        act,
        needs=NEEDED,
        title=_("Propose %(version)s") % {"version": found},
        button=_("Propose"),
        back=page_of(found),
        about=[Row(_("What it changes and why"), found.summary)],
        note=_("Its requirements then stand still. Try it against today's plans first."),
    )


@changing
def send_back(request: HttpRequest, version: int) -> HttpResponse:
    """For whoever proposed it, too: the queue keeps them from deciding on their own proposal."""
    found = version_of(version)
    person = request.person  # type: ignore[attr-defined]
    require(person, NEEDED)
    if found.status != Version.Status.PROPOSED:
        messages.error(request, _("%(version)s is not proposed.") % {"version": found})
        return redirect(page_of(found))

    def act(given: dict[str, Any]) -> str:
        actions.send_back(found, seen=found.proposals, reason=given["reason"], by=person, at=db_now())
        return _("%(version)s is a draft again.") % {"version": found}

    return decide(
        request,
        ReasonForm(answers(request)),
        act,
        needs=NEEDED,
        title=_("Make %(version)s a draft again") % {"version": found},
        button=_("Make it a draft again"),
        back=page_of(found),
    )


# Parts ------------------------------------------------------------------------------------------------


def version_of(number: int) -> Version:
    found = (
        Version.objects.select_related("drafted_by", "proposed_by", "adopted_by")
        .filter(number=number)
        .first()
        if number < 2**31
        else None
    )
    if found is None:
        raise Http404(_("There is no such version."))
    return found


def page_of(version: Version) -> str:
    return reverse("admin:national-framework-version", args=[version.number])


def predecessor(version: Version) -> Version | None:
    """The version that it was made from: all before it are adopted."""
    return Version.objects.filter(number=version.number - 1).first()


def closed(request: HttpRequest, version: Version) -> HttpResponse | None:
    """The way back for whoever opens a form of a version that is no draft; what was sent is left to the action."""
    require(request.person, NEEDED)  # type: ignore[attr-defined]
    if version.status == Version.Status.DRAFT or request.method == "POST":
        return None
    messages.error(request, _("%(version)s is no draft any more.") % {"version": version})
    return redirect(page_of(version))


def _facts(version: Version) -> list[Row]:
    rows = [
        Row(_("State"), version.get_status_display()),
        Row(
            _("Holds from"),
            date_text(version.takes_effect_on) if version.takes_effect_on else _("Said when it is proposed"),
        ),
        Row(_("What it changes and why"), version.summary),
        Row(_("Begun"), _who_when(version.drafted_by, version.drafted_at)),
    ]
    if version.proposed_at is not None:
        rows.append(Row(_("Proposed"), _who_when(version.proposed_by, version.proposed_at)))
    if version.adopted_at is not None:
        rows.append(Row(_("Adopted"), _who_when(version.adopted_by, version.adopted_at)))
    return rows


def _who_when(who: Any, when: Any) -> str:
    told = {"who": who.name if who is not None else _("came with this platform"), "when": moment_text(when)}
    return _("%(when)s, %(who)s") % told


def _by(version: Version) -> str:
    """The two people, or the one who began it."""
    people = [each.name for each in (version.proposed_by, version.adopted_by) if each is not None]
    if not people and version.drafted_by is not None:
        people = [version.drafted_by.name]
    return ", ".join(people) or _("Came with this platform")


def _page_of(change: queries.Change, found: Version, before: Version | None) -> str:
    of = before if change.after is None and before is not None else found
    return reverse("admin:national-framework-requirement", args=[of.number, change.code])


def _table(caption: str, rules: list[Rule], version: Version) -> Table:
    rows = [
        [
            Link(
                rule.title, reverse("admin:national-framework-requirement", args=[version.number, rule.code])
            ),
            wording.judged_nationally(rule),
            wording.weight_name(rule),
            wording.effect_in_short(rule).capitalize(),
            queries.period(rule.effective_from, rule.effective_to),
        ]
        for rule in rules
    ]
    columns = [_("Requirement"), _("How it is judged"), _("Weight"), _("If not met"), _("The rule holds")]
    return Table(caption, [Column(str(each)) for each in columns], rows, caption_hidden=True, stacked=True)
