"""Claims to hold against the records: about arrests from March to May 2024, unless said otherwise."""

from datetime import date

from coordination.collation.models import Claim
from forces.models import Force


def make_claim(subject: Force | None, value: int, **fields) -> Claim:
    given = {
        "code": f"claim-{Claim.objects.count()}",
        "role": "claim",
        "claimant": "Somebody",
        "subject": subject,
        "first": date(2024, 3, 1),
        "last": date(2024, 5, 31),
        "precision": "month",
        "measure": "arrests",
        "value": value,
        "qualifier": "stated",
        "source": "A report",
    }
    return Claim.objects.create(**given | fields)
