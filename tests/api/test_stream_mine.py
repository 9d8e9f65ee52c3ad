"""The stream of people who are signed in: what their rights let them hear, and only as long as they hold them."""

import asyncio
import json
import time

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client

from api.stream.answers import Refused
from api.stream.asking import Request
from api.stream.hub import TICK
from deployments.events import DeploymentRecorded
from directory.actions import appointments, logins, people
from events.outbox import record
from events.sequencer import sequence
from forces.clock import db_now
from forces.models import Appointment, Membership
from forces.tenancy import acting, national_scope
from register.events import RedactionProposed
from tests.api.following import Follower, cookie, elsewhere, mine, publish
from tests.people import make_force, make_member, make_national

pytestmark = pytest.mark.commits
SECRET = "The van stood before 12 Elm Street."


@pytest.fixture
def kent(committed_db):
    return make_force("E23000032", "kent", "Kent Police")


@pytest.fixture
def avon(committed_db):
    return make_force("E23000036", "avon-and-somerset", "Avon and Somerset Constabulary")


def happens(force, by=None, reason=SECRET):
    """A result is written down, which only the force may know."""
    reference = f"LFR-{db_now().timestamp()}"
    with acting(force, by):
        record(
            DeploymentRecorded(reference, 1),
            force=force,
            by=by,
            at=db_now(),
            subject=reference,
            reason=reason,
        )
    sequence()
    return reference


def asked_for(force):
    """A request for removal, which only those who may read the force's history may know."""
    with acting(force, None):
        record(RedactionProposed(1, "LFR-7K2M-Q4XD"), force=force, by=None, at=db_now(), reason=SECRET)
    sequence()


def followed(streams, who, do, last):
    """What `who` hears of what `do` does, up to the event whose subject `last()` publishes."""
    sequence()  # how the people came here is over

    async def follow():
        follower = await mine(streams(), who)
        await asyncio.to_thread(elsewhere, do)
        final = await asyncio.to_thread(elsewhere, last)
        await follower.until(lambda: final in follower.references)
        await follower.leave()
        return follower

    return asyncio.run(follow())


@pytest.mark.parametrize(
    ("role", "heard"),
    [
        ("planner", ["deployment.recorded.v1", "register.entered.v1"]),
        ("auditor", ["deployment.recorded.v1", "redaction.proposed.v1", "register.entered.v1"]),
    ],
)
def test_a_force_s_people_hear_of_their_force_what_its_pages_show_them(streams, kent, avon, role, heard):
    person = make_member(kent, role)

    def do():
        happens(avon)
        publish(avon)
        happens(kent)
        asked_for(kent)

    follower = followed(streams, person, do, lambda: publish(kent))
    assert follower.names == heard
    assert {data["force"] for _id, _event, data in follower.events} == {"kent"}
    assert SECRET not in json.dumps(follower.events)


def test_a_private_event_says_no_more_than_the_history_page(streams, kent):
    auditor, planner = make_member(kent, "auditor"), make_member(kent, "planner", name="Perpetua Quill")

    def do():
        happens(kent, by=planner)
        asked_for(kent)

    follower = followed(streams, auditor, do, lambda: publish(kent))
    client = Client()
    cookie(auditor, client=client)
    page = client.get("/portal/kent/history/").content.decode()
    assert SECRET in page
    assert "Perpetua Quill" in page
    private = [data for _id, event, data in follower.events if event != "register.entered.v1"]
    assert len(private) == 2
    for said in private:
        assert set(said) == {"position", "event", "subject", "realm", "force", "happened_at"}
        assert said["subject"] is None or said["subject"] in page
        assert said["happened_at"][:19] in page
    assert [bool(said["subject"]) for said in private] == [True, False]


@pytest.mark.parametrize(
    ("role", "heard"),
    [
        ("regulator", ["appointment.made.v1", "deployment.recorded.v1", "redaction.proposed.v1"]),
        ("testing_officer", ["deployment.recorded.v1"]),
    ],
)
def test_national_people_hear_what_their_role_lets_them_read(streams, kent, role, heard):
    person, lead = make_national(role), make_national("national_lead")

    def do():
        appointments.appoint(
            role="training_manager", by=lead, at=db_now(), name="Tam Reed", email="tam@centre.example"
        )
        sequence()
        happens(kent)
        asked_for(kent)

    follower = followed(streams, person, do, lambda: publish(kent))
    found = [name for name in follower.names if name not in ("register.entered.v1", "person.invited.v1")]
    assert found == heard


def end_session(person):
    Session.objects.all().delete()


def let_session_expire(person):
    Session.objects.update(expire_date=db_now())


