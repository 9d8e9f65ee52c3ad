"""How an address ends, and how a second version of one resource lives beside the first."""

from datetime import UTC, datetime

import pytest
from django.http import Http404
from django.urls import path

from api import shapes
from api.deployments import REALM
from api.describe import Parameter, described
from api.endings import Ending
from api.endpoint import Endpoint, answer, compact, etag, realm_asked
from api.schema import Generator
from config.urls import *  # noqa: F403 - the real addresses, and a second version
from config.urls import urlpatterns as real
from forces.clock import db_now
from register import actions
from register.canonical import canonical_bytes
from register.queries import bodies, history

pytestmark = pytest.mark.django_db

# Version 2 of one resource, as it would be written: the record turned inside out. Nothing else changes, and version
# 1 of this one address begins to say when it ends.
GOES = Ending(
    since=datetime(2027, 1, 1, tzinfo=UTC),
    sunset=datetime(2028, 7, 1, tzinfo=UTC),
    successor="/api/v2/records/{reference}",
    about="/developers/#versions",
)
REFERENCE = Parameter("reference", "Such as LFR-7K2M-Q4XD.", place="path")


def entries(reference, realm):
    found = [entry for entry in history(reference) if entry.realm == realm]
    if not found:
        raise Http404
    return found, bodies(entry.pk for entry in found)


@described(
    tag="Records",
    summary="Read one record",
    description="Every version with its exact document.",
    parameters=(REFERENCE, REALM),
    answer=shapes.of("A record.", reference=shapes.RECORD["reference"], versions=shapes.listed({})),
    example={"reference": "LFR-7K2M-Q4XD", "versions": []},
    refusals=(400, 404, 405, 406),
)
class Record2(Endpoint):
    """Stored bytes go out as they are, whatever schema they follow."""

    def get(self, request, reference):
        ask = self.ask()
        realm = realm_asked(ask)
        ask.finish()
        found, kept = entries(reference, realm)
        versions = [
            compact({"number": entry.version, "schema": entry.schema})[:-1]
            + b',"document":'
            + kept.get(entry.pk, b"null")
            + b"}"
            for entry in found
        ]
        head = compact({"reference": reference})[:-1]
        return answer(head + b',"versions":[' + b",".join(versions) + b"]}", tag=etag(f"2-{len(found)}"))


@described(
    tag="Deployments",
    summary="Read one deployment",
    description="Version 1, which is to end.",
    parameters=(REFERENCE, REALM),
    answer={"type": "object"},
    example={},
    ending=GOES,
)
class Record1(Endpoint):
    def get(self, request, reference):
        ask = self.ask()
        realm = realm_asked(ask)
        ask.finish()
        found, _kept = entries(reference, realm)
        response = answer({"reference": found[0].reference})
        response["Link"] = '</api/v1/deployments>; rel="collection"'
        return response


second = [
    path("api/v2/records/<reference>", Record2.as_view()),
    path("api/v1/records/<reference>", Record1.as_view()),
]
urlpatterns = [*second, *real]


@pytest.fixture(autouse=True)
def two_versions(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def reference(kent, entered):
    document = entered(kent)
    actions.correct(
        {**document, "on": "2024-05-07"},
        force=kent,
        origin="submitted",
        by=None,
        at=db_now(),
        reason="The date was misread.",
    )
    actions.withdraw(
        document["reference"], force=kent, by=None, at=db_now(), reason="It never took place at all."
    )
    return document["reference"]


def test_an_address_that_ends_says_so(client, reference):
    response = client.get(f"/api/v1/records/{reference}")
    assert response["Deprecation"] == "@1798761600"
    assert response["Sunset"] == "Sat, 01 Jul 2028 00:00:00 GMT"
    assert response["Link"] == (
        '</api/v1/deployments>; rel="collection", '
        '</api/v2/records/{reference}>; rel="successor-version", '
        '</developers/#versions>; rel="deprecation"; type="text/html", '
        '</developers/#versions>; rel="sunset"; type="text/html"'
    )


def test_refusals_of_an_address_that_ends_say_so_too(client, reference):
    for asked in (f"{reference}?colour=blue", "LFR-0000-0000"):
        response = client.get(f"/api/v1/records/{asked}")
        assert (response.status_code >= 400, response["Deprecation"]) == (True, "@1798761600")


def test_an_address_that_stays_says_nothing(client, reference):
    for address in (f"/api/v2/records/{reference}", f"/api/v1/deployments/{reference}", "/api/v1/forces"):
        response = client.get(address)
        assert response.status_code == 200
        assert not {"Deprecation", "Sunset"} & set(response.headers), address


def test_the_document_marks_what_ends():
    paths = Generator(patterns=second).get_schema(public=True)["paths"]
    assert paths["/api/v1/records/{reference}"]["get"]["deprecated"] is True
    assert "deprecated" not in paths["/api/v2/records/{reference}"]["get"]


@pytest.mark.parametrize("sunset", [datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC)])
def test_nobody_has_less_than_a_year_to_leave(sunset):
    with pytest.raises(ValueError, match="at least a year"):
        Ending(since=GOES.since, sunset=sunset)


def test_both_versions_hand_out_the_same_stored_bytes(client, reference):
    """No entry is written again for a new version: a reader of either reads every schema there has been."""
    second = client.get(f"/api/v2/records/{reference}")
    first = client.get(f"/api/v1/deployments/{reference}")
    versions = second.json()["versions"]
    assert [(each["number"], each["schema"]) for each in versions] == [
        (3, "deployment-withdrawal.v1"),
        (2, "deployment-result.v1"),
        (1, "deployment-result.v1"),
    ]
    assert first.json()["document"] == versions[0]["document"]
    for each, told in zip(versions, first.json()["history"], strict=True):
        stored = client.get(told["document_at"]).content
        assert stored in second.content
        assert canonical_bytes(each["document"]) == stored
