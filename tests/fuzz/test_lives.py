"""People of two forces press any button in any order: the model says what must come of it, and what nobody sees.

Five lives saw an event recorded twice and a right that outlived its role, each planted in a copy of the code: see
docs/how-to/run-the-fuzz.md.
"""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from deployments.models import Deployment, Result
from events.models import Event
from forces.models import Membership
from forces.roles import FORCE_ROLES
from forces.tenancy import acting, national_scope
from tests.fuzz import people
from tests.fuzz.people import Answer, Life, Member, Version
from tests.people import make_force, make_member, make_national
from tests.portal.test_force import answers

pytestmark = pytest.mark.django_db

TEAM = (
    "force_owner",
    "planner",
    "authorising_officer",
    "data_publisher",
    "data_publisher",
    "chief_officer",
    "auditor",
)
GRANTED = ("planner", "authorising_officer", "data_publisher", "chief_officer", "auditor")
# What lives must get to: a walk that never withdraws shows nothing of withdrawing. Many get to all of it by chance.
EVENTS = (
    "recorded", "amended", "reviewed", "sent_back", "resubmitted", "published", "discarded", "correction_prepared",
    "corrected", "withdrawn", "revoked",
)  # fmt: skip
ENOUGH_FOR_CHANCE = 50
WHOLE_LIFE = (
    "amend", "review", "send-back", "resubmit", "review", "publish", "correct", "discard", "correct", "send-back",
    "amend", "review", "publish", "withdraw",
)  # fmt: skip
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGES = ("", "deployments/", "team/", "history/")
anybody = st.integers(0, 2 * len(TEAM) - 1)
# None is whoever can do it: anybody at all is mostly refused, and would get no life anywhere.
somebody = st.one_of(st.none(), st.none(), anybody)
several = st.integers(0, 9)


def secret_of(slug: str) -> str:
    return f"secret-of-{slug}-9f3c"


