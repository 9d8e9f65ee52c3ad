"""Walk every address with every role: nothing of another force by any door, and no door open to strangers."""

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from events.models import Event
from forces.roles import FORCE_ROLES
from forces.tenancy import national_scope
from tests.site.walker import (
    NOBODY_S_OWN,
    NOTHING,
    Address,
    NoMaker,
    addresses,
    mixtures,
    path,
    path_to_nothing,
    value,
)

ADDRESSES = addresses()
# Open to everybody: the register, signing in, and what a machine asks to see whether the service lives. A force's
# working results are for its own systems: no session of anybody opens them.
OPEN = re.compile(
    r"^(public:|api:(?!working)|developers:|sign-in|choose-password|sign-out|healthz|readyz|set_language|admin:login)"
)
REFUSED = {301, 302, 401, 403, 404, 405}


@pytest.fixture(scope="module")
def cookies(planted):
    """A session for everybody, by (force, role): (“kent”, “planner”), (“”, “nobody”)."""
    everybody = {
        **{("ours", role): person for role, person in planted.ours.people.items()},
        **{("theirs", role): person for role, person in planted.theirs.people.items()},
        ("", "nobody"): planted.nobody,
        ("", "national_lead"): planted.lead,
        ("", "regulator"): planted.regulator,
    }
    made = {}
    for key, person in everybody.items():
        client = Client()
        client.force_login(person.logins.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
        made[key] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return made


# Ten thousand requests go through it, so its chain of middleware is put together once.
HANDLER = ClientHandler(enforce_csrf_checks=False)


class Walker(Client):
    """Asks and keeps nothing: no copies of templates' contexts, no cookies from one answer to the next."""

    def __init__(self, session: str | None) -> None:
        super().__init__()
        self.handler = HANDLER
        if session is not None:
            self.cookies[settings.SESSION_COOKIE_NAME] = session

    def request(self, **request):
        return self.handler(self._base_environ(**request))


@pytest.fixture
def browser(cookies):
    """`browser(("ours", "planner"))`; `browser(None)` is a stranger's."""
    return lambda who: Walker(None if who is None else cookies[who])


def all_of(answer: HttpResponse) -> str:
    """Everything an answer tells: status line, headers, body."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{answer.status_code} {dict(answer.items())} {body.decode('utf-8', 'replace')}"


def status(answer: HttpResponse) -> int:
    """What is streamed is read to its end, which lets go of the database."""
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code


def alike(answer: HttpResponse, asked: str) -> str:
    """What an answer tells, but for the address asked for, the form's own secret and how much may still be asked."""
    told = all_of(answer).replace(asked, "<asked>").replace(asked.replace("/", "%2F"), "<asked>")
    told = re.sub(r"'Content-Length': '\d+'", "", told)
    told = re.sub(r";r=\d+;t=\d+", "", told)  # how much may still be asked
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", told)


def test_the_walk_knows_every_parameter(world):
    unknown = []
    for address in ADDRESSES:
        for parameter in address.parameters:
            try:
                value(address, parameter, world.ours)
            except NoMaker as missing:
                unknown.append(str(missing))
    assert unknown == []


def test_the_walk_finds_every_door():
    names = {address.name for address in ADDRESSES}
    for expected in (
        "portal:deployment",
        "public:deployment",
        "api:deployments",
        "admin:national-people",
        "sign-in",
    ):
        assert expected in names


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_a_stranger_is_refused_or_the_page_is_public(world, browser, address):
    asked = path(address, world.ours)
    for method in ("get", "post"):
        answer = getattr(browser(None), method)(asked)
        told = all_of(answer)
        assert answer.status_code < 500, told
        for side in (world.ours, world.theirs):
            assert side.secret not in told
        if not OPEN.match(str(address)):
            assert answer.status_code in REFUSED, (method, asked, answer.status_code)
            if answer.status_code == 302:
                assert answer["Location"].startswith("/sign-in/")


STRONGEST = ("data_publisher", "force_owner", "chief_officer")


def of_each_right(address: Address) -> list[str]:
    """One role of each set of rights: what one is answered depends on these alone.

    Where several roles have the same, each address is asked by another of them, so that every role walks. What is
    open to everybody is answered before anybody's rights are looked at: the strongest ask, and one more in turn.
    """
    if OPEN.match(str(address)):
        return of_a_few(address)
    alike: dict[frozenset, list[str]] = {}
    for code, role in FORCE_ROLES.items():
        alike.setdefault(frozenset(role.capabilities), []).append(code)
    turn = ADDRESSES.index(address)
    return [roles[turn % len(roles)] for roles in alike.values()]


def of_a_few(address: Address) -> list[str]:
    others = [role for role in FORCE_ROLES if role not in STRONGEST]
    return [*STRONGEST, others[ADDRESSES.index(address) % len(others)]]


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
@pytest.mark.parametrize(
    # Every set of rights one way; the other way, those who may do most.
    "side",
    ["ours", "theirs"],
    ids=["kent", "avon"],
)
def test_nothing_of_another_force_by_any_door(world, browser, address: Address, side):
    roles = [*of_each_right(address), "nobody"] if side == "ours" else STRONGEST
    mine, other = (world.ours, world.theirs) if side == "ours" else (world.theirs, world.ours)
    closed = address.is_about_a_force and not OPEN.match(str(address))
    for keep in mixtures(address):
        asked = path(address, mine, others=other, keep=keep)
        nowhere = path_to_nothing(address, mine, keep=keep)
        compared = roles if keep or len(mixtures(address)) == 1 else STRONGEST
        for role in roles:
            who = (side if role != "nobody" else "", role)
            for method in ("get", "post"):
                answer = getattr(browser(who), method)(asked)
                told = all_of(answer)
                assert answer.status_code < 500, (who, method, asked, told)
                assert other.secret not in told, (who, method, asked)
                if closed and role in compared and nowhere != asked:
                    none = getattr(browser(who), method)(nowhere)
                    assert alike(answer, asked) == alike(none, nowhere), (who, method, asked)


@pytest.mark.parametrize(
    "address",
    [each for each in ADDRESSES if OPEN.match(str(each)) and "reference" in each.parameters],
    ids=str,
)
def test_what_is_not_published_is_no_different_from_nothing_in_public(world, browser, address: Address):
    for deployment in (world.theirs.recorded, world.theirs.reviewed):
        asked = path_to_nothing(address, world.ours).replace(NOTHING["reference"], deployment.reference)
        nowhere = path_to_nothing(address, world.ours)
        assert asked != nowhere
        for who in (None, ("ours", "data_publisher"), ("theirs", "data_publisher")):
            answer, none = browser(who).get(asked), browser(who).get(nowhere)
            assert answer.status_code == 404
            assert world.theirs.secret not in all_of(answer)
            told = alike(answer, asked).replace(deployment.reference, "<reference>")
            assert told == alike(none, nowhere).replace(NOTHING["reference"], "<reference>"), (who, asked)


@pytest.mark.parametrize("address", [each for each in ADDRESSES if str(each) not in NOBODY_S_OWN], ids=str)
def test_one_s_own_is_there_for_somebody(world, browser, address: Address):
    """Otherwise the walk would pass for pages that answer nobody."""
    asked = path(address, world.ours)
    # The centre's pages refuse all of a force at one gate, which the walk above tries with every set of rights.
    roles = of_a_few(address) if str(address).startswith("admin:") else of_each_right(address)
    people = [("ours", role) for role in roles] + [("", "national_lead"), None]
    seen = {status(getattr(browser(who), method)(asked)) for who in people for method in ("get", "post")}
    assert seen & {200, 302, 409, 422}, seen
    assert max(seen) < 500


@pytest.mark.parametrize("address", [each for each in ADDRESSES if not OPEN.match(str(each))], ids=str)
def test_no_answer_to_a_person_may_be_kept_by_others(world, browser, address: Address):
    asked = path(address, world.ours)
    for who in (("ours", "force_owner"), ("", "national_lead")):
        answer = browser(who).get(asked)
        if answer.status_code == 200 and "jsi18n" not in str(address):
            assert "no-store" in answer["Cache-Control"], (who, asked)


def test_somebody_who_only_reads_changes_nothing_anywhere(world, browser):
    """The regulator sends every form of every force and of the centre; nothing but refusals is recorded."""
    filled = {
        "reason": "x",
        "name": "x",
        "email": "x@example.org",
        "role": "planner",
        "force": "kent",
        "choice": "asked",
        "status": "own",
        "starts_on-day": "1",
        "starts_on-month": "1",
        "starts_on-year": "2025",
        "source": "x",
        "version": "1",
        "revision": "1",
        "confirm": "yes",
    }
    with national_scope():
        before = set(Event.objects.values_list("pk", flat=True))
    for address in ADDRESSES:
        if not OPEN.match(str(address)):
            answer = browser(("", "regulator")).post(path(address, world.ours), filled)
            assert answer.status_code in {200, 302, 401, 403, 404, 405, 409, 422}, (
                str(address),
                answer.status_code,
            )
    with national_scope():
        done = Event.objects.exclude(pk__in=before).exclude(name="access.refused.v1")
        assert [event.name for event in done] == []


def test_their_references_lead_nowhere_in_one_s_own_lists(world, browser):
    """Filters and searches by another force's identifiers, on every page that has no object of its own."""
    other = world.theirs
    guesses = {
        "force": other.force.slug,
        "reference": other.recorded.reference,
        "subject": other.recorded.reference,
        "q": other.recorded.reference,
        "before": "999999999",
        "next": f"/portal/{other.force.slug}/",
    }
    for address in ADDRESSES:
        if set(address.parameters) <= {"slug"}:
            asked = path(address, world.ours)
            for role in ("auditor", "data_publisher", "force_owner"):
                answer = browser(("ours", role)).get(asked, guesses)
                assert other.secret not in all_of(answer), (role, asked)
