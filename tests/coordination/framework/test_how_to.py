"""The page that says how to add a requirement is true: its code is run as it stands, and the rule is asked for."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from coordination.framework.rules import rules_for
from forces.clock import db_now, london_date

pytestmark = pytest.mark.django_db
PAGE = Path(settings.BASE_DIR) / "docs/how-to/add-a-requirement.md"


def test_the_requirement_of_the_page_is_in_force_from_its_day(shipped, national_lead, adviser, client):
    blocks = re.findall(
        r"^ +```python\n(.*?)^ +```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    said: dict = {}
    for code in blocks:
        exec(compile(re.sub(r"(?m)^ {3}", "", code), str(PAGE), "exec"), said)
    day = max(london_date(db_now()) + timedelta(days=1), date(2027, 1, 1))
    version = said["add_it"](national_lead, adviser, takes_effect_on=day, at=db_now())
    assert version.number == 2
    assert "notice-languages" not in {rule.code for rule in rules_for(None, day - timedelta(days=1))}
    (rule,) = [rule for rule in rules_for(None, day) if rule.code == "notice-languages"]
    assert not rule.blocks
    assert rule.applies_to.place_types == ("town_centre", "transport")
    assert client.get(f"/framework/notice-languages/?on={day}").status_code == 200
