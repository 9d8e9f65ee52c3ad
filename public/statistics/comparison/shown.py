"""The comparison as the page shows it: a funnel, a table of every force, and what is refused with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordination.collation.comparison import LEVELS, MEANINGS, Compared, Group, Standing, funnel
from coordination.collation.dimensions import SETTINGS, Settings
from coordination.collation.figures import Code
from coordination.collation.measures import DEPLOYMENTS, FALSE_ALERTS, FAR_ALERTS
from coordination.collation.published import words
from design.components import Column, Link, Table
from design.funnels import CENTRE, FADED, FULL, Funnel, Spot
from design.numbers import number_text, shorthand
from forces.models import Force
from public import wording
from public.statistics.comparison.asked import Asked
from public.worlds import World
from register.models import Tier

ABOVE = (Standing.ABOVE_95, Standing.ABOVE_998)
NOT_JUDGED = gettext_lazy("Cannot be judged")


def records_url(world: World, asked: Asked, settings: Settings, force: Force | None = None) -> str:
    """The list of the records behind a figure, which adds them up again."""
    words = {"force": force.slug} if force else {}
    words |= SETTINGS.words(settings.value)
    if asked.year:
        words["year"] = str(asked.year)
    words |= {"tier": Tier.PRIMARY.value, "measure": FALSE_ALERTS.code}
    return f"{world.url('deployments')}?{urlencode(words)}"


def address(world: World, asked: Asked, name: str = "comparison") -> str:
    words = asked.words()
    return world.url(name) + (f"?{urlencode(words)}" if words else "")


def judged(group: Group) -> list[Compared]:
    """Those of which something can be said: with limits, and false alerts enough to be expected."""
    return [one for one in group.forces if one.standing is not None and not one.is_unreliable]


def finding(group: Group) -> str:
    """One sentence about those that can be judged. It names the limit, as chance alone puts one force in twenty alike
    outside it."""
    able = judged(group)
    outside = [one for one in able if one.standing is not Standing.WITHIN]
    if not able:
        return _("No force can be judged: too few false alerts were to be expected of each")
    if not outside:
        return ngettext(
            "The one force that can be judged lies within the 95%% limits of chance",
            "None of the %(of)d forces that can be judged lies outside the 95%% limits of chance",
            len(able),
        ) % {"of": len(able)}
    if len(outside) == 1:
        words = (
            _("%(force)s had more false alerts for its alerts than the 95%% limits of chance")
            if outside[0].standing in ABOVE
            else _("%(force)s had fewer false alerts for its alerts than the 95%% limits of chance")
        )
        return words % {"force": outside[0].force.name}
    return _("%(outside)s of %(of)s forces that can be judged lie outside the 95%% limits of chance") % {
        "outside": number_text(len(outside)),
        "of": number_text(len(able)),
    }


def chart(group: Group, asked: Asked, world: World, downloads: Sequence[Link]) -> Funnel | None:
    """None where not one force has a rate to draw."""
    shown = [(at, one) for at, one in enumerate(group.forces, 1) if one.rate.number is not None]
    if group.refusal or not shown:
        return None
    centre = float(group.rate.number or 0)
    return Funnel(
        id="funnel",
        title=finding(group),
        subtitle=_("False alerts out of alerts by force, %(setting)s, %(years)s")
        % {"setting": group.label, "years": asked.year or _("all years")},
        spots=[
            Spot(
                at, one.force.name, one.rate.denominator or 0, float(one.rate.number or 0), one.is_unreliable
            )
            for at, one in shown
        ],
        centre=centre,
        centre_name=_("All"),
        limits=[(level_text(level), _line(centre, level)) for level in LEVELS] if 0 < centre < 1 else [],
        across=_("Alerts"),
        table=_drawn_table(group),
        description="; ".join(f"{one.force.name}: {_plain(one)}, {standing_text(one)}" for _at, one in shown),
        legend=[
            (FULL, _("A force, by name or by its number in the table")),
            (FADED, _("Unreliable: fewer than 5 false alerts expected")),
            (CENTRE, _("All of them together: %s") % wording.percentage(centre)),
        ],
        note=_(
            "Limits are exact, of the binomial distribution round the rate of all of them together. Of 20 forces alike "
            "about one lies outside the 95% limits, of 500 about one outside the 99.8% limits."
        ),
        source=words.own_records(world.realm),
        downloads=downloads,
    )


def level_text(level: float) -> str:
    return f"{level * 100:.1f}".removesuffix(".0") + "%"


def _line(centre: float, level: float) -> Callable[[int], tuple[float, float]]:
    def limits(trials: int) -> tuple[float, float]:
        found = funnel(trials, centre, level)
        return (found.lower, found.upper) if found else (centre, centre)

    return limits


def standing_text(one: Compared) -> str:
    if one.standing is None:
        return str(NOT_JUDGED)
    return str(MEANINGS[one.standing])


def _standing(one: Compared, *, is_compared: bool) -> str | SafeString:
    """Where it stands, or why nothing can be said, and what lacks."""
    said: list[Any] = []
    if one.rate.number is None:
        said.append(_("%s: it gives no rate") % NOT_JUDGED)
    elif not is_compared:
        said.append(_("Not compared"))
    elif one.standing is None:
        said.append(_("%s: no false alert was counted by any of them") % NOT_JUDGED)
    elif one.is_unreliable:
        said.append(_("Unreliable: %s") % str(MEANINGS[one.standing]).lower())
    else:
        said.append(str(MEANINGS[one.standing]))
    if one.is_incomplete:
        said.append(_("Incomplete: %s") % one.rate.completeness)
    return format_html("{}" + "<br><small>{}</small>" * (len(said) - 1), *said)


def _plain(one: Compared) -> str:
    if one.rate.number is None:
        return one.rate.code.shown if one.rate.code else ""
    return _("%(top)s of %(bottom)s, %(share)s") % {
        "top": number_text(one.rate.numerator or 0),
        "bottom": number_text(one.rate.denominator or 0),
        "share": wording.percentage(float(one.rate.number)),
    }


def _drawn_table(group: Group) -> Table:
    """What is drawn, in the order of names: this is no ranking."""
    return Table(
        group.label,
        [Column(_("Force")), Column(_("False alerts out of alerts")), Column(_("Beside the others"))],
        [
            [
                f"{at}. {one.force.name}",
                _plain(one),
                standing_text(one) + (" [u]" if one.is_unreliable else ""),
            ]
            for at, one in enumerate(group.forces, 1)
        ],
    )


def table(group: Group, asked: Asked, world: World) -> Table:
    """Every force with records under the setting: counts that open their records, what was expected, its limits."""
    is_compared = not group.refusal
    columns = [Column(_("Force")), Column(_("False alerts out of alerts"))]
    if is_compared:
        columns += [
            Column(_("False alerts expected"), numeric=True),
            *(Column(_("%s limits") % level_text(level), nowrap=True) for level in LEVELS),
        ]
    columns.append(Column(_("Beside the others")))
    rows = []
    for at, one in enumerate(group.forces, 1):
        url = records_url(world, asked, group.settings, one.force)
        name = format_html(
            '{}<a class="govuk-link" href="{}">{}</a>',
            f"{at}. " if is_compared else "",
            world.url("force", one.force.slug),
            one.force.name,
        )
        row: list[Any] = [name, _rate(one, url, is_compared=is_compared)]
        if is_compared:
            row += [_expected(one), *(_limits(one, level) for level in LEVELS)]
        rows.append([*row, _standing(one, is_compared=is_compared)])
    return Table(_("Every force with records under this setting"), columns, rows, stacked=True)


def _rate(one: Compared, url: str, *, is_compared: bool) -> str | SafeString:
    """Where nothing is compared, counts alone: a rate beside another is read as a comparison."""
    if one.rate.number is None:
        code = one.rate.code or Code.NOT_AVAILABLE
        return format_html('<a class="govuk-link" href="{}">{}</a>', url, shorthand(code))
    if is_compared:
        return wording.rate(one.rate, url)
    counts = _("%(top)s of %(bottom)s alerts") % {
        "top": number_text(one.rate.numerator or 0),
        "bottom": number_text(one.rate.denominator or 0),
    }
    return format_html('<a class="govuk-link" href="{}">{}</a>', url, counts)


def _expected(one: Compared) -> str | SafeString:
    if one.expected is None:
        return shorthand(Code.NOT_APPLICABLE)
    shown = number_text(round(one.expected, 1))
    return format_html("{} {}", shown, shorthand(Code.LOW_RELIABILITY)) if one.is_unreliable else shown


def _limits(one: Compared, level: float) -> str | SafeString:
    """From the least to the most false alerts that chance explains."""
    found = next((limit for limit in one.limits if limit.level == level), None)
    if found is None:
        return shorthand(Code.NOT_APPLICABLE)
    least = 0 if found.low is None else found.low + 1
    most = found.trials if found.high is None else found.high - 1
    return _("%(least)s to %(most)s") % {"least": number_text(least), "most": number_text(most)}


def settings_table(groups: Sequence[Group], asked: Asked, world: World) -> Table:
    """Each setting there is, and whether its forces can be compared; a name leads to its own page."""
    return Table(
        _("Every setting in the records"),
        [
            Column(_("Algorithm version and threshold")),
            Column(_("Records"), numeric=True),
            Column(_("Forces"), numeric=True),
            Column(_("False alerts out of alerts")),
            Column(_("Compared")),
        ],
        [
            [
                Link(group.label, address(world, Asked(group.settings, asked.year))),
                group.rate.records,
                len(group.forces),
                format_html(
                    '<a class="govuk-link" href="{}">{}</a>',
                    records_url(world, asked, group.settings),
                    _("%(top)s of %(bottom)s")
                    % {
                        "top": number_text(group.rate.numerator or 0),
                        "bottom": number_text(group.rate.denominator or 0),
                    }
                    if group.rate.number is not None
                    else shorthand(group.rate.code or Code.NOT_AVAILABLE),
                ),
                _("Yes") if not group.refusal else group.refusal,
            ]
            for group in groups
        ],
        caption_hidden=True,
        stacked=True,
    )


def lacking(groups: Sequence[Group]) -> dict[str, int]:
    """How many records there are, and how many name algorithm, version and threshold: all three are needed."""
    return {
        "records": sum(group.rate.records for group in groups),
        "named": sum(group.rate.records for group in groups if group.settings.algorithm),
        "whole": sum(group.rate.records for group in groups if group.settings.is_one_system),
    }


def definitions() -> list[tuple[str, str]]:
    return [
        (str(FAR_ALERTS.label), str(FAR_ALERTS.definition)),
        (str(DEPLOYMENTS.label), str(DEPLOYMENTS.definition)),
        (
            _("False alerts expected"),
            _("How many a force would have if its rate were that of all forces of the setting together."),
        ),
        (
            _("Limits"),
            _(
                "The numbers of false alerts that chance alone would give a force with so many alerts in 95 or 99.8 of "
                "100 cases, at least. What lies beyond is rarely chance, and no proof of fault: places, crowds and "
                "watchlists differ too."
            ),
        ),
    ]
