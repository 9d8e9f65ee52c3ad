"""What changed from version to version, and which forces are stricter than the nation. For pages, here and there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.framework import wording
from coordination.framework.models import Requirement, Tightening, Version
from coordination.framework.rules import rule_of
from coordination.framework.vocabulary import Group, Weight
from forces.words import Words


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What one part of a requirement said before and says after, in words; blank where it said nothing."""

    label: Words
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a version did to one requirement. `what` is added, changed or removed; `before` or `after` may be None."""

    version: Version
    code: str
    what: str
    before: Requirement | None
    after: Requirement | None
    fields: tuple[FieldChange, ...]

    @property
    def title(self) -> str:
        requirement = self.after or self.before
        assert requirement is not None  # noqa: S101 - one of the two is there
        return requirement.title


WHAT: dict[str, Words] = {
    "added": gettext_lazy("Added"),
    "changed": gettext_lazy("Changed"),
    "removed": gettext_lazy("Removed"),
}


def adopted_versions() -> list[Version]:
    """Latest first: all that the public may see."""
    return list(Version.objects.adopted().order_by("-number"))


def changes(versions: Iterable[Version], code: str | None = None) -> dict[int, list[Change]]:
    """What each of these versions did to the one before it among them, by number; all added in the first.

    One statement. `code` narrows to one requirement.
    """
    ordered = sorted(versions, key=lambda version: version.number)
    wanted = Requirement.objects.filter(version__in=ordered).order_by("pk")
    stated: dict[int, dict[str, Requirement]] = {version.pk: {} for version in ordered}
    for requirement in wanted.filter(code=code) if code is not None else wanted:
        stated[requirement.version_id][requirement.code] = requirement
    found, before = {}, dict[str, Requirement]()
    for version in ordered:
        after = stated[version.pk]
        found[version.number] = [
            change
            for each in dict.fromkeys([*after, *before])
            if (change := _change(version, each, before.get(each), after.get(each))) is not None
        ]
        before = after
    return found


def _change(
    version: Version, code: str, before: Requirement | None, after: Requirement | None
) -> Change | None:
    if before is None or after is None:
        return Change(version, code, "added" if before is None else "removed", before, after, ())
    fields = differences(before, after)
    return Change(version, code, "changed", before, after, tuple(fields)) if fields else None


def differences(before: Requirement, after: Requirement) -> list[FieldChange]:
    """Where two statements of a requirement differ, as a page says it."""
    return [
        FieldChange(label, old, new)
        for (label, old), (_label, new) in zip(said(before), said(after), strict=True)
        if old != new
    ]


def said(requirement: Requirement) -> list[tuple[Words, str]]:
    """Everything that a requirement says, in words: what it is called, and the words; blank where it says nothing."""
    rule = rule_of(requirement, (), 0)
    return [
        (gettext_lazy("Title"), rule.title),
        (gettext_lazy("What it asks"), rule.sentence),
        (gettext_lazy("Group"), wording.label_of(Group, rule.group)),
        (gettext_lazy("Weight"), wording.label_of(Weight, rule.weight)),
        (gettext_lazy("How it is judged"), wording.judged(rule)),
        (
            gettext_lazy("Source"),
            f"{wording.source_kind_name(rule)}: {rule.source.citation} {rule.source.url}".strip(),
        ),
        (gettext_lazy("Verified"), wording.verified(rule)),
        (gettext_lazy("Applies to"), wording.applies(rule)),
        (gettext_lazy("Technology"), rule.technology),
        (gettext_lazy("By when"), wording.phase_name(rule)),
        (gettext_lazy("Who can put it right"), wording.role_name(rule.fixed_by)),
        (gettext_lazy("In force"), period(rule.effective_from, rule.effective_to)),
    ]


def period(first: date, end: date | None) -> str:
    """From the first day until the day before the end, in words."""
    if end is None:
        return _("from %(first)s") % {"first": date_format(first, "j F Y")}
    last = date.fromordinal(end.toordinal() - 1)
    return _("from %(first)s to %(last)s") % {
        "first": date_format(first, "j F Y"),
        "last": date_format(last, "j F Y"),
    }


def tightenings(realm: str, *, code: str | None = None, on: date | None = None) -> list[Tightening]:
    """What forces of one realm hold themselves to beyond the nation; with `on`, what holds on that day.

    By force and first day. Ended ones are there too, unless they ended before they began.
    """
    found = Tightening.objects.filter(force__realm=realm).select_related("force")
    found = found.exclude(ends_on=F("starts_on"))
    if code is not None:
        found = found.filter(requirement=code)
    if on is not None:
        found = found.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)
    return list(found.order_by("force__name", "requirement", "parameter", "starts_on"))
