"""What the database refuses of plans and of decisions about them, past every action: as the application's role."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from coordination.framework.reference import load_framework
from deployments.models import Attestation, Authority, Operation, Override, Plan, PlanRevision
from deployments.planning import actions
from forces.clock import db_now
from forces.tenancy import acting
from register.canonical import canonical_bytes
from register.models import Entry, NoticeHead
from tests.api.systems import connect
from tests.deployments.planning.plans import REASON, Team, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def kents(kent) -> Team:
    load_framework(at=db_now())
    return Team(kent)


def refused(team: Team, by_sql: Callable[[], object], says: str = "") -> None:
    """Whatever is tried in the force's own scope fails, and for the reason named."""
    with acting(team.force, None), pytest.raises(DatabaseError) as told, transaction.atomic():
        by_sql()
    assert says in str(told.value), told.value


def rows(plan: Plan, model=Plan):
    found = model.objects.owned_by(plan.force)
    return found.filter(pk=plan.pk) if model is Plan else found.filter(plan=plan)


def of_authority(plan: Plan, by, **more):
    """An authority as the action writes it, about these words."""
    return {
        "force": plan.force,
        "plan": plan,
        "kind": "standard",
        "content_hash": plan.content_hash,
        "revision": plan.revision,
        "reason": REASON,
        "authors": plan.authors,
        "decided_by": by,
        "roles": ["authorising_officer"],
        "decided_at": db_now(),
        "readiness": {},
    } | more


def of_override(plan: Plan, by, **more):
    return {
        "force": plan.force,
        "plan": plan,
        "requirement": "watchlist-review",
        "content_hash": plan.content_hash,
        "reason": REASON,
        "decided_by": by,
        "decided_at": db_now(),
    } | more


def of_attestation(plan: Plan, by, **more):
    return {
        "force": plan.force,
        "plan": plan,
        "requirement": "logging",
        "content_hash": plan.content_hash,
        "words": REASON,
        "attested_by": by,
        "role": "data_protection_officer",
        "attested_at": db_now(),
    } | more


# The plan -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"proposed_by_id": 1}, "cannot change"),
        ({"proposed_at": later}, "cannot change"),
        ({"reference": "LFR-AAAA-0000"}, "cannot change"),
        ({"copied_from": "LFR-AAAA-0000"}, "cannot change"),
        ({"authors": []}, "only added"),
        ({"revision": 99}, "count changes"),
        ({"status": "notified"}, "no way"),
        ({"status": "held"}, "no way"),
        ({"status": "returned"}, "plan_question_when_returned"),
        ({"status": "authorised"}, "plan_authorised_as_it_is"),
        ({"status": "cancelled"}, "plan_cancelled_exactly_when"),
        ({"authorised_hash": "0" * 64}, "plan_authorised_as_it_is"),
        ({"content": b"{}"}, "counts it"),
        ({"notice_entry": 1}, "entry of its own"),
        ({"deferral_ground": "specific_person"}, "plan_deferred_whole"),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, dict) else "",
)
def test_an_assessed_plan_is_not_rewritten(kents, columns, says):
    plan = kents.assessed()
    told = {name: value() if callable(value) else value for name, value in columns.items()}
    refused(kents, lambda: rows(plan).update(**told), says)


def test_who_assesses_or_withholds_is_no_author_and_who_submits_is_one(kents):
    plan, officer = kents.assessed(), kents.officer
    refused(kents, lambda: rows(plan).update(assessed_by=kents.planner), "plan_four_eyes")
    refused(kents, lambda: rows(plan).update(authors=[*plan.authors, kents.assessor.pk]), "plan_four_eyes")
    refused(kents, lambda: rows(plan).update(submitted_by=officer), "plan_submitted_by_an_author")
    deferred = {
        "deferral_ground": "specific_person",
        "deferral_reason": REASON,
        "deferral_review_on": later(days=5).date(),
        "deferred_at": db_now(),
    }
    refused(
        kents, lambda: rows(plan).update(deferred_by=kents.planner, **deferred), "plan_deferred_by_another"
    )


def test_a_plan_begins_as_a_draft_and_never_goes(kents):
    plan = kents.drafted()
    refused(kents, lambda: rows(plan)._raw_delete("default"), "permission denied")
    made = {"force": kents.force, "proposed_by": kents.planner, "proposed_at": db_now()}
    refused(
        kents,
        lambda: Plan.objects.create(
            **made, reference="LFR-AAAA-0001", authors=[kents.planner.pk], status="held"
        ),
        "begins as a draft",
    )
    refused(
        kents,
        lambda: Plan.objects.create(**made, reference="LFR-AAAA-0002", authors=[kents.officer.pk]),
        "eyes",
    )


def test_what_is_cancelled_stays_so(kents):
    plan = actions.cancel(kents.drafted(), reason=REASON, by=kents.planner, at=db_now())
    for columns in ({"status": "draft"}, {"cancelled_reason": "Something else."}, {"place": "Quay"}):
        refused(kents, lambda columns=columns: rows(plan).update(**columns), "kept for good")


