"""Whether what is stated of a requirement can stand: its codes, its check with its parameters, its source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from coordination.evaluations.models import Technology
from coordination.framework.checks import CHECKS, WrongParameter
from coordination.framework.models import Requirement
from coordination.framework.vocabulary import Camera, DocumentKind, PlaceType, UseCase, WatchlistCategory
from forces.refusals import Invalid
from forces.roles import FORCE_ROLES

# What a person states of a requirement; the rest is its version's and its code.
FIELDS = (
    *("title", "sentence", "group", "weight", "source_kind", "citation", "url"),
    *("verified", "verified_on", "verified_note", "technology"),
    *("use_cases", "place_types", "watchlist_categories", "cameras"),
    *("check_name", "parameters", "attested_role", "attested_document"),
    *("phase", "fixed_by", "effective_from", "effective_to"),
)
_LISTS = {
    "use_cases": UseCase,
    "place_types": PlaceType,
    "watchlist_categories": WatchlistCategory,
    "cameras": Camera,
}


def as_columns(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was stated, with texts stripped; TypeError for a field that no requirement has."""
    unknown = said.keys() - {*FIELDS, "code"}
    if unknown:
        raise TypeError(f"A requirement has no field called {min(unknown)}.")
    return {name: value.strip() if isinstance(value, str) else value for name, value in said.items()}


def fingerprint(requirement: Requirement) -> str:
    """64 hexadecimal digits that differ as soon as anything that is stated does."""
    said = {name: getattr(requirement, name) for name in FIELDS}
    return sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def check(requirement: Requirement) -> None:
    """Raise Invalid, by field, unless the requirement can stand; put its parameters into the form they are kept in."""
    errors: dict[str, list[str]] = {}
    try:
        requirement.full_clean(exclude=["version"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        errors |= error.message_dict
    if requirement.technology not in Technology.values:
        errors["technology"] = [_("Choose a technology from the list.")]
    if requirement.fixed_by not in FORCE_ROLES:
        errors["fixed_by"] = [_("Choose a role from the list.")]
    for name, choices in _LISTS.items():
        unknown = [code for code in getattr(requirement, name) if code not in choices.values]
        if unknown:
            errors[name] = [_("“%(value)s” is not on the list.") % {"value": str(unknown[0])[:60]}]
    errors |= _source(requirement) | _judged(requirement)
    if (
        requirement.effective_to is not None
        and requirement.effective_from is not None
        and requirement.effective_to <= requirement.effective_from
    ):
        errors["effective_to"] = [_("The end must be after the first day.")]
    if errors:
        raise Invalid(errors)


def _source(requirement: Requirement) -> dict[str, list[str]]:
    errors = {}
    if requirement.verified:
        if requirement.verified_on is None:
            errors["verified_on"] = [_("Enter the day on which the primary text was read.")]
        if not requirement.url:
            errors["url"] = [_("Enter the address at which the primary text was read.")]
    else:
        if requirement.verified_on is not None:
            errors["verified_on"] = [_("Leave this empty: it has not been verified.")]
        if not requirement.verified_note:
            errors["verified_note"] = [_("Say why it has not been verified.")]
    return errors


def _judged(requirement: Requirement) -> dict[str, list[str]]:
    errors = {}
    is_attested = bool(requirement.attested_role or requirement.attested_document)
    if bool(requirement.check_name) == is_attested:
        return {"check_name": [_("Choose a check, or who attests it with which document: one of the two.")]}
    if is_attested:
        if requirement.attested_role not in FORCE_ROLES:
            errors["attested_role"] = [_("Choose a role from the list.")]
        if requirement.attested_document not in DocumentKind.values:
            errors["attested_document"] = [_("Choose a kind of document from the list.")]
        if requirement.parameters:
            errors["parameters"] = [_("An attestation takes no parameters.")]
        return errors
    spec = CHECKS.get(requirement.check_name)
    if spec is None:
        return {"check_name": [_("No check is called “%(name)s”.") % {"name": requirement.check_name[:60]}]}
    try:
        if not isinstance(requirement.parameters, dict):
            raise WrongParameter("", _("Enter names and values."))
        found = spec.read(requirement.parameters)
    except WrongParameter as error:
        return {"parameters": [f"{error.parameter}: {error}"]}
    requirement.parameters = {
        name: list(value) if isinstance(value, tuple) else value for name, value in found.items()
    }
    return errors
