"""What is checked of staged rows: a named list of rules, each one set-based statement and one plain sentence.

`python manage.py import_rules > docs/import-rules.md` prints the list; a test holds the page to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from coordination.intake.problems import ERROR, NOTE, WARNING


@dataclass(frozen=True, slots=True)
class Rule:
    """`holds_for` says what the rule finds; `message` is shown at each finding, filled in from `values`.

    `where` is a condition on staged rows `s`; a rule over several rows brings its whole `select` instead, of
    number, page, row and values (jsonb), from `{rows}`. `about` is the field whose column is named in the finding.
    """

    code: str
    severity: str
    holds_for: str
    message: object
    about: str = ""
    where: str = ""
    values: str = "'{}'::jsonb"
    select: str = ""


ROWS = "intake_stagedrow WHERE batch_id = %(batch)s AND match <> 'missing'"


def statements(rules: Iterable[Rule]) -> list[str]:
    """SQL that finds what the rules find, as code, number, page, row, values; with parameters batch and today.

    One statement for all rules that look at one row, which reads each row once; one for each of the others.
    """
    alone = [rule for rule in rules if not rule.select]
    together = " UNION ALL ".join(
        f"SELECT '{rule.code}', {rule.values} WHERE {rule.where}"
        for rule in alone  # our own text
    )
    first = (
        f'SELECT f.code, s.number, s.page, s.row, f."values" FROM intake_stagedrow s'  # noqa: S608  # our own text
        f' CROSS JOIN LATERAL ({together}) AS f (code, "values")'
        " WHERE s.batch_id = %(batch)s AND s.match <> 'missing'"
    )
    return ([first] if alone else []) + [
        f"SELECT '{rule.code}', f.* FROM ({rule.select.replace('{rows}', ROWS)})"  # noqa: S608  # our own text
        ' AS f (number, page, row, "values")'
        for rule in rules
        if rule.select
    ]


CHANGES = (
    "(SELECT string_agg(key || ' ' || coalesce(value ->> 0, 'nothing') || ' → ' || coalesce(value ->> 1, 'nothing'),"
    " ', ' ORDER BY key) FROM jsonb_each(s.differs))"
)

_RULES = [
    Rule(
        "date_in_future", ERROR,
        gettext_noop("The deployment is dated later than today."),
        _("The date %(on)s is in the future. Correct the date."),
        about="on", where='s."on" > %(today)s', values="jsonb_build_object('on', s.\"on\")",
    ),
    Rule(
        "date_before_2015", ERROR,
        gettext_noop("The deployment is dated before 2015, when no force is known to have deployed."),
        _("The date %(on)s is before 2015, when no force is known to have deployed. Correct the date."),
        about="on", where="s.\"on\" < '2015-01-01'", values="jsonb_build_object('on', s.\"on\")",
    ),
    Rule(
        "unknown_force", ERROR,
        gettext_noop("No body with this code is on the list of forces."),
        _("“%(force)s” is not the code of a body on the list of forces. Correct it, or add the body first."),
        about="force",
        where="s.force_code <> '' AND NOT EXISTS (SELECT 1 FROM forces_force f WHERE f.code = s.force_code)",
        values="jsonb_build_object('force', s.force_code)",
    ),
    Rule(
        "threshold_out_of_range", ERROR,
        gettext_noop("The threshold is not above 0 and at most 1."),
        _("The threshold %(threshold)s is not above 0 and at most 1. Correct it."),
        about="threshold", where="s.threshold <= 0 OR s.threshold > 1",
        values="jsonb_build_object('threshold', trim_scale(s.threshold))",
    ),
    Rule(
        "force_not_in_being", WARNING,
        gettext_noop("The force did not exist on that day."),
        _("The force did not exist on %(on)s, by the dates held here. Check the date and the force."),
        about="on",
        where='EXISTS (SELECT 1 FROM forces_force f WHERE f.code = s.force_code'
        ' AND (s."on" < f.valid_from OR s."on" >= f.valid_until))',
        values="jsonb_build_object('on', s.\"on\")",
    ),
    Rule(
        "alerts_do_not_add_up", WARNING,
        gettext_noop("True, false and undetermined alerts do not add up to the alerts."),
        _("%(alerts)s alerts are printed, but %(true)s true and %(false)s false. Nothing was changed."),
        about="alerts",
        where="s.alerts <> s.true_alerts + s.false_alerts + coalesce(s.undetermined_alerts, 0)",
        values="jsonb_build_object('alerts', s.alerts, 'true', s.true_alerts, 'false', s.false_alerts)",
    ),
    Rule(
        "outcomes_exceed_alerts", WARNING,
        gettext_noop("Arrests, other action and no action together are more than the alerts."),
        _("%(outcomes)s outcomes are printed for %(alerts)s alerts. Nothing was changed."),
        about="alerts",
        where="coalesce(s.arrests, 0) + coalesce(s.other_action, 0) + coalesce(s.no_action, 0) > s.alerts",
        values="jsonb_build_object('alerts', s.alerts, 'outcomes',"
        " coalesce(s.arrests, 0) + coalesce(s.other_action, 0) + coalesce(s.no_action, 0))",
    ),
    Rule(
        "arrests_exceed_true_alerts", WARNING,
        gettext_noop("There are more arrests than true alerts."),
        _("%(arrests)s arrests are printed for %(true)s true alerts. Nothing was changed."),
        about="arrests", where="s.arrests > s.true_alerts",
        values="jsonb_build_object('arrests', s.arrests, 'true', s.true_alerts)",
    ),
    Rule(
        "false_alert_rate_differs", WARNING,
        gettext_noop(
            "The false alert rate that is printed is not false alerts divided by faces seen, at the number of places"
            " it is printed with."
        ),
        _("The printed rate is %(printed)s%%; %(false)s false alerts in %(faces)s faces are %(exact)s%%. The printed "
          "rate is not used."),
        about="false_alert_rate",
        where="s.faces_seen > 0 AND s.false_alerts IS NOT NULL AND s.false_alert_rate IS NOT NULL AND ("
        " (s.false_alerts = 0) <> (s.false_alert_rate::numeric = 0)"
        " OR abs(100.0 * s.false_alerts / s.faces_seen - s.false_alert_rate::numeric)"
        "    > 0.5 * 10 ^ (-scale(s.false_alert_rate::numeric)))",
        values="jsonb_build_object('printed', s.false_alert_rate, 'false', s.false_alerts, 'faces', s.faces_seen,"
        " 'exact', round(100.0 * s.false_alerts / s.faces_seen, 4))",
    ),
    Rule(
        "faces_per_hour_unusual", WARNING,
        gettext_noop("Faces seen per hour are more than ten times, or less than a tenth of, the middle of the file."),
        _("%(per_hour)s faces seen per hour; the middle of this file is %(middle)s. Check faces seen and duration."),
        about="faces_seen",
        select="""
        WITH paced AS (
            SELECT number, page, row, faces_seen * 60.0 / duration_minutes AS pace FROM {rows}
               AND faces_seen > 0 AND duration_minutes > 0
        ), middle AS (
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pace) AS middle, count(*) AS rows FROM paced
        )
        SELECT number, page, row, jsonb_build_object('per_hour', round(pace), 'middle', round(middle::numeric))
          FROM paced, middle WHERE rows >= 10 AND (pace > 10 * middle OR pace * 10 < middle)
        """,
    ),
    Rule(
        "duration_unusual", WARNING,
        gettext_noop("The deployment lasted less than 15 minutes or more than 16 hours."),
        _("A duration of %(minutes)s minutes is unusual. Check it."),
        about="duration_minutes", where="s.duration_minutes < 15 OR s.duration_minutes > 960",
        values="jsonb_build_object('minutes', s.duration_minutes)",
    ),
    Rule(
        "watchlist_jump", WARNING,
        gettext_noop(
            "The watchlist is more than 15% larger or smaller than the middle of the force's rows of that month."
        ),
        _("The watchlist is %(size)s; the middle of that month is %(middle)s. Check it. Nothing was changed."),
        about="watchlist_size",
        select="""
        WITH sized AS (
            SELECT number, page, row, force_code, date_trunc('month', "on") AS month, watchlist_size
              FROM {rows} AND watchlist_size > 0
        ), months AS (
            SELECT force_code, month, percentile_cont(0.5) WITHIN GROUP (ORDER BY watchlist_size) AS middle
              FROM sized GROUP BY force_code, month HAVING count(*) >= 3
        )
        SELECT number, page, row, jsonb_build_object('size', watchlist_size, 'middle', round(middle::numeric))
          FROM sized JOIN months USING (force_code, month) WHERE abs(watchlist_size - middle) > 0.15 * middle
        """,
    ),
    Rule(
        "date_out_of_order", WARNING,
        gettext_noop("The date is more than half a year away from those of the rows before and after it."),
        _("The date %(on)s stands between %(before)s and %(after)s. Check the year."),
        about="on",
        select="""
        SELECT number, page, row, jsonb_build_object('on', "on", 'before', before, 'after', after) FROM (
            SELECT number, page, row, "on",
                   lag("on") OVER w AS before, lead("on") OVER w AS after
              FROM {rows} AND "on" IS NOT NULL WINDOW w AS (ORDER BY number)
        ) ordered
        WHERE abs("on" - before) > 183 AND abs("on" - after) > 183 AND abs(after - before) < 183
        """,
    ),
    Rule(
        "duplicate_row", WARNING,
        gettext_noop("Another row of the file is printed with exactly the same cells."),
        _("%(times)s rows are printed alike. Each is taken for a deployment of its own; check that none is a copy."),
        select="""
        SELECT number, page, row, jsonb_build_object('times', times) FROM (
            SELECT number, page, row, count(*) OVER (PARTITION BY fingerprint) AS times
              FROM {rows} AND fingerprint <> ''
        ) counted WHERE times > 1
        """,
    ),
    Rule(
        "same_day_and_place", NOTE,
        gettext_noop("Another row of the file has the same force, date and place; they are different deployments."),
        _("%(times)s deployments are printed at this place on %(on)s."),
        about="place.name",
        select="""
        SELECT number, page, row, jsonb_build_object('times', times, 'on', "on") FROM (
            SELECT number, page, row, "on", count(*) OVER (PARTITION BY force_code, "on", place_key) AS times
              FROM {rows} AND "on" IS NOT NULL
        ) counted WHERE times > 1
        """,
    ),
    Rule(
        "threshold_changed", NOTE,
        gettext_noop("The force's threshold differs from the one at its deployment before."),
        _("The threshold changes from %(before)s to %(threshold)s."),
        about="threshold",
        select="""
        SELECT number, page, row, jsonb_build_object('before', trim_scale(before), 'threshold', trim_scale(threshold))
          FROM (
            SELECT number, page, row, threshold,
                   lag(threshold) OVER (PARTITION BY force_code ORDER BY "on", number) AS before
              FROM {rows} AND threshold IS NOT NULL
        ) ordered WHERE threshold <> before
        """,
    ),
    Rule(
        "aborted", NOTE,
        gettext_noop("The deployment was stopped before it could give figures."),
        _("The deployment was stopped. Its figures are absent, not zero."),
        where="s.status = 'aborted'",
    ),
    Rule(
        "no_figures", NOTE,
        gettext_noop("The deployment is known, but the source gives no figure for it."),
        _("The source gives no figure for this deployment. It counts as a deployment and adds to no other total."),
        where="s.status = 'completed' AND num_nonnulls(s.faces_seen, s.alerts, s.true_alerts, s.false_alerts,"
        " s.engagements, s.arrests, s.other_action, s.no_action) = 0",
    ),
    Rule(
        "match_ambiguous", WARNING,
        gettext_noop("The row may be one of several deployments on the register. A person decides."),
        _("This may be a new print of %(references)s, and nothing tells which. Say which it is, or that it is new."),
        where="s.match = 'ambiguous' AND NOT s.candidates @? '$[*].why'",
        values="jsonb_build_object('references', (SELECT string_agg(c ->> 'reference', ', ')"
        " FROM jsonb_array_elements(s.candidates) c))",
    ),
    Rule(
        "force_published_itself", WARNING,
        gettext_noop("The force has published this deployment on the register itself, with other figures."),
        _("%(reference)s was published by the force itself and says otherwise. Only the force can correct it."),
        where="s.match = 'ambiguous' AND s.candidates @> '[{\"why\": \"force\"}]'",
        values="jsonb_build_object('reference', s.candidates -> 0 ->> 'reference')",
    ),
    Rule(
        "another_source_differs", WARNING,
        gettext_noop("A record read from another source says otherwise. A person decides which is right."),
        _("%(reference)s was read from another source, and this one would change it: %(changes)s. Say which is "
          "right."),
        where="s.match = 'ambiguous' AND s.candidates @> '[{\"why\": \"source\"}]'",
        values="jsonb_build_object('reference', s.candidates -> 0 ->> 'reference', 'changes', " + CHANGES + ")",
    ),
    Rule(
        "correction_found", NOTE,
        gettext_noop("The row is printed with other figures than those on the register."),
        _("Corrects %(reference)s: %(changes)s."),
        where="s.match = 'correction'",
        values="jsonb_build_object('reference', s.reference, 'changes', " + CHANGES + ")",
    ),
    Rule(
        "gone_from_source", WARNING,
        gettext_noop("A deployment of an earlier edition is no longer printed. A person decides what follows."),
        _("%(reference)s (%(on)s, %(place)s) came from an earlier edition and is not in this one. It stays until "
          "somebody decides."),
        select="SELECT number, page, row, jsonb_build_object('reference', reference, 'on', \"on\", 'place', place)"
        " FROM intake_stagedrow WHERE batch_id = %(batch)s AND match = 'missing'",
    ),
]  # fmt: skip

RULES = {rule.code: rule for rule in _RULES}
