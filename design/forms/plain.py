"""Forms that speak plainly: what to enter, what to select, and which answers may be left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict, pretty_name
from django.forms.widgets import ChoiceWidget
from django.http import QueryDict
from django.utils.translation import gettext as _

from design.components import Chip
from design.forms.drawing import Look
from design.forms.fields import DateParts
from design.numbers import date_text, time_text

STOCK_REQUIRED = forms.Field.default_error_messages["required"]
PAGE_CURSORS = ("after", "before", "cursor", "page")


class ShownAgain(QueryDict):
    """What somebody typed before, to be shown to them again: a form filled with it is not judged until it is sent."""


class _Plain:
    """What Form and ModelForm share."""

    looks: Mapping[str, Look] = {}
    says_optional: ClassVar[bool] = True
    use_required_attribute = False
    fields: dict[str, forms.Field]
    data: Any
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if isinstance(self.data, ShownAgain):
            self._errors, self.cleaned_data = ErrorDict(), {}
        for name, field in self.fields.items():
            if field.error_messages.get("required") == STOCK_REQUIRED:
                field.error_messages["required"] = _missing(field, name)

    @property
    def shown_under_a_choice(self) -> frozenset[str]:
        """Names of the fields that another field reveals, which `{{ form }}` must not show twice."""
        return frozenset(
            name for look in self.looks.values() for names in look.reveals.values() for name in names
        )


def _missing(field: forms.Field, name: str) -> str:
    """What to say when an answer is needed and none is given."""
    label = str(field.label or pretty_name(name))
    if isinstance(field.widget, forms.CheckboxInput):
        return _("Tick the box to go on: %(label)s") % {"label": label}
    if label.endswith("?"):
        return _("Answer the question: %(label)s") % {"label": label}
    words = {"label": _in_a_sentence(label)}
    if isinstance(field.widget, forms.FileInput):
        return _("Choose a file: %(label)s") % words
    if isinstance(field.widget, ChoiceWidget):
        return _("Select %(label)s") % words
    return _("Enter %(label)s") % words


def _in_a_sentence(label: str) -> str:
    """The label without its capital, unless it begins with an abbreviation ("LFR lead")."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


class Form(_Plain, forms.Form):
    """A form of the service. `looks` says how its fields are shown."""


class ModelForm(_Plain, forms.ModelForm):
    """A form made from a model, speaking plainly."""


class FilterForm(_Plain, forms.Form):
    """Filters of a list, bound to `request.GET`: no answer is needed, and the address is the state.

    An empty query is a valid filter that keeps everything. `tucked` names the fields that few people need: they are
    shown below "More filters", open where one of them is in force or wrong.
    """

    says_optional = False
    tucked: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: QueryDict | Mapping[str, Any] | None = None, *args: Any, **kwargs: Any):
        super().__init__(QueryDict() if data is None else data, *args, auto_id="filter-%s", **kwargs)
        for field in self.fields.values():
            field.required = False

    @property
    def more_is_open(self) -> bool:
        return any(self.data.get(self.add_prefix(name)) for name in self.tucked)

    @property
    def clear_address(self) -> str:
        """The page without these filters, keeping what else the address says."""
        return self._address(without=[key for name in self.fields for key in self._keys(name)])

    def chips(self) -> list[Chip]:
        """One for each value that is in force, with the address of the page without it."""
        found: list[Chip] = []
        for name, field in self.fields.items():
            value: Any = self.cleaned_data.get(name) if self.is_valid() else None
            if value in field.empty_values or field.widget.is_hidden:
                continue
            several = isinstance(value, (list, tuple, set)) or hasattr(value, "iterator")
            for each in value if several else (value,):
                only = str(getattr(each, "pk", each)) if several else None
                found.append(
                    Chip(
                        str(field.label or name),
                        _said(field, each),
                        self._address(without=self._keys(name), only=only),
                    )
                )
        return found

    def _keys(self, name: str) -> list[str]:
        key = self.add_prefix(name)
        parted = isinstance(self.fields[name].widget, DateParts)
        return [f"{key}-{part}" for part in DateParts.PARTS] if parted else [key]

    def _address(self, *, without: list[str], only: str | None = None) -> str:
        query = QueryDict(mutable=True)
        if isinstance(self.data, QueryDict):
            for key, values in self.data.lists():
                query.setlist(key, values)
        else:
            query.update(self.data)
        for key in PAGE_CURSORS:
            query.pop(key, None)
        for key in without:
            kept = [value for value in query.getlist(key) if only is not None and value != only]
            query.setlist(key, kept) if kept else query.pop(key, None)
        return "?" + query.urlencode()


def _said(field: forms.Field, value: Any) -> str:
    """A chosen value in the words of its choice."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.date):
        return date_text(value)
    if isinstance(value, dt.time):
        return time_text(value)
    for key, label in getattr(field, "choices", ()):
        if isinstance(label, (list, tuple)):
            for inner, inner_label in label:
                if str(inner) == str(value):
                    return str(inner_label)
        elif str(key) == str(value):
            return str(label)
    return str(value)
