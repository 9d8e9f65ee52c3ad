"""The register of algorithm versions."""

import pytest
from django.db import IntegrityError, transaction

from coordination.evaluations import reference
from coordination.evaluations.actions import AlreadyKnown, add_algorithm_version, describe
from coordination.evaluations.models import AlgorithmVersion
from events.models import Event
from forces.clock import db_now
from forces.refusals import Forbidden, Invalid

pytestmark = pytest.mark.django_db


def add(by, **changes):
    said = {"vendor": "NEC", "product": "NeoFace", "version": "V4", "source": "A report"}
    return add_algorithm_version(**said | changes, by=by, at=db_now())


def test_the_national_lead_adds_a_version_and_one_event_tells(national_lead):
    algorithm = add(national_lead)
    assert not algorithm.is_verified
    assert algorithm.as_document() == {"vendor": "NEC", "product": "NeoFace", "version": "V4"}
    event = Event.objects.get(name="algorithm.added.v1")
    assert (event.payload["algorithm"], event.person_id, event.is_public) == (
        algorithm.pk,
        national_lead.pk,
        True,
    )


@pytest.mark.parametrize("person", ["kent_publisher", "kent_owner", "regulator"])
def test_others_cannot_add_or_describe_a_version(person, national_lead, request):
    algorithm = add(national_lead)
    stranger = request.getfixturevalue(person)
    with pytest.raises(Forbidden):
        add(stranger, version="V5")
    with pytest.raises(Forbidden):
        describe(algorithm, source="Rumour", is_verified=True, by=stranger, at=db_now())


def test_a_version_is_added_once(national_lead):
    add(national_lead)
    with pytest.raises(AlreadyKnown, match="NEC NeoFace V4"):
        add(national_lead)
    add(national_lead, technology="retrospective")
    assert Event.objects.filter(name="algorithm.added.v1").count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": " "}, "source"),
        ({"vendor": ""}, "vendor"),
        ({"technology": "psychic"}, "technology"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"product": "x" * 121}, "product"),
    ],
)
def test_a_version_without_its_facts_is_refused(national_lead, changes, field):
    with pytest.raises(Invalid) as refused:
        add(national_lead, **changes)
    assert field in refused.value.errors
    assert not AlgorithmVersion.objects.exists()


def test_an_unknown_version_is_null_in_documents(national_lead):
    assert add(national_lead, version="").as_document()["version"] is None


def test_describing_changes_what_is_said_and_never_what_it_is(national_lead):
    algorithm = add(national_lead)
    described = describe(
        algorithm,
        source="The maker's own page",
        is_verified=True,
        notes="Read.",
        by=national_lead,
        at=db_now(),
    )
    described.refresh_from_db()
    assert (described.source, described.is_verified, described.version) == (
        "The maker's own page",
        True,
        "V4",
    )
    assert Event.objects.filter(name="algorithm.described.v1", subject=f"algorithm:{algorithm.pk}").exists()


def test_what_is_made_up_cannot_be_verified(national_lead):
    reference.load_algorithms(at=db_now())
    made_up = AlgorithmVersion.objects.get(is_made_up=True)
    with pytest.raises(Invalid):
        describe(made_up, source="A dream", is_verified=True, by=national_lead, at=db_now())
    with pytest.raises(IntegrityError), transaction.atomic():
        AlgorithmVersion.objects.filter(pk=made_up.pk).update(is_verified=True)


def test_the_reference_loads_once_and_verifies_nothing():
    assert reference.load_algorithms(at=db_now()) == 6
    assert reference.load_algorithms(at=db_now()) == 0
    assert not AlgorithmVersion.objects.filter(is_verified=True).exists()
    assert AlgorithmVersion.objects.filter(is_made_up=True).count() == 1
    assert "6 algorithm versions, 0 new" in reference.load()


def test_the_reference_leaves_out_what_is_made_up_in_production(settings):
    settings.DEMONSTRATION = False
    assert reference.load_algorithms(at=db_now()) == 5
    assert not AlgorithmVersion.objects.filter(is_made_up=True).exists()


def test_the_reference_never_overwrites_what_people_said(national_lead):
    reference.load_algorithms(at=db_now())
    algorithm = AlgorithmVersion.objects.get(version="V4")
    describe(algorithm, source="Seen on its certificate", is_verified=True, by=national_lead, at=db_now())
    reference.load_algorithms(at=db_now())
    assert AlgorithmVersion.objects.get(version="V4").is_verified
