"""The components as template tags and filters: docs/how-to/build-a-page.md lists them."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.template.loader import get_template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from design import navigation, numbers
from design.components import Link, NavItem, Row, Shorthand
from design.forms import problems_of, render_field
from directory.sessions import SECOND_STEP

register = template.Library()

FORMS_ON_THE_PAGE = ("form", "forms", "formset", "filters")
ALERTS = {
    "information": gettext_lazy("information"),
    "success": gettext_lazy("success"),
    "warning": gettext_lazy("warning"),
    "error": gettext_lazy("error"),
}
HEADINGS = (2, 3, 4)
TABS = "design.tabs"


# Numbers, dates and what is missing -----------------------------------------------------------------


@register.filter
def number(value: Any) -> SafeString | str:
    return numbers.figure_html(value)


@register.filter
def percent(value: Any, places: int = 1) -> SafeString | str:
    return numbers.figure_html(value, as_percent=True, places=int(places))


@register.filter(name="figure")
def figure_filter(value: Any) -> SafeString | str:
    return numbers.figure_html(value)


@register.simple_tag(name="figure")
def figure_tag(value: Any = None, code: str = "") -> SafeString | str:
    """The value, or the code where there is none."""
    return numbers.figure_html(Shorthand(code) if value is None and code else value)


def _dated(write: Any) -> Any:
    def filter_(value: Any) -> SafeString | str:
        return numbers.not_provided() if numbers.is_blank(value) else write(value)

    return filter_


register.filter("plain_date", _dated(numbers.date_text))
register.filter("short_date", _dated(numbers.short_date_text))
register.filter("month", _dated(numbers.month_text))
register.filter("plain_time", _dated(numbers.time_text))
register.filter("moment", _dated(numbers.moment_text))
register.filter("cell", numbers.cell_html)


@register.filter
def or_blank(value: Any) -> Any:
    return numbers.not_provided() if numbers.is_blank(value) else value


@register.simple_tag
def when(at: datetime | date | None) -> SafeString:
    """The date, and the time if it has one, in a <time> that machines read too."""
    if at is None:
        return numbers.not_provided()
    text = numbers.moment_text(at) if isinstance(at, datetime) else numbers.date_text(at)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), text)


# Addresses and menus --------------------------------------------------------------------------------


@register.simple_tag
def address(*names: str) -> str:
    """The first of these addresses that exists, or nothing."""
    return navigation.address(*names)


@register.inclusion_tag("design/components/account.html", takes_context=True)
def account(context: template.Context) -> dict[str, Any]:
    """Who is signed in, and what is theirs alone: recovery codes where they came in by a second step, signing out."""
    request = context.get("request")
    person = getattr(request, "person", None)
    took_two_steps = request and person and request.session.get(SECOND_STEP)
    return {
        "person": person,
        "recovery_codes": navigation.address(*navigation.RECOVERY_CODES) if took_two_steps else "",
        "sign_out": navigation.address(*navigation.SIGN_OUT),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("design/components/service_navigation.html", takes_context=True)
def service_navigation(context: template.Context, name: str) -> dict[str, Any]:
    return {"items": navigation.menu(name, _path(context))}


@register.inclusion_tag("design/components/footer.html", takes_context=True)
def footer(context: template.Context) -> dict[str, Any]:
    items = navigation.menu("footer", _path(context))
    if getattr(context.get("request"), "person", None) is not None:
        items = [item for item in items if item.href != navigation.address("sign-in")]
    return {"items": items}


@register.inclusion_tag("design/components/sub_navigation.html")
def sub_navigation(items: Sequence[NavItem], label: str = "") -> dict[str, Any]:
    return {"items": items, "label": label or _("Pages of this section")}


def _path(context: template.Context) -> str:
    request = context.get("request")
    return request.path if request is not None else ""


# Forms ----------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound_field: Any, **look: Any) -> SafeString:
    """One field with its label, hint and error; `look` overrides the form's own."""
    return render_field(bound_field, **look)