def sit_idle(person):
    for kept in Session.objects.all():
        said = kept.get_decoded() | {"seen": int(time.time()) - 7200}
        Session.objects.filter(pk=kept.pk).update(session_data=SessionStore().encode(said))


def change_password(person):
    login = person.logins.get()
    login.set_password("a new one that nobody knows")
    login.save()


def disable(person):
    with national_scope():
        login = person.logins.get()
    logins.disable_login(login, by=make_national("national_lead"), at=db_now(), reason="Left.")


def withdraw_membership(person):
    with national_scope():
        held = Membership.objects.select_related("force").get(person=person)
        owner = Membership.objects.get(force=held.force, role="force_owner").person
    people.revoke(held, by=owner, at=db_now(), reason="Moved to another force.")


@pytest.mark.parametrize(
    "end", [end_session, let_session_expire, sit_idle, change_password, disable, withdraw_membership]
)
def test_a_stream_closes_when_the_right_to_it_ends(streams, settings, kent, end):
    settings.STREAM_RIGHTS_BOUND = 15.0
    person, colleague = make_member(kent, "planner"), make_member(kent, "planner")
    make_national("national_lead")

    async def follow():
        both = streams()
        followers = [await mine(both, person)]
        if end not in (end_session, let_session_expire, sit_idle):
            followers.append(await mine(both, colleague))
        known = await asyncio.to_thread(elsewhere, happens, kent)
        for each in followers:
            await each.until(lambda each=each: known in each.references)
        await asyncio.to_thread(elsewhere, end, person)
        async with asyncio.timeout(settings.STREAM_RIGHTS_BOUND):
            await followers[0].task
        later = await asyncio.to_thread(elsewhere, happens, kent)
        assert followers[0].sent[-1] == {"type": "http.response.body", "body": b""}
        # Whose rights go on is not disturbed.
        for each in followers[1:]:
            await each.until(lambda each=each: later in each.references)
            await each.leave()
        assert later not in followers[0].references
        assert not both.hub.clients

    asyncio.run(follow())


def test_a_national_role_that_ends_closes_the_stream_and_the_way_back(streams, settings, kent):
    settings.STREAM_RIGHTS_BOUND = 15.0
    lead, officer = make_national("national_lead"), make_national("testing_officer")

    def dismiss():
        with national_scope():
            held = Appointment.objects.get(person=officer)
        appointments.dismiss(held, by=lead, at=db_now(), reason="Left the centre.")

    async def follow():
        both, browser = streams(), await asyncio.to_thread(elsewhere, cookie, officer)
        follower = await mine(both, browser)
        await asyncio.to_thread(elsewhere, dismiss)
        async with asyncio.timeout(settings.STREAM_RIGHTS_BOUND):
            await follower.task
        assert (await mine(both, browser)).status in {401, 403}

    asyncio.run(follow())


def test_a_role_that_ends_by_its_date_gives_nothing_away_meanwhile(streams, settings, kent):
    """Nobody tells the stream of a date: each chunk is read with the rights of that moment."""
    settings.STREAM_RIGHTS_BOUND = 60.0
    person = make_member(kent, "planner")

    async def follow():
        hub_and_door = streams()
        follower = await mine(hub_and_door, person)
        await asyncio.to_thread(elsewhere, withdraw_membership, person)
        await asyncio.to_thread(elsewhere, happens, kent)
        await follower.task
        assert follower.events == []

    asyncio.run(follow())


def test_people_with_the_same_rights_are_read_for_once(streams, kent):
    planners = [make_member(kent, "planner") for _ in range(3)]
    auditor = make_member(kent, "auditor")
    sequence()

    async def follow():
        hub_and_door = streams()
        followers = [await mine(hub_and_door, each) for each in [*planners, auditor]]
        assert len(hub_and_door.hub._audiences) == 2
        reference = await asyncio.to_thread(elsewhere, happens, kent)
        for each in followers:
            await each.until(lambda each=each: each.references == [reference])
            await each.leave()
        assert not hub_and_door.hub._audiences

    asyncio.run(follow())


def test_one_who_comes_while_others_are_asked_about_is_not_sent_away(streams, kent):
    first, second = (cookie(make_member(kent, "planner")) for _ in range(2))

    async def follow():
        both = streams()
        followers = [await mine(both, first)]
        # The next question about the first is asked while the second waits for an answer of its own.
        both.hub._guard.submit(time.sleep, 2.5)
        followers.append(await mine(both, second))
        await asyncio.sleep(3 * TICK)
        reference = await asyncio.to_thread(elsewhere, happens, kent)
        for each in followers:
            await each.until(lambda each=each: reference in each.references)
            await each.leave()

    asyncio.run(follow())


