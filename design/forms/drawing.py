"""From a Django field to the component that shows it: label, hint, error and control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import ChoiceWidget, Input
from django.utils.functional import Promise, cached_property
from django.utils.safestring import SafeString, mark_safe

from design.forms.fields import DateParts, WholeNumberField

# The first kind of widget that matches names the template. Anything else keeps its own control, with our
# label, hint and error round it.
TEMPLATES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, "hidden"),
    (DateParts, "date"),
    (forms.PasswordInput, "password"),
    (forms.FileInput, "file"),
    (forms.Textarea, "textarea"),
    (forms.CheckboxInput, "checkbox"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.Select, "select"),
    (forms.MultiWidget, "other"),
    (Input, "input"),
)
# Attributes Django works out for a browser to check, or that cut what people paste: the server says it better.
LEFT_OUT = frozenset(
    {
        "id",
        "class",
        "required",
        "maxlength",
        "minlength",
        "min",
        "max",
        "step",
        "rows",
        "cols",
        "aria-describedby",
    }
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a field is shown: see docs/how-to/build-a-page.md."""

    width: int | str = ""
    prefix: str | Promise = ""
    suffix: str | Promise = ""
    label_size: str = ""
    heading: bool = False
    rows: int = 5
    max_words: int | None = None
    inline: bool = False
    small: bool = False
    hints: Mapping[str, str | Promise] = field(default_factory=dict)
    reveals: Mapping[str, Sequence[str]] = field(default_factory=dict)
    divider_before: str = ""
    autocomplete: str = ""
    optional: bool = True

    @property
    def width_class(self) -> str:
        if not self.width:
            return ""
        chars = isinstance(self.width, int) or self.width.isdigit()
        return f"govuk-input--width-{self.width}" if chars else f"govuk-!-width-{self.width}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio button, checkbox or option, ready to be drawn."""

    value: str
    label: str
    id: str
    chosen: bool
    disabled: bool
    hint: str | Promise = ""
    revealed: tuple[BoundField, ...] = ()
    divided: bool = False
    group: str = ""