def _forms_of(context: template.Context, given: tuple[Any, ...]) -> list[Any]:
    found: list[Any] = []
    for each in given or tuple(context.get(name) for name in FORMS_ON_THE_PAGE):
        if each is None or isinstance(each, str):
            continue
        found.extend(each) if isinstance(each, (list, tuple)) else found.append(each)
    return [each for each in found if hasattr(each, "is_bound")]


@register.inclusion_tag("design/components/error_summary.html", takes_context=True)
def error_summary(context: template.Context, *forms: Any) -> dict[str, Any]:
    """What is wrong, each line leading to its field. Without arguments: the forms of the context."""
    found = _forms_of(context, forms)
    return {"problems": [problem for form in found for problem in problems_of(form)]}


@register.simple_tag(takes_context=True)
def error_prefix(context: template.Context) -> str:
    wrong = any(problem for form in _forms_of(context, ()) for problem in problems_of(form))
    return _("Error: ") if wrong else ""


@register.inclusion_tag("design/components/filter_panel.html")
def filter_panel(filters: Any, title: str = "", button: str = "") -> dict[str, Any]:
    return {
        "filters": filters,
        "chips": filters.chips(),
        "clear": filters.clear_address,
        "title": title or _("Filter"),
        "button": button or _("Apply filters"),
    }


@register.inclusion_tag("design/components/post_button.html", takes_context=True)
def post_button(
    context: template.Context, to: str, text: str, style: str = "", name: str = "", value: str = ""
) -> dict[str, Any]:
    """A form of one button. `style` is "", "secondary", "warning" or "link"."""
    return {
        "to": to,
        "text": text,
        "style": style,
        "name": name,
        "value": value,
        "csrf_token": context.get("csrf_token"),
    }


# Lists, tables and what happened --------------------------------------------------------------------


@register.inclusion_tag("design/components/summary_list.html")
def summary_list(rows: Sequence[Row], title: str = "", level: int = 2, classes: str = "") -> dict[str, Any]:
    changeable = any(_of(row, "change") for row in rows)
    return {
        "rows": rows,
        "title": title,
        "level": _level(level),
        "changeable": changeable,
        "classes": classes,
    }


@register.inclusion_tag("design/components/table.html")
def table(table: Any) -> dict[str, Any]:
    """`table` is a design.components.Table."""
    return {
        "table": table,
        "rows": [list(zip(table.columns, row, strict=True)) for row in table.rows],
        "total": list(zip(table.columns, table.total, strict=True)) if table.total else None,
        "codes": numbers.codes_used(cell for row in (*table.rows, table.total or ()) for cell in row),
    }


@register.inclusion_tag("design/components/metadata.html")
def metadata(rows: Sequence[Row]) -> dict[str, Any]:
    return {"rows": rows}


@register.inclusion_tag("design/components/task_list.html")
def task_list(tasks: Sequence[Any], id: str = "task-list") -> dict[str, Any]:
    return {"tasks": tasks, "id": id}


@register.inclusion_tag("design/components/timeline.html")
def timeline(events: Sequence[Any], level: int = 2) -> dict[str, Any]:
    return {"events": events, "level": _level(level)}


@register.inclusion_tag("design/components/steps.html")
def steps(steps: Sequence[Any], label: str = "") -> dict[str, Any]:
    return {"steps": steps, "label": label or _("Stages")}


@register.inclusion_tag("design/components/meter.html")
def meter(done: float, of: float, words: str) -> dict[str, Any]:
    """A bar of progress; `words` say the same to those who cannot see it."""
    return {"share": f"{100 * min(done / of, 1) if of else 0:.1f}", "words": words}


@register.inclusion_tag("design/components/bar_chart.html")
def bar_chart(chart: Any, table_at: str = "") -> dict[str, Any]:
    """`chart` is a design.charts.BarChart. Where its figures stand in a table of the same page, `table_at` names it
    (`#by-year`): the drawing then leads there, and neither table nor files are there twice."""
    return {
        "chart": chart,
        "table_at": table_at,
        "level": _level(chart.level),
        "codes": numbers.codes_used(value for bar in chart.table.rows for value in bar),
    }


