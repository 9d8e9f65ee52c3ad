"""What each statistic means, from its declaration."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from api import examples, shapes
from api.describe import described
from api.endpoint import Endpoint, answer
from coordination.collation.figures import MEANINGS
from coordination.collation.measures import DECLARED, Rate


@described(
    tag="Statistics",
    summary=_("List measures"),
    description=_(
        "Every statistic with its definition, unit, source and what it may be compared with; and what each "
        "code in square brackets means."
    ),
    answer=shapes.MEASURES,
    example=examples.MEASURES,
)
class Measures(Endpoint):
    def get(self, request: HttpRequest) -> HttpResponse:
        self.ask().finish()
        return answer(
            {
                "items": described_measures(),
                "codes": [{"code": code.value, "meaning": str(words)} for code, words in MEANINGS.items()],
            }
        )


def described_measures() -> list[dict[str, Any]]:
    return [
        {
            "code": measure.code,
            "label": str(measure.label),
            "definition": str(measure.definition),
            "unit": str(measure.unit),
            "source": str(measure.source),
            "comparing": str(measure.comparability),
            "is_estimate": not isinstance(measure, Rate) and measure.estimate,
            "numerator": measure.numerator.code if isinstance(measure, Rate) else None,
            "denominator": measure.denominator.code if isinstance(measure, Rate) else None,
        }
        for measure in DECLARED
    ]
