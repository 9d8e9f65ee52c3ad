"""Version 1 of the framework: it loads once, says where each requirement comes from, claims no more than was read."""

from datetime import date

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from coordination.framework.checks import CHECKS
from coordination.framework.models import Requirement, Version
from coordination.framework.reference import FRAMEWORK, load, load_framework
from coordination.framework.rules import rules_for
from events.models import Event
from forces.clock import db_now

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 23)


def test_it_loads_once_and_says_so(shipped):
    assert shipped.is_adopted
    assert shipped.number == 1
    assert not load_framework(at=db_now())
    assert load().endswith("in version 1")
    assert Version.objects.count() == 1
    assert Event.objects.filter(name="framework.adopted.v1", is_public=True).count() == 1


def test_every_check_but_none_that_does_not_exist_is_used(shipped):
    used = set(Requirement.objects.exclude(check_name="").values_list("check_name", flat=True))
    assert used == set(CHECKS)


def test_what_is_not_verified_says_why_and_only_warns(shipped):
    for rule in rules_for(None, NOVEMBER):
        assert rule.source.citation
        assert rule.source.verified or rule.source.note, rule.code
        assert rule.source.verified or not rule.blocks


def test_a_placeholder_is_advice(shipped):
    for rule in rules_for(None, NOVEMBER):
        if "placeholder" in rule.source.citation.lower():
            assert rule.weight == "advice", rule.code
            assert "placeholder" in rule.source.note.lower()


def test_what_the_text_must_cover_is_there(shipped):
    codes = {rule.code for rule in rules_for(None, NOVEMBER)}
    assert {
        "necessity",
        "strict-necessity",
        "authority-rank",
        "dpia",
        "eia",
        "watchlist-age",
        "deletion",
    } <= codes


def test_a_day_before_the_first_version_has_the_rules_that_were_law_then(shipped):
    assert {rule.code for rule in rules_for(None, date(2019, 6, 1))} == {
        "necessity",
        "strict-necessity",
        "appropriate-policy-document",
        "dpia",
        "eia",
        "equality-of-this-deployment",
        "logging",
    }
    assert rules_for(None, date(2000, 10, 1)) == ()


def test_an_adopted_version_and_its_requirements_are_frozen_by_the_database(shipped):
    rows = Requirement.objects.filter(version=shipped, code="dpia")
    for change in (
        lambda: rows.update(title="Another"),
        rows.delete,
        lambda: Requirement.objects.create(
            **{
                field.attname: getattr(rows.get(), field.attname)
                for field in Requirement._meta.concrete_fields
                if field.attname not in {"id", "code"}
            },
            code="one-more",
        ),
        lambda: Version.objects.update(summary="Another"),
    ):
        with pytest.raises(DatabaseError, match=r"can(not)? change"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('check = "location_basis"', 'check = "astrology"', "location-basis: .*No check is called"),
        ("{ hours = 168 }", '{ hours = "a week" }', "notice-period: .*whole number"),
        ("{ hours = 168 }", "{ weeks = 1 }", "notice-period: .*no such parameter"),
        ('fixed_by = "training_lead"', 'fixed_by = "wizard"', "people-trained: .*role"),
        ('group = "system"', 'grupo = "system"', "within-tested: .*grupo"),
        ("verified = true\nverified_on = 2026-11-23", "verified = true", "Enter the day"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_requirement(tmp_path, old, new, complaint):
    text = FRAMEWORK.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "framework.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        load_framework(path, at=db_now())
    assert not Version.objects.exists()