@register.inclusion_tag("design/components/tile_grid.html")
def tile_grid(grid: Any, table_at: str = "") -> dict[str, Any]:
    """`grid` is a design.tiles.TileGrid. Where its values stand in a table of the same page, `table_at` names it
    (`#forces`): the picture then leads there, and the table is not there twice."""
    return {"chart": grid, "table_at": table_at, "level": _level(grid.level)}


# Ways about -----------------------------------------------------------------------------------------


@register.inclusion_tag("design/components/breadcrumbs.html")
def breadcrumbs(*parts: str) -> dict[str, Any]:
    """Text and address in turn; a last text without an address is this page."""
    items = [
        Link(str(parts[i]), str(parts[i + 1]) if i + 1 < len(parts) else "") for i in range(0, len(parts), 2)
    ]
    return {"items": items}


@register.inclusion_tag("design/components/back_link.html")
def back_link(href: str, text: str = "") -> dict[str, Any]:
    return {"href": href, "text": text or _("Back")}


@register.inclusion_tag("design/components/pagination.html")
def pagination(
    previous: str = "", next: str = "", previous_label: str = "", next_label: str = "", label: str = ""
) -> dict[str, Any]:
    return {
        "previous": previous,
        "next": next,
        "previous_label": previous_label,
        "next_label": next_label,
        "label": label or _("Pagination"),
    }


# What programs read of a page -----------------------------------------------------------------------

_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@register.simple_tag
def json_ld(data: Any) -> SafeString:
    """Facts for search engines (JSON-LD), as data: browsers do not run it, so no policy has to allow it."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{written}</script>')  # noqa: S308 - escaped above


@register.simple_tag(takes_context=True)
def shared(context: template.Context) -> SafeString | str:
    """The page's lasting address, and its title and description for whoever passes it on (Open Graph).

    The address is `permalink` of the context, or that of the request without what narrows or pages it.
    """
    request = context.get("request")
    if request is None:
        return ""
    address = context.get("permalink") or request.build_absolute_uri(request.path)
    told = {
        "og:type": "website",
        "og:site_name": _("Facial Recognition Register"),
        "og:title": _said_in("title", context),
        "og:description": _said_in("description", context),
        "og:url": address,
        "og:image:alt": _("Facial Recognition Register: police use in England and Wales"),
        "og:image:width": "1200",
        "og:image:height": "630",
    }
    lines = format_html_join("\n", '<meta property="{}" content="{}">', told.items())
    return format_html('<link rel="canonical" href="{}">\n{}\n', address, lines)


def _said_in(name: str, context: template.Context) -> str:
    """The text of a block of this page, as plain text."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return html.unescape(" ".join(strip_tags(block.render(context)).split()))


# Boxes and words ------------------------------------------------------------------------------------


@register.inclusion_tag("design/components/tag.html")
def tag(text: str, colour: str = "") -> dict[str, Any]:
    return {"text": text, "colour": colour}


@register.inclusion_tag("design/components/messages.html", takes_context=True)
def outcome(context: template.Context) -> dict[str, Any]:
    """The outcome of the last action: one banner for what succeeded, alerts for what did not."""
    request = context.get("request")
    # A page that only looks whether it is still true (design/build/live.js) takes nobody's message away.
    is_looking = request is not None and "Lfr-Live" in request.headers
    messages = [] if is_looking else list(context.get("messages") or ())
    # A banner never stands with an error summary: the success becomes an alert.
    wrong = any(problem for form in _forms_of(context, ()) for problem in problems_of(form))
    done = [] if wrong else [message for message in messages if message.level_tag == "success"]
    return {
        "done": done,
        "alerts": [
            {"text": message, "kind": _alert_kind(message.level_tag)}
            for message in messages
            if message not in done
        ],
    }


