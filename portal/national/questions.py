"""Questions put to the centre, such as a parliamentary question: saved with what answers them, and answered as often
as they are asked. An answer is kept as it was given; asking again makes another beside it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from coordination.briefing import actions
from coordination.briefing.asked import Asked
from coordination.briefing.changes import between
from coordination.briefing.models import Answer, Question
from coordination.briefing.reading import Content, notes_of, subject_of
from design.components import Row
from design.forms import Form, Look
from design.numbers import moment_text
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Person
from forces.permissions import require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.national.imports import page_of, turning
from portal.national.pages import answers as sent
from portal.national.pages import changing, decide, needs, show
from portal.national.public_addresses import addresses_on, asked_by, site_of
from portal.national.said_so import around, changed, figures

QUESTIONS_A_PAGE = 50


class _Words(Form):
    title = forms.CharField(
        label=gettext_lazy("The question"),
        max_length=200,
        help_text=gettext_lazy("As it was put, or a few words for it. It stands at the top of every answer."),
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("The number of the parliamentary question or of the letter."),
    )


class NewForm(_Words):
    address = forms.CharField(
        label=gettext_lazy("Address of the table or list that answers it"),
        help_text=gettext_lazy(
            "Open a table of the public statistics or the public list of deployments, filter it, and copy the address "
            "of the page. What it shows is what the answer is made from."
        ),
    )
    looks = {"reference": Look(width=20)}


class ChangeForm(_Words):
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("Figures to give"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("The number of deployments is always given."),
    )
    notes = forms.MultipleChoiceField(
        label=gettext_lazy("Notes to say beside them"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("The figures' own notes. Those above are always said."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    looks = {
        "reference": Look(width=20),
        "measures": Look(small=True, optional=False),
        "notes": Look(small=True, optional=False),
    }

    def __init__(self, data: Any, question: Question, asked: Asked, notes: list[Any]) -> None:
        chosen = [measure.code for measure in asked.chosen(question.measures)]
        super().__init__(
            data,
            initial={
                "title": question.title,
                "reference": question.reference,
                "measures": chosen,
                "notes": [note.key for note in notes if note.key not in question.left_out],
                "seen": question.revision,
            },
        )
        offered = [(each.code, str(each.label)) for each in asked.measures if each.code != "deployments"]
        self.fields["measures"].choices = offered  # type: ignore[attr-defined]
        self.fields["notes"].choices = [(note.key, note.said) for note in notes]  # type: ignore[attr-defined]


@needs(Capability.ANSWER_QUESTIONS)
def questions(request: HttpRequest) -> HttpResponse:
    """Every question, the latest saved first."""
    found = Question.objects.select_related("saved_by").annotate(answered_at=Max("given__at"))
    page = page_of(request, found.order_by("-pk"), QUESTIONS_A_PAGE)
    return show(
        request, "questions", {"rows": page, "pages_of_it": around("questions"), **turning(request, page)}
    )


@changing
def new(request: HttpRequest) -> HttpResponse:
    def act(given: dict[str, Any]) -> HttpResponse:
        question = actions.save_question(
            title=given["title"],
            reference=given["reference"],
            asked=asked_by(request, given["address"]),
            by=request.person,  # type: ignore[attr-defined]
            at=db_now(),
        )
        messages.success(request, _("The question is saved. Below is the answer as it stands now."))
        return redirect("admin:national-question", question=question.uid)

    return decide(
        request,
        NewForm(sent(request)),
        act,
        needs=Capability.ANSWER_QUESTIONS,
        title=_("Save a question"),
        button=_("Save"),
        back=reverse("admin:national-questions"),
    )


@needs(Capability.ANSWER_QUESTIONS)
def one(request: HttpRequest, question: Any) -> HttpResponse:
    """The answer as the register has it now, what moved since the last one, and every answer given."""
    found = question_or_404(question)
    given = list(
        Answer.objects.filter(question=found)
        .select_related("by")
        .defer("pdf", "ods", "content")
        .order_by("-number")
    )
    context: dict[str, Any] = {
        "question": found,
        "about": _about(found),
        "given": given,
        "change": reverse("admin:national-question-change", args=[found.uid]),
    }
    addresses = addresses_on(site_of(request))
    try:
        now = actions.now(found, addresses=addresses)
    except Refusal as refusal:
        return show(request, "questions_one", {**context, "refused": _told(refusal)})
    context |= {"now": now, **figures(now)}
    if given:
        last = Answer.objects.defer("pdf", "ods").get(pk=given[0].pk)
        moved = between(Content.read(last.content), now, since=last.number)
        context |= changed(moved, addresses)
    return show(request, "questions_one", context)


@changing
def change(request: HttpRequest, question: Any) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.ANSWER_QUESTIONS)
    found = question_or_404(question)
    try:
        asked = Asked.stored(found.asks, found.words)
        notes = notes_of(asked, found.measures)
    except Refusal as refusal:
        messages.error(request, _told(refusal))
        return redirect("admin:national-question", question=found.uid)
    optional = [note for note in notes if not note.needed]
    form = ChangeForm(sent(request), found, asked, optional)

    def act(given: dict[str, Any]) -> str:
        # A note that is not offered now, as its figure was not chosen, stays left out if it was.
        offered = {note.key for note in optional}
        left = {*found.left_out, *offered} - set(given["notes"])
        actions.change_question(
            found,
            seen=given["seen"],
            title=given["title"],
            reference=given["reference"],
            measures=given["measures"],
            left_out=left,
            by=person,
            at=db_now(),
        )
        return _("The question is changed. Answers already given stay as they are.")

    return decide(
        request,
        form,
        act,
        needs=Capability.ANSWER_QUESTIONS,
        title=_("Change what the answer says"),
        button=_("Save"),
        back=reverse("admin:national-question", args=[found.uid]),
        about=[Row(_("Always said"), note.said) for note in notes if note.needed],
    )


@require_POST
def answer(request: HttpRequest, question: Any) -> HttpResponse:
    """Answer it now. Pressing twice gives one answer."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.ANSWER_QUESTIONS)
    found = question_or_404(question)
    seen = request.POST.get("seen", "")
    try:
        given = actions.answer(
            found,
            seen=int(seen) if seen.isdecimal() and len(seen) < 9 else -1,
            addresses=addresses_on(site_of(request)),
            by=person,
            at=db_now(),
        )
    except Forbidden:
        raise
    except Refusal as refusal:
        messages.error(request, _told(refusal))
        return redirect("admin:national-question", question=found.uid)
    messages.success(request, _("The question is answered. This answer is kept as it is."))
    return redirect("admin:national-answer", answer=given.uid)


def question_or_404(uid: Any) -> Question:
    found = Question.objects.select_related("saved_by").filter(uid=uid).first()
    if found is None:
        raise Http404(_("There is no such question."))
    return found


def _about(question: Question) -> list[Row]:
    try:
        asked = Asked.stored(question.asks, question.words)
        made_from = "; ".join([str(subject_of(asked)), *asked.narrowed])
    except Invalid:
        made_from = "; ".join([question.asks, *(f"{name}: {word}" for name, word in question.words.items())])
    saved = _("%(when)s, by %(who)s") % {
        "when": moment_text(question.saved_at),
        "who": question.saved_by.name,
    }
    return [
        Row(_("Reference"), question.reference),
        Row(_("Made from"), made_from),
        Row(_("Saved"), saved),
    ]


def _told(refusal: Refusal) -> str:
    if isinstance(refusal, Invalid):
        said = [f"{name}: {message}" for name, told in refusal.errors.items() for message in told]
        return _("This can no longer be answered as it was saved. Save it anew. %s") % " ".join(said)
    return str(refusal)
