"""Which profile a file belongs to, by the headings of its tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from coordination.intake.extract.reading import Row
from coordination.intake.problems import NotRecognised
from coordination.intake.profile import Layout, Profile, normal

# Titles, logos and empty lines may stand above a heading; a heading may take several lines.
MOST_LINES_ABOVE = 15
MOST_HEADING_LINES = 8
HEAD = MOST_LINES_ABOVE + MOST_HEADING_LINES + 1
MOST_TABLES = 5
MOST_HEADINGS_SHOWN = 24


def profile_for(rows: Iterable[Row], candidates: Iterable[Profile], *, name: str = "") -> Profile:
    """Return the one profile with a layout that a table of the file has. Raises `NotRecognised`."""
    candidates = list(candidates)
    first_seen: list[Row] = []
    for head in _heads(rows):
        first_seen = first_seen or head
        fitting = [
            profile
            for profile in candidates
            if any(find_heading(head, [layout], profile) is not None for layout in profile.layouts)
        ]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise NotRecognised(
                _(
                    "%(file)s: more than one profile fits: %(profiles)s. Say which, with --profile, or make their "
                    "headings differ."
                )
                % {"file": name, "profiles": ", ".join(profile.name for profile in fitting)}
            )
    raise NotRecognised(_no_profile(first_seen, candidates, name))


def find_heading(
    head: Sequence[Row], layouts: Iterable[Layout], profile: Profile | None = None
) -> tuple[Layout, int] | None:
    """Return the layout and the number of rows up to and with its heading, or None.

    A heading that stands on several printed lines is compared column by column, its lines joined.
    """
    layouts = list(layouts)
    for start in range(min(len(head), MOST_LINES_ABOVE + 1)):
        joined = [""] * len(head[start].cells)
        for end in range(start, min(len(head), start + MOST_HEADING_LINES)):
            if len(head[end].cells) != len(joined):
                break
            joined = [above + normal(cell) for above, cell in zip(joined, head[end].cells, strict=True)]
            for layout in layouts:
                if _same(joined, layout) and _where(layout, joined, head, end + 1, profile):
                    return layout, end + 1
    return None


def columns_of(layout: Layout, head: Sequence[Row], end: int) -> tuple[str, ...]:
    """Our column names in the order of the file: a layout in any order takes it from the heading."""
    if not layout.any_order:
        return layout.columns
    by_heading = {
        way: label for ways, label in zip(layout.heading, layout.columns, strict=True) for way in ways
    }
    return tuple(by_heading[normal(cell)] for cell in head[end - 1].cells if normal(cell))


def is_ignored(head: Sequence[Row], profile: Profile) -> bool:
    """A table that the profile says is no part of the record, such as a key to its codes."""
    first = tuple(normal(cell) for cell in head[0].cells)
    return any(first[: len(heading)] == heading for heading in profile.ignored)


def _same(joined: list[str], layout: Layout) -> bool:
    while joined and not joined[-1] and len(joined) > len(layout.heading):
        joined = joined[:-1]
    if len(joined) != len(layout.heading):
        return False
    if layout.any_order:
        return all(any(way in joined for way in ways) for ways in layout.heading)
    return all(cell in ways for cell, ways in zip(joined, layout.heading, strict=True))


def _where(layout: Layout, joined: list[str], head: Sequence[Row], end: int, profile: Profile | None) -> bool:
    if layout.where is None:
        return True
    if end >= len(head):
        return False
    columns = columns_of(layout, head, end)
    return layout.where.holds(dict(zip(columns, head[end].cells, strict=False)))


def _heads(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """The first rows of each of the first tables. Reads no further than it must."""
    head: list[Row] = []
    tables = 1
    for row in rows:
        if head and row.table != head[0].table:
            yield head
            head = []
            tables += 1
            if tables > MOST_TABLES:
                return
        if len(head) < HEAD:
            head.append(row)
        elif tables == MOST_TABLES:
            break
        elif len(head) == HEAD:
            # A long table was seen long enough; whoever asks may stop here.
            yield head
            head.append(row)
    if 0 < len(head) <= HEAD:
        yield head


def _no_profile(head: list[Row], candidates: list[Profile], name: str) -> str:
    seen = [cell for cell in head[0].cells if cell] if head else []
    parts = [
        _("%(file)s: no profile fits this layout. Its first row has %(count)s columns and reads: %(seen)s.")
        % {
            "file": name,
            "count": len(head[0].cells) if head else 0,
            "seen": " | ".join(seen[:MOST_HEADINGS_SHOWN]) or _("(nothing)"),
        }
    ]
    words = {normal(cell) for row in head[:MOST_HEADING_LINES] for cell in row.cells if cell}
    nearest = max(
        ((_overlap(words, layout), profile, layout) for profile in candidates for layout in profile.layouts),
        key=lambda found: found[0],
        default=None,
    )
    if nearest and nearest[0] > 0:
        missing = [
            label
            for ways, label in zip(nearest[2].heading, nearest[2].columns, strict=False)
            if not any(way in words for way in ways)
        ]
        parts.append(
            _("The nearest is %(profile)s; of its %(count)s headings these were not found: %(missing)s.")
            % {
                "profile": nearest[1].name,
                "count": len(nearest[2].heading),
                "missing": ", ".join(missing[:MOST_HEADINGS_SHOWN]) or _("none, but their order differs"),
            }
        )
    parts.append(_("Add a profile for it (docs/how-to/add-an-import-profile.md), or correct the headings."))
    return " ".join(str(part) for part in parts)


def _overlap(words: set[str], layout: Layout) -> float:
    return sum(any(way in words for way in ways) for ways in layout.heading) / (len(layout.heading) or 1)
