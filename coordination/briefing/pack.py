"""What a briefing pack says, read in one state of the register: own records, other sources and claims each apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from coordination.briefing.addresses import Addresses
from coordination.briefing.asked import REALM, Asked
from coordination.briefing.figures import Line, day
from coordination.briefing.outliers import Outliers, outliers
from coordination.briefing.reading import Content, content, lines_of
from coordination.collation.measures import (
    ALERTS,
    ARRESTS,
    DEPLOYMENTS,
    ENFORCEMENT_ACTIONS,
    ENGAGEMENTS,
    FACES_SEEN,
    FALSE_ALERTS,
    FAR_ALERTS,
    FAR_FACES,
    NO_ACTION,
    OTHER_ACTION,
    TRUE_ALERTS,
    Measure,
    Rate,
)
from coordination.collation.published import words
from coordination.collation.published.declaration import Published
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Table
from coordination.collation.published.tables import (
    DEPLOYMENTS_BY_FORCE,
    DEPLOYMENTS_BY_SETTING,
    DEPLOYMENTS_BY_USE_CASE,
    DEPLOYMENTS_BY_YEAR,
    OUTCOMES_BY_YEAR,
)
from coordination.collation.reconciliation import queries as reconciliation
from coordination.collation.reconciliation.models import Claim, Moved, Precision, Qualifier
from register import revisions
from register.archives import State
from register.models import Tier
from register.revisions import Revision, Wanted

HEADLINES = (DEPLOYMENTS, FACES_SEEN, ALERTS, TRUE_ALERTS, FALSE_ALERTS, FAR_ALERTS, FAR_FACES, ARRESTS)
_RATES = (DEPLOYMENTS, ALERTS, FALSE_ALERTS, FAR_ALERTS)
_OUTCOMES = (ENGAGEMENTS, ARRESTS, OTHER_ACTION, NO_ACTION, ENFORCEMENT_ACTIONS)
TABLES: tuple[tuple[Published, Tier, tuple[Measure | Rate, ...]], ...] = (
    (DEPLOYMENTS_BY_YEAR, Tier.PRIMARY, HEADLINES),
    (DEPLOYMENTS_BY_FORCE, Tier.PRIMARY, HEADLINES),
    (OUTCOMES_BY_YEAR, Tier.PRIMARY, _OUTCOMES),
    (DEPLOYMENTS_BY_USE_CASE, Tier.PRIMARY, _RATES),
    (DEPLOYMENTS_BY_SETTING, Tier.PRIMARY, _RATES),
    (DEPLOYMENTS_BY_YEAR, Tier.SECONDARY, (DEPLOYMENTS, ALERTS, FALSE_ALERTS, ARRESTS)),
    (DEPLOYMENTS_BY_FORCE, Tier.SECONDARY, (DEPLOYMENTS, ALERTS, FALSE_ALERTS, ARRESTS)),
)
LATEST_REVISIONS = 20


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Figures of one published table, of one kind of source. `address` is its page."""

    code: str
    title: str
    tier: str
    coverage: str
    remarks: tuple[str, ...]
    address: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Claimed:
    """One figure that somebody else published, beside what the records of its time come to, each kind apart.

    `own` and `others` are as shown, with codes; "" where nothing was worked out yet.
    """

    code: str
    claimant: str
    what: str
    period: str
    claimed: str
    is_verified: bool
    own: str
    own_number: int | None
    own_query: str
    others: str
    others_number: int | None
    others_query: str
    apart: str
    address: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One revision of the register. `fields` are figures with what they said before and say now."""

    name: str
    kind: str
    at: datetime
    reference: str
    force: str
    fields: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that is open at the centre or at forces: how many, and since when. Not public."""

    title: str
    count: int
    oldest: datetime | None
    hint: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"oldest": self.oldest.isoformat() if self.oldest else None}


@dataclass(frozen=True, slots=True)
class Briefing:
    """`headlines` are forces' own records and other sources, apart; `claims_as_of` is when claims were last held
    against the records, None if there are none."""

    headlines: tuple[Content, ...]
    tables: tuple[KeyTable, ...]
    caveats: tuple[str, ...]
    outliers: Outliers
    claims: tuple[Claimed, ...]
    claims_as_of: datetime | None
    revisions: tuple[Changed, ...]
    register: str
    as_of: datetime | None

    @property
    def lines(self) -> tuple[Line, ...]:
        found = [line for each in self.headlines for part in each.parts for line in part.total]
        return (*found, *(line for table in self.tables for line in table.lines))

    @property
    def figures(self) -> dict[str, Any]:
        """All that follows from the register alone."""
        return {
            "text": [said for each in self.headlines for said in each.text],
            "lines": [line.as_json() for line in self.lines],
            "outliers": asdict(self.outliers),
            "claims": [asdict(each) for each in self.claims],
            "revisions": [asdict(each) | {"at": each.at.isoformat()} for each in self.revisions],
        }


