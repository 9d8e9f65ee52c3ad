"""Each rule finds what it is for, and nothing in a clean file."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from coordination.intake import rules_page
from coordination.intake.models import Finding
from coordination.intake.rules import RULES
from tests.coordination.intake import making
from tests.coordination.intake.conftest import EDITION, plain, row

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]

TWELVE = [plain(f"Place {n}", f"{n + 1:02d}/03/25", 10_000 + n, lasted=f"5h {n:02d}m") for n in range(12)]
STOPPED = ["High Street", "21/02/20", "1, 2", "7316", *["N/A"] * 8]

# Rows and the numbers of those that the rule must find.
FOUND = {
    "date_in_future": ([plain("Old Bridge", "01/01/38", 1)], [1]),
    "date_before_2015": ([plain("Old Bridge", "31/12/14", 1)], [1]),
    "threshold_out_of_range": ([row(threshold="64"), row("Canal Walk", threshold="0")], [1, 2]),
    "alerts_do_not_add_up": ([row(alerts="9")], [1]),
    "outcomes_exceed_alerts": ([row(none="9")], [1]),
    "arrests_exceed_true_alerts": ([row(arrests="8", other="0", none="0")], [1]),
    "false_alert_rate_differs": ([row(rate="0.03%"), row("Canal Walk", rate="0%")], [1, 2]),
    "faces_per_hour_unusual": ([*TWELVE, plain("Far Field", "28/03/25", 900)], [13]),
    "duration_unusual": ([row(lasted="17h 00m"), row("Canal Walk", lasted="0h10m")], [1, 2]),
    "watchlist_jump": ([*EDITION, plain("Bond Street", "02/05/25", 1, watchlist="19199")], [5]),
    "date_out_of_order": ([*EDITION[:2], plain("Dalston", "02/05/24", 602), *EDITION[2:]], [3]),
    "duplicate_row": ([EDITION[0], EDITION[1], EDITION[0]], [1, 3]),
    "same_day_and_place": ([EDITION[0], plain("old bridge", "02/05/25", 5, lasted="2h00m")], [1, 2]),
    "threshold_changed": ([EDITION[0], plain("Canal Walk", "03/05/25", 5, threshold="0.62")], [2]),
    "no_figures": ([["Old Bridge", "02/05/25", *[""] * 14]], [1]),
}
# Shown by other tests of this package, for they need a register, another layout or other forces.
ELSEWHERE = {
    "unknown_force",
    "force_not_in_being",
    "aborted",
    "match_ambiguous",
    "force_published_itself",
    "another_source_differs",
    "correction_found",
    "gone_from_source",
}


def numbers(batch, code):
    return list(
        Finding.objects.filter(batch=batch, code=code).order_by("number").values_list("number", flat=True)
    )


@pytest.mark.parametrize("code", sorted(FOUND))
def test_a_rule_finds_what_it_is_for(met, bring, code):
    rows, expected = FOUND[code]
    batch = bring(rows)
    assert numbers(batch, code) == expected
    finding = Finding.objects.filter(batch=batch, code=code).first()
    assert finding.severity == RULES[code].severity
    assert "%(" not in finding.message


def test_every_rule_is_shown_to_find_something():
    assert set(FOUND) | ELSEWHERE == set(RULES)


def test_a_clean_file_has_no_findings(met, bring):
    batch = bring(EDITION)
    assert list(Finding.objects.filter(batch=batch).values_list("code", flat=True)) == []


def test_a_force_that_is_not_on_the_list_is_an_error(bring):
    batch = bring(EDITION)
    assert numbers(batch, "unknown_force") == [1, 2, 3, 4]


def test_a_force_that_did_not_exist_is_a_warning(met, bring):
    met.valid_until = "2025-05-06"
    met.save()
    assert numbers(bring(EDITION), "force_not_in_being") == [3, 4]


def test_an_aborted_deployment_is_noted(met, bring):
    batch = bring([STOPPED], heading=making.HEADING_2020)
    assert numbers(batch, "aborted") == [1]


def test_a_missing_place_is_an_error_with_its_column(met, bring):
    batch = bring([plain("", "02/05/25", 1)])
    (finding,) = Finding.objects.filter(batch=batch, severity="error")
    assert (finding.code, finding.column) == ("missing_place", "Deployment Location")
    assert finding.where == "row 1, column Deployment Location"


def test_the_page_of_rules_is_what_the_rules_say():
    with translation.override("en-gb"):
        assert (ROOT / "docs" / "import-rules.md").read_text(encoding="utf-8") == rules_page.page(), (
            "run: python manage.py import_rules > docs/import-rules.md"
        )
