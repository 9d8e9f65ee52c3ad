"""Who may be on the watchlist, by category and count alone."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.framework.vocabulary import WatchlistCategory
from deployments.readiness.finding import Found, check, met, not_applicable, not_met
from deployments.readiness.subject import UNDER_18, CannotTell, Subject


def _named(codes: Iterable[str]) -> str:
    return "; ".join(
        str(WatchlistCategory(code).label) if code in WatchlistCategory.values else code for code in codes
    )


def _categories(subject: Subject) -> list[str]:
    codes = subject.categories()
    if codes is None:
        raise CannotTell(_("The plan names no watchlist category yet."))
    return codes


@check
def category_rationale(subject: Subject) -> Found:
    named = subject.tell("watchlist", "categories")
    if named is None:
        return not_met(_("The plan names no watchlist category."))
    if bare := [each["code"] for each in named if not each.get("rationale")]:
        return not_met(_("The plan gives no reason for: %(categories)s.") % {"categories": _named(bare)})
    return met(
        ngettext(
            "The plan gives a reason for its category.",
            "The plan gives a reason for each of %(n)d.",
            len(named),
        )
        % {"n": len(named)}
    )


@check
def categories_allowed(subject: Subject, *, allowed: tuple[str, ...]) -> Found:
    codes = _categories(subject)
    if other := [code for code in codes if code not in allowed]:
        return not_met(_("Not on the list: %(categories)s.") % {"categories": _named(other)})
    return met(_("Every category is on the list: %(categories)s.") % {"categories": _named(codes)})


@check
def categories_separately_authorised(subject: Subject, *, categories: tuple[str, ...]) -> Found:
    wanted = [code for code in _categories(subject) if code in categories]
    if not wanted:
        return not_applicable(_("The plan uses none of these categories."))
    if subject.authority is None:
        raise CannotTell(
            _("Must be authorised separately: %(categories)s.") % {"categories": _named(wanted)},
            subject.starts_at,
        )
    if wanting := [code for code in wanted if code not in subject.authority.separately]:
        return not_met(_("Not authorised separately: %(categories)s.") % {"categories": _named(wanting)})
    return met(_("Authorised separately: %(categories)s.") % {"categories": _named(wanted)})


@check
def watchlist_at_most(subject: Subject, *, most: int | None) -> Found:
    size = subject.tell("watchlist", "most")
    if size is None:
        return not_met(_("The plan does not say how large the watchlist may be."))
    if most is not None and size > most:
        return not_met(
            _("The watchlist holds up to %(size)s; the limit is %(most)s.")
            % {"size": f"{size:,}", "most": f"{most:,}"}
        )
    if not subject.is_record:
        expected = sum(each["expected"] for each in subject.tell("watchlist", "categories") or [])
        if expected > size:
            return not_met(
                _("The categories add up to %(expected)s, more than the %(size)s that the plan allows.")
                % {"expected": f"{expected:,}", "size": f"{size:,}"}
            )
    if most is None:
        words = _("Published: %(size)s.") if subject.is_record else _("The plan says: %(size)s at most.")
        return met(f"{words % {'size': f'{size:,}'}} {_('No limit is set.')}")
    return met(
        _("The watchlist holds up to %(size)s; the limit is %(most)s.")
        % {"size": f"{size:,}", "most": f"{most:,}"}
    )


@check
def watchlist_source(subject: Subject) -> Found:
    if subject.tell("watchlist", "sources") is None:
        return not_met(_("The plan does not say where the images come from."))
    return met(_("The plan says where the images come from."))


@check
def watchlist_review(subject: Subject) -> Found:
    reviewed = subject.tell("watchlist", "reviewed")
    if reviewed is None:
        return not_met(_("The plan does not say whether the watchlist is reviewed before the deployment."))
    if not reviewed:
        return not_met(_("The plan says that the watchlist is not reviewed before the deployment."))
    return met(_("The watchlist is reviewed before the deployment."))


@check
def watchlist_age(subject: Subject, *, hours: int) -> Found:
    before = subject.tell("watchlist", "built_hours_before")
    if before is None:
        return not_met(_("The plan does not say when the watchlist is made."))
    words = ngettext(
        "It is made %(n)s hour before the start", "It is made %(n)s hours before the start", before
    ) % {"n": f"{before:,}"}
    limit = _("the limit is %(n)s") % {"n": f"{hours:,}"}
    return (not_met if before > hours else met)(f"{words}; {limit}.")


@check
def under_18_separately_authorised(subject: Subject) -> Found:
    expected = subject.tell("watchlist", "under_18_expected")
    if expected is None:
        return not_met(_("The plan does not say how many people under 18 are expected on the watchlist."))
    if not expected:
        return met(_("Nobody under 18 is expected on the watchlist."))
    if subject.tell("watchlist", "under_18_reason") is None:
        return not_met(_("The plan does not say why people under 18 must be on the watchlist."))
    number = ngettext("%(n)s person under 18", "%(n)s people under 18", expected) % {"n": f"{expected:,}"}
    if subject.authority is None:
        raise CannotTell(
            _("Must be authorised separately: %(people)s.") % {"people": number}, subject.starts_at
        )
    if UNDER_18 not in subject.authority.separately:
        return not_met(_("Not authorised separately: %(people)s.") % {"people": number})
    return met(_("Authorised separately: %(people)s.") % {"people": number})
