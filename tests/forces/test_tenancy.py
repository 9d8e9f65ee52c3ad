"""Scopes: nothing set shows nothing, and leaving one puts things back."""

import pytest

from forces.capabilities import Capability
from forces.models import Membership, Person
from forces.permissions import may
from forces.tenancy import acting, current_scope, national_scope, scope

pytestmark = pytest.mark.django_db


def test_nothing_set_shows_no_membership(kent_planner):
    assert Membership.objects.count() == 0
    assert Person.objects.count() == 0


def test_a_planner_sees_their_own_force_and_not_another(kent_planner, avon_planner):
    with scope(kent_planner):
        assert {m.force.slug for m in Membership.objects.all()} == {"kent"}
        assert avon_planner.pk not in set(Person.objects.values_list("pk", flat=True))
    assert Membership.objects.count() == 0


def test_the_national_lead_sees_every_force(kent_planner, avon_planner, national_lead):
    with scope(national_lead):
        assert {m.force.slug for m in Membership.objects.all()} == {"kent", "avon-and-somerset"}
    assert Membership.objects.count() == 0


def test_acting_inside_a_reading_scope_ends_with_it(kent, kent_planner):
    with scope(kent_planner):
        before = current_scope()
        with acting(kent, kent_planner):
            assert current_scope().writes == kent.pk
        assert current_scope() == before


def test_a_failure_inside_a_scope_puts_things_back(kent, kent_planner):
    with pytest.raises(ValueError, match="told you so"), acting(kent, kent_planner):
        raise ValueError("told you so")
    assert current_scope().writes is None
    assert Membership.objects.count() == 0


def test_a_right_is_about_one_force(kent, avon, kent_publisher):
    assert may(kent_publisher, Capability.PUBLISH_RESULTS, kent)
    assert not may(kent_publisher, Capability.PUBLISH_RESULTS, avon)
    assert not may(kent_publisher, Capability.PUBLISH_RESULTS)


def test_national_scope_reads_and_does_not_write(kent, kent_planner, national_lead):
    from django.db import DatabaseError, transaction

    with national_scope(national_lead):
        membership = Membership.objects.first()
        assert Membership.objects.filter(pk=membership.pk).update(rank="staff") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            membership.pk = None
            membership.role = "auditor"
            membership.save(force_insert=True)