def test_an_authorised_plan_binds_its_words(kents):
    plan = kents.authorised()
    words = canonical_bytes({**plan.said, "purpose": {}})
    counted = {"content": words, "revision": plan.revision + 1}
    refused(kents, lambda: rows(plan).update(**counted), "plan_authorised_as_it_is")
    for columns in (
        {"authorised_by": kents.inspector},
        {"authority": None},
        {"authority": None, "authorised_by": None, "authorised_hash": ""},
        {"authors": [*plan.authors, kents.officer.pk]},
    ):
        refused(kents, lambda columns=columns: rows(plan).update(**columns))


def test_nobody_skips_the_assessment_but_by_word_of_mouth(kents):
    plan = kents.submitted()

    def skip():
        authority = Authority.objects.create(**of_authority(plan, kents.officer))
        rows(plan).update(
            status="authorised",
            authority=authority,
            authorised_by=kents.officer,
            authorised_hash=plan.content_hash,
        )

    refused(kents, skip, "comes before an assessment")


def test_an_authority_falls_only_by_being_void_and_never_stands_again(kents):
    plan = kents.authorised()
    first = plan.authority
    undecided = {"authority": None, "authorised_by": None, "authorised_hash": "", "assessed_by": None}
    refused(kents, lambda: rows(plan).update(status="draft", **undecided), "by being void")
    words = plan.answers("necessity")
    kents.edited(plan)
    plan = actions.save_task(kents.now(plan), "necessity", words, seen=2, by=kents.planner, at=db_now())
    assert plan.content_hash == first.content_hash
    plan = kents.assess(actions.submit(plan, seen=plan.revision, by=kents.planner, at=db_now()))
    stands = {"status": "authorised", "authorised_by": kents.officer, "authorised_hash": plan.content_hash}
    refused(kents, lambda: rows(plan).update(authority=first, **stands), "does not stand again")


def test_a_notice_is_the_plan_s_own(kents):
    plan, other = kents.authorised(), kents.notified()
    told = {"status": "notified", "notified_by": kents.engagement, "notified_at": db_now()}
    refused(kents, lambda: rows(plan).update(**told), "plan_notified_exactly_when")
    refused(kents, lambda: rows(plan).update(notice_entry=other.notice_entry, **told), "entry of its own")


# What is decided ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"content_hash": "0" * 64}, "decided about what the plan says"),
        ({"revision": 98}, "decided about what the plan says"),
        ({"authors": [0]}, "decided about what the plan says"),
        ({"authors": []}, "decided about what the plan says"),
        ({"reason": ""}, "authority_has_reason"),
        ({"kind": "conditional"}, "authority_conditional_has_conditions"),
        ({"kind": "urgent_oral"}, "authority_urgent_has_its_times"),
        ({"given_at": later}, "authority_urgent_has_its_times"),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, dict) else "",
)
def test_an_authority_is_about_the_plan_as_it_stands(kents, columns, says):
    plan, officer = kents.assessed(), kents.officer
    told = {name: value() if callable(value) else value for name, value in columns.items()}
    refused(kents, lambda: Authority.objects.create(**of_authority(plan, officer, **told)), says)


def test_nobody_decides_on_what_they_wrote(kents):
    plan = kents.assessed()
    me = kents.planner
    refused(kents, lambda: Authority.objects.create(**of_authority(plan, me)), "authority_four_eyes")
    refused(kents, lambda: Override.objects.create(**of_override(plan, me)), "wrote none of it")


def test_no_machine_decides(kents):
    plan = kents.assessed()
    machine = connect(kents.force, kents.force._owner).person
    for model, said in (
        (Authority, of_authority(plan, machine)),
        (Override, of_override(plan, machine)),
        (Attestation, of_attestation(plan, machine)),
    ):
        refused(kents, lambda model=model, said=said: model.objects.create(**said), "same_kind")
    for column in ("assessed_by", "notified_by"):
        refused(kents, lambda column=column: rows(plan).update(**{column: machine}), "same_kind")


def test_a_decision_stays_as_it_was_taken(kents):
    plan = kents.authorised()
    changed = {
        "reason": "Another.",
        "decided_by": kents.inspector,
        "decided_at": later(days=-3),
        "rank": "chief_constable",
        "roles": [],
        "conditions": ["None."],
        "readiness": [],
        "authors": [0],
        "kind": "conditional",
        "content_hash": "0" * 64,
    }
    for column, value in changed.items():
        refused(
            kents,
            lambda column=column, value=value: rows(plan, Authority).update(**{column: value}),
            "cannot change",
        )
    refused(kents, lambda: rows(plan, Authority)._raw_delete("default"), "permission denied")


