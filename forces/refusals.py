"""No, said so that a person can act on it. A refusal is an expected answer, never a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from forces.capabilities import Capability
    from forces.models import Force, Person


class Refusal(Exception):
    """An action would not do what was asked. Its text is fit to show; `pointer` names the field, if one.

    Doors turn it into an error summary (pages) or 409 problem+json (API).
    """

    pointer: str = ""

    def __init__(self, message: str, *, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer


class Invalid(Refusal):
    """What was given is malformed or contradicts itself: `errors` maps a field to its messages.

    Doors answer 422 (API) or the form again with each field's message.
    """

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        first = next(iter(errors.values()), [""])[0]
        super().__init__(first, pointer=next(iter(errors), ""))


class Forbidden(Refusal):
    """The person does not hold the capability. The door records it once the action's work is undone."""

    def __init__(self, by: Person | None, capability: Capability, force: Force | None) -> None:
        self.by, self.capability, self.force = by, capability, force
        where = _("for %(force)s") % {"force": force.name} if force else _("for the national centre")
        super().__init__(
            _("You do not hold the right to %(doing)s %(where)s. The owner of your team can grant it.")
            % {"doing": capability.doing, "where": where}
        )