def machine(teams, lead, counts):
    forces = {slug: force for slug, (force, _) in teams.items()}

    class Lives(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.savepoint = transaction.savepoint()
            self.members = [
                Member(person, slug, dict([held]))
                for slug, (_, team) in teams.items()
                for person, held in team
            ]
            self.clients = {}
            self.lives = []
            self.told = []
            with national_scope():
                self.before = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            self.number = 0
            self.when = ""

        def teardown(self):
            try:
                if sys.exc_info()[0] is None:  # else a step went wrong, and what comes now would hide it
                    self.come_to_an_end()
            finally:
                transaction.savepoint_rollback(self.savepoint)

        # Asking ------------------------------------------------------------------------------------

        def client_of(self, who):
            """Their browser. Whoever was signed out by what others did signs in again, if they can."""
            if id(who) not in self.clients:
                client = self.clients[id(who)] = Client()
                if not who.is_disabled:
                    client.force_login(who.person.logins.get(), backend=BACKEND)
            return self.clients[id(who)]

        def ask(self, who, address, said=None, *, client=None):
            client = client or self.client_of(who)
            answer = client.get(address) if said is None else client.post(address, said)
            counts[f"{'GET' if said is None else 'POST'} {answer.status_code}"] += 1
            assert answer.status_code < 500
            if who is not None:
                self.holds_nothing_of_others(who, answer, address)
            return answer

        def holds_nothing_of_others(self, who, answer, address):
            body = answer.content.decode()
            for slug in forces:
                if slug != who.force:
                    assert secret_of(slug) not in body
            for life in self.lives:
                if life.force != who.force and not life.was_published and life.reference not in address:
                    assert life.reference not in body

        def do(self, who, address, said, wanted: Answer, subject, name):
            answer = self.ask(who, address, said)
            assert answer.status_code == wanted.status, (
                name,
                wanted,
                answer.status_code,
                answer.content[:2000],
            )
            if who.is_disabled:
                assert answer["Location"].startswith("/sign-in/")
            if wanted.event:
                self.told.append((f"{name}.{wanted.event}.v1", subject))
                self.count(wanted.event)
            return answer

        def count(self, event):
            """What every life begins and ends with is counted apart: it says nothing about what chance gets to."""
            counts[event + self.when] += 1

        def result(self, **more):
            """Sound values that have not been said before."""
            self.number += 1
            # A place of its own: the same day and place again would be asked about.
            return answers(place=f"Square {self.number}", watchlist_size=str(9000 + self.number), **more)

        # Deployments -------------------------------------------------------------------------------

        @initialize()
        def each_force_has_two(self):
            self.when = " to begin with"
            for number in (1, 1 + len(TEAM)) * 2:
                self.record(number, False)
            # One waits for review, one is published, one was withdrawn, one is being corrected.
            for which, steps in enumerate((0, 2, 2, 3)):
                for _ in range(steps):
                    self.the_right_people_go_on(which)
            self.by_whoever_can("withdraw", 2)
            self.when = ""

        @rule(who=anybody, elsewhere=st.sampled_from([False] * 5 + [True]))
        def record(self, who, elsewhere):
            who = self.members[who]
            slug = next(each for each in forces if (each == who.force) != elsewhere)
            may = who.may("record_results")
            if who.is_disabled:
                wanted = Answer(302)
            elif elsewhere or not who.roles:
                wanted = Answer(404)
            else:
                wanted = Answer(302, "recorded") if may else Answer(403)
            answer = self.ask(who, f"/portal/{slug}/deployments/record/", self.result())
            assert answer.status_code == wanted.status, answer.content[:2000]
            if wanted.event:
                reference = answer["Location"].rstrip("/").rsplit("/", 1)[-1]
                self.lives.append(Life(reference, slug, Version(1, {who.person.pk})))
                self.told.append(("deployment.recorded.v1", reference))
                self.count("recorded")

        def act(self, action, who, which, is_seen):
            if not self.lives:
                return
            life = self.lives[which % len(self.lives)]
            who = self.members[self.whoever_can(action, life) if who is None else who]
            shown = life.in_work or life.current
            seen = f"{life.current.number}.1" if action == "correct" else f"{shown.number}.{shown.revision}"
            if action == "withdraw":
                seen = f"{life.current.number}.{0 if is_seen else 1}"
            elif not is_seen and action == "correct":
                seen = f"{life.current.number + 1}.1"
            elif not is_seen:
                seen = f"{shown.number}.{shown.revision + 1}"
            reason = "Two alerts were counted twice in the van."
            if action in ("send-back", "resubmit", "discard"):
                reason = f"Not published: {secret_of(life.force)}."
            said = {"seen": seen, "reason": reason}
            if action == "withdraw":
                said["discards"] = str(life.correction.number if life.correction else 0)
            if action in ("amend", "correct"):
                said = self.result(**said)
            wanted = people.expected(action, who, life, is_seen=is_seen)
            address = f"/portal/{life.force}/deployments/{life.reference}/{action}/"
            self.do(who, address, said, wanted, life.reference, "deployment")
            if wanted.event:
                people.change(action, who, life)

        @rule(who=somebody, which=several, seen=st.sampled_from([True, True, True, False]))
        def amend(self, who, which, seen):
            self.act("amend", who, which, seen)

        @rule(who=somebody, which=several, seen=st.sampled_from([True, True, True, False]))
        def review(self, who, which, seen):
            self.act("review", who, which, seen)

        @rule(who=somebody, which=several, seen=st.sampled_from([True, True, True, False]))
        def publish(self, who, which, seen):
            self.act("publish", who, which, seen)

        @rule(who=somebody, which=several, seen=st.sampled_from([True, True, True, False]))
        def send_back(self, who, which, seen):
            self.act("send-back", who, which, seen)

        @rule(who=somebody, which=several, seen=st.sampled_from([True, True, True, False]))
        def resubmit(self, who, which, seen):
            self.act("resubmit", who, which, seen)

        @rule(who=somebody, which=several, seen=st.sampled_from([True, True, True, False]))
        def correct(self, who, which, seen):
            self.act("correct", who, which, seen)

        @rule(who=somebody, which=several, seen=st.sampled_from([True, True, True, False]))
        def discard(self, who, which, seen):
            self.act("discard", who, which, seen)

        @rule(who=anybody, which=several, seen=st.sampled_from([True, True, True, False]))
        def withdraw(self, who, which, seen):
            self.act("withdraw", who, which, seen)

        @rule(which=several)
        def the_right_people_go_on(self, which):
            """One step along the workflow by whoever can take it."""
            work = self.lives[which % len(self.lives)].in_work
            self.by_whoever_can(
                "correct"
                if work is None
                else {"recorded": "review", "sent_back": "resubmit", "reviewed": "publish"}[work.status],
                which,
            )

        def by_whoever_can(self, action, which):
            life = self.lives[which % len(self.lives)]
            number = self.whoever_can(action, life)
            if people.expected(action, self.members[number], life, is_seen=True).event:
                self.act(action, number, which, True)

        def whoever_can(self, action, life):
            """The number of somebody who can do it now; of anybody, if nobody can."""
            for number, who in enumerate(self.members):
                if people.expected(action, who, life, is_seen=True).event:
                    return number
            return 0

        # People ------------------------------------------------------------------------------------

        @rule(who=somebody, whom=anybody, role=st.sampled_from(GRANTED))
        def grant(self, who, whom, role):
            whom = self.members[whom]
            who = self.owner_of(whom.force) if who is None else self.members[who]
            if not whom.roles:
                return
            wanted = self.about_team(who, whom)
            if wanted is None:
                fits = who is not whom and role not in whom.roles
                wanted = Answer(302, "granted") if fits else Answer(422)
            address = f"/portal/{whom.force}/team/{next(iter(whom.roles.values()))}/"
            said = {"role": role, "rank": ""}
            self.do(who, address, said, wanted, str(whom.person.public_id), "role")
            if wanted.event:
                with national_scope():
                    held = Membership.objects.filter(person=whom.person, role=role).latest("pk")
                whom.roles[role] = held.pk

        @rule(who=somebody, whom=anybody, which=several)
        def revoke(self, who, whom, which):
            whom = self.members[whom]
            who = self.owner_of(whom.force) if who is None else self.members[who]
            if not whom.roles:
                return
            role = list(whom.roles)[which % len(whom.roles)]
            wanted = self.about_team(who, whom)
            if wanted is None:
                wanted = Answer(302, "revoked") if who is not whom else Answer(422)
            said = {"end": "1", "reason": secret_of(whom.force)}
            address = f"/portal/{whom.force}/team/{whom.roles[role]}/"
            self.do(who, address, said, wanted, str(whom.person.public_id), "role")
            if wanted.event:
                del whom.roles[role]
                self.signed_out(whom)
                self.try_what_it_allowed(role, whom)

        def try_what_it_allowed(self, role, whom):
            """Sign in anew and do at once what the lost role was for: the model says what other roles still allow."""
            lost = {str(each.value) for each in FORCE_ROLES[role].capabilities}
            number = self.members.index(whom)
            if "record_results" in lost:
                self.record(number, False)
            for which, life in enumerate(self.lives):
                for action in [each for each, needed in people.NEEDS.items() if needed in lost]:
                    if life.force == whom.force:
                        self.act(action, number, which, True)

        def owner_of(self, slug):
            return next(each for each in self.members if each.force == slug)

        def about_team(self, who, whom):
            if who.is_disabled:
                return Answer(302)
            if who.force != whom.force or not who.roles:
                return Answer(404)
            return None if who.may("manage_team") else Answer(403)

        @rule(whom=anybody, who=st.one_of(st.none(), anybody, anybody))
        def disable(self, whom, who):
            """The centre's lead does it; nobody of a force can."""
            whom = self.members[whom]
            login = whom.person.logins.get()
            address = reverse("admin:national-login-disable", args=[login.pk])
            said = {"reason": "Left the force."}
            if who is not None:
                who = self.members[who]
                answer = self.ask(who, address, said)
                assert answer.status_code == 302 if who.is_disabled else answer.status_code in (302, 403, 404)
                return
            client = Client()
            client.force_login(lead.logins.get(), backend=BACKEND)
            answer = self.ask(None, address, said, client=client)
            if whom.is_disabled:
                assert answer.status_code in (302, 422)
                return
            assert answer.status_code == 302
            whom.is_disabled = True
            self.told.append(("login.disabled.v1", str(whom.person.public_id)))
            self.count("disabled")
            assert self.ask(whom, "/portal/")["Location"].startswith("/sign-in/"), (
                "their session ends at once"
            )

        def signed_out(self, whom):
            """Their sessions end with the role: the browser they have is a stranger's."""
            client = self.clients.pop(id(whom), None)
            if client is not None:
                assert client.get("/portal/")["Location"].startswith("/sign-in/")

        # Looking -----------------------------------------------------------------------------------

        @rule(who=anybody, page=st.sampled_from(PAGES), elsewhere=st.booleans())
        def look_about(self, who, page, elsewhere):
            who = self.members[who]
            slug = next(each for each in forces if (each == who.force) != elsewhere)
            answer = self.ask(who, f"/portal/{slug}/{page}")
            if who.is_disabled:
                assert answer.status_code == 302
            elif elsewhere or not who.roles:
                assert answer.status_code == 404
            elif page == "history/" and not who.may("read_audit"):
                assert answer.status_code == 403
            else:
                assert answer.status_code == 200
            if answer.status_code == 200 and page == "deployments/":
                body = answer.content.decode()
                seen = {life.reference for life in self.lives if f"/{life.reference}/" in body}
                mine = {life.reference for life in self.lives if life.force == who.force}
                assert seen == mine if len(mine) <= 25 else seen <= mine

        @rule(who=anybody, which=several)
        def look_at_one(self, who, which):
            if not self.lives:
                return
            who, life = self.members[who], self.lives[which % len(self.lives)]
            answer = self.ask(who, f"/portal/{life.force}/deployments/{life.reference}/")
            sees = who.force == life.force and bool(who.roles)
            assert answer.status_code == (302 if who.is_disabled else 200 if sees else 404)

        @rule(which=several)
        def look_from_outside(self, which):
            """The public sees what was published, and no secret at all."""
            if not self.lives:
                return
            life = self.lives[which % len(self.lives)]
            for address in (f"/api/v1/deployments/{life.reference}", f"/deployments/{life.reference}/"):
                answer = self.ask(None, address, client=Client())
                assert answer.status_code == (200 if life.was_published else 404)
                assert not any(secret_of(slug) in answer.content.decode() for slug in forces)

        # The end -----------------------------------------------------------------------------------

        def come_to_an_end(self):
            """Whatever chance has done, one result goes all the way, and one person who could do it no longer can."""
            self.when = " at the end"
            slug = list(forces)[len(self.told) % 2]
            owner = self.owner_of(slug)
            writers = [number for number, who in enumerate(self.members) if self.may_record(who, slug)]
            if writers:
                self.record(writers[0], False)
                for action in WHOLE_LIFE:
                    self.by_whoever_can(action, len(self.lives) - 1)
            held = [number for number in writers if self.members[number] is not owner]
            if held:
                self.revoke(None, held[-1], 0)
            self.every_life_is_where_the_model_is()
            self.four_eyes_hold()
            self.each_change_has_its_one_event()

        def may_record(self, who, slug):
            return who.force == slug and who.may("record_results") and not who.is_disabled

        # What always holds -------------------------------------------------------------------------

        @invariant()
        def every_life_is_where_the_model_is(self):
            for life in self.lives:
                with acting(forces[life.force], None):
                    kept = Deployment.objects.owned_by(forces[life.force]).with_results()
                    assert people.as_kept(life, kept.get(reference=life.reference)), life

        @invariant()
        def four_eyes_hold(self):
            for force in forces.values():
                with acting(force, None):
                    for result in Result.objects.owned_by(force):
                        assert result.reviewed_by_id not in result.authors
                        assert result.published_by_id not in result.authors

        @invariant()
        def each_change_has_its_one_event(self):
            with national_scope():
                told = Event.objects.filter(pk__gt=self.before, name__regex=r"^(deployment|role|login)\.")
                kept = list(told.order_by("pk").values_list("name", "subject"))
            assert [pair for pair in kept if not pair[0].startswith("login.signed")] == self.told

    return Lives


def test_two_forces_people_may_do_what_the_model_says_and_see_no_more(amount, told):
    teams = {}
    for code, slug, name in (("E23000032", "kent", "Kent Police"), ("E23000036", "avon", "Avon Police")):
        force = make_force(code, slug, name)
        team = []
        for role in TEAM:
            person = make_member(force, role, name=f"{role} {secret_of(slug)}")
            with national_scope():
                team.append((person, (role, Membership.objects.get(person=person, role=role).pk)))
        teams[slug] = (force, team)
    counts: Counter[str] = Counter()
    run_state_machine_as_test(
        machine(teams, make_national("national_lead"), counts),
        settings=settings(
            max_examples=amount("LIVES", 5),
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    chance = "" if amount("LIVES", 5) >= ENOUGH_FOR_CHANCE else " at the end"
    assert not [event for event in EVENTS if not counts[event] + counts[event + chance]], counts
    told("Two forces' people", "- " + ", ".join(f"{what}: {count}" for what, count in sorted(counts.items())))
