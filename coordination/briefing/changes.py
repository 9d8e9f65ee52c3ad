"""What moved between two answers to one question, and which revisions of the register moved it.

Reasons are not kept: they stand in public beside each revision, and go where its document is removed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from coordination.briefing.figures import Line
from coordination.briefing.reading import Content
from register.models import Act, Entry, Redaction

# More of them than this are counted and not named.
MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """One figure that says something else. `before` or `after` is "" where there was no such figure."""

    tier: str
    row: str
    label: str
    before: str
    after: str
    address: str


@dataclass(frozen=True, slots=True)
class Touched:
    """One record that came in, went out, or stayed in with another version. `revisions` are what was done to it since,
    by the names under which they stand in public: LFR-7K2M-Q4XD-v2."""

    reference: str
    how: str
    revisions: tuple[str, ...]

    @property
    def words(self) -> str:
        return {
            CAME: _("Counted now and not before"),
            WENT: _("Counted before and not now"),
            STAYED: _("Counted before and now, with a new version"),
        }[self.how]


CAME, WENT, STAYED = "came", "went", "stayed"


@dataclass(frozen=True, slots=True)
class Changes:
    """`touched` is None where an answer has too many records to tell which; `touched_count` is how many there are.

    `same_register` says that nothing at all was published or changed between the two.
    """

    since: int
    same_register: bool
    moved: tuple[Moved, ...]
    touched: tuple[Touched, ...] | None
    touched_count: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Changes | None:
        """None for the first answer."""
        if not stored:
            return None
        touched = stored["touched"]
        return cls(
            stored["since"],
            stored["same_register"],
            tuple(Moved(**each) for each in stored["moved"]),
            None
            if touched is None
            else tuple(Touched(each["reference"], each["how"], tuple(each["revisions"])) for each in touched),
            stored["touched_count"],
        )


def between(before: Content, after: Content, *, since: int) -> Changes:
    """`since` is the number of the answer before. In two short queries."""
    touched = _touched(before.records, after.records)
    return Changes(
        since,
        before.register == after.register,
        tuple(_moved(before.lines, after.lines)),
        None if touched is None else tuple(touched[:MOST_NAMED]),
        0 if touched is None else len(touched),
    )


def _moved(before: Iterable[Line], after: Iterable[Line]) -> list[Moved]:
    old, new = ({line.name: line for line in lines} for lines in (before, after))
    found = []
    for name in {**new, **old}:
        was, is_now = old.get(name), new.get(name)
        told = is_now or was
        assert told is not None  # noqa: S101 - it stands in one of them
        texts = [_said(line) for line in (was, is_now)]
        if texts[0] != texts[1]:
            found.append(Moved(told.tier, told.row, told.label, texts[0], texts[1], told.address))
    return found


def _said(line: Line | None) -> str:
    """With the counts of a rate, which move where the rate as shown may not."""
    if line is None:
        return ""
    if line.numerator is None:
        return line.text
    return _("%(shown)s (%(top)s of %(bottom)s)") % {
        "shown": line.text,
        "top": f"{line.numerator:,}",
        "bottom": f"{line.denominator or 0:,}",
    }


def _touched(before: Mapping[str, int] | None, after: Mapping[str, int] | None) -> list[Touched] | None:
    if before is None or after is None:
        return None
    how: dict[str, str] = {}
    for reference in sorted({*before, *after}):
        if reference not in before:
            how[reference] = CAME
        elif reference not in after:
            how[reference] = WENT
        elif before[reference] != after[reference]:
            how[reference] = STAYED
    revisions = _revisions(list(how)[:MOST_NAMED], before)
    return [Touched(reference, each, tuple(revisions[reference])) for reference, each in how.items()]


def _revisions(references: list[str], before: Mapping[str, int]) -> dict[str, list[str]]:
    """What was done to each since the version that the answer before had. A first publication is no revision."""
    found: dict[str, list[str]] = defaultdict(list)
    entries = (
        Entry.objects.of_results().filter(reference__in=references).exclude(act=Act.ORIGINAL).order_by("pk")
    )
    for reference, version in entries.values_list("reference", "version"):
        # A record that came in is new, or was changed so that it is among those asked about now.
        if version > before.get(reference, 1):
            found[reference].append(f"{reference}-v{version}")
    gone = Redaction.objects.filter(entry__reference__in=references).order_by("pk")
    for reference, version in gone.values_list("entry__reference", "entry__version"):
        if version >= before.get(reference, 1):
            found[reference].append(f"{reference}-v{version}-removed")
    return found


def reasons(changes: Changes) -> dict[str, str]:
    """Why each revision was made, by its name, as far as it may still be told: read when it is shown, never kept."""
    references = [each.reference for each in changes.touched or () if each.revisions]
    entries = (
        Entry.objects.of_results().filter(reference__in=references, redaction=None).exclude(act=Act.ORIGINAL)
    )
    found = {
        f"{reference}-v{version}": reason
        for reference, version, reason in entries.values_list("reference", "version", "reason")
    }
    gone = Redaction.objects.filter(entry__reference__in=references)
    for reference, version, reason in gone.values_list("entry__reference", "entry__version", "public_reason"):
        found[f"{reference}-v{version}-removed"] = reason
    return found