def test_it_is_confirmed_once_by_somebody_who_wrote_none_of_it(kents):
    plan = kents.submitted(urgency="A dangerous person was seen in the town.")
    at = db_now()
    plan = actions.record_oral_authority(
        plan, given_at=at, reason=REASON, content_hash=plan.content_hash, by=kents.inspector, at=at
    )
    told = {"confirmed_at": at, "confirmed_reason": REASON}
    refused(
        kents,
        lambda: rows(plan, Authority).update(confirmed_by=kents.planner, **told),
        "authority_four_eyes",
    )
    actions.confirm(plan, reason=REASON, content_hash=plan.content_hash, by=kents.officer, at=db_now())
    for column, value in {
        "confirmed_reason": "Another.",
        "confirmed_rank": "chief_constable",
        "confirmed_at": later(days=-1),
        "confirmed_by": kents.inspector,
    }.items():
        refused(
            kents,
            lambda column=column, value=value: rows(plan, Authority).update(**{column: value}),
            "kept for good",
        )


def test_what_is_void_stays_void(kents):
    plan = kents.edited(kents.authorised())
    for columns in (
        {"voided_by": None, "voided_at": None, "voided_reason": ""},
        {"voided_reason": "Another."},
    ):
        refused(kents, lambda columns=columns: rows(plan, Authority).update(**columns), "kept for good")


# What is written once -----------------------------------------------------------------------------


def test_a_revision_is_the_plan_as_it_stands_by_one_of_its_authors(kents):
    plan = kents.edited(kents.drafted())
    said = {
        "force": plan.force,
        "plan": plan,
        "number": plan.revision,
        "task": "notice",
        "content": bytes(plan.content),
        "written_by": kents.planner,
        "written_at": db_now(),
    }
    for changes in (
        {"number": plan.revision + 1},
        {"content": b"{}"},
        {"written_by": kents.officer},
    ):
        refused(
            kents, lambda changes=changes: PlanRevision.objects.create(**said | changes), "what a plan says"
        )
    refused(kents, lambda: PlanRevision.objects.create(**said), "plan_revision_once")


def test_what_is_written_once_neither_changes_nor_goes(kents):
    plan = kents.notified()
    with acting(kents.force, None):
        Attestation.objects.create(**of_attestation(plan, kents.assessor))
        Override.objects.create(**of_override(plan, kents.chief))
    actions.begin_operation(kents.force, name="Quay", by=kents.planner, at=db_now())
    for table, column in (
        ("deployments_planrevision", "task"),
        ("deployments_attestation", "words"),
        ("deployments_override", "reason"),
        ("deployments_operation", "name"),
        ("register_entry", "reason"),
    ):
        for statement in (f"UPDATE {table} SET {column} = ''", f"DELETE FROM {table}"):
            refused(kents, lambda statement=statement: connection.cursor().execute(statement), "denied")


def test_they_hold_for_the_owner_of_the_tables_too(as_owner):
    """A trigger, not only a missing right."""
    tables = ("planrevision", "attestation", "override", "operation", "plan", "authority")
    with as_owner() as owner:
        found = owner.execute(
            "SELECT tgrelid::regclass::text, proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE NOT tgisinternal AND tgenabled = 'O'"
        ).fetchall()
    for table in tables[:4]:
        assert (f"deployments_{table}", f"deployments_{table}_insert_only") in found
    for table in ("planrevision", "override", "authority"):
        assert (f"deployments_{table}", f"deployments_{table}_agrees") in found
    assert ("deployments_plan", "deployments_plan_moves") in found
    assert ("deployments_authority", "deployments_authority_once") in found


# Another force's ----------------------------------------------------------------------------------


def test_nothing_reaches_across_forces(kents, avon):
    mine, theirs = kents.assessed(), Team(avon).drafted()
    avons = Team(avon)
    with acting(avon, None):
        their_operation = Operation.objects.create(
            force=avon,
            reference="LFR-AAAA-0003",
            name="Quay",
            begun_by=avons.planner,
            begun_at=db_now(),
        )
    refused(kents, lambda: rows(mine).update(operation=their_operation), "same_force_id")
    officer = kents.officer
    for model, said in (
        (Authority, of_authority(theirs, officer, force=kents.force)),
        (Override, of_override(theirs, officer, force=kents.force)),
        (Attestation, of_attestation(theirs, officer, force=kents.force)),
    ):
        refused(kents, lambda model=model, said=said: model.objects.create(**said))
        said = said | {"force": avon}
        refused(kents, lambda model=model, said=said: model.objects.create(**said))
    with acting(kents.force, None):
        assert not Plan.objects.owned_by(avon).filter(pk=theirs.pk).update(place="Quay")
        assert not Plan.objects.owned_by(avon).exists()
        assert not PlanRevision.objects.owned_by(avon).exists()
    with pytest.raises(IntegrityError), acting(kents.force, None), transaction.atomic():
        connection.cursor().execute(
            "UPDATE deployments_plan SET operation_id = %s WHERE id = %s", [their_operation.pk, mine.pk]
        )


def test_the_public_s_notices_are_added_to_and_nothing_more(kents):
    plan = kents.notified()
    assert NoticeHead.objects.get(reference=plan.reference).version == 1
    refused(kents, lambda: Entry.objects.filter(reference=plan.reference).update(reason="Another."), "denied")
    refused(kents, lambda: Entry.objects.filter(reference=plan.reference)._raw_delete("default"), "denied")
