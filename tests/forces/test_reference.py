"""What comes with the project: the 43 forces, the others, their roles and their known use."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from forces.groups import open_national_roles, open_roles
from forces.models import BodyType, Force, ForceGrant, LfrUse, Realm
from forces.reference import load_forces
from forces.roles import FORCE_ROLES, NATIONAL_ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    return load_forces()


def test_there_are_43_territorial_forces_and_others_never_count_among_them(loaded):
    assert Force.objects.national().territorial().count() == 43
    others = Force.objects.national().exclude(body_type=BodyType.TERRITORIAL)
    assert {force.slug for force in others} == {"btp", "immigration-enforcement"}
    assert not others.filter(code__regex=r"^[EW]\d").exists()


def test_every_fact_about_a_force_has_a_source(loaded):
    for force in loaded.values():
        assert force.source
        assert force.realm == Realm.NATIONAL
        assert (force.population is None) == (force.population_source == "")
        assert (force.population is None) == (force.population_year is None)


def test_the_population_of_england_and_wales_is_the_sum_of_its_forces(loaded):
    """ONS mid-2023: 60,854,727 in England and Wales. Our file carries the parts; they must add up to the whole."""
    parts = sum(force.population or 0 for force in loaded.values())
    assert parts == sum(Force.objects.territorial().values_list("population", flat=True))
    assert parts == pytest.approx(60_854_727, abs=1)


def test_the_area_of_a_force_is_not_its_name(loaded):
    hampshire = loaded["E23000030"]
    assert hampshire.name == "Hampshire and Isle of Wight Constabulary"
    assert hampshire.area_name == "Hampshire"
    assert hampshire.slug == "hampshire"


def test_loading_twice_changes_nothing(loaded):
    def everything():
        return (
            list(Force.objects.order_by("pk").values()),
            list(LfrUse.objects.order_by("pk").values()),
            sorted(ForceGrant.objects.values_list("pk", flat=True)),
            sorted(Group.objects.values_list("pk", flat=True)),
        )

    before = everything()
    load_forces()
    assert everything() == before


def test_loading_asks_few_questions(loaded, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        load_forces()


def test_loading_puts_back_a_changed_name_and_keeps_what_people_recorded(loaded):
    Force.objects.filter(slug="kent").update(name="Kent Polise", valid_until=date(2030, 1, 1))
    kent = load_forces()["E23000032"]
    assert kent.name == "Kent Police"
    assert kent.valid_until == date(2030, 1, 1)


def test_a_known_use_says_who_says_so_and_is_marked_unverified(loaded):
    uses = LfrUse.objects.all()
    assert uses
    for use in uses:
        assert use.source
        assert not use.is_verified
        assert use.period.lower is not None


def test_an_unknown_use_is_left_out(loaded):
    assert not LfrUse.objects.filter(force__slug="cumbria").exists()
    essex = LfrUse.objects.filter(force__slug="essex")
    assert not essex.filter(period__contains=date(2026, 3, 18)).exists(), "the day it resumed is not known"


def test_a_use_that_was_declared_since_is_not_loaded_over(loaded):
    from django.db.backends.postgresql.psycopg_any import DateRange

    from forces.tenancy import acting

    essex = loaded["E23000028"]
    with acting(essex, None):
        LfrUse.objects.filter(force=essex, status="own").update(
            period=DateRange(date(2024, 8, 1), date(2024, 8, 3)), source="declared"
        )
        LfrUse.objects.create(
            force=essex,
            status="none",
            period=DateRange(date(2024, 8, 3), date(2026, 3, 17)),
            source="declared",
        )
    load_forces()
    assert [use.status for use in LfrUse.objects.filter(force=essex).order_by("period")] == [
        *("borrowed", "own", "none", "paused")
    ]


def test_every_role_can_be_held_in_every_force(loaded):
    for force in (loaded["E23000001"], loaded["BTP"]):
        for role in FORCE_ROLES.values():
            held = ForceGrant.objects.filter(group__name=f"{force.code}:{role.code}", content_object=force)
            codes = set(held.values_list("permission__codename", flat=True))
            assert codes == {capability.value for capability in role.capabilities}
    for role in NATIONAL_ROLES.values():
        group = Group.objects.get(name=f"national:{role.code}")
        codes = set(group.permissions.values_list("codename", flat=True))
        assert codes == {capability.value for capability in role.capabilities}


def test_a_right_that_a_role_no_longer_carries_is_taken_away(kent):
    planner = Group.objects.get(name=f"{kent.code}:planner")
    publish = Permission.objects.get(codename="publish_results")
    ForceGrant.objects.create(group=planner, permission=publish, content_object=kent)
    open_roles(kent)
    assert not ForceGrant.objects.filter(group=planner, permission=publish).exists()

    open_national_roles()
    regulator = Group.objects.get(name="national:regulator")
    regulator.permissions.add(publish)
    open_national_roles()
    assert publish not in regulator.permissions.all()


def test_load_reference_says_what_it_loaded(capsys):
    call_command("load_reference")
    assert "43 territorial forces and 2 other bodies" in capsys.readouterr().out
