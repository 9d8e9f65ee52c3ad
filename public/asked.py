"""What is wrong with an address, in the words of the page: its labels and its choices, never codes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from design.forms import FilterForm
from register.search import TECHNOLOGIES, InvalidSearch

# Words of an address that no field of a panel offers.
LABELS: dict[str, str | Promise] = {
    "technology": gettext_lazy("Technology"),
    "after": gettext_lazy("Place in the list"),
}
CHOICES = {"technology": TECHNOLOGIES}
# More choices than this are not repeated in a message: the list is beside it.
FEW = 8


def tell(filters: FilterForm, wrong: InvalidSearch) -> None:
    """Say each thing that is wrong beside its field, and above the list where there is no such field."""
    filters.full_clean()
    for name, messages in wrong.errors.items():
        field = filters.fields.get(name)
        for message in messages:
            filters.add_error(name if field else None, _in_words(name, message, field, wrong))


def told(wrong: InvalidSearch) -> str:
    """The first thing that is wrong with the address of a file, and where."""
    name, messages = next(iter(wrong.errors.items()))
    return f"{name[:60]}: {messages[0]}"


def _in_words(name: str, message: str, field: forms.Field | None, wrong: InvalidSearch) -> str:
    if name in wrong.unknown:
        return _("There is no filter “%(name)s”. Take it out of the address, or use the filters below.") % {
            "name": name[:60]
        }
    label = str(field.label) if field else str(LABELS.get(name, name[:60]))
    if name in wrong.not_offered:
        message = _choose([str(words) for words in _choices(name, field)])
    return f"{label}: {message}"


def _choices(name: str, field: forms.Field | None) -> list[str | Promise]:
    if name in CHOICES:
        return list(CHOICES[name].values())
    offered: Any = getattr(field, "choices", None) or getattr(getattr(field, "widget", None), "choices", ())
    return [words for code, words in offered if code != ""]


def _choose(labels: list[str]) -> str:
    if not labels or len(labels) > FEW:
        return _("Choose one from the list.")
    return _("Choose one of: %(choices)s.") % {"choices": "; ".join(labels)}