# The door -----------------------------------------------------------------------------------------------


def ask(streams, questions):
    """The answers to questions, each a query and headers, by one process."""

    async def knock():
        door, answered = streams(), []
        for query, headers in questions:
            follower = await Follower(door, query, headers, path="/stream/mine/").begun()
            answered.append(follower)
            follower.leaving.set()
            await follower.task
        return answered

    return asyncio.run(knock())


def test_strangers_are_told_to_sign_in(streams):
    unknown = [(), [(b"cookie", b"session=short")], [(b"cookie", b"session=" + b"x" * 32)]]
    for follower in ask(streams, [("", headers) for headers in unknown]):
        assert follower.status == 401
        assert "Sign in first" in follower.problem["detail"]


def test_a_role_that_reads_no_records_has_nothing_to_follow(streams, kent):
    (follower,) = ask(streams, [("", [cookie(make_member(kent, "ethics_panel"))])])
    assert follower.status == 403


def test_nobody_chooses_what_to_hear(streams, kent):
    browser = cookie(make_member(kent, "planner"))
    queries = ["force=avon-and-somerset", "realm=demonstration", "person=1", "channel=all"]
    for query, follower in zip(queries, ask(streams, [(each, [browser]) for each in queries]), strict=True):
        assert follower.status == 400
        assert follower.problem["errors"][0]["parameter"] == query.split("=")[0]


FROM = [
    ([(b"origin", b"http://localhost")], 200),
    ([(b"origin", b"http://localhost:8000")], 200),
    ([(b"origin", b"http://localhost:9999")], 403),
    ([(b"origin", b"https://localhost")], 403),
    ([(b"origin", b"http://localhost.example")], 403),
    ([(b"origin", b"null")], 403),
    ([(b"sec-fetch-site", b"same-origin")], 200),
    ([(b"sec-fetch-site", b"cross-site")], 403),
    ([(b"sec-fetch-site", b"same-site")], 403),
    ([(b"host", b"evil.example"), (b"origin", b"http://evil.example")], 400),
]


def test_only_our_own_pages_may_ask(streams, settings, kent):
    settings.SEPARATE_PORTS = [8000, 8001]
    browser = cookie(make_member(kent, "planner"))
    answered = ask(streams, [("", [browser, *headers]) for headers, _status in FROM])
    assert [each.status for each in answered] == [status for _headers, status in FROM]
    for (headers, status), follower in zip(FROM, answered, strict=True):
        allowed = follower.headers.get(b"access-control-allow-origin")
        assert allowed == (dict(headers).get(b"origin") if status == 200 else None)
        assert b"Origin" in follower.headers[b"vary"]


def test_the_public_stream_reads_no_cookie(streams, kent):
    planner = make_member(kent, "planner")

    async def follow():
        follower = await Follower(streams(), headers=[cookie_of]).begun()
        await asyncio.to_thread(elsewhere, happens, kent)
        published = await asyncio.to_thread(elsewhere, publish, kent)
        await follower.until(lambda: published in follower.references)
        await follower.leave()
        assert follower.names == ["register.entered.v1"]
        assert follower.headers[b"access-control-allow-origin"] == b"*"
        assert b"access-control-allow-credentials" not in follower.headers

    cookie_of = cookie(planner)
    asyncio.run(follow())


def test_one_person_has_a_number_of_windows_and_no_more(streams, settings, kent):
    settings.STREAM_PER_PERSON = 2
    settings.STREAM_MOST_SIGNED_IN = 3
    browsers = [cookie(make_member(kent, "planner")) for _ in range(2)]

    async def follow():
        both = streams()
        open_now = [await mine(both, browsers[0]) for _ in range(2)]
        refused = await mine(both, browsers[0])
        assert refused.status == 429
        assert b"retry-after" in refused.headers
        open_now.append(await mine(both, browsers[1]))
        assert (await mine(both, browsers[1])).status == 503
        await open_now.pop(0).leave()
        open_now.append(await mine(both, browsers[0]))
        for each in open_now:
            await each.leave()

    asyncio.run(follow())


def test_behind_a_front_pages_and_stream_are_one_origin(settings):
    settings.HTTPS = True
    asked = {"host": "localhost:8443", "origin": "https://localhost:8443"}
    assert Request("GET", "/stream/mine/", "", asked, "").origin() == asked["origin"]
    with pytest.raises(Refused):
        Request("GET", "/stream/mine/", "", asked | {"origin": "http://localhost:8443"}, "").origin()
