"""Deciding without the right to, or from another force, the centre or a reader's chair."""

from datetime import timedelta

from coordination.framework import actions as framework
from coordination.framework.models import Version
from directory import actions as directory
from forces.clock import db_now, london_date
from forces.models import Membership
from forces.tenancy import national_scope
from tests.portal.tricks.playing import WHY, decision, oral, trick, url


@trick("authorise as a planner", 403, "access")
def as_planner(s):
    plan = s.plan("assessed")
    yield
    yield s.sends(s.kents.planner, "authorise", plan, decision(plan))


@trick("authorise as whoever assessed it", 403, "access")
def as_assessor(s):
    plan = s.plan("assessed")
    yield
    yield s.sends(s.kents.assessor, "authorise", plan, decision(plan))


@trick("authorise as the owner of the force's team", 403, "access")
def as_owner(s):
    plan = s.plan("assessed")
    yield
    yield s.sends(s.kents.force._owner, "authorise", plan, decision(plan))


@trick("authorise as the national lead", 403, "access")
def as_national_lead(s):
    plan = s.plan("assessed")
    yield
    yield s.sends(s.lead, "authorise", plan, decision(plan))


@trick("tell the public as the national lead", 403, "access")
def notify_as_national_lead(s):
    plan = s.authorised()
    yield
    yield s.sends(s.lead, "notice", plan, {"seen": plan.content_hash})


@trick("authorise as a regulator, who reads after the event", 404, "access")
def as_regulator(s):
    plan = s.plan("assessed")
    yield
    yield s.sends(s.regulator, "authorise", plan, decision(plan))


@trick("authorise as an officer of another force", 404, "access")
def as_another_force(s):
    plan = s.plan("assessed")
    yield
    yield s.sends(s.avons.officer, "authorise", plan, decision(plan))


@trick("authorise another force's plan at the address of one's own", 404, "access")
def at_my_own_address(s):
    plan = s.plan("theirs")
    address = url("authorise", plan).replace("avon-and-somerset", "kent")
    yield
    yield s.client(s.kents.officer).post(address, decision(plan))


@trick("authorise with a role that was taken away after the page was opened", 403, "access")
def taken_away(s):
    me = s.kents.officer
    s.gives(me, "auditor", "")
    plan = s.plan("assessed")
    assert s.client(me).get(url("authorise", plan)).status_code == 200
    with national_scope():
        held = Membership.objects.get(person=me, role="authorising_officer")
    directory.revoke(held, by=s.kents.force._owner, at=db_now(), reason="Moved to another post.")
    yield
    yield s.sends(me, "authorise", plan, decision(plan))


@trick("set a national condition aside as the authorising officer", 403, "access")
def override_as_officer(s):
    plan = s.plan("unreviewed")
    yield
    yield s.sends(
        s.kents.officer, "override", plan, {"seen": plan.content_hash, "reason": WHY}, "watchlist-review"
    )


@trick("set aside what the law asks", 302, "wrong_state")
def override_the_law(s):
    plan = s.plan("unreviewed")
    said = {"seen": plan.content_hash, "reason": WHY}
    yield
    for law in ("dpia", "necessity", "location-basis"):
        yield s.sends(s.kents.chief, "override", plan, said, law)


@trick("attest what another role attests", 403, "wrong_state")
def attest_as_another(s):
    plan = s.plan("submitted")
    document = str(s.kents.papers["dpia"])
    said = {"seen": plan.content_hash, "reason": WHY, "document": document, "role": "data_protection_officer"}
    yield
    yield s.sends(s.kents.officer, "attest", plan, said, "logging")


@trick("attest a requirement that nobody attests", 302, "wrong_state")
def attest_nothing(s):
    plan = s.plan("submitted")
    yield
    yield s.sends(
        s.kents.assessor, "attest", plan, {"seen": plan.content_hash, "reason": WHY}, "authority-rank"
    )


@trick("authorise with too low a rank, where the rank is verified", 422, "not_ready")
def rank_too_low(s):
    at, day = db_now(), london_date(db_now())
    version = framework.draft(summary="The rank has been read in the APP.", by=s.lead, at=at)
    told = {
        "verified": True,
        "verified_on": day,
        "verified_note": "",
        "url": "https://www.college.police.uk/app",
    }
    framework.state(version, "authority-rank", told, by=s.lead, at=at)
    framework.propose(version, takes_effect_on=day + timedelta(days=1), by=s.lead, at=at)
    version = Version.objects.get(pk=version.pk)
    framework.adopt(version, seen=version.proposals, reason="Read and found right.", by=s.adviser, at=at)
    plan = s.plan("assessed")
    yield
    said = {**decision(plan), "rank": "chief_constable"}
    yield s.sends(s.kents.inspector, "authorise", plan, said)


@trick("command a deployment that one does not command", 302, "wrong_state")
def command(s):
    plan = s.authorised()
    yield
    yield s.sends(
        s.kents.commander, "running", plan, {"seen": plan.content_hash, "decision": "stop", "reason": WHY}
    )


@trick("open the centre's pages as an officer of a force", 403, "centre")
def the_centre(s):
    plan = s.plan("assessed")
    client = s.client(s.kents.officer)
    yield
    yield client.post(f"/admin/plans/{plan.reference}/", decision(plan))


@trick("record oral authority for a plan that is not urgent", 302, "wrong_state")
def not_urgent(s):
    plan = s.plan("submitted")
    yield
    yield s.sends(s.kents.officer, "authorise", plan, oral(plan, -s.minute))
