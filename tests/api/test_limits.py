"""What one asker may ask in a minute, and how it is told."""

import itertools
import logging
import re
import socket

import pytest
from django.conf import settings as real
from django.test import RequestFactory

from api import limits
from api.limits import MACHINE, READER, WINDOW, Counter
from tests.api.checks import assert_problem

LIST = "/api/v1/measures"
_addresses = (f"203.0.113.{n}" for n in itertools.count(1))
_askers = (f"asker-{n}" for n in itertools.count())
POLICY = re.compile(r'^"(reader|machine)";q=(\d+);w=60$')
LEFT = re.compile(r'^"(reader|machine)";r=(\d+);t=(\d+)$')


@pytest.fixture
def quota(settings):
    """`quota(reader=5)` sets the limits of this process for one test."""

    def choose(reader=900, machine=6000):
        settings.API_LIMITS = {"reader": reader, "machine": machine}
        limits.counter.cache_clear()

    yield choose
    limits.counter.cache_clear()


@pytest.fixture
def address():
    return next(_addresses)


def ask(client, address, at=LIST, **headers):
    return client.get(at, REMOTE_ADDR=address, headers=headers)


def counted(reader, machine=6000):
    return Counter(real.REDIS_URL, {READER: reader, MACHINE: machine})


def test_every_answer_tells_the_limit_and_what_is_left(client, db, quota, address):
    quota(reader=7)
    first, second = ask(client, address), ask(client, address)
    assert first["RateLimit-Policy"] == '"reader";q=7;w=60'
    assert [LEFT.match(each["RateLimit"])[2] for each in (first, second)] == ["6", "5"]
    assert 1 <= int(LEFT.match(first["RateLimit"])[3]) <= WINDOW


@pytest.mark.parametrize("at", ["/api/v1/deployments", "/api/v1/statistics?colour=blue", "/api/v1/nothing"])
def test_refusals_and_unchanged_answers_tell_it_too(client, db, address, at):
    answer = ask(client, address, at, **{"If-None-Match": "*"})
    if at != "/api/v1/nothing":
        assert POLICY.match(answer["RateLimit-Policy"])


def test_who_asks_too_much_is_told_when_to_come_back(client, db, quota, address):
    quota(reader=2)
    assert [ask(client, address).status_code for _ in range(2)] == [200, 200]
    refused = ask(client, address)
    assert_problem(refused, 429, "too-many-requests")
    assert 1 <= int(refused["Retry-After"]) <= WINDOW + 1
    assert LEFT.match(refused["RateLimit"])[2] == "0"
    assert ask(client, next(_addresses)).status_code == 200


def test_a_new_minute_begins_anew():
    counter, asker = counted(2), next(_askers)
    now = 1_900_000_000.0
    assert [counter.spend(READER, asker, now=now).is_over for _ in range(3)] == [False, False, True]
    assert not counter.spend(READER, asker, now=now + WINDOW).is_over


def test_nobody_is_refused_before_their_limit_however_many_processes_count():
    counters, asker = [counted(300) for _ in range(3)], next(_askers)
    now, granted = 1_900_000_000.0, 0
    for counter in itertools.islice(itertools.cycle(counters), 1_000):
        granted += not counter.spend(READER, asker, now=now).is_over
    # Each process may let through what it has counted and not yet told: three here, for a limit of 300.
    assert 300 <= granted <= 300 + 3 * 3


def test_most_requests_cost_no_round_trip():
    counter, asker = counted(900), next(_askers)
    for _ in range(800):
        counter.spend(READER, asker, now=1_900_000_000.0)
    assert counter.trips <= 100
    before = counter.trips
    for _ in range(2_000):
        counter.spend(READER, asker, now=1_900_000_000.0)
    # The last tenth is asked about one by one; after that nothing is asked any more.
    assert counter.trips - before <= 110


def test_a_dear_request_costs_several():
    counter, asker = counted(100), next(_askers)
    standing = counter.spend(READER, asker, cost=60, now=1_900_000_000.0)
    assert (standing.left, standing.is_over) == (40, False)
    assert counter.spend(READER, asker, cost=60, now=1_900_000_000.0).is_over


def test_no_limit_says_so():
    standing = counted(0).spend(READER, next(_askers))
    assert (standing.is_over, standing.left) == (False, None)


def test_nothing_is_refused_while_valkey_is_away(caplog):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    counter, asker = Counter(f"redis://127.0.0.1:{port}/0", {READER: 3, MACHINE: 3}), next(_askers)
    with caplog.at_level(logging.WARNING):
        standings = [counter.spend(READER, asker) for _ in range(50)]
    assert not any(each.is_over for each in standings)
    assert {each.left for each in standings} == {None}
    assert "RateLimit" not in standings[0].headers()
    assert standings[0].headers()["RateLimit-Policy"] == '"reader";q=3;w=60'
    # Asked once and then left alone for a moment: a reader does not wait for it.
    assert counter.trips == 1
    assert len(caplog.records) == 1


def test_what_was_counted_while_valkey_was_away_is_told_later():
    counter, asker = counted(1_000), next(_askers)
    counter._away_until = float("inf")
    for _ in range(30):
        counter.spend(READER, asker, now=1_900_000_000.0)
    counter._away_until = 0.0
    assert counter.spend(READER, asker, now=1_900_000_000.0).left == 1_000 - 31


def asked_by(settings, fronts=0, **meta):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = fronts
    return limits.asker_of(RequestFactory().get(LIST, **meta))


def test_what_a_reader_claims_about_its_address_counts_behind_a_front_only(settings):
    claimed = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "198.51.100.9"}
    plain = asked_by(settings, REMOTE_ADDR="192.0.2.1")
    assert asked_by(settings, **claimed) == plain
    behind = asked_by(settings, 1, **claimed)
    assert behind == asked_by(settings, REMOTE_ADDR="198.51.100.9") != plain
    # What stands before the front's own word was claimed by the reader.
    longer = {**claimed, "HTTP_X_FORWARDED_FOR": "10.0.0.1, 198.51.100.9"}
    assert asked_by(settings, 1, **longer) == behind


def test_a_household_with_many_addresses_is_one_reader(settings):
    first, second, other = (
        asked_by(settings, REMOTE_ADDR=each)
        for each in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    )
    assert first == second != other
    assert asked_by(settings, REMOTE_ADDR="::ffff:192.0.2.1") == asked_by(settings, REMOTE_ADDR="192.0.2.1")


def test_no_address_is_kept(settings):
    policy, asker = asked_by(settings, REMOTE_ADDR="192.0.2.77")
    assert policy == READER
    assert "192.0.2" not in asker


def test_a_credential_has_a_limit_of_its_own(settings):
    class Credential:
        limit_key = "kent-records-system"

    request = RequestFactory().get(LIST, REMOTE_ADDR="192.0.2.1")
    request.auth = Credential()
    elsewhere = RequestFactory().get(LIST, REMOTE_ADDR="192.0.2.2")
    elsewhere.auth = Credential()
    assert limits.asker_of(request) == limits.asker_of(elsewhere)
    assert limits.asker_of(request)[0] == MACHINE