def _alert_kind(level: str) -> str:
    return level if level in ALERTS else "information"


def _block(name: str) -> Any:
    """Register a tag that ends with `end` and its name, drawn by the template of its name.

    The function says what the template is told beside the `content`.
    """

    def decorate(function: Any) -> Any:
        def block(content: str, *args: Any, **kwargs: Any) -> SafeString:
            told = {**function(*args, **kwargs), "content": content}
            return _drawn(name, told)

        register.simple_block_tag(block, name=name)
        return function

    return decorate


@_block("inset")
def inset() -> dict[str, Any]:
    return {}


@_block("warning")
def warning() -> dict[str, Any]:
    return {}


@_block("details")
def details(summary: str, open: bool = False) -> dict[str, Any]:
    return {"summary": summary, "open": open}


@_block("panel")
def panel(title: str, level: int = 1) -> dict[str, Any]:
    return {"title": title, "level": level}


@_block("interruption")
def interruption(title: str, level: int = 1) -> dict[str, Any]:
    return {"title": title, "level": level}


@_block("alert")
def alert(kind: str, title: str, heading: bool = False, level: int = 2) -> dict[str, Any]:
    if kind not in ALERTS:
        raise ValueError(f"an alert is one of {', '.join(ALERTS)}, not {kind!r}")
    return {
        "kind": kind,
        "title": title,
        "label": f"{ALERTS[kind]}: {title}",
        "heading": heading,
        "level": _level(level),
    }


@_block("banner")
def banner(success: bool = False, title: str = "") -> dict[str, Any]:
    return {"success": success, "title": title or (_("Success") if success else _("Important"))}


@_block("card")
def card(title: str, href: str = "", link: str = "", level: int = 2, id: str = "") -> dict[str, Any]:
    return {
        "title": title,
        "href": href,
        "link": link,
        "level": _level(level),
        "id": id or f"card-{slugify(title)}",
    }


@_block("scroll")
def scroll(label: str) -> dict[str, Any]:
    return {"label": label}


@_block("stats")
def stats(label: str) -> dict[str, Any]:
    return {"label": label}


@register.inclusion_tag("design/components/codes.html")
def code_key(*values: Any) -> dict[str, Any]:
    """What the codes among these figures mean. Tables and charts say it by themselves."""
    return {"codes": numbers.codes_used(values)}


@register.inclusion_tag("design/components/stat.html")
def stat(
    label: str, value: Any, of: str = "", note: str = "", href: str = "", warn: bool = False
) -> dict[str, Any]:
    """One figure in a {% stats %} list. `of` stands beside the number, `note` below it."""
    return {"label": label, "value": value, "of": of, "note": note, "href": href, "warn": warn}


@register.simple_block_tag(takes_context=True)
def tab(context: template.Context, content: str, label: str) -> str:
    """One panel of the {% tabs %} around it."""
    panels: list[dict[str, str]] = context.render_context.setdefault(TABS, [])  # type: ignore[assignment]
    panels.append({"label": label, "content": content})
    return ""


@register.simple_block_tag(takes_context=True)
def tabs(context: template.Context, content: str, id: str, title: str = "") -> SafeString:
    """Panels of which one is shown at a time; without JavaScript, one below the other."""
    panels: list[dict[str, str]] = context.render_context.get(TABS) or []
    context.render_context[TABS] = []
    for index, each in enumerate(panels, start=1):
        each["id"] = f"{id}-{index}"
    return _drawn("tabs", {"id": id, "title": title or _("Contents"), "panels": panels})


def _drawn(name: str, told: dict[str, Any]) -> SafeString:
    return mark_safe(get_template(f"design/components/{name}.html").render(told))  # noqa: S308 - it escapes


def _of(row: Any, name: str) -> Any:
    return row.get(name, "") if isinstance(row, Mapping) else getattr(row, name, "")


def _level(level: int) -> int:
    if level not in HEADINGS:
        raise ValueError(f"a heading of level {level}: use 2, 3 or 4")
    return level
