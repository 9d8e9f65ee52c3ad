"""Claims as they stand beside the records: what was worked out last, in three short queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coordination.collation.figures import Code, Coverage, Figure, Tally, figure
from coordination.collation.measures import BY_CODE, Measure, Rate
from coordination.collation.reconciliation.answers import Answer
from coordination.collation.reconciliation.models import Claim, Precision, Qualifier, Role
from coordination.collation.series import breaks_within
from forces.models import BodyType, Force, Realm
from register.models import Tier

NOT_SUMMED = Code.NOT_AVAILABLE


@dataclass(frozen=True, slots=True)
class Line:
    """One claim with its answer, None if it has not been held against the records yet.

    `forces` are those that the answer speaks of, by id; `figures` are all published figures, by id.
    """

    claim: Claim
    answer: Answer | None
    as_of: datetime | None
    forces: Mapping[int, Force]
    figures: Mapping[int, Claim]

    @property
    def measure(self) -> Measure | Rate:
        return BY_CODE[self.claim.measure]

    @property
    def is_summed(self) -> bool:
        """Whether the records can be added up for this measure: some give it, and none would mislead."""
        return self.answer is not None and not self.answer.both.misleading and self.answer.both.known > 0

    @property
    def tolerance(self) -> int:
        """How far the claimed value may lie from what it was rounded from; 0 where it is not known to be rounded."""
        return (self.claim.rounded_to or 0) // 2

    @property
    def own_difference(self) -> int | None:
        """Claimed less what forces' own records come to; None where they are not summed."""
        return self.claim.value - self.answer.own.total if self.answer and self.is_summed else None

    @property
    def difference(self) -> int | None:
        """Claimed less what all records come to; None where they are not summed."""
        return self.claim.value - self.answer.both.total if self.answer and self.is_summed else None

    @property
    def agrees(self) -> bool:
        """Whether all records come to the claim, within its rounding."""
        return self.difference is not None and abs(self.difference) <= self.tolerance

    @property
    def own_agrees(self) -> bool:
        return self.own_difference is not None and abs(self.own_difference) <= self.tolerance

    @property
    def has_open_ends(self) -> bool:
        """Whether the source leaves open on which days its period begins and ends."""
        return self.claim.precision == Precision.MONTH

    @property
    def is_rounded(self) -> bool:
        return self.claim.qualifier == Qualifier.ROUNDED

    def figure(self, tally: Tally, *, force: Force | None = None) -> Figure:
        """What a tally of all its forces, or of one, comes to with its marks; [x] where it is not to be summed."""
        measure = self.measure
        if tally.misleading:
            return Figure(measure, tally, None, NOT_SUMMED)
        codes = [one.code for one in ([force] if force else self.forces.values())]
        has_break = bool(breaks_within(measure.code, codes, self.claim.first, self.claim.last))
        return figure(measure, tally, has_break=has_break)

    def query(self, tier: str = "", *, force: Force | None = None) -> dict[str, str]:
        """The list of the records behind a sum, in the words of the list."""
        one = force or self.claim.subject
        asked = {"force": one.slug} if one else {}
        asked |= {"since": self.claim.first.isoformat(), "until": self.claim.last.isoformat()}
        if tier:
            asked |= {"tier": tier, "measure": self.claim.measure}
        return asked


@dataclass(frozen=True, slots=True)
class Lines:
    """Every claim, in the order of the file. `as_of` is when they were held against the records; None: not yet."""

    lines: tuple[Line, ...]
    as_of: datetime | None
    territorial: tuple[Force, ...]

    def coverage(self, line: Line, *, tier: str = "") -> Coverage | None:
        """Of how many forces the records speak; None for a claim about one force."""
        if line.claim.subject is not None or line.answer is None:
            return None
        counted = [
            line.forces[part.force]
            for part in line.answer.parts
            if part.force in line.forces
            and (
                (part.own.records and tier != Tier.SECONDARY)
                or (part.others.records and tier != Tier.PRIMARY)
            )
        ]
        existed = [
            force
            for force in self.territorial
            if (force.valid_from is None or force.valid_from <= line.claim.last)
            and (force.valid_until is None or force.valid_until > line.claim.first)
        ]
        return Coverage(
            counted=sum(force.body_type == BodyType.TERRITORIAL for force in counted),
            territorial=len(existed),
            others=tuple(force.name for force in counted if force.body_type != BodyType.TERRITORIAL),
        )


def held() -> Lines:
    """All claims with what the records came to beside each."""
    published = {claim.pk: claim for claim in Claim.objects.select_related("subject", "reconciled")}
    answers = {
        claim.pk: Answer.from_json(claim.reconciled.answer)
        for claim in published.values()
        if getattr(claim, "reconciled", None) is not None
    }
    forces = {force.pk: force for force in Force.objects.filter(realm=Realm.NATIONAL).order_by("name")}
    lines = tuple(
        Line(
            claim,
            answer,
            claim.reconciled.as_of if answer else None,
            {part.force: forces[part.force] for part in answer.parts} if answer else {},
            published,
        )
        for claim in published.values()
        if claim.role == Role.CLAIM
        for answer in (answers.get(claim.pk),)
    )
    moments = [line.as_of for line in lines if line.as_of]
    territorial = tuple(force for force in forces.values() if force.body_type == BodyType.TERRITORIAL)
    return Lines(lines, min(moments, default=None), territorial)
