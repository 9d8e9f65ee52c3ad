"""The answer in plain English. Every number in it is one of the answer's figures, and each kind of source has a
paragraph of its own: what forces recorded, what others report and what somebody claimed are never added."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordination.briefing.figures import Line, day, moment, percent
from coordination.collation.figures import MEANINGS, Code
from coordination.collation.measures import BY_CODE, DEPLOYMENTS, Rate
from register.models import Tier
from register.search import LIVE

if TYPE_CHECKING:
    from coordination.briefing.asked import Asked
    from coordination.briefing.reading import Part

LIST = gettext_lazy("List of deployments")
SOURCES: Mapping[str, str | Promise] = {
    Tier.PRIMARY.value: gettext_lazy("Forces' own published records"),
    Tier.SECONDARY.value: gettext_lazy(
        "Press reports, web pages and transcriptions by others, never added to forces' own records"
    ),
}
# Said by the sentence itself, so they are not named again.
IN_THE_SENTENCE = {"force", "tier", "year", "month", "from", "to", "since", "until"}


def one_force(name: str) -> str:
    return _("Records of one force: %s.") % name


def answer(
    asked: Asked, parts: Sequence[Part], *, as_of: datetime | None, only_deployments: bool = False
) -> Iterator[str]:
    """A paragraph for each kind of source, then as of when it speaks."""
    for part in parts:
        yield " ".join(_of_part(asked, part, only_deployments=only_deployments))
    if as_of is not None:
        yield _("The national register had last changed on %(at)s.") % {"at": moment(as_of)}
    else:
        yield _("Nothing has been published on the national register yet.")


def _of_part(asked: Asked, part: Part, *, only_deployments: bool) -> Iterator[str]:
    first, last = period(asked)
    by_measure = {line.measure: line for line in part.total}
    deployments = by_measure.get(DEPLOYMENTS.code)
    is_own = part.tier == Tier.PRIMARY
    told = {"who": _who(asked, is_own=is_own), "when": _when(first, last)}
    told["what"] = (
        _("live facial recognition") if asked.search.technology == LIVE else _("facial recognition")
    )
    if deployments is None or not deployments.records:
        yield _capital(_("%(when)s%(who)s hold no deployment that was asked about.") % told)
        yield _("That does not mean that there was none.")
        return
    told["count"] = (
        ngettext("%s deployment", "%s deployments", int(deployments.number or 0)) % deployments.text
    )
    if not is_own:
        yield _("Apart from forces' own records, and never to be added to them:")
    count = _capital(_("%(when)s%(who)s count %(count)s of %(what)s") % told)
    if not is_own:
        count = count[:1].lower() + count[1:]
    yield f"{count}: {part.covers}." if part.covers else f"{count}."
    yield from _narrowed(asked)
    yield from _ends(part, first, last)
    for line in part.total:
        if line.measure != DEPLOYMENTS.code and not only_deployments:
            yield _figure(line)


def _who(asked: Asked, *, is_own: bool) -> str:
    force = asked.question.force if asked.question else asked.search.force
    if is_own and force is not None:
        return _("the published records of %s") % force.name
    if is_own:
        return _("forces' own published records")
    if force is not None:
        return _("press reports and other sources about %s") % force.name
    return _("press reports and other sources")


def _when(first: date | None, last: date | None) -> str:
    told = {"first": day(first) if first else "", "last": day(last) if last else ""}
    if first and last:
        return _("between %(first)s and %(last)s, ") % told
    if first:
        return _("from %(first)s on, ") % told
    return _("up to %(last)s, ") % told if last else ""


def period(asked: Asked) -> tuple[date | None, date | None]:
    """The first and last day that were asked for, None where there is no such end."""
    search = asked.search
    first, last = search.since, search.until
    if search.year is not None:
        months = search.month or 1, search.month or 12
        begins = date(search.year, months[0], 1)
        ends = date(search.year, months[1], calendar.monthrange(search.year, months[1])[1])
        first, last = max(first or begins, begins), min(last or ends, ends)
    return first, last


def _narrowed(asked: Asked) -> Iterator[str]:
    said = [
        words for name, words in zip(asked.words, asked.narrowed, strict=True) if name not in IN_THE_SENTENCE
    ]
    if said:
        yield _("Only records with %s are counted.") % "; ".join(said)


def _ends(part: Part, first: date | None, last: date | None) -> Iterator[str]:
    """Records need not reach to the ends of the time that was asked for, and readers would think that they do."""
    if part.first is None or part.last is None or (part.first == first and part.last == last):
        return
    if part.first == part.last:
        yield _("All of them started on %s.") % day(part.first)
        return
    yield _("The first of them started on %(first)s and the last on %(last)s.") % {
        "first": day(part.first),
        "last": day(part.last),
    }


def _figure(line: Line) -> str:
    if line.number is None:
        meaning = str(MEANINGS[Code(line.code)])
        return f"{line.label}: {meaning} [{line.code}]. {line.completeness}"
    if line.is_share:
        measure = BY_CODE[line.measure]
        assert isinstance(measure, Rate)  # noqa: S101 - a share is one
        said = _("%(label)s: %(top)s of %(bottom)s, which is %(share)s") % {
            "label": line.label,
            "top": f"{line.numerator or 0:,}",
            "bottom": f"{line.denominator or 0:,}",
            "share": line.text,
        }
        if line.lower is not None and line.upper is not None:
            said += _(" (95%% interval %(lower)s to %(upper)s)") % {
                "lower": percent(line.lower),
                "upper": percent(line.upper),
            }
        return f"{said}. {line.completeness}"
    said = f"{line.label}: {line.text}"
    return f"{said}. {line.completeness}"


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]
