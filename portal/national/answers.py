"""One answer, as it was given: its page and its two files."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from coordination.briefing.changes import Changes
from coordination.briefing.models import Answer, Kept
from coordination.briefing.reading import Content
from coordination.briefing.writing import as_ods, as_pdf
from design.components import Row
from design.numbers import moment_text
from forces.capabilities import Capability
from portal.national.pages import needs, show
from portal.national.public_addresses import addresses_on, site_of
from portal.national.said_so import changed, figures


@needs(Capability.ANSWER_QUESTIONS)
def answer(request: HttpRequest, answer: Any) -> HttpResponse:
    found = _answer(answer)
    said = Content.read(found.content)
    context = {
        "answer": found,
        "title": found.content["title"],
        "reference": found.content["reference"],
        "about": about(found, said.count),
        "said": said,
        **figures(said),
    }
    if (changes := Changes.read(found.changes)) is not None:
        context |= changed(changes, addresses_on(site_of(request)))
    return show(request, "answers_one", context)


@needs(Capability.ANSWER_QUESTIONS)
def answer_pdf(request: HttpRequest, answer: Any) -> HttpResponse:
    found = _answer(answer)
    return file(found, "pdf", f"answer-{found.at:%Y-%m-%d}-{found.number}")


@needs(Capability.ANSWER_QUESTIONS)
def answer_ods(request: HttpRequest, answer: Any) -> HttpResponse:
    found = _answer(answer)
    return file(found, "ods", f"answer-{found.at:%Y-%m-%d}-{found.number}")


def about(kept: Kept, records: int) -> list[Row]:
    return [
        Row(_("Made"), _("%(when)s, by %(who)s") % {"when": moment_text(kept.at), "who": kept.by.name}),
        Row(
            _("The register had last changed"),
            moment_text(kept.as_of) if kept.as_of else _("Never: it was empty"),
        ),
        Row(_("State of the register"), kept.register),
        Row(_("Records"), f"{records:,}"),
        Row(_("Fingerprint of its figures"), kept.figures),
    ]


def file(kept: Kept, ending: str, name: str) -> HttpResponse:
    """As it was written when it was made, byte by byte."""
    media = {"pdf": as_pdf.MEDIA_TYPE, "ods": as_ods.MEDIA_TYPE}[ending]
    response = HttpResponse(bytes(getattr(kept, ending)), content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _answer(uid: Any) -> Answer:
    found = Answer.objects.select_related("question", "by").filter(uid=uid).first()
    if found is None:
        raise Http404(_("There is no such answer."))
    return found
