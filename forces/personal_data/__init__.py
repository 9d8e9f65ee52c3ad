"""What looks like personal data or an image in a text, and the refusal of it.

No text of this platform may identify a person: not an officer, not a member of the public, not anybody on a watchlist.
An action passes what people wrote to `refuse_personal_data` before it writes anything. What was found is told by its
kind and its field alone; the words themselves are kept nowhere. Doors open `noticing()` round their work and keep each
refused attempt in a transaction of its own, as they do with a right that somebody does not hold.

The scan reads shapes, so it can be passed by whoever wants to pass it; it stops what slips in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from forces.personal_data.kinds import Kind
from forces.personal_data.patterns import find
from forces.refusals import Invalid

if TYPE_CHECKING:
    from forces.models import Force

__all__ = ["Kind", "PersonalData", "find", "noticing", "refuse_personal_data", "told"]


class PersonalData(Invalid):
    """Texts hold what looks like personal data. `found` maps each field to the kinds in it, never to the words.

    `force` is the one whose records they were meant for, where the action said so.
    """

    def __init__(self, found: Mapping[str, tuple[Kind, ...]], force: Force | None = None) -> None:
        self.found = dict(found)
        self.force = force
        super().__init__({field: [_words(kinds)] for field, kinds in found.items()})


def refuse_personal_data(
    texts: Mapping[str, str | None], *, force: Force | None = None, places: Collection[str] = ()
) -> None:
    """Raise PersonalData if any of these texts, by field, looks as if it identified a person.

    `places` names the fields that say where something is: there, a numbered street alone is no home address.
    """
    found = {
        field: kinds
        for field, text in texts.items()
        if text and (kinds := find(text, is_place=field in places))
    }
    if found:
        refused = PersonalData(found, force)
        noticed = _noticed.get()
        if noticed is not None:
            noticed.append(refused)
        raise refused


def told(found: Mapping[str, tuple[Kind, ...]]) -> str:
    """What was found where, as codes to record: "reason: name, phone; place: address"."""
    return "; ".join(f"{field}: {', '.join(kind.value for kind in kinds)}" for field, kinds in found.items())


@contextmanager
def noticing() -> Iterator[list[PersonalData]]:
    """What was refused while this was open, also where a page caught the refusal to show it. For doors."""
    noticed: list[PersonalData] = []
    token = _noticed.set(noticed)
    try:
        yield noticed
    finally:
        _noticed.reset(token)


_noticed: ContextVar[list[PersonalData] | None] = ContextVar("noticed", default=None)


def _words(kinds: tuple[Kind, ...]) -> str:
    return _("Remove what looks like %(kinds)s. %(help)s") % {
        "kinds": _(" and ").join(str(kind.words) for kind in kinds),
        "help": " ".join(dict.fromkeys(str(kind.help) for kind in kinds)),
    }