class BoundField(forms.BoundField):
    """A field of a form, drawn as a component of the design system by `as_field_group`."""

    form: Any

    @cached_property
    def look(self) -> Look:
        return getattr(self.form, "looks", {}).get(self.name, Look())

    @property
    def template_name(self) -> str:
        if own := getattr(self.field, "template_name", None):
            return str(own)
        widget = self.field.widget
        if widget.is_hidden:
            return "design/forms/hidden.html"
        name = next((name for kind, name in TEMPLATES if isinstance(widget, kind)), "other")
        return f"design/forms/{name}.html"

    def get_context(self, look: Look | None = None) -> dict[str, Any]:
        look = look or self.look
        widget = self.field.widget
        has_hint, has_error = bool(self.help_text), bool(self.errors)
        counted = self._counted(look)
        described = [f"{self.html_id}-info"] * bool(counted) + [f"{self.html_id}-hint"] * has_hint
        described += [f"{self.html_id}-error"] * has_error
        return {
            "field": self,
            "look": look,
            "id": self.html_id,
            "name": self.html_name,
            "text": self._text(),
            "described_by": " ".join(described),
            "attributes": self._attributes(look),
            "classes": " ".join(filter(None, (look.width_class, str(widget.attrs.get("class", ""))))),
            "choices": self._choices(look) if isinstance(widget, ChoiceWidget) else (),
            "type": self._type(),
            "inputmode": self._inputmode(),
            "spelled": not isinstance(widget, (forms.NumberInput, forms.EmailInput)),
            "autocomplete": look.autocomplete or widget.attrs.get("autocomplete", ""),
            "max_length": None if look.max_words else self.field.widget.attrs.get("maxlength"),
            "counted": counted,
            "says_optional": look.optional
            and not self.field.required
            and getattr(self.form, "says_optional", False),
            "parts": self._parts() if isinstance(widget, DateParts) else (),
        }

    @property
    def html_id(self) -> str:
        return str(self.field.widget.attrs.get("id") or self.auto_id or self.html_name)

    @property
    def error_href(self) -> str:
        """Where the error summary leads: the control, or the first part of a date that is wrong."""
        if isinstance(self.field.widget, DateParts):
            return f"#{self.html_id}-{next(part for part, wrong in self._wrong_parts() if wrong)}"
        return f"#{self.html_id}"

    def _type(self) -> str:
        kind = getattr(self.field.widget, "input_type", "text")
        return "text" if kind in {"number", "date", "time", "datetime-local"} else kind

    def _inputmode(self) -> str:
        given = self.field.widget.attrs.get("inputmode", "")
        if given or not isinstance(self.field.widget, forms.NumberInput):
            return str(given)
        whole = isinstance(self.field, (forms.IntegerField, WholeNumberField)) and not isinstance(
            self.field, (forms.DecimalField, forms.FloatField)
        )
        return "numeric" if whole else "decimal"

    def _text(self) -> Any:
        if isinstance(self.field.widget, (ChoiceWidget, DateParts)):
            return None
        return self.field.widget.format_value(self.value())

    def _attributes(self, look: Look) -> dict[str, Any]:
        attributes = {**self.field.widget.attrs}
        if self.field.disabled:
            attributes["disabled"] = True
        left_out = LEFT_OUT | {"inputmode", "autocomplete"}
        return {name: value for name, value in attributes.items() if name not in left_out}

    def _counted(self, look: Look) -> int | None:
        if not isinstance(self.field.widget, forms.Textarea):
            return None
        return look.max_words or getattr(self.field, "max_length", None)

    def _choices(self, look: Look) -> list[Choice]:
        widget = self.field.widget
        chosen = widget.format_value(self.value())
        drawn: list[Choice] = []
        place = 0
        for group, options, _index in widget.optgroups(self.html_name, chosen, {}):
            for option in options:
                value = "" if option["value"] is None else str(option["value"])
                divided = bool(look.divider_before) and value == look.divider_before
                place += 2 if divided else 1  # the divider takes a place in the numbering of ids
                drawn.append(
                    Choice(
                        value=value,
                        label=option["label"],
                        id=self.html_id if not drawn else f"{self.html_id}-{place}",
                        chosen=bool(option["selected"]),
                        disabled=bool(option["attrs"].get("disabled") or self.field.disabled),
                        hint=look.hints.get(value, ""),
                        revealed=tuple(self.form[name] for name in look.reveals.get(value, ())),
                        divided=divided,
                        group=str(group or ""),
                    )
                )
        return drawn

    def _wrong_parts(self) -> list[tuple[str, bool]]:
        """Each part of a date, and whether it is wrong; an error that names no part means all of them."""
        named = {
            part
            for error in (self.errors.as_data() if self.errors else ())
            for part in (error.params or {}).get("parts", ())
        }
        return [(part, not named or part in named) for part in DateParts.PARTS]

    def _parts(self) -> list[dict[str, Any]]:
        values = self.field.widget.split(self.value())
        return [
            {
                "part": part,
                "label": DateParts.LABELS[part],
                "id": f"{self.html_id}-{part}",
                "name": f"{self.html_name}-{part}",
                "value": value,
                "width": 4 if part == "year" else 2,
                "wrong": bool(self.errors) and wrong,
                "autocomplete": f"bday-{part}" if self.look.autocomplete == "bday" else "",
            }
            for (part, wrong), value in zip(self._wrong_parts(), values, strict=True)
        ]


class Renderer(DjangoTemplates):
    """Django's form renderer with our templates. Bare widgets keep Django's, for the stock admin."""

    form_template_name = "design/forms/form.html"
    formset_template_name = "design/forms/formset.html"
    bound_field_class = BoundField


def render_field(bound: BoundField, **look: Any) -> SafeString:
    """One field as a component; `look` overrides what the form says of it."""
    context = bound.get_context(replace(bound.look, **look))
    return mark_safe(bound.renderer.render(bound.template_name, context))  # noqa: S308 - a template escapes


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary: where it leads, or "" for what concerns the form as a whole."""

    text: str
    href: str = ""


def problems_of(form: Any) -> Iterator[Problem]:
    """Everything wrong with a form or a formset, in the order of its fields."""
    if isinstance(form, forms.BaseFormSet):
        for text in form.non_form_errors() if form.is_bound else ():
            yield Problem(str(text))
        for each in form.forms:
            yield from problems_of(each)
        return
    if not form.is_bound or not form.errors:
        return
    for text in form.errors.get(NON_FIELD_ERRORS, ()):
        yield Problem(text)
    for name in form.fields:
        bound = form[name]
        for text in bound.errors:
            yield Problem(str(text), "" if bound.is_hidden else bound.error_href)
