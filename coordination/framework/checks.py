"""The named checks by which requirements are judged, and the typed parameters each takes.

A check looks at a plan or a published record in `deployments.readiness`; here stands only what it is called, what it
says in plain words, and for each parameter which way is tighter: a force may go that way and no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordination.framework.vocabulary import PLAN_TEXTS, DocumentKind, PlanRole, UseCase, WatchlistCategory
from forces.ranks import Rank
from forces.words import Words

MOST = 1_000_000_000  # of any number that a requirement may state
RANKS = [str(rank) for rank in Rank]  # junior to senior

CODES: dict[str, dict[str, Words]] = {
    "use_cases": {str(each.value): each.label for each in UseCase},
    "watchlist_categories": {str(each.value): each.label for each in WatchlistCategory},
    "documents": {str(each.value): each.label for each in DocumentKind},
    "plan_roles": {str(each.value): each.label for each in PlanRole},
    "plan_texts": PLAN_TEXTS,
    "ranks": {str(each.value): each.label for each in Rank},
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A typed value of a check.

    `kind`: int, hours, days (whole numbers), rank (a code of `forces.ranks`), codes (a list of codes) or text (one
    code). `tighter`: lower, higher, fewer (a part of the list), more (the list and further codes) or none: the nation
    alone sets it. `among` names the list in CODES. `nullable`: None means that no limit is set.
    """

    kind: str
    label: Words
    tighter: str = "none"
    among: str = ""
    nullable: bool = False

    @property
    def unit(self) -> str:
        """hours, days or nothing."""
        return self.kind if self.kind in {"hours", "days"} else ""

    def read(self, value: Any) -> Any:
        """The value as it is kept: a number, a code, a tuple of codes in the order of their list, or None.

        Raises ValueError, in words fit to show.
        """
        if value is None:
            if not self.nullable:
                raise ValueError(_("Enter a value."))
            return None
        if self.kind == "codes":
            return self._codes(value)
        if self.kind in {"rank", "text"}:
            if not isinstance(value, str) or value not in self.known:
                raise ValueError(
                    _("“%(value)s” is not one of: %(known)s.")
                    % {"value": str(value)[:60], "known": ", ".join(self.known)}
                )
            return str(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
            raise ValueError(_("Enter a whole number from 0 to %(most)d.") % {"most": MOST})
        return value

    def _codes(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValueError(_("Enter a list of codes."))
        wanted = list(value)
        unknown = [str(each)[:60] for each in wanted if not isinstance(each, str) or each not in self.known]
        if unknown or not wanted:
            raise ValueError(
                _("Choose at least one of: %(known)s.") % {"known": ", ".join(self.known)}
                if not unknown
                else _("“%(value)s” is not one of: %(known)s.")
                % {"value": unknown[0], "known": ", ".join(self.known)}
            )
        return tuple(code for code in self.known if code in wanted)

    @property
    def known(self) -> dict[str, Words]:
        """The codes it may hold, with their names; none for a number."""
        return CODES["ranks" if self.kind == "rank" else self.among] if self.kind in _CODED else {}

    def tightest(self, national: Any, value: Any) -> Any:
        """The stricter of two values that have been read: what holds where both were set."""
        if self.tighter == "none" or value is None:
            return national
        if national is None:
            return value
        if self.tighter in {"fewer", "more"}:
            held = set(national) & set(value) if self.tighter == "fewer" else set(national) | set(value)
            return tuple(code for code in self.known if code in held)
        order = RANKS.index if self.kind == "rank" else int
        return (min if self.tighter == "lower" else max)(national, value, key=order)

    def is_tighter(self, national: Any, value: Any) -> bool:
        """Whether `value` is stricter than `national` and lets through nothing that `national` would not."""
        return value != national and self.tightest(national, value) == value

    def in_words(self, value: Any) -> str:
        """As a page says it: “24 hours”, “Superintendent”, “a; b; c”, “no limit set”."""
        if value is None:
            return _("no limit set")
        if self.kind == "hours":
            said = ngettext("%(n)s hour", "%(n)s hours", value) % {"n": f"{value:,}"}
            if value > 24 and value % 24 == 0:
                return _("%(hours)s (%(days)s days)") % {"hours": said, "days": f"{value // 24:,}"}
            return said
        if self.kind == "days":
            return ngettext("%(n)s day", "%(n)s days", value) % {"n": f"{value:,}"}
        if self.kind == "codes":
            return "; ".join(str(self.known.get(code, code)) for code in value) or _("none")
        if self.kind in {"rank", "text"}:
            return str(self.known.get(value, value))
        return f"{value:,}"


_CODED = frozenset({"codes", "rank", "text"})


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One named check: `sentence` says how it judges, with each parameter's value in braces."""

    name: str
    sentence: Words
    parameters: Mapping[str, Parameter]

    def read(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Its parameters as they are kept. Raises WrongParameter for one that is missing, unknown or ill-formed."""
        for name in parameters:
            if name not in self.parameters:
                raise WrongParameter(name, _("%(check)s takes no such parameter.") % {"check": self.name})
        found = {}
        for name, parameter in self.parameters.items():
            if name not in parameters:
                raise WrongParameter(name, _("Say what it is; %(check)s needs it.") % {"check": self.name})
            try:
                found[name] = parameter.read(parameters[name])
            except ValueError as error:
                raise WrongParameter(name, str(error)) from error
        return found

    def in_words(self, parameters: Mapping[str, Any]) -> str:
        """How it judges with these values, as one sentence."""
        shown = {name: each.in_words(parameters.get(name)) for name, each in self.parameters.items()}
        return str(self.sentence).format(**shown)

    @property
    def may_be_tightened(self) -> tuple[str, ...]:
        return tuple(name for name, each in self.parameters.items() if each.tighter != "none")


class WrongParameter(ValueError):
    """A value of a check that cannot be: `parameter` says which."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


def _spec(name: str, sentence: Words, **parameters: Parameter) -> CheckSpec:
    return CheckSpec(name, sentence, parameters)


_g = gettext_lazy

CHECKS: dict[str, CheckSpec] = {
    spec.name: spec
    for spec in (
        _spec(
            "text_given",
            _g("The plan says: {fields}."),
            fields=Parameter("codes", _g("Texts that must be given"), "more", "plan_texts"),
        ),
        _spec(
            "use_case_listed",
            _g("The use is one of: {allowed}."),
            allowed=Parameter("codes", _g("Uses that are allowed"), "fewer", "use_cases"),
        ),
        _spec("location_basis", _g("The plan says on which basis the place was chosen, with a reference.")),
        _spec("category_rationale", _g("The plan gives a reason for each watchlist category.")),
        _spec(
            "categories_allowed",
            _g("Every watchlist category is one of: {allowed}."),
            allowed=Parameter("codes", _g("Categories that are allowed"), "fewer", "watchlist_categories"),
        ),
        _spec(
            "categories_separately_authorised",
            _g("Each of these watchlist categories, where used, is authorised separately: {categories}."),
            categories=Parameter(
                "codes", _g("Categories to be authorised separately"), "more", "watchlist_categories"
            ),
        ),
        _spec(
            "watchlist_at_most",
            _g("The most entries that the watchlist may hold is given and within the limit: {most}."),
            most=Parameter("int", _g("Most entries on the watchlist"), "lower", nullable=True),
        ),
        _spec("watchlist_source", _g("The plan says where the images on the watchlist come from.")),
        _spec("watchlist_review", _g("The plan says who reviews the watchlist before the deployment.")),
        _spec(
            "watchlist_age",
            _g("The watchlist is made no more than {hours} before the deployment starts."),
            hours=Parameter("hours", _g("Greatest age of the watchlist"), "lower"),
        ),
        _spec(
            "under_18_separately_authorised",
            _g(
                "The plan says how many people under 18 are expected on the watchlist; where there are any, it gives"
                " the reason and they are authorised separately."
            ),
        ),
        _spec(
            "document_in_date",
            _g("The force has published this document and its review is not overdue: {kind}."),
            kind=Parameter("text", _g("Document"), among="documents"),
        ),
        _spec(
            "document_for_plan",
            _g(
                "The plan names the version of this document that it relies on, and that version stands: {kind}."
            ),
            kind=Parameter("text", _g("Document"), among="documents"),
        ),
        _spec(
            "authority_rank",
            _g("The authority is given by an officer of this rank or above: {rank}."),
            rank=Parameter("rank", _g("Lowest rank that may authorise"), "higher"),
        ),
        _spec(
            "urgent_rank",
            _g("In urgency, an oral authority is given by an officer of this rank or above: {rank}."),
            rank=Parameter("rank", _g("Lowest rank that may authorise in urgency"), "higher"),
        ),
        _spec(
            "urgent_confirmed",
            _g("An urgent oral authority is confirmed in writing within {hours}."),
            hours=Parameter("hours", _g("Longest time until it is confirmed"), "lower"),
        ),
        _spec(
            "authority_by_another",
            _g("Whoever authorises is not among those who wrote or proposed the plan."),
        ),
        _spec(
            "notice_before_start",
            _g(
                "The public is told at least {hours} before the deployment starts, or the reason for less is published."
            ),
            hours=Parameter("hours", _g("Shortest time between notice and start"), "higher"),
        ),
        _spec(
            "signage_planned",
            _g("The plan says how signs tell people about the cameras before they pass them."),
        ),
        _spec(
            "within_tested",
            _g("The algorithm, its version and the threshold are within what was tested nationally."),
        ),
        _spec(
            "people_trained",
            _g("Everybody in these parts holds a certificate that lasts through the deployment: {roles}."),
            roles=Parameter("codes", _g("Parts for which training is needed"), "more", "plan_roles"),
        ),
        _spec(
            "advisories_acknowledged",
            _g("Every national advisory that bears on the plan has been acknowledged."),
        ),
        _spec("kit_booked", _g("The equipment is booked for the time of the deployment.")),
        _spec(
            "deletion_attested",
            _g(
                "Somebody attests within {hours} of the end that the watchlist and the biometric data were deleted."
            ),
            hours=Parameter("hours", _g("Longest time until deletion is attested"), "lower"),
        ),
        _spec(
            "results_within",
            _g("The result is published on the national register within {days} of the deployment."),
            days=Parameter("days", _g("Longest time until the result is published"), "lower"),
        ),
    )
}
