"""What a pack says stands out: forces under one setting, months of one force, and why nothing else is compared."""

import pytest

from coordination.briefing.outliers import outliers
from forces.models import Realm

pytestmark = pytest.mark.django_db
ALGORITHM = {"vendor": "Example Vendor", "product": "Watch", "version": "3"}


def counts(alerts, false):
    true = alerts - false
    return {
        "alerts": alerts,
        "true_alerts": true,
        "true_alerts_confirmed": true,
        "false_alerts": false,
        "false_alerts_confirmed": false,
    }


def found():
    return outliers(Realm.NATIONAL.value, tier="primary")


def test_without_records_it_says_that_nothing_is_compared(kent):
    assert found().forces == found().months == ()
    assert found().refusals == (
        "No record names an algorithm or a threshold, so no force is compared with another.",
    )


def test_a_force_beyond_what_chance_explains_is_named_with_its_counts(kent, avon, entered):
    entered(kent, figures=counts(400, 60), algorithm=ALGORITHM)
    entered(avon, figures=counts(400, 4), algorithm=ALGORITHM)
    kent_s, avon_s = sorted((each.words for each in found().forces), reverse=True)
    assert kent_s.startswith(
        "Kent Police with Example Vendor Watch 3, threshold 0.64: 60 of 400 alerts were false, 15.0%"
    )
    assert kent_s.endswith("Above the 99.8% limit.")
    assert "4 of 400" in avon_s and "Below the 99.8% limit." in avon_s
    assert found().judged[0].endswith("0 of 2 forces are within what chance explains.")


def test_one_force_alone_is_not_compared_and_it_says_why(kent, entered):
    entered(kent, algorithm=ALGORITHM)
    assert not found().forces
    assert "fewer than two forces" in found().refusals[0]


def test_months_that_chance_does_not_explain_are_named_with_their_records(kent, entered):
    for month in range(14):
        on = f"{2023 + month // 12}-{month % 12 + 1:02}-10"
        entered(kent, on=on, figures=counts(10 + month if month < 7 else 100 + month, 1))
    (alerts,) = [each for each in found().months if ", alerts by month" in each.words]
    assert alerts.words.startswith("Kent Police, alerts by month, January 2023 to February 2024:")
    assert "cross the median 1 time;" in alerts.words
    assert alerts.query == "force=kent&tier=primary&since=2023-01-01"
