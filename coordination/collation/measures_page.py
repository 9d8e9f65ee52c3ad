"""docs/measures.md, made from the declarations so that the two cannot part."""

from coordination.collation.dimensions import DIMENSIONS, Dimension
from coordination.collation.figures import MEANINGS
from coordination.collation.measures import (
    FEWEST_ALERTS,
    FEWEST_EXPECTED,
    MEASURES,
    PACES,
    RATES,
    Measure,
    Rate,
)
from coordination.collation.series import SERIES_BREAKS


def page() -> str:
    """The page, in Markdown. `python manage.py measures > docs/measures.md` writes it."""
    parts = [
        _INTRODUCTION,
        "## Counts\n",
        *(_count(measure) for measure in MEASURES),
        "## Rates\n",
        _RATES.format(fewest=FEWEST_ALERTS, expected=FEWEST_EXPECTED),
        *(_rate(rate) for rate in RATES),
        "## So many to one of another\n",
        "Worked out over the records that give both counts, and shown beside them. These are not shares, so they have "
        "no interval.\n",
        *(_rate(rate) for rate in PACES),
        "## Divided by\n",
        _DIVIDED,
        *(_dimension(dimension) for dimension in DIMENSIONS),
        "## Breaks in series\n",
        "Before and after a break the figures are made differently. Do not compare across it.\n",
        "| Force | From | Measures | What changed | Source |",
        "|---|---|---|---|---|",
        *(
            f"| {known.force} | {known.on} | {', '.join(known.measures)} | {known.what} | {known.source} |"
            for known in SERIES_BREAKS
        ),
        "",
        "## Codes\n",
        "| Code | Meaning |",
        "|---|---|",
        *(f"| {code.shown} | {meaning} |" for code, meaning in MEANINGS.items()),
    ]
    return "\n".join(parts) + "\n"


def _dimension(dimension: Dimension) -> str:
    kept = ", ".join(f"`{measure.code}`" for measure in dimension.measures)
    values = f"- Values: {', '.join(map(dimension.said, dimension.order))}\n" if dimension.order else ""
    return (
        f"### {dimension.label}\n\n`{dimension.code}`. {dimension.definition}\n\n{values}- Source: {dimension.source}\n"
        f"- Kept for: {kept}\n"
    )


def _count(measure: Measure) -> str:
    made_from = ", ".join(f"`{field}`" for field in measure.fields) or "every record"
    unit = f"{measure.unit} (estimated, marked [e])" if measure.estimate else str(measure.unit)
    return _entry(measure, f"- Unit: {unit}\n- Made from: {made_from}")


def _rate(rate: Rate) -> str:
    return _entry(
        rate,
        f"- Numerator: `{rate.numerator.code}`\n- Denominator: `{rate.denominator.code}`",
    )


def _entry(measure: Measure | Rate, lines: str) -> str:
    return (
        f"### {measure.label}\n\n`{measure.code}`. {measure.definition}\n\n{lines}\n"
        f"- Source: {measure.source}\n- Comparing: {measure.comparability}\n"
    )


_INTRODUCTION = """# Measures

Every statistic of the service, as the code declares it. This page is made by `python manage.py measures`;
change `coordination/collation/measures.py`, never this page.

Each figure says of how many records it speaks and of how many forces. A record that gives no number is
counted in one of four ways, and none of them is zero:

- `not_published`: the figure may exist, but the source does not give it;
- `not_applicable`: the question does not arise;
- `aborted`: the deployment was stopped before it could give the figure;
- `misleading`: the source prints something that would mislead.

Months and years are those of the date on which a deployment started, in UK local time. The nation is the sum
of its forces. Records read from the forces' own publications (primary) and from elsewhere (secondary) are
never added together.
"""

_DIVIDED = """Calendar years can be divided by these. Every record stands under one value of each, as its force
published it; what is not published is a value too.

Forces are compared within one algorithm version and threshold only. The limits round the rate of all of them together
are exact binomial limits, 95% and 99.8%; a rate for which fewer than five false alerts would be expected is marked
unreliable. Limits speak of chance alone: places, crowds and watchlists differ too.
"""

_RATES = """A rate is worked out over the records that give both its counts, and is never shown without
them. Its interval is the exact 95% interval of Clopper and Pearson. No false alerts is not a rate of zero:
the upper limit says how large the rate may be. A rate that rests on fewer than {fewest} alerts is marked [u].
Published tables, which set rates side by side, also mark one from so little that fewer than {expected} false alerts
would be expected at the rate of all rows of the table together.

There is no hit rate, and no single "accuracy". How many wanted people pass unrecognised cannot be seen in
deployments: it takes a test with volunteers.
"""
