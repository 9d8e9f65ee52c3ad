"""Titles that state what a table shows, and compare like with like or nothing at all."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from coordination.collation.figures import Code, Figure
from coordination.collation.measures import Measure, Rate
from coordination.collation.published import words
from coordination.collation.published.divided import ABSENT, NOT_APPLICABLE
from coordination.collation.published.reading import Row, Table
from design.numbers import month_text, number_text
from public.statistics.shown import may_be_unfinished
from register.facets import NOT_PUBLISHED

# Fewer false alerts than this and two years' rates are not compared in a heading.
FEWEST_TO_COMPARE = 5
A_YEAR = 12


def finding(table: Table, measure: Measure | Rate) -> str:
    """One sentence without a full stop: two periods compared if they compare, else what there is."""
    if isinstance(measure, Measure):
        return _compared(table, measure) or _most(table, measure) or _on_record(table, measure)
    if measure.is_share:
        return _rates_compared(table, measure) or _share_on_record(table, measure)
    return _jump(table, measure) or str(table.published.title)


def _whole(table: Table) -> list[Row]:
    """Periods with records that later records show to be over, latest first: only these are compared."""
    if not table.published.dimension.in_time:
        return []
    return [row for row in table.rows if row.has_records and not may_be_unfinished(row, table)]


def _are_alike(rows: Sequence[Row], table: Table) -> bool:
    """Whether they speak of the same number of forces."""
    if table.question.force is not None:
        return True
    covered = {(row.coverage.counted, row.coverage.others) if row.coverage else None for row in rows}
    return len(covered) == 1 and None not in covered


def _years(table: Table) -> tuple[Row, Row] | None:
    """The last two whole years that follow each other."""
    whole = _whole(table)
    if table.published.dimension.code != "year" or len(whole) < 2:
        return None
    after, before = whole[0], whole[1]
    follows = (after.year or 0) - (before.year or 0) == 1
    return (after, before) if follows and _are_alike((after, before), table) else None


def _twelve_months(table: Table) -> tuple[list[Row], list[Row]] | None:
    """Twelve whole months and the twelve before them, each with records."""
    if table.published.dimension.code != "month":
        return None
    whole = [row for row in table.rows if not may_be_unfinished(row, table)][: 2 * A_YEAR]
    if len(whole) < 2 * A_YEAR or not all(row.has_records for row in whole) or not _are_alike(whole, table):
        return None
    return whole[:A_YEAR], whole[A_YEAR:]


def _compared(table: Table, measure: Measure) -> str:
    if pair := _years(table):
        after, before = (table.figure(row, measure) for row in pair)
        if _are_numbers([after, before]):
            return _("%(after)s %(what)s in %(year)s, compared with %(before)s in %(earlier)s") % {
                "after": number_text(after.number or 0),
                "before": number_text(before.number or 0),
                "what": str(measure.label).lower(),
                "year": pair[0].label,
                "earlier": pair[1].label,
            }
    if months := _twelve_months(table):
        after_all, before_all = ([table.figure(row, measure) for row in rows] for rows in months)
        if _are_numbers([*after_all, *before_all]):
            return _(
                "%(after)s %(what)s in the 12 months to %(month)s, compared with %(before)s in the 12 months before"
            ) % {
                "after": number_text(sum(int(each.number or 0) for each in after_all)),
                "before": number_text(sum(int(each.number or 0) for each in before_all)),
                "what": str(measure.label).lower(),
                "month": month_text(months[0][0].period.first),
            }
    return ""


def _are_numbers(figures: Sequence[Figure]) -> bool:
    return all(each.number is not None and Code.BREAK not in each.marks for each in figures)


def _on_record(table: Table, measure: Measure) -> str:
    figure = table.figure(table.total, measure) if table.total else None
    if figure is None or figure.number is None:
        return str(table.published.title)
    told = {
        "count": number_text(figure.number),
        "what": str(measure.label).lower(),
        "days": words.days(table),
    }
    if table.published.dimension.code == "force" and table.coverage:
        phrase = table.coverage.phrase
        return _("%(phrase)s: %(count)s %(what)s") % {**told, "phrase": phrase[:1].upper() + phrase[1:]}
    return _("%(count)s %(what)s on record, %(days)s") % told


def _most(table: Table, measure: Measure) -> str:
    """Which value of those that records name is the most common; nothing where none names one, or several tie."""
    finds = {
        "use_case": _("“%(value)s” is the use case named most often: %(count)s of %(all)s %(what)s"),
        "watchlist": _("%(value)s is the size of watchlist named most often: %(count)s of %(all)s %(what)s"),
        "published": _("%(count)s of the %(all)s %(what)s that forces published themselves: %(value)s"),
    }
    code = table.published.dimension.code
    named = [row for row in table.rows if code in finds and row.query and not _is_silent(row)]
    counts = {row.label: table.figure(row, measure).number or 0 for row in named}
    most = max(counts.values(), default=0)
    if not most or list(counts.values()).count(most) > 1:
        return ""
    value = max(counts, key=lambda label: counts[label])
    whole = table.figure(table.total, measure).number if table.total else 0
    told = {
        "value": value[:1].lower() + value[1:] if code == "published" else value,
        "count": number_text(counts[value]),
        "all": number_text(sum(counts.values()) if code == "published" else whole or 0),
        "what": str(measure.label).lower(),
    }
    return finds[code] % told


def _is_silent(row: Row) -> bool:
    """Whether its records give no value."""
    return row.values[0] in (NOT_PUBLISHED, NOT_APPLICABLE, str(ABSENT))


def _rates_compared(table: Table, measure: Rate) -> str:
    pair = _years(table)
    if pair is None:
        return ""
    after, before = (table.figure(row, measure) for row in pair)
    if not (_compares(after) and _compares(before)):
        return ""
    return _(
        "1 in %(after)s %(what)s was false in %(year)s, compared with 1 in %(before)s in %(earlier)s"
    ) % {
        "after": _one_in(after),
        "before": _one_in(before),
        "what": str(measure.denominator.label).lower(),
        "year": pair[0].label,
        "earlier": pair[1].label,
    }


def _compares(rate: Figure) -> bool:
    return (
        bool(rate.number)
        and (rate.numerator or 0) >= FEWEST_TO_COMPARE
        and not {Code.LOW_RELIABILITY, Code.BREAK}.intersection(rate.marks)
    )


def _one_in(rate: Figure) -> str:
    return number_text(round((rate.denominator or 0) / (rate.numerator or 1)))


def _share_on_record(table: Table, measure: Rate) -> str:
    whole = _whole(table)[:1] or [row for row in table.rows if row.has_records][:1]
    row = whole[0] if table.published.dimension.code == "year" and whole else table.total
    rate = table.figure(row, measure) if row else None
    if row is None or rate is None or rate.number is None:
        return str(table.published.title)
    told = {
        "top": number_text(rate.numerator or 0),
        "bottom": number_text(rate.denominator or 0),
        "what": str(measure.denominator.label).lower(),
        "period": row.label if row is not table.total else "",
        "phrase": table.coverage.phrase if table.coverage else "",
    }
    if row is not table.total:
        return _("%(top)s of %(bottom)s %(what)s were false in %(period)s") % told
    return _("%(top)s of %(bottom)s %(what)s were false, in %(phrase)s") % told


def _jump(table: Table, measure: Rate) -> str:
    """The greatest break in the way the figure is made."""
    known = [each for each in table.breaks if measure.code in each.measures]
    if not known:
        return ""
    most = max(known, key=lambda each: max(each.before, each.after) / max(min(each.before, each.after), 1))
    return _(
        "%(measure)s went from %(before)s to %(after)s in %(month)s: do not compare before with after"
    ) % {
        "measure": measure.label,
        "before": number_text(most.before),
        "after": number_text(most.after),
        "month": month_text(most.on),
    }
