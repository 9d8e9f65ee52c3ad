"""The commands: a new installation's first lead, and the made-up forces of a demonstration."""

import pytest
from django.core.management import CommandError, call_command

from coordination.collation import demonstration as histories
from directory import actions, demonstration
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Membership, Person, Realm, User
from forces.permissions import may
from forces.tenancy import national_scope

pytestmark = pytest.mark.django_db


def appoint(**more):
    call_command("appoint_lead", name="Ada Byron", email="Ada@centre.example", **more)


def person_of(email):
    with national_scope():
        return Person.objects.get(logins__email=email)


def test_appoint_lead_prints_an_address_that_works_once(capsys):
    appoint()
    said = capsys.readouterr().out
    path = said.split()[-1]
    _, _, _, login, token, _ = path.split("/")
    assert path.startswith("/sign-in/password/")
    actions.choose_password(login, token, password="a long enough pass phrase", at=db_now())
    assert may(person_of("ada@centre.example"), Capability.APPOINT)
    assert actions.login_for(login, token) is None


def test_appoint_lead_refuses_a_second_one(capsys):
    appoint()
    with pytest.raises(CommandError, match="already"):
        call_command("appoint_lead", name="Eve", email="eve@centre.example")
    assert not User.objects.filter(email="eve@centre.example").exists()


def test_appoint_lead_refuses_what_is_no_address():
    with pytest.raises(CommandError, match="e-mail"):
        call_command("appoint_lead", name="Ada", email="ada")


def test_the_demonstration_has_people_for_every_task(capsys):
    call_command("load_demonstration")
    assert "Northmoor Police and Eastvale Police" in capsys.readouterr().out
    # Those that have nobody stand beside others in statistics, and nothing more.
    with_histories = {history.slug for history in histories.HISTORIES}
    for force in Force.objects.filter(realm=Realm.DEMONSTRATION).exclude(slug__in=with_histories):
        with national_scope():
            held = set(Membership.objects.filter(force=force).values_list("role", flat=True))
        wanted = {
            "planner",
            "authorising_officer",
            "operator_lead",
            "data_publisher",
            "force_owner",
            "auditor",
        }
        assert wanted <= held
    assert not with_histories & set(demonstration.FORCES)
    assert may(person_of("national-lead@centre.example"), Capability.APPOINT)


def test_the_demonstration_made_twice_is_the_same(capsys):
    def everything():
        with national_scope():
            return [
                list(model.objects.order_by("pk").values()) for model in (Force, Person, User, Membership)
            ]

    call_command("load_demonstration")
    before = everything()
    call_command("load_demonstration")
    assert everything() == before


def test_the_demonstration_mends_itself_when_half_made():
    demonstration.load()
    User.objects.filter(email="auditor@eastvale.example").update(email="gone@eastvale.example")
    demonstration.load()
    assert person_of("auditor@eastvale.example").name == "Leila Thackeray"


def test_nobody_made_up_has_a_password_or_belongs_to_a_real_force(kent):
    demonstration.load()
    users = User.objects.filter(email__in=[persona.email for persona in demonstration.PERSONAS])
    assert len(users) == len(demonstration.PERSONAS)
    assert not any(user.has_usable_password() for user in users)
    with national_scope():
        assert not Membership.objects.filter(force__realm=Realm.NATIONAL).exists()


def test_outside_a_demonstration_there_is_nobody_to_sign_in_as(settings, capsys):
    demonstration.load()
    settings.DEMONSTRATION = False
    assert demonstration.people() == []
    with pytest.raises(demonstration.NotADemonstration):
        demonstration.login_of("northmoor-planner")
    with pytest.raises(CommandError, match="LFR_DEMONSTRATION=1"):
        call_command("load_demonstration")
    call_command("demonstration_signins")
    assert capsys.readouterr().out == ""


def test_a_real_lead_is_not_joined_by_a_made_up_one(national_lead):
    demonstration.load()
    assert not User.objects.filter(email="national-lead@centre.example").exists()
    assert "centre-national-lead" not in {persona.key for persona in demonstration.people()}


def test_demonstration_signins_lists_them(capsys):
    demonstration.load()
    call_command("demonstration_signins")
    said = capsys.readouterr().out
    assert "Northmoor Police   Data publisher             Hana Lindqvist" in said
    assert len(said.splitlines()) == len(demonstration.PERSONAS) + 1


def test_a_persona_is_found_by_key():
    demonstration.load()
    assert demonstration.login_of("northmoor-data-publisher").email == "data-publisher@northmoor.example"
    with pytest.raises(User.DoesNotExist):
        demonstration.login_of("kent-planner")
