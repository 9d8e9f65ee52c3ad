"""Saving questions, answering them, and making briefing packs. Figures are read here: none is handed in."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from coordination.briefing import events, pack, pack_paper, papers
from coordination.briefing.addresses import Addresses
from coordination.briefing.asked import REALM, Asked
from coordination.briefing.changes import between
from coordination.briefing.models import Answer, Pack, Question
from coordination.briefing.pack import Waiting
from coordination.briefing.reading import Content, content
from coordination.briefing.steady import steady
from coordination.briefing.writing import as_ods, as_pdf
from events.outbox import record
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import require
from forces.refusals import Invalid, Refusal
from register.canonical import CONTROL_CHARACTERS

PATIENCE = 40  # looks of a worker at a register that moves, four a second
LANGUAGE = "en-gb"  # an answer is given in English, whatever language its maker reads


class ChangedMeanwhile(Refusal):
    """Somebody changed the question since it was read."""


class AnsweredMeanwhile(Refusal):
    """It was answered since the page was read: the newest answer is there already."""


def save_question(*, title: str, reference: str, asked: Asked, by: Person, at: datetime) -> Question:
    """Save what is asked, to be answered as often as wanted. Raises Forbidden, Invalid."""
    require(by, Capability.ANSWER_QUESTIONS)
    words = _told(title, reference)
    with transaction.atomic():
        question = Question.objects.create(
            **words, asks=asked.code, words=dict(asked.words), saved_by=by, saved_at=at
        )
        _record(question, events.QuestionSaved(str(question.uid), question.asks), by, at)
    return question


def change_question(
    question: Question,
    *,
    seen: int,
    title: str,
    reference: str,
    measures: Iterable[str],
    left_out: Iterable[str],
    by: Person,
    at: datetime,
) -> None:
    """Other words, figures or notes; what it is made from stays. `seen` is the revision that was read.

    Answers that were given stay as they are. Raises Forbidden, Invalid, ChangedMeanwhile.
    """
    require(by, Capability.ANSWER_QUESTIONS)
    words = _told(title, reference)
    asked = Asked.stored(question.asks, question.words)
    known = {measure.code for measure in asked.measures}
    with transaction.atomic():
        changed = Question.objects.filter(pk=question.pk, revision=seen).update(
            **words,
            measures=[code for code in measures if code in known],
            left_out=sorted(set(left_out)),
            revision=seen + 1,
        )
        if not changed:
            raise ChangedMeanwhile(_("Somebody changed this question meanwhile. Look at it again first."))
        _record(question, events.QuestionChanged(str(question.uid), seen + 1), by, at)


def now(question: Question, *, addresses: Addresses) -> Content:
    """The answer as the register has it now, kept nowhere. Raises InvalidSearch, Moving."""
    asked = Asked.stored(question.asks, question.words)
    with translation.override(LANGUAGE):
        return steady(
            REALM,
            lambda state: content(
                asked,
                measures=question.measures,
                left_out=question.left_out,
                addresses=addresses,
                state=state,
            ),
        )


def answer(question: Question, *, seen: int, addresses: Addresses, by: Person, at: datetime) -> Answer:
    """Answer it from the register as it stands and keep the answer for good, with what changed since the last.

    `seen` is the number of answers that were read: pressing twice gives one answer. Raises Forbidden,
    AnsweredMeanwhile, InvalidSearch, Moving.
    """
    require(by, Capability.ANSWER_QUESTIONS)
    with transaction.atomic(), translation.override(LANGUAGE):
        # Taken first: of two who press at once, the second waits here and then finds no row.
        if not Question.objects.filter(pk=question.pk, answers=seen).update(answers=seen + 1):
            raise AnsweredMeanwhile(_("It was answered a moment ago: the newest answer is in the list."))
        question.refresh_from_db()
        found = now(question, addresses=addresses)
        last = Answer.objects.filter(question=question, number=seen).first()
        changes = between(Content.read(last.content), found, since=seen) if last else None
        uid = uuid.uuid4()
        paper = papers.of_answer(question, found, changes, number=seen + 1, at=at, addresses=addresses)
        given = Answer.objects.create(
            uid=uid,
            question=question,
            number=seen + 1,
            at=at,
            by=by,
            register=found.register,
            as_of=found.as_of,
            content=found.as_json() | {"title": question.title, "reference": question.reference},
            figures=fingerprint([line.as_json() for line in found.lines], found.caveats),
            changes=changes.as_json() if changes else {},
            pdf=as_pdf.write(paper),
            ods=as_ods.write(paper),
        )
        _record(
            question,
            events.QuestionAnswered(str(question.uid), str(uid), given.number, found.register),
            by,
            at,
        )
    return given


def make_pack(
    *,
    job: uuid.UUID,
    decisions: Sequence[Waiting],
    addresses: Addresses,
    by: Person,
    at: datetime,
    tries: int = PATIENCE,
) -> Pack:
    """Make the briefing pack of the register as it stands and keep it for good; the same one for the same `job`.

    `decisions` are what waits for somebody now: the door that sees them counts them. Raises Forbidden, Moving.
    """
    require(by, Capability.ANSWER_QUESTIONS)
    with transaction.atomic(), translation.override(LANGUAGE):
        if made := Pack.objects.filter(job=job).first():
            return made
        found = steady(
            REALM, lambda state: pack.read(addresses, state), tries=tries, is_settled=pack.is_settled
        )
        paper = pack_paper.of_pack(found, decisions, at=at, addresses=addresses)
        waiting = [each.as_json() for each in decisions]
        made = Pack.objects.create(
            job=job,
            at=at,
            by=by,
            register=found.register,
            as_of=found.as_of,
            content=found.figures | {"decisions": waiting},
            figures=fingerprint(found.figures, found.caveats),
            pdf=as_pdf.write(paper),
            ods=as_ods.write(paper),
        )
        happened = events.BriefingMade(str(made.uid), found.register, made.figures)
        record(happened, force=None, by=by, at=at, subject=f"pack:{made.uid}")
    return made


def fingerprint(figures: Any, notes: Sequence[str]) -> str:
    """SHA-256 of figures and notes: the same state of the register gives the same."""
    said = json.dumps([figures, list(notes)], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _told(title: str, reference: str) -> dict[str, str]:
    """Raises Invalid for what cannot be shown or printed."""
    told = {"title": " ".join(title.split()), "reference": " ".join(reference.split())}
    wrong: dict[str, list[str]] = {}
    if not told["title"]:
        wrong["title"] = [_("Enter the question, or a few words for it.")]
    for name, most in (("title", 200), ("reference", 60)):
        if len(told[name]) > most:
            wrong[name] = [_("Use no more than %s characters.") % most]
        elif CONTROL_CHARACTERS.search(told[name]):
            wrong[name] = [_("Use letters and numbers, without control characters.")]
    if wrong:
        raise Invalid(wrong)
    return told


def _record(question: Question, happened: Any, by: Person, at: datetime) -> None:
    record(happened, force=None, by=by, at=at, subject=f"question:{question.uid}")
