"""What is known of why a claim and the records differ, in plain words. Nothing is said that is not known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.collation.figures import Coverage
from coordination.collation.measures import (
    ARRESTS,
    ENFORCEMENT_ACTIONS,
    FALSE_ALERTS,
    TRUE_ALERTS,
    TRUE_ALERTS_UNCONFIRMED,
    UNDETERMINED_ALERTS,
)
from coordination.collation.reconciliation.answers import Beside
from coordination.collation.reconciliation.models import Claim, Precision, Qualifier, Role
from coordination.collation.reconciliation.queries import Line
from coordination.collation.reconciliation.running import Passing
from design.numbers import date_text, month_text, number_text


class Basis(Enum):
    """What a running sum is of."""

    OWN = "own"
    ALL = "all"
    EARLY = "early"


def subject(claim: Claim) -> str:
    return claim.subject.name if claim.subject else _("England and Wales")


def period(claim: Claim) -> str:
    """As exactly as the source gives it: June 2015 to September 2025; 2024; 2016 to 14 February 2019."""
    first, last = _first(claim), _last(claim)
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def value(claim: Claim) -> str:
    """613; 13,300,000, rounded; more than 150."""
    number = number_text(claim.value)
    if claim.qualifier == Qualifier.MORE_THAN:
        return _("more than %s") % number
    return _("%s, rounded") % number if claim.qualifier == Qualifier.ROUNDED else number


def published(claim: Claim) -> str:
    """31 October 2025, February 2026 or 2025: as exactly as it is known."""
    parts = [int(part) for part in claim.published.split("-")] if claim.published else []
    match parts:
        case [year, month, day]:
            return date_text(date(year, month, day))
        case [year, month]:
            return f"{MONTHS[month]} {year}"
        case [year]:
            return str(year)
    return _("not known")


def difference(line: Line) -> str:
    """How far the claim and all the records are apart."""
    apart = line.difference
    if line.answer is None:
        return _("Not worked out yet")
    if apart is None:
        return _("Not summed")
    if apart == 0:
        return _("None")
    if line.agrees:
        return _("None, within the rounding")
    number = number_text(abs(apart))
    said = _("%s more claimed") % number if apart > 0 else _("%s more in the records") % number
    if line.tolerance:
        said += _(", give or take %s") % number_text(line.tolerance)
    return said


def in_short(line: Line, coverage: Coverage | None) -> str:
    """What explains it, in one line."""
    if line.answer is None:
        return _("The records have not been held against it yet.")
    if not line.is_summed:
        return not_summed(line)
    if line.agrees:
        return (
            _("They agree.")
            if line.own_agrees
            else _("They agree once records from other sources are added.")
        )
    if line.difference and line.difference > 0:
        return _missing(line, coverage)
    return match(line, line.answer.both_passing) or _open_ends(line) or not_known()


def explained(line: Line, coverage: Coverage | None) -> list[str]:
    """Everything that is known of why the two differ, and where that ends."""
    if line.answer is None:
        return [_("The records have not been held against it yet.")]
    if not line.is_summed:
        return [not_summed(line), *_parts_that_are(line), *_of_the_claim(line)]
    said: list[str] = []
    if line.agrees:
        said.append(in_short(line, coverage))
    elif line.difference and line.difference > 0:
        said += _why_fewer(line, coverage)
    else:
        said += [each for each in (_open_ends(line), match(line, line.answer.both_passing)) if each]
    said += [*_of_the_sources(line), *_of_the_measure(line), *_of_the_claim(line)]
    if not line.agrees:
        said.append(_("Beyond that, why they differ is not known.") if said else not_known())
    return said


def not_known() -> str:
    return _("Why is not known.")


def match(line: Line, passing: Passing | None, basis: Basis = Basis.ALL) -> str:
    """Where the running sum meets the claim: an arithmetical match is nothing more than that."""
    if passing is None or (passing.passed_on is None and line.agrees):
        return ""
    if basis is Basis.ALL and not (line.answer and line.answer.others.total):
        basis = Basis.OWN
    told = {"value": number_text(line.claim.value)}
    if passing.equal_from is not None:
        told["on"] = date_text(passing.equal_from)
        return {
            Basis.OWN: _(
                "Forces' own records come to %(value)s at the end of %(on)s: an arithmetical match, not an established "
                "cut-off."
            ),
            Basis.ALL: _(
                "With other sources, the records come to %(value)s at the end of %(on)s: an arithmetical match, not an "
                "established cut-off."
            ),
            Basis.EARLY: _(
                "With trials too, the sum comes to %(value)s at the end of %(on)s: an arithmetical match, not an "
                "established cut-off."
            ),
        }[basis] % told
    if passing.passed_on is None:
        return ""
    told["on"] = date_text(passing.passed_on)
    return {
        Basis.OWN: _("Forces' own records go past %(value)s on %(on)s, and equal it at the end of no day."),
        Basis.ALL: _(
            "With other sources, the records go past %(value)s on %(on)s, and equal it at the end of no day."
        ),
        Basis.EARLY: _(
            "With trials too, the sum goes past %(value)s on %(on)s, and equals it at the end of no day."
        ),
    }[basis] % told


def until(line: Line, passing: Passing) -> str:
    """Until when a sum stays equal, where that is longer than the day."""
    if passing.equal_from is None or passing.equal_to is None or passing.equal_from == passing.equal_to:
        return ""
    return _("It stays so to the end of %s.") % date_text(passing.equal_to)


def not_summed(line: Line) -> str:
    assert line.answer is not None  # noqa: S101 - asked by those who looked
    both = line.answer.both
    told = {
        "misleading": number_text(both.misleading),
        "records": number_text(both.records),
        "silent": number_text(both.not_published),
        "known": number_text(both.known),
    }
    if not both.records:
        return _("There are no records of this time here.")
    if both.misleading and line.claim.measure == ENFORCEMENT_ACTIONS.code:
        return (
            _(
                "Cannot be summed: %(misleading)s of %(records)s records print other action as a copy of no action, "
                "and %(silent)s give no figure for it."
            )
            % told
        )
    if both.misleading:
        return (
            _("Cannot be summed: %(misleading)s of %(records)s records print a figure that would mislead.")
            % told
        )
    return _("Cannot be summed: none of %(records)s records gives it.") % told


# --- parts -------------------------------------------------------------------------------------------------


def _first(claim: Claim) -> str:
    day = claim.first
    if claim.precision == Precision.YEAR and (day.month, day.day) == (1, 1):
        return str(day.year)
    return month_text(day) if claim.precision != Precision.DAY and day.day == 1 else date_text(day)


def _last(claim: Claim) -> str:
    day = claim.last
    if claim.precision == Precision.YEAR and (day.month, day.day) == (12, 31):
        return str(day.year)
    ends = (day + timedelta(days=1)).day == 1
    return month_text(day) if claim.precision != Precision.DAY and ends else date_text(day)


def _missing(line: Line, coverage: Coverage | None) -> str:
    """The first thing to say where the claim is more than the records."""
    return (_why_fewer(line, coverage) or [not_known()])[0]


def _why_fewer(line: Line, coverage: Coverage | None) -> list[str]:
    assert line.answer is not None  # noqa: S101
    said = []
    if coverage is not None and coverage.counted < coverage.territorial:
        said.append(
            _(
                "The records here are of %(counted)d of %(of)d forces. A force without records may have deployed."
            )
            % {"counted": coverage.counted, "of": coverage.territorial}
        )
    own_last = line.answer.own_last
    if own_last and own_last < line.claim.last:
        said.append(
            _("Forces' own records here end on %(last)s. After that there are only other sources.")
            % {"last": date_text(own_last)}
            if line.answer.others_last and line.answer.others_last > own_last
            else _("Forces' own records here end on %(last)s.") % {"last": date_text(own_last)}
        )
    silent = line.answer.both.not_published
    if silent:
        said.append(
            ngettext(
                "%(silent)s of %(records)s records does not give it.",
                "%(silent)s of %(records)s records do not give it.",
                silent,
            )
            % {"silent": number_text(silent), "records": number_text(line.answer.both.records)}
        )
    return said + [
        _said_beside(line, each.claim, each.records.known, each.records.total) for each in _shortfalls(line)
    ]


def _shortfalls(line: Line) -> Iterator[Beside]:
    """Published figures about part of the same of which the records hold less. Trials are told of by themselves."""
    assert line.answer is not None  # noqa: S101
    for each in line.answer.beside:
        figure = line.figures[each.claim]
        if figure.role == Role.PART and figure.value > each.records.total:
            yield each


def _said_beside(line: Line, claim: int, known: int, total: int) -> str:
    figure = line.figures[claim]
    told = {
        "who": figure.claimant,
        "value": value(figure),
        "what": str(line.measure.label).lower(),
        "period": period(figure),
        "total": number_text(total),
    }
    if not known:
        return (
            _("%(who)s is reported to have said %(value)s %(what)s (%(period)s). No record of that is here.")
            % told
        )
    return (
        _(
            "%(who)s is reported to have said %(value)s %(what)s (%(period)s). Of that force and time the records "
            "here hold %(total)s."
        )
        % told
    )


def _open_ends(line: Line) -> str:
    if not line.has_open_ends:
        return ""
    return _(
        "The claim names months. The records count its first and last month whole; on which days it begins and ends "
        "is not known."
    )


def _of_the_sources(line: Line) -> Iterator[str]:
    assert line.answer is not None  # noqa: S101
    if line.answer.doubled.records:
        yield (
            ngettext(
                "%s record from another source stands on a day that the force's own record covers. It is left out, so "
                "that no deployment counts twice.",
                "%s records from other sources stand on days that the force's own record covers. They are left out, so "
                "that no deployment counts twice.",
                line.answer.doubled.records,
            )
            % number_text(line.answer.doubled.records)
        )
    for claim in line.answer.early:
        figure = line.figures[claim]
        yield (
            _("%(who)s said %(value)s %(what)s (%(period)s: %(counts)s). There are no records of them here.")
            % {
                "who": figure.claimant,
                "value": value(figure),
                "what": str(line.measure.label).lower(),
                "period": period(figure),
                "counts": figure.counts[:1].lower() + figure.counts[1:],
            }
        )
    if line.answer.early:
        yield _("With what is known of trials, the sum is %s.") % number_text(line.answer.with_early)
    if early := match(line, line.answer.early_passing, Basis.EARLY):
        yield early


def _of_the_measure(line: Line) -> Iterator[str]:
    assert line.answer is not None  # noqa: S101
    if line.measure.code in {TRUE_ALERTS.code, FALSE_ALERTS.code}:
        yield from _of_judged_alerts(line)
    if getattr(line.measure, "estimate", False):
        yield _("Most records give an estimate of it, and the way of estimating changed.")


def _of_judged_alerts(line: Line) -> Iterator[str]:
    assert line.answer is not None  # noqa: S101
    if pair := line.answer.related.get(TRUE_ALERTS_UNCONFIRMED.code):
        unconfirmed = (pair[0] + pair[1]).total
        if unconfirmed:
            yield (
                ngettext(
                    "%s true alert in the records is unconfirmed. Whether the claim counts such alerts is not known.",
                    "%s true alerts in the records are unconfirmed. Whether the claim counts such alerts is not known.",
                    unconfirmed,
                )
                % number_text(unconfirmed)
            )
    if pair := line.answer.related.get(UNDETERMINED_ALERTS.code):
        undetermined = pair[0] + pair[1]
        if not undetermined.known:
            yield _(
                "No record says how many alerts nobody could judge; they would be neither true nor false."
            )
        elif undetermined.total:
            yield (
                ngettext(
                    "%s alert that nobody could judge is counted as neither true nor false.",
                    "%s alerts that nobody could judge are counted as neither true nor false.",
                    undetermined.total,
                )
                % number_text(undetermined.total)
            )


def _parts_that_are(line: Line) -> Iterator[str]:
    """What can be added up of a figure that cannot."""
    assert line.answer is not None  # noqa: S101
    both = line.answer.both
    if both.known:
        given = (
            _(
                "Arrests and other action are both given by %(known)s of %(records)s records, which come to "
                "%(total)s. That is a part."
            )
            if line.claim.measure == ENFORCEMENT_ACTIONS.code
            else _(
                "It is given by %(known)s of %(records)s records, which come to %(total)s. That is a part."
            )
        )
        yield given % {
            "known": number_text(both.known),
            "records": number_text(both.records),
            "total": number_text(both.total),
        }
    if pair := line.answer.related.get(ARRESTS.code):
        yield (
            _(
                "Arrests alone come to %(own)s in forces' own records and %(others)s in other sources. Arrests are "
                "part of enforcement actions and do not stand for them."
            )
            % {"own": number_text(pair[0].total), "others": number_text(pair[1].total)}
        )
    yield _("Whether this explains the whole difference is not known.")


def _of_the_claim(line: Line) -> Iterator[str]:
    if line.claim.note:
        yield line.claim.note
    if line.is_rounded:
        yield _("The claim is rounded.")