def is_settled() -> bool:
    """Whether claims have been held against the records as they stand."""
    return not Moved.objects.exists()


def read(addresses: Addresses, state: State) -> Briefing:
    """Inside `steady`."""
    headlines = [_headline(tier, addresses, state) for tier in Tier]
    lines = reconciliation.held()
    found = revisions.page(Wanted(REALM), after=None, size=LATEST_REVISIONS).revisions
    return Briefing(
        tuple(headlines),
        tuple(_tables(addresses)),
        tuple(dict.fromkeys(said for each in headlines for said in each.caveats)),
        outliers(REALM, tier=Tier.PRIMARY.value),
        tuple(_claimed(line, addresses) for line in lines.lines),
        lines.as_of,
        tuple(_changed(each, addresses) for each in found),
        state.version,
        state.as_of,
    )


def _headline(tier: Tier, addresses: Addresses, state: State) -> Content:
    asked = Asked.stored(DEPLOYMENTS_BY_YEAR.code, {"tier": tier.value} if tier != Tier.PRIMARY else {})
    codes = [measure.code for measure in HEADLINES]
    return content(
        asked, measures=codes, left_out=(), addresses=addresses, state=state, only_deployments=True
    )


def _tables(addresses: Addresses) -> Iterator[KeyTable]:
    for published, tier, measures in TABLES:
        table = Table.of(published, Question(REALM, tier=tier.value), columns=measures)
        if table.total is None:
            continue
        total, rows = lines_of(table, addresses)
        yield KeyTable(
            published.code,
            words.title(table),
            tier.value,
            words.coverage(table),
            tuple(map(str, published.dimension.remarks(table))),
            addresses.of_table(published.code, table.question.words(published)),
            (*rows, *total),
        )


def _claimed(line: reconciliation.Line, addresses: Addresses) -> Claimed:
    claim, answer = line.claim, line.answer
    own: tuple[str, int | None] = ("", None)
    others = own
    if answer is not None:
        own, others = (_sum(line, tally) for tally in (answer.own, answer.others))
    return Claimed(
        claim.code,
        claim.claimant,
        _("%(measure)s, %(subject)s")
        % {
            "measure": line.measure.label,
            "subject": claim.subject.name if claim.subject else _("England and Wales"),
        },
        _period(claim),
        _value(claim),
        claim.is_verified,
        *own,
        addresses.of_records(urlencode(line.query(Tier.PRIMARY.value))),
        *others,
        addresses.of_records(urlencode(line.query(Tier.SECONDARY.value))),
        _apart(line),
        addresses.of_claim(claim.code),
    )


def _sum(line: reconciliation.Line, tally: Any) -> tuple[str, int | None]:
    found = line.figure(tally)
    if found.number is None or not line.is_summed:
        code = found.code.shown if found.code else "[x]"
        return code, None
    number = int(found.number)
    return " ".join([f"{number:,}", *(mark.shown for mark in found.marks)]), number


def _apart(line: reconciliation.Line) -> str:
    """How far the claim is from forces' own records alone."""
    if line.answer is None:
        return _("not worked out yet")
    apart = line.own_difference
    if apart is None:
        return _("not summed")
    if line.own_agrees:
        return _("agree")
    return f"{apart:+,}"


def _period(claim: Claim) -> str:
    """As exactly as the source gives it."""

    def said(on: Any) -> str:
        match claim.precision:
            case Precision.YEAR:
                return str(on.year)
            case Precision.MONTH:
                return f"{MONTHS[on.month]} {on.year}"
        return day(on)

    ends = list(dict.fromkeys((said(claim.first), said(claim.last))))
    return _(" to ").join(ends)


def _value(claim: Claim) -> str:
    number = f"{claim.value:,}"
    if claim.qualifier == Qualifier.MORE_THAN:
        return _("more than %s") % number
    return _("%s, rounded") % number if claim.qualifier == Qualifier.ROUNDED else number


def _changed(revision: Revision, addresses: Addresses) -> Changed:
    """Its reason and every text stay where they stand: they go there if the document is removed."""
    figures = [
        f"{each.path[-1].replace('_', ' ')}: {_number(each.old)} → {_number(each.new)}"
        for each in revision.differences or ()
        if each.path[0] == "figures"
    ]
    others = len(revision.differences or ()) - len(figures)
    if others:
        figures.append(_("other fields: %s") % others)
    return Changed(
        revision.name,
        revision.kind.value,
        revision.at,
        revision.reference,
        revision.force_name,
        tuple(figures),
        f"{addresses.of_revisions(revision.reference)}#{revision.name}",
    )


def _number(said: Any) -> str:
    return f"{said.value:,}" if isinstance(said.value, int) else "[x]"


def waiting_from(stored: Sequence[Mapping[str, Any]]) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(
            each["title"],
            each["count"],
            datetime.fromisoformat(each["oldest"]) if each["oldest"] else None,
            each["hint"],
        )
        for each in stored
    )
