"""Fields that read what people write, and say plainly what is wrong: what, where, how to mend it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SPACES_AND_COMMAS = re.compile(r"[\s,]")
LONGEST_NUMBER = 40
MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


class NamedField(forms.Field):
    """A field whose errors begin with its own name: `%(label)s` in a message is its label."""

    def complain(self, code: str, **params: Any) -> ValidationError:
        return ValidationError(
            self.error_messages[code], code=code, params={"label": self.name_in_errors, **params}
        )

    @property
    def name_in_errors(self) -> str:
        label = str(self.label or "")
        return label if label and not label.endswith("?") else _("The answer")


class WholeNumberField(NamedField):
    """A count: "1,234" is read as 1234. Blank is None, which is never 0."""

    widget = forms.NumberInput
    default_error_messages = {
        "invalid": gettext_lazy("%(label)s must be a whole number, like 1234"),
        "min_value": gettext_lazy("%(label)s must be %(limit)s or more"),
        "max_value": gettext_lazy("%(label)s must be %(limit)s or fewer"),
    }

    def __init__(self, *, min_value: int | None = 0, max_value: int | None = 2_147_483_647, **more: Any):
        self.min_value, self.max_value = min_value, max_value
        super().__init__(**more)

    def to_python(self, value: Any) -> int | None:
        written = "" if value is None else SPACES_AND_COMMAS.sub("", str(value))
        if not written:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", written):
            raise self.complain("invalid")
        number = int(written)
        if self.min_value is not None and number < self.min_value:
            raise self.complain("min_value", limit=f"{self.min_value:,}")
        if self.max_value is not None and number > self.max_value:
            raise self.complain("max_value", limit=f"{self.max_value:,}")
        return number

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(
            initial, None if data in self.empty_values else SPACES_AND_COMMAS.sub("", str(data))
        )


class DecimalField(NamedField):
    """A number with decimals, such as a threshold of 0.64. Blank is None."""

    widget = forms.NumberInput
    default_error_messages = {
        "invalid": gettext_lazy("%(label)s must be a number, like 0.64"),
        "places": gettext_lazy("%(label)s must have no more than %(limit)s decimal places"),
        "digits": gettext_lazy("%(label)s must have no more than %(limit)s digits"),
        "min_value": gettext_lazy("%(label)s must be %(limit)s or more"),
        "max_value": gettext_lazy("%(label)s must be %(limit)s or less"),
    }

    def __init__(
        self,
        *,
        min_value: Decimal | int | None = None,
        max_value: Decimal | int | None = None,
        max_digits: int | None = None,
        decimal_places: int | None = None,
        **more: Any,
    ):
        self.min_value, self.max_value = min_value, max_value
        self.max_digits, self.decimal_places = max_digits, decimal_places
        super().__init__(**more)

    def to_python(self, value: Any) -> Decimal | None:
        written = "" if value is None else SPACES_AND_COMMAS.sub("", str(value))
        if not written:
            return None
        # Only plain digits: "1e9", "NaN" and "Infinity" are numbers to a computer alone.
        if len(written) > LONGEST_NUMBER or not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", written):
            raise self.complain("invalid")
        try:
            number = Decimal(written)
        except InvalidOperation:
            raise self.complain("invalid") from None
        _sign, digits, exponent = number.as_tuple()
        places = max(0, -int(exponent))
        if self.decimal_places is not None and places > self.decimal_places:
            raise self.complain("places", limit=self.decimal_places)
        if self.max_digits is not None and max(len(digits), places) > self.max_digits:
            raise self.complain("digits", limit=self.max_digits)
        if self.min_value is not None and number < self.min_value:
            raise self.complain("min_value", limit=f"{self.min_value:,}")
        if self.max_value is not None and number > self.max_value:
            raise self.complain("max_value", limit=f"{self.max_value:,}")
        return number


class DateParts(forms.Widget):
    """Day, month and year in three boxes, posted as NAME-day, NAME-month and NAME-year."""

    PARTS = ("day", "month", "year")
    LABELS = {
        "day": gettext_lazy("Day"),
        "month": gettext_lazy("Month"),
        "year": gettext_lazy("Year"),
    }
    use_fieldset = True
    # A bare {{ field }} has no use for three boxes; the component draws them from the parts.
    template_name = "design/forms/date_bare.html"

    def split(self, value: Any) -> tuple[str, ...]:
        """The three texts of a date, of what was typed, or of nothing."""
        if isinstance(value, dt.date):
            return str(value.day), str(value.month), str(value.year)
        if isinstance(value, (tuple, list)) and len(value) == len(self.PARTS):
            return tuple("" if part is None else str(part) for part in value)
        return "", "", ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["parts"] = [
            {"name": f"{name}-{part}", "value": text, "label": self.LABELS[part]}
            for part, text in zip(self.PARTS, self.split(value), strict=True)
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, ...] | None:
        given = tuple((data.get(f"{name}-{part}") or "").strip() for part in self.PARTS)
        return given if any(given) else None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(f"{name}-{part}" not in data for part in self.PARTS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-day" if id_ else id_


class DateField(NamedField):
    """A day. Months may be written as numbers or names. Errors name the parts that are wrong."""

    widget = DateParts
    default_error_messages = {
        "missing": gettext_lazy("%(label)s must include a %(missing)s"),
        "missing_two": gettext_lazy("%(label)s must include a %(missing)s and %(missing_too)s"),
        "year": gettext_lazy("Year must include 4 numbers"),
        "invalid": gettext_lazy("%(label)s must be a real date"),
        "min_value": gettext_lazy("%(label)s must be on or after %(limit)s"),
        "max_value": gettext_lazy("%(label)s must be on or before %(limit)s"),
    }

    def __init__(self, *, min_value: dt.date | None = None, max_value: dt.date | None = None, **more: Any):
        self.min_value, self.max_value = min_value, max_value
        super().__init__(**more)

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, dt.date):
            return value
        written = dict(zip(DateParts.PARTS, value, strict=True))
        missing = [part for part, text in written.items() if not text]
        if len(missing) == 2:
            words = [str(DateParts.LABELS[part]).lower() for part in missing]
            raise self.complain("missing_two", missing=words[0], missing_too=words[1], parts=missing)
        if missing:
            raise self.complain("missing", missing=str(DateParts.LABELS[missing[0]]).lower(), parts=missing)
        if not re.fullmatch(r"[0-9]{4}", written["year"]):
            raise self.complain("year", parts=("year",))
        month = _month(written["month"])
        if month is None:
            raise self.complain("invalid", parts=("month",))
        if not re.fullmatch(r"[0-9]{1,2}", written["day"]):
            raise self.complain("invalid", parts=("day",))
        try:
            day = dt.date(int(written["year"]), month, int(written["day"]))
        except ValueError:
            raise self.complain("invalid") from None
        self._within(day)
        return day

    def _within(self, day: dt.date) -> None:
        from design.numbers import date_text

        if self.min_value is not None and day < self.min_value:
            raise self.complain("min_value", limit=date_text(self.min_value))
        if self.max_value is not None and day > self.max_value:
            raise self.complain("max_value", limit=date_text(self.max_value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


def _month(written: str) -> int | None:
    """The month's number from "11", "nov" or "November", in English or in the language of the page."""
    if re.fullmatch(r"[0-9]{1,2}", written):
        number = int(written)
        return number if 1 <= number <= 12 else None
    lowered = written.lower().rstrip(".")
    if len(lowered) < 3:
        return None
    for number, name in enumerate(MONTH_NAMES, start=1):
        if name.startswith(lowered) or str(MONTHS[number]).lower().startswith(lowered):
            return number
    return None


