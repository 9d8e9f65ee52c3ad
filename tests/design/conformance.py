"""Draw a component's own example with our template, so that the two can be compared.

Each function takes the options of an example in tests/design/fixtures/ (see govuk-frontend's documentation of the
component) and returns our HTML. fixtures/unsupported.json lists the options that we leave out, and why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.template import Context, Template
from django.utils.html import escape
from django.utils.safestring import mark_safe

from design.components import Column, Link, Row, Table, Task
from design.forms import DateField, Form, Look
from design.navigation import MenuItem

DRAWN: dict[str, Callable[[dict[str, Any]], str]] = {}


def draws(component: str) -> Callable[[Any], Any]:
    def keep(function: Any) -> Any:
        DRAWN[component] = function
        return function

    return keep


def draw(template: str, **context: Any) -> str:
    return Template("{% load design %}" + template).render(Context(context))


def said(option: Mapping[str, Any] | None, text: str = "text", html: str = "html") -> str:
    """Text to be escaped, or HTML as it is: HTML wins, as in the components."""
    option = option or {}
    return mark_safe(option[html]) if option.get(html) else str(option.get(text) or "")


def content(options: Mapping[str, Any], text: str = "text", html: str = "html") -> str:
    """The same for what stands between two tags, where a template would have escaped it."""
    return mark_safe(options.get(html) or escape(options.get(text) or ""))


# Words and boxes ------------------------------------------------------------------------------------


@draws("back-link")
def back_link(options: dict[str, Any]) -> str:
    return draw("{% back_link href text %}", href=options.get("href", "#"), text=said(options))


@draws("breadcrumbs")
def breadcrumbs(options: dict[str, Any]) -> str:
    return draw(
        '{% include "design/components/breadcrumbs.html" %}',
        items=[Link(said(item), item.get("href", "")) for item in options["items"]],
    )


@draws("inset-text")
def inset_text(options: dict[str, Any]) -> str:
    return draw("{% inset %}{{ content }}{% endinset %}", content=content(options))


@draws("warning-text")
def warning_text(options: dict[str, Any]) -> str:
    return draw("{% warning %}{{ content }}{% endwarning %}", content=content(options))


@draws("details")
def details(options: dict[str, Any]) -> str:
    return draw(
        "{% details summary open=open %}{{ content }}{% enddetails %}",
        summary=said(options, "summaryText", "summaryHtml"),
        open=options.get("open", False),
        content=content(options),
    )


@draws("tag")
def tag(options: dict[str, Any]) -> str:
    return draw(
        "{% tag text colour %}",
        text=said(options),
        colour=options.get("classes", "").removeprefix("govuk-tag--"),
    )


@draws("panel")
def panel(options: dict[str, Any]) -> str:
    return draw(
        "{% panel title level=level %}{{ content }}{% endpanel %}",
        title=said(options, "titleText", "titleHtml"),
        level=options.get("headingLevel", 1),
        content=content(options),
    )


@draws("notification-banner")
def notification_banner(options: dict[str, Any]) -> str:
    words = options.get("html") or (
        f'<p class="govuk-notification-banner__heading">{escape(options["text"])}</p>'
        if "text" in options
        else ""
    )
    return draw(
        "{% banner success=success title=title %}{{ content }}{% endbanner %}",
        success=options.get("type") == "success",
        title=options.get("titleText", ""),
        content=mark_safe(words),
    )


@draws("error-summary")
def error_summary(options: dict[str, Any]) -> str:
    return draw(
        '{% include "design/components/error_summary.html" %}',
        problems=[{"text": said(each), "href": each.get("href", "")} for each in options["errorList"]],
    )


@draws("pagination")
def pagination(options: dict[str, Any]) -> str:
    previous, following = options.get("previous", {}), options.get("next", {})
    return draw(
        "{% pagination previous=previous next=next previous_label=pl next_label=nl label=label %}",
        previous=previous.get("href", ""),
        next=following.get("href", ""),
        pl=previous.get("labelText", ""),
        nl=following.get("labelText", ""),
        label=options.get("landmarkLabel", ""),
    )


@draws("summary-list")
def summary_list(options: dict[str, Any]) -> str:
    card = options.get("card", {})
    rows = []
    for row in filter(None, options["rows"]):
        (action,) = row.get("actions", {}).get("items", [{}]) or [{}]
        rows.append(
            Row(
                said(row["key"]),
                said(row["value"]),
                action.get("href", ""),
                action.get("visuallyHiddenText", ""),
            )
        )
    return draw(
        "{% summary_list rows title=title level=level %}",
        rows=rows,
        title=said(card.get("title")),
        level=card.get("title", {}).get("headingLevel", 2),
    )


@draws("table")
def table(options: dict[str, Any]) -> str:
    head = options["head"]
    return draw(
        "{% table table %}",
        table=Table(
            options.get("caption", "No caption"),
            [Column(said(each), numeric=each.get("format") == "numeric") for each in head],
            [[said(cell) for cell in row] for row in filter(None, options["rows"])],
        ),
    )


@draws("tabs")
def tabs(options: dict[str, Any]) -> str:
    panels = "".join(
        f"{{% tab labels.{index} %}}{{{{ panels.{index} }}}}{{% endtab %}}"
        for index in range(len(options["items"]))
    )
    prefix = options["idPrefix"]
    drawn = draw(
        "{% tabs id %}" + panels + "{% endtabs %}",
        id=prefix,
        labels=[item["label"] for item in options["items"]],
        panels=[
            mark_safe(
                item["panel"].get("html")
                or f'<p class="govuk-body">{escape(item["panel"].get("text", ""))}</p>'
            )
            for item in options["items"]
        ],
    )
    return drawn.replace(f' id="{prefix}"', "", 1)  # ours can be linked to as a whole


@draws("task-list")
def task_list(options: dict[str, Any]) -> str:
    return draw(
        "{% task_list tasks id=id %}",
        id=options.get("idPrefix", "task-list"),
        tasks=[
            Task(
                said(item["title"]),
                said(item["status"].get("tag") or item["status"]),
                item.get("href", ""),
                said(item.get("hint")),
                colour=item["status"].get("tag", {}).get("classes", "").removeprefix("govuk-tag--"),
            )
            for item in filter(None, options["items"])
        ],
    )


@draws("service-navigation")
def service_navigation(options: dict[str, Any]) -> str:
    return draw(
        '{% include "design/components/service_navigation.html" %}',
        items=[
            MenuItem(
                said(item),
                item["href"],
                "page" if item.get("current") else "true" if item.get("active") else "",
            )
            for item in filter(None, options["navigation"])
        ],
    )


# Fields ---------------------------------------------------------------------------------------------


def one_field(field: forms.Field, options: dict[str, Any], look: dict[str, Any], value: Any = None) -> str:
    """A form of this one field, showing `value`, and the error that the example shows."""
    label = options.get("label") or options.get("fieldset", {}).get("legend") or {}
    size = re.search(r"--(s|m|l|xl)\b", label.get("classes", ""))
    field.label, field.help_text = said(label), said(options.get("hint"))
    field.required = True
    name = options.get("name") or options.get("namePrefix") or options.get("idPrefix") or options["id"]
    field.widget.attrs["id"] = options.get("id") or options.get("idPrefix") or name

    class OneField(Form):
        looks = {
            name: Look(**look, label_size=size[1] if size else "", heading=bool(label.get("isPageHeading")))
        }

    OneField.base_fields = {name: field, **getattr(field, "revealed", {})}
    wrong = options.get("errorMessage")
    form = OneField({} if wrong else None, initial={name: value})
    if wrong:
        form.full_clean()
        form._errors = {name: form.error_class([said(wrong)]), NON_FIELD_ERRORS: form.error_class()}
    if value is not None and wrong:
        form.data = {name: value}
    return form[name].as_field_group()


def attributes(options: dict[str, Any], *names: str) -> dict[str, Any]:
    """What an example sets on the control itself."""
    given = {name: options[name] for name in names if options.get(name) not in (None, "")}
    given = {name: str(value).lower() if name == "spellcheck" else value for name, value in given.items()}
    return {**given, "class": options.get("classes", ""), **options.get("attributes", {})}


@draws("input")
def text_input(options: dict[str, Any]) -> str:
    widget = forms.TextInput(
        attributes(
            options, "inputmode", "autocomplete", "spellcheck", "pattern", "autocapitalize", "disabled"
        )
    )
    widget.input_type = options.get("type", "text")
    look = {name: options.get(name, {}).get("text", "") for name in ("prefix", "suffix")}
    return one_field(forms.CharField(widget=widget), options, look, options.get("value"))


@draws("textarea")
def textarea(options: dict[str, Any]) -> str:
    widget = forms.Textarea(attributes(options, "autocomplete", "spellcheck"))
    return one_field(
        forms.CharField(widget=widget), options, {"rows": options.get("rows", 5)}, options.get("value")
    )


@draws("character-count")
def character_count(options: dict[str, Any]) -> str:
    widget = forms.Textarea(attributes(options))
    look = {"rows": options.get("rows", 5), "max_words": options.get("maxwords")}
    length = options.get("maxlength")
    field = forms.CharField(widget=widget, max_length=int(length) if length else None)
    return one_field(field, options, look, options.get("value"))


@draws("select")
def select(options: dict[str, Any]) -> str:
    items = list(filter(None, options["items"]))
    choices = [(item.get("value", item["text"]), item["text"]) for item in items]
    chosen = next(
        (choice[0] for choice, item in zip(choices, items, strict=True) if item.get("selected")), None
    )
    field = forms.ChoiceField(widget=forms.Select(attributes(options)), choices=choices)
    return one_field(field, options, {}, chosen if chosen is not None else options.get("value"))


@draws("file-upload")
def file_upload(options: dict[str, Any]) -> str:
    widget = forms.FileInput(attributes(options, "disabled"))
    widget.allow_multiple_selected = bool(options.get("multiple"))
    return one_field(forms.FileField(widget=widget), options, {})


@draws("password-input")
def password(options: dict[str, Any]) -> str:
    widget = forms.PasswordInput(attributes(options, "autocomplete"))
    return one_field(forms.CharField(widget=widget), options, {})


def _choices(
    options: dict[str, Any], widget: forms.ChoiceWidget, kind: type[forms.ChoiceField], chosen: Any
) -> str:
    items = list(filter(None, options["items"]))
    shown = [item for item in items if "divider" not in item]
    field = kind(widget=widget, choices=[(item["value"], said(item)) for item in shown])
    conditional = {
        str(item["value"]): item["conditional"]["html"]
        for item in shown
        if (item.get("conditional") or {}).get("html")
    }
    # What an example reveals is a lump of HTML: a field that draws just that stands in for it.
    field.revealed = {f"revealed-{value}": _Lump(html) for value, html in conditional.items()}
    divided = [items[at + 1]["value"] for at, item in enumerate(items) if "divider" in item]
    classes = options.get("classes", "")
    return one_field(
        field,
        options,
        {
            "hints": {str(item["value"]): said(item["hint"]) for item in shown if item.get("hint")},
            "reveals": {value: (f"revealed-{value}",) for value in conditional},
            "divider_before": str(divided[0]) if divided else "",
            "inline": "--inline" in classes,
            "small": "--small" in classes,
        },
        chosen,
    )


class _Lump(forms.Field):
    def __init__(self, html: str) -> None:
        super().__init__(required=False)
        self.html = html

    def get_bound_field(self, form: Any, name: str) -> Any:
        return self

    def as_field_group(self) -> str:
        return mark_safe(self.html)


@draws("radios")
def radios(options: dict[str, Any]) -> str:
    return _choices(options, forms.RadioSelect(), forms.ChoiceField, options.get("value"))


@draws("checkboxes")
def checkboxes(options: dict[str, Any]) -> str:
    return _choices(options, forms.CheckboxSelectMultiple(), forms.MultipleChoiceField, options.get("values"))


@draws("date-input")
def date_input(options: dict[str, Any]) -> str:
    values = options.get("values") or {}
    drawn = one_field(
        DateField(),
        options,
        {},
        tuple(values.get(part) for part in ("day", "month", "year")) if values else None,
    )
    # Our parts are always named after their field.
    return drawn.replace(f'name="{options["id"]}-', 'name="')


# Comparing ------------------------------------------------------------------------------------------

VOID = {"input", "br", "path", "rect", "circle", "img", "meta", "link", "line"}
# Our own way of revealing what belongs to a choice: docs/decisions/0012.
OUR_OWN_ATTRIBUTES = {"data-aria-controls"}
OUR_OWN_CLASSES = {"govuk-radios__conditional--hidden", "govuk-checkboxes__conditional--hidden"}


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root: list[Any] = []
        self.open: list[tuple[str, list[Any]]] = [("", self.root)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = {
            name: " ".join(sorted(set((value or "").split()) - OUR_OWN_CLASSES)) if name == "class" else value
            for name, value in attrs
            if name not in OUR_OWN_ATTRIBUTES
        }
        node = [tag, dict(sorted(kept.items())), []]
        self.open[-1][1].append(node)
        if tag not in VOID:
            self.open.append((tag, node[2]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open[-1][0] == tag, f"</{tag}> closes <{self.open[-1][0]}>"
            self.open.pop()

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words:
            self.open[-1][1].append(words)


def tree(html: str) -> list[Any]:
    """HTML as nested lists, without regard to white space, order of attributes and order of classes."""
    parser = _Tree()
    parser.feed(html)
    parser.close()
    return parser.root


def lines(html: str) -> list[str]:
    """The same, flattened to one line for each node, so that a difference is easy to read."""
    out: list[str] = []

    def walk(nodes: list[Any], depth: int) -> None:
        for node in nodes:
            if isinstance(node, str):
                out.append("  " * depth + node)
            else:
                shown = " ".join(f"{name}={value!r}" for name, value in node[1].items())
                out.append("  " * depth + f"<{node[0]} {shown}>")
                walk(node[2], depth + 1)

    walk(tree(html), 0)
    return out
