"""A request that is sent twice has one effect, and the same answer."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from api.models import KeptAnswer
from api.systems import kept
from api.tasks import prune
from config.celery import app
from deployments.models import Deployment
from directory import actions as directory
from forces.clock import db_now
from forces.models import SystemToken
from forces.tenancy import acting, national_scope
from tests.api.checks import assert_problem
from tests.api.systems import RESULTS, connect, result
from tests.people import make_force, make_member

IN_A_TRANSACTION = pytest.mark.django_db


def recorded():
    with national_scope():
        return Deployment.objects.across_forces(reason="tests").count()


@IN_A_TRANSACTION
def test_the_same_request_is_answered_the_same_and_done_once(kent_system):
    first = kent_system.post(RESULTS, result(), Idempotency_Key="a-key")
    again = kent_system.post(RESULTS, result(), Idempotency_Key="a-key")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert again["Cache-Control"] == "private, no-store"
    assert recorded() == 1


@IN_A_TRANSACTION
def test_the_same_key_for_other_bytes_is_refused(kent_system):
    kent_system.post(RESULTS, result(), Idempotency_Key="a-key")
    assert_problem(
        kent_system.post(RESULTS, result(place="Quay"), Idempotency_Key="a-key"), 422, "key-reused"
    )
    assert recorded() == 1


@IN_A_TRANSACTION
def test_a_key_belongs_to_one_system_and_one_address(kent_system, avon_system, kent, kent_owner):
    other = connect(kent, kent_owner, name="Another")
    for system in (kent_system, avon_system, other):
        answer = system.post(RESULTS, result(), Idempotency_Key="a-key")
        assert "Idempotent-Replayed" not in answer
    assert recorded() == 3


@IN_A_TRANSACTION
def test_a_repeated_change_is_not_stale(kent_system):
    answer = kent_system.record()
    for _ in range(2):
        changed = kent_system.put(
            answer["Location"], result(place="Quay"), If_Match=answer["ETag"], Idempotency_Key="b"
        )
        assert changed.status_code == 200, changed.content
        assert changed.json()["result"]["revision"] == 2


@IN_A_TRANSACTION
def test_a_refused_request_may_be_mended_under_its_key(kent_system):
    assert_problem(kent_system.post(RESULTS, result(place=""), Idempotency_Key="a-key"), 422, "invalid")
    assert kent_system.post(RESULTS, result(), Idempotency_Key="a-key").status_code == 201


@IN_A_TRANSACTION
def test_an_answer_is_given_again_only_to_who_may_still_ask(kent, kent_owner, kent_system):
    kent_system.post(RESULTS, result(), Idempotency_Key="a-key")
    directory.change_system(kent_system.system, capabilities=["read_records"], by=kent_owner, at=db_now())
    assert_problem(kent_system.post(RESULTS, result(), Idempotency_Key="a-key"), 403, "forbidden")
    directory.disconnect_system(kent_system.system, reason="Gone.", by=kent_owner, at=db_now())
    assert_problem(kent_system.post(RESULTS, result(), Idempotency_Key="a-key"), 401, "unauthorised")


@IN_A_TRANSACTION
@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "a\tb", "clé"])
def test_a_key_is_asked_for_and_has_limits(kent_system, key):
    kent_system.sign_in()
    headers = {"Authorization": f"Bearer {kent_system.token}"} | ({"Idempotency-Key": key} if key else {})
    answer = kent_system.client.post(
        RESULTS, json.dumps(result()), content_type="application/json", headers=headers
    )
    assert_problem(answer, 400, "key-missing")
    assert recorded() == 0


@IN_A_TRANSACTION
def test_an_empty_key_is_no_key_where_one_may_be_left_out(kent_system):
    answer = kent_system.record()
    changed = kent_system.put(
        answer["Location"], result(place="Quay"), If_Match=answer["ETag"], Idempotency_Key=""
    )
    assert_problem(changed, 400, "key-missing")


@IN_A_TRANSACTION
def test_kept_answers_go_after_a_week_and_tokens_when_they_expire(kent, kent_system):
    for age in (timedelta(), timedelta(days=7, hours=1), kept.KEPT_FOR + timedelta(hours=1)):
        attempt = kept.Attempt(
            kent, kent_system.person, method="POST", path=RESULTS, key=str(age.days), body=b""
        )
        with acting(kent, kent_system.person):
            attempt.keep(connect_answer(), at=db_now() - age)
    kent_system.sign_in()
    old = SystemToken.objects.get()
    SystemToken.objects.create(
        application=old.application, token_checksum="0" * 64, expires=db_now() - timedelta(seconds=1)
    )
    for _ in range(2):
        prune()
        with national_scope():
            left = KeptAnswer.objects.across_forces(reason="tests").values_list("key", flat=True)
            assert set(left) == {"0", "7"}
        assert SystemToken.objects.get() == old


def connect_answer():
    from django.http import HttpResponse

    return HttpResponse("{}", status=201)


def test_beat_rings_for_it():
    assert any(each["task"] == prune.name for each in app.conf.beat_schedule.values())


@pytest.mark.commits
def test_the_same_key_32_times_at_once_has_one_effect(committed_db):
    force = make_force("E23000032", "kent", "Kent Police")
    system = connect(force, make_member(force, "force_owner"))
    system.sign_in()
    body = json.dumps(result())
    start, answers = threading.Barrier(32), []

    def send():
        client = Client(raise_request_exception=False)
        try:
            start.wait()
            for _ in range(200):
                answer = client.post(
                    RESULTS,
                    body,
                    content_type="application/json",
                    headers={"Authorization": f"Bearer {system.token}", "Idempotency-Key": "one"},
                )
                if answer.status_code != 409:
                    break
            answers.append(answer)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 32
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1
    assert recorded() == 1


@pytest.mark.commits
def test_while_one_works_on_it_the_other_is_told_to_come_back(committed_db):
    force = make_force("E23000032", "kent", "Kent Police")
    system = connect(force, make_member(force, "force_owner"))
    system.sign_in()
    attempt = kept.Attempt(force, system.person, method="POST", path=RESULTS, key="one", body=b"")
    held, done = threading.Event(), threading.Event()

    def hold():
        try:
            with acting(force, system.person):
                attempt.earlier()
                held.set()
                done.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    try:
        answer = system.post(RESULTS, result(), Idempotency_Key="one")
        assert_problem(answer, 409, "in-flight")
        assert answer["Retry-After"] == "1"
    finally:
        done.set()
        thread.join()
    assert system.post(RESULTS, result(), Idempotency_Key="one").status_code == 201
