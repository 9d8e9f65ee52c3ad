"""A force's own system records, reads back, amends, and asks for corrections and withdrawals."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from deployments import actions
from deployments.models import Deployment, Result
from directory import actions as directory
from events.models import Event
from forces.clock import db_now
from forces.models import Membership, SystemLogin
from forces.tenancy import acting, national_scope
from tests.api.checks import assert_problem
from tests.api.systems import RESULTS, connect, result
from tests.deployments.recordings import REASON, published, recorded

pytestmark = pytest.mark.django_db
NOBODY = "LFR-0000-0000"


def deployment_of(answer):
    with national_scope():
        return (
            Deployment.objects.across_forces(reason="tests")
            .with_results()
            .get(reference=answer.json()["reference"])
        )


def publish(answer, reviewer):
    deployment = deployment_of(answer)
    seen = actions.Seen(deployment.shown.number, deployment.shown.revision)
    actions.review(deployment, seen=seen, by=reviewer, at=db_now())
    actions.publish(deployment, seen=seen, by=reviewer, at=db_now())
    return deployment


def pointers(problem):
    return {error["pointer"] for error in problem["errors"]}


# The way of a result ------------------------------------------------------------------------------


def test_record_writes_what_the_portal_would_write(kent, kent_system):
    answer = kent_system.record(place="Quay", alerts=4, false_alerts=2, false_alerts_confirmed=2)
    body = answer.json()
    assert (body["state"], body["result"]["recorded_by"]) == ("recorded", "system")
    assert [step["code"] for step in body["missing"]] == ["review", "publish"]
    assert answer["Location"].endswith(f"{RESULTS}/{body['reference']}")
    assert answer["Cache-Control"] == "private, no-store"
    facts = deployment_of(answer).shown.facts
    assert (facts.place, facts.figures["alerts"], str(facts.threshold)) == ("Quay", 4, "0.640000")
    with national_scope():
        event = Event.objects.get(name="deployment.recorded.v1")
    assert (event.force_id, event.person_id) == (kent.pk, kent_system.person.pk)


def test_what_was_recorded_is_read_back_and_can_be_sent_again(kent_system):
    answer = kent_system.record()
    read = kent_system.get(f"{RESULTS}/{answer.json()['reference']}")
    assert read.json() == answer.json()
    assert read["ETag"] == answer["ETag"]
    same = kent_system.put(read["Location"] if "Location" in read else answer["Location"],
                           read.json()["result"]["said"], If_Match=read["ETag"])  # fmt: skip
    assert_problem(same, 409, "conflict")


def test_figures_that_contradict_each_other_are_told_as_missing_answers(kent_system):
    steps = kent_system.record(alerts=9).json()["missing"]
    assert [step["code"] for step in steps] == ["answer", "review", "publish"]
    assert "Alerts are 9" in steps[0]["detail"]


def test_amend_changes_what_waits_for_review(kent_system):
    answer = kent_system.record()
    changed = kent_system.put(answer["Location"], result(place="Quay"), If_Match=answer["ETag"])
    assert changed.status_code == 200, changed.content
    assert changed.json()["result"]["said"]["place"] == "Quay"
    assert changed.json()["result"]["revision"] == 2
    assert changed["ETag"] != answer["ETag"]


def test_who_would_amend_what_is_published_is_led_to_its_correction(kent_system, kent_publisher):
    answer = kent_system.record()
    deployment = publish(answer, kent_publisher)
    correction = f"{RESULTS}/{deployment.reference}/correction"
    for _published_or_correcting in range(2):
        read = kent_system.get(answer["Location"])
        refused = kent_system.put(answer["Location"], result(place="Quay"), If_Match=read["ETag"])
        assert f"http://testserver{correction}" in assert_problem(refused, 409, "conflict")["detail"]
        asked = kent_system.post(
            correction, {"reason": REASON, "result": result(place="Quay")}, If_Match=read["ETag"]
        )
    assert_problem(asked, 409, "conflict")


def test_correction_waits_for_people_while_the_published_result_stands(kent_system, kent_publisher):
    answer = kent_system.record()
    publish(answer, kent_publisher)
    read = kent_system.get(answer["Location"])
    assert (read.json()["state"], read.json()["missing"]) == ("published", [])
    asked = kent_system.post(
        f"{RESULTS}/{read.json()['reference']}/correction",
        {"reason": REASON, "result": result(place="Quay")},
        If_Match=read["ETag"],
    )
    body = asked.json()
    assert (asked.status_code, body["state"]) == (201, "correcting")
    assert body["result"]["said"]["place"] == "Market Square"
    assert (body["correction"]["said"]["place"], body["correction"]["reason"]) == ("Quay", REASON)
    amended = kent_system.put(
        f"{RESULTS}/{body['reference']}/correction",
        {"result": result(place="Harbour")},
        If_Match=asked["ETag"],
    )
    assert amended.json()["correction"]["said"]["place"] == "Harbour"
    assert amended.json()["correction"]["reason"] == REASON


def test_withdrawal_is_asked_for_and_decided_by_somebody_else(kent, kent_owner, kent_system, kent_publisher):
    answer = kent_system.record()
    deployment = publish(answer, kent_publisher)
    why = {"reason": "It was an exercise, no deployment."}
    asked = kent_system.post(
        f"{RESULTS}/{deployment.reference}/withdrawal", why,
        If_Match=kent_system.get(answer["Location"])["ETag"],
    )  # fmt: skip
    assert (asked.status_code, asked.json()["state"]) == (202, "published")
    assert asked.json()["missing"][-1]["code"] == "decide_withdrawal"
    again = kent_system.post(f"{RESULTS}/{deployment.reference}/withdrawal", why, If_Match=asked["ETag"])
    assert_problem(again, 409, "conflict")
    directory.grant(kent_owner, "chief_officer", force=kent, by=kent_chief(kent), at=db_now())
    with pytest.raises(actions.OwnWork):
        actions.withdraw(
            deployment, seen=actions.Standing(1, 1), reason=why["reason"], by=kent_owner, at=db_now()
        )
    actions.withdraw(
        deployment, seen=actions.Standing(1, 1), reason=why["reason"], by=kent_publisher, at=db_now()
    )
    assert kent_system.get(answer["Location"]).json()["state"] == "withdrawn"


def kent_chief(kent):
    from tests.people import make_member

    return make_member(kent, "force_owner")


def test_list_shows_the_force_s_own_a_page_at_a_time(kent, kent_planner, kent_system):
    made = [recorded(kent, kent_planner).reference, *(kent_system.record().json()["reference"] for _ in "ab")]
    seen, address = [], f"{RESULTS}?limit=1&state=recorded"
    while address:
        body = kent_system.get(address.removeprefix("http://testserver")).json()
        seen += [item["reference"] for item in body["items"]]
        address = body["next"]
    assert seen == made[::-1]
    assert kent_system.get(f"{RESULTS}?state=published").json()["items"] == []
    far = kent_system.get(f"{RESULTS}?after={2**62}").json()[
        "items"
    ]  # rows may be numbered beyond nine digits
    assert [item["reference"] for item in far] == made[::-1]
    assert_problem(kent_system.get(f"{RESULTS}?after={2**63}"), 400, "wrong-parameter")
    assert_problem(kent_system.get(f"{RESULTS}?force=avon-and-somerset"), 400, "wrong-parameter")


# Four eyes ----------------------------------------------------------------------------------------


def test_whoever_connected_the_system_does_not_review_what_it_wrote(kent, kent_owner, kent_system):
    deployment = deployment_of(kent_system.record())
    directory.grant(kent_owner, "data_publisher", force=kent, by=kent_chief(kent), at=db_now())
    with pytest.raises(actions.OwnWork, match="connected"):
        actions.review(deployment, seen=actions.Seen(1, 1), by=kent_owner, at=db_now())
    for column in ("reviewed_by", "published_by"):
        with acting(kent, kent_owner), pytest.raises(DatabaseError, match="four_eyes"), transaction.atomic():
            Result.objects.owned_by(kent).filter(deployment=deployment).update(
                **{column: kent_owner}, status="discarded"
            )


def test_no_system_can_be_made_to_review_by_the_database(kent, kent_planner, kent_owner, kent_system):
    deployment = recorded(kent, kent_planner)
    with acting(kent, kent_owner), pytest.raises(DatabaseError, match="same_kind"), transaction.atomic():
        Result.objects.owned_by(kent).filter(deployment=deployment).update(
            status="reviewed", reviewed_by=kent_system.person, reviewed_at=db_now()
        )


def test_a_system_that_touched_a_person_s_work_leaves_four_eyes(kent, kent_owner, kent_planner, kent_system):
    deployment = recorded(kent, kent_planner)
    read = kent_system.get(f"{RESULTS}/{deployment.reference}")
    kent_system.put(f"{RESULTS}/{deployment.reference}", result(place="Quay"), If_Match=read["ETag"])
    with national_scope():
        now = Result.objects.across_forces(reason="tests").get(deployment=deployment)
    assert set(now.authors) == {kent_planner.pk, kent_system.person.pk}
    assert now.connectors == [kent_owner.pk]


# Whose it is, and with which right ----------------------------------------------------------------


def addresses(reference):
    return [
        ("get", f"{RESULTS}/{reference}", None),
        ("put", f"{RESULTS}/{reference}", result()),
        ("post", f"{RESULTS}/{reference}/correction", {"reason": REASON, "result": result()}),
        ("put", f"{RESULTS}/{reference}/correction", {"result": result()}),
        ("post", f"{RESULTS}/{reference}/withdrawal", {"reason": REASON}),
    ]


def test_another_force_s_result_is_no_different_from_none(
    kent, kent_system, avon, avon_planner, avon_publisher, avon_system
):
    theirs = published(avon, avon_planner, avon_publisher)
    tag = avon_system.get(f"{RESULTS}/{theirs.reference}")["ETag"]
    for (method, address, said), (_method, nowhere, _said) in zip(
        addresses(theirs.reference), addresses(NOBODY), strict=True
    ):
        for header in ({}, {"If_Match": tag}, {"If_None_Match": tag}, {"Idempotency_Key": "k"}):
            answer = kent_system.call(method, address, said, **header)
            none = kent_system.call(method, nowhere, said, **header)
            assert_problem(answer, 404, "not-found")
            told, nothing = (dict(each.items()) for each in (answer, none))
            assert told.pop("RateLimit") != nothing.pop("RateLimit")  # each is counted
            assert told == nothing
            assert answer.content.replace(theirs.reference.encode(), NOBODY.encode()) == none.content
    assert theirs.reference not in kent_system.get(RESULTS).content.decode()


@pytest.mark.parametrize("name", ["force", "force_id", "reference", "status", "reviewed_by", "authors", "at"])
def test_nothing_can_be_set_that_is_not_meant_to_be(avon, kent, kent_system, name):
    problem = assert_problem(kent_system.post(RESULTS, {**result(), name: "E23000036"}), 422, "invalid")
    assert pointers(problem) == {f"/{name}"}
    assert_problem(kent_system.post(f"{RESULTS}?{name}=avon-and-somerset", result()), 400, "wrong-parameter")
    recorded = kent_system.post(RESULTS, result(), X_Force="E23000036", **{f"X-{name}": "avon"})
    assert deployment_of(recorded).force == kent


@pytest.mark.parametrize("missing", ["record_results", "read_records", "correct_results", "ask_withdrawal"])
def test_a_right_that_the_system_lacks_is_refused_and_kept(kent, kent_owner, kent_publisher, missing):
    full = connect(kent, kent_owner, name="Full")
    answer = full.record()
    publish(answer, kent_publisher)
    system = connect(
        kent,
        kent_owner,
        [
            each
            for each in ("record_results", "read_records", "correct_results", "ask_withdrawal")
            if each != missing
        ],
    )
    wanted = {
        "record_results": ("post", RESULTS, result()),
        "read_records": ("get", answer["Location"], None),
        "correct_results": addresses(answer.json()["reference"])[2],
        "ask_withdrawal": addresses(answer.json()["reference"])[4],
    }[missing]
    method, address, said = wanted
    problem = assert_problem(system.call(method, address, said), 403, "forbidden")
    assert "You do not hold the right" in problem["detail"]
    with national_scope():
        event = Event.objects.get(name="access.refused.v1")
    assert (event.person_id, event.payload["capability"]) == (system.person.pk, missing)
    assert event.force_id == kent.pk


def test_a_right_taken_away_is_gone_at_the_next_call(kent, kent_owner, kent_system):
    kent_system.record()
    directory.change_system(kent_system.system, capabilities=["read_records"], by=kent_owner, at=db_now())
    assert_problem(kent_system.post(RESULTS, result()), 403, "forbidden")
    assert kent_system.get(RESULTS).status_code == 200


def test_a_token_may_carry_fewer_rights_and_never_more(kent, kent_owner):
    system = connect(kent, kent_owner, ["read_records", "record_results"])
    assert system.sign_in(scope="read_records").json()["scope"] == "read_records"
    assert_problem(system.post(RESULTS, result()), 403, "forbidden")
    refused = assert_problem(system.sign_in(scope="read_records+publish_results"), 400, "bad-request")
    assert refused["error"] == "invalid_scope"


def test_a_disconnected_system_is_a_stranger_at_its_next_call(kent, kent_owner, kent_system):
    kent_system.record()
    directory.disconnect_system(
        kent_system.system, reason="The supplier changed.", by=kent_owner, at=db_now()
    )
    answer = kent_system.get(RESULTS)
    assert_problem(answer, 401, "unauthorised")
    assert answer["WWW-Authenticate"] == 'Bearer realm="systems", error="invalid_token"'
    refused = assert_problem(kent_system.sign_in(), 401, "unauthorised")
    assert refused["error"] == "invalid_client"


def test_a_connection_ends_on_its_day(kent, kent_owner):
    system = connect(kent, kent_owner, until=timedelta(milliseconds=500))
    assert system.sign_in().status_code == 200
    with acting(kent, kent_owner):  # the clock is the database's: let the day come
        type(system.system).objects.filter(pk=system.system.pk).update(period=(system.system.since, db_now()))
    assert_problem(system.get(RESULTS), 401, "unauthorised")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "Bearer " + "x" * 300])
def test_strangers_are_told_how_to_sign_in(client, kent, header):
    for method, address, said in [("post", RESULTS, result()), *addresses(NOBODY)]:
        more = {} if said is None else {"data": json.dumps(said), "content_type": "application/json"}
        answer = getattr(client, method)(address, **more, headers={"Authorization": header} if header else {})
        assert_problem(answer, 401, "unauthorised")
        assert answer["WWW-Authenticate"].startswith('Bearer realm="systems"')
        assert answer["Cache-Control"] == "private, no-store"


def test_a_person_s_session_opens_nothing_here(kent, kent_publisher, signed_in):
    assert_problem(signed_in(kent_publisher).get(RESULTS), 401, "unauthorised")


# Versions -----------------------------------------------------------------------------------------


def test_a_change_says_which_version_it_was_decided_on(kent_system):
    answer = kent_system.record()
    assert_problem(kent_system.put(answer["Location"], result(place="Q")), 428, "precondition-required")
    assert_problem(
        kent_system.put(answer["Location"], result(place="Q"), If_Match="*"), 428, "precondition-required"
    )
    kent_system.put(answer["Location"], result(place="Quay"), If_Match=answer["ETag"])
    stale = kent_system.put(answer["Location"], result(place="Harbour"), If_Match=answer["ETag"])
    assert_problem(stale, 412, "stale")
    assert kent_system.get(answer["Location"]).json()["result"]["said"]["place"] == "Quay"


def test_unchanged_is_told_only_to_those_who_may_read(kent, kent_owner, kent_system):
    answer = kent_system.record()
    unchanged = kent_system.get(answer["Location"], If_None_Match=answer["ETag"])
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    directory.change_system(kent_system.system, capabilities=["record_results"], by=kent_owner, at=db_now())
    assert_problem(kent_system.get(answer["Location"], If_None_Match=answer["ETag"]), 403, "forbidden")


def test_every_step_of_people_changes_the_tag(kent_system, kent_publisher):
    answer = kent_system.record()
    tags = [answer["ETag"]]
    deployment = deployment_of(answer)
    for step in (actions.review, actions.publish):
        step(deployment, seen=actions.Seen(1, 1), by=kent_publisher, at=db_now())
        tags.append(kent_system.get(answer["Location"])["ETag"])
    actions.prepare_correction(
        deployment, deployment_facts(deployment), version=1, reason=REASON, by=kent_publisher, at=db_now()
    )
    tags.append(kent_system.get(answer["Location"])["ETag"])
    assert len(set(tags)) == 4


def deployment_facts(deployment):
    from tests.deployments.recordings import facts

    return facts(place="Harbour")


def test_no_tag_comes_back_when_a_withdrawal_is_asked_for_again(kent_system, kent_publisher):
    answer = kent_system.record()
    deployment = publish(answer, kent_publisher)
    tags = [kent_system.get(answer["Location"])["ETag"]]
    for turn in range(2):
        asked = kent_system.post(
            f"{RESULTS}/{deployment.reference}/withdrawal",
            {"reason": f"Reason number {turn} to withdraw it."},
            If_Match=tags[-1],
        )
        assert asked.status_code == 202, asked.content
        tags.append(asked["ETag"])
        actions.decline_withdrawal(
            deployment,
            seen=actions.Standing(1, 2 * turn + 1),
            reason="It was a deployment.",
            by=kent_publisher,
            at=db_now(),
        )
        tags.append(kent_system.get(answer["Location"])["ETag"])
    assert len(set(tags)) == len(tags)


# The system itself ----------------------------------------------------------------------------------


def test_last_use_is_noted(kent_system):
    kent_system.get(RESULTS)
    assert SystemLogin.objects.get().last_used_at is not None


def test_a_system_can_hold_no_role(kent, kent_owner, kent_system):
    with pytest.raises(DatabaseError, match="same_kind"), transaction.atomic(), acting(kent, kent_owner):
        held = Membership.objects.filter(force=kent).first()
        Membership.objects.create(
            person=kent_system.person, force=kent, role="planner", group_id=held.group_id, period=held.period
        )


# Sent back --------------------------------------------------------------------------------------------


def send_back(answer, by, why):
    deployment = deployment_of(answer)
    seen = actions.Seen(1, deployment.current.revision)
    actions.send_back(deployment, reason=why, seen=seen, by=by, at=db_now())


def test_a_result_that_is_sent_back_says_so_until_it_is_amended(kent_system, kent_publisher):
    made = kent_system.record()
    address, tag = made["Location"], made["ETag"]
    send_back(made, kent_publisher, "The place is misspelt.")
    read = kent_system.get(address)
    body = read.json()
    assert (body["state"], body["result"]["status"]) == ("sent_back", "sent_back")
    assert body["result"]["sent_back"]["reason"] == "The place is misspelt."
    assert [step["code"] for step in body["missing"]] == ["change", "review", "publish"]
    assert [each["state"] for each in kent_system.get(f"{RESULTS}?state=sent_back").json()["items"]]
    assert kent_system.get(f"{RESULTS}?state=recorded").json()["items"] == []
    assert kent_system.get(address, If_None_Match=tag).status_code == 200
    late = kent_system.put(address, result(place="Quay"), If_Match=tag)
    assert_problem(late, 412, "stale")
    amended = kent_system.put(address, result(place="Quay"), If_Match=read["ETag"])
    assert (amended.status_code, amended.json()["state"]) == (200, "recorded")
    assert amended.json()["result"]["sent_back"] is None


def test_being_sent_back_again_for_another_reason_is_another_state(kent_system, kent_planner, kent_publisher):
    made, tags = kent_system.record(), set()
    for why in ("The place is misspelt.", "The date is wrong, too."):
        send_back(made, kent_publisher, why)
        tags.add(kent_system.get(made["Location"])["ETag"])
        seen = actions.Seen(1, 1)
        actions.resubmit(
            deployment_of(made), reason="It is right as it is.", seen=seen, by=kent_planner, at=db_now()
        )
    assert len(tags) == 2


# Twins ------------------------------------------------------------------------------------------------


def test_a_twin_is_recorded_and_warned_of(kent_system, kent_publisher):
    first = kent_system.record()
    assert first.json()["warnings"] == []
    second = kent_system.record()
    (warning,) = second.json()["warnings"]
    assert (warning["code"], warning["reference"]) == ("same_as_another", first.json()["reference"])
    other = kent_system.record(arrests=0, other_action=2)
    assert {each["code"] for each in other.json()["warnings"]} == {"same_day_and_place"}
    read = kent_system.get(first["Location"])
    assert len(read.json()["warnings"]) == 2
    assert read["ETag"] != first["ETag"], "what is shown has changed"
    listed = {each["reference"]: each["warnings"] for each in kent_system.get(RESULTS).json()["items"]}
    assert listed[first.json()["reference"]] == read.json()["warnings"]
    publish(second, kent_publisher)
    assert kent_system.get(second["Location"]).json()["warnings"] == [], "nobody has to decide any more"