class TimeField(NamedField):
    """A time of day: "9:30am", "9.30 am", "5pm", "09:30", "0930", "midday" and "midnight" are read."""

    widget = forms.TextInput
    default_error_messages = {
        "invalid": gettext_lazy("%(label)s must be a time, like 9:30am or 17:15"),
    }

    def to_python(self, value: Any) -> dt.time | None:
        if isinstance(value, dt.time):
            return value
        written = "" if value is None else re.sub(r"\s", "", str(value)).lower()
        if not written:
            return None
        if written in {"midday", "noon"}:
            return dt.time(12)
        if written == "midnight":
            return dt.time(0)
        found = re.fullmatch(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?(?:[:.][0-9]{2})?(am|pm)?", written)
        if not found:
            raise self.complain("invalid")
        hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
        if half and not 1 <= hour <= 12:
            raise self.complain("invalid")
        if half is None and found[2] is None:  # "9" alone may be morning or evening
            raise self.complain("invalid")
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        try:
            return dt.time(hour, minute)
        except ValueError:
            raise self.complain("invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, dt.time) else value


class YesNoField(forms.TypedChoiceField):
    """Yes or no; nothing chosen is None."""

    widget = forms.RadioSelect

    def __init__(self, **more: Any):
        more.setdefault("choices", [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))])
        super().__init__(coerce=lambda given: given == "yes", empty_value=None, **more)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
