"""Two made-up forces with people anyone may sign in as, and a made-up centre: for evaluation, never in production."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from directory import actions
from forces.clock import db_now, london_date
from forces.groups import open_national_roles, open_roles
from forces.models import BodyType, Force, LfrUse, Person, Realm, User
from forces.models.documents import Document, Kind
from forces.ranks import Rank
from forces.refusals import Forbidden, Refusal
from forces.roles import Role, role
from forces.tenancy import acting, national_scope


class NotADemonstration(Refusal):
    """This installation holds no made-up forces."""

    def __init__(self) -> None:
        super().__init__(
            _("Made-up forces belong in a demonstration only. Set LFR_DEMONSTRATION=1 to make this one.")
        )


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody made up. `force` is the slug of their force; empty for the centre. `key` is in addresses."""

    force: str
    role_code: str
    name: str
    rank: str = ""

    @property
    def key(self) -> str:
        return f"{self.force or 'centre'}-{self.role_code.replace('_', '-')}"

    @property
    def email(self) -> str:
        return f"{self.role_code.replace('_', '-')}@{self.force or 'centre'}.example"

    @property
    def role(self) -> Role:
        return role(self.role_code)

    @property
    def force_name(self) -> str:
        return FORCES[self.force] if self.force else _("National centre")


# What happened at a made-up force goes back more than a year, and its people were there.
BEFORE = timedelta(days=500)
FORCES = {"northmoor": "Northmoor Police", "eastvale": "Eastvale Police"}
# How they stood to live facial recognition: force, standing, first day, the day after the last.
USES = (
    ("northmoor", LfrUse.Status.BORROWED, date(2024, 3, 25), date(2024, 4, 9)),
    ("northmoor", LfrUse.Status.OWN, date(2024, 10, 1), None),
    ("eastvale", LfrUse.Status.SHARED, date(2025, 5, 12), date(2025, 11, 3)),
    ("eastvale", LfrUse.Status.PAUSED, date(2025, 11, 3), date(2026, 4, 1)),
    ("eastvale", LfrUse.Status.SHARED, date(2026, 4, 1), None),
)

# Kind, title and days until it is looked at again.
DOCUMENTS = (
    (Kind.POLICY, "Policy on live facial recognition", 165),
    (Kind.SOP, "Standard operating procedure", 165),
    (Kind.DPIA, "Data protection impact assessment", 120),
    (Kind.EIA, "Equality impact assessment", 90),
    (Kind.APPROPRIATE_POLICY_DOCUMENT, "Appropriate policy document", 165),
)

PERSONAS = (
    Persona("northmoor", "force_owner", "Morwen Achebe", Rank.CHIEF_SUPERINTENDENT),
    Persona("northmoor", "planner", "Iris Pemberton", Rank.INSPECTOR),
    Persona("northmoor", "authorising_officer", "Daniel Okafor", Rank.SUPERINTENDENT),
    Persona("northmoor", "operator_lead", "Sal Whitlock", Rank.SERGEANT),
    Persona("northmoor", "data_publisher", "Hana Lindqvist", Rank.STAFF),
    Persona("northmoor", "chief_officer", "Rhys Calloway", Rank.ASSISTANT_CHIEF_CONSTABLE),
    Persona("northmoor", "engagement_lead", "Alys Trevanion", Rank.STAFF),
    Persona("northmoor", "data_protection_officer", "Noor Farrant", Rank.STAFF),
    Persona("northmoor", "auditor", "Tomas Greer", Rank.STAFF),
    Persona("eastvale", "force_owner", "Bronwen Adeyemi", Rank.CHIEF_SUPERINTENDENT),
    Persona("eastvale", "planner", "Callum Roth", Rank.INSPECTOR),
    Persona("eastvale", "authorising_officer", "Meera Stanhope", Rank.SUPERINTENDENT),
    Persona("eastvale", "operator_lead", "Jo Vandermeer", Rank.SERGEANT),
    Persona("eastvale", "data_publisher", "Efua Marlow", Rank.STAFF),
    Persona("eastvale", "chief_officer", "Owen Castellan", Rank.ASSISTANT_CHIEF_CONSTABLE),
    Persona("eastvale", "engagement_lead", "Gethin Moss", Rank.STAFF),
    Persona("eastvale", "data_protection_officer", "Kit Sorensen", Rank.STAFF),
    Persona("eastvale", "auditor", "Leila Thackeray", Rank.STAFF),
    Persona("", "national_lead", "Winifred Osei"),
    Persona("", "national_analyst", "Arthur Bellweather"),
    Persona("", "legal_adviser", "Constance Akintola"),
)


def load() -> str:
    """What `manage.py load_demonstration` runs: returns one line for the terminal. Repeating it changes nothing."""
    if not settings.DEMONSTRATION:
        raise NotADemonstration
    forces = {slug: _force(slug, name) for slug, name in FORCES.items()}
    open_national_roles()
    open_roles(*forces.values())
    _uses(forces)
    there = set(User.objects.filter(email__in=[p.email for p in PERSONAS]).values_list("email", flat=True))
    for slug, force in forces.items():
        _people_of(force, [p for p in PERSONAS if p.force == slug and p.email not in there])
    _documents(forces)
    _centre([p for p in PERSONAS if not p.force and p.email not in there])
    return f"{' and '.join(FORCES.values())}, with {len(people())} people to sign in as"


def people() -> list[Persona]:
    """Those who can be signed in as, here and now: none unless this is a demonstration."""
    if not settings.DEMONSTRATION:
        return []
    there = set(User.objects.filter(is_active=True).values_list("email", flat=True))
    return [persona for persona in PERSONAS if persona.email in there]


def login_of(key: str) -> User:
    """The login of the persona with this key. Raises NotADemonstration, User.DoesNotExist."""
    if not settings.DEMONSTRATION:
        raise NotADemonstration
    email = next((persona.email for persona in PERSONAS if persona.key == key), None)
    return User.objects.get(email=email, is_active=True)


def _force(slug: str, name: str) -> Force:
    return Force.objects.get_or_create(
        code=f"X-{slug.upper()}",
        defaults={
            "slug": slug,
            "name": name,
            "area_name": name.removesuffix(" Police"),
            "region": "Made up",
            "body_type": BodyType.TERRITORIAL,
            "realm": Realm.DEMONSTRATION,
            "source": "Made up for the demonstration.",
        },
    )[0]


def _uses(forces: dict[str, Force]) -> None:
    """Of a force of which nothing is recorded yet: what people declare there stands."""
    for slug, force in forces.items():
        if LfrUse.objects.filter(force=force).exists():
            continue
        with acting(force, None):
            for owner, status, first, after in USES:
                if owner == slug:
                    LfrUse.objects.create(
                        force=force,
                        status=status,
                        period=DateRange(first, after),
                        source=_("Made up for the demonstration."),
                        is_verified=True,
                    )


def _documents(forces: dict[str, Force]) -> None:
    """What each has published about its use, one of them past its review, and where it is reached."""
    today = london_date(db_now())
    for slug, force in forces.items():
        if Document.objects.filter(force=force).exists():
            continue
        keeper = _person(f"data-protection-officer@{slug}.example")
        for kind, title, days in DOCUMENTS:
            late = (slug, kind) == ("eastvale", Kind.SOP)
            actions.publish_document(
                force,
                kind=kind.value,
                title=title,
                version="2.1",
                url=f"https://www.{slug}.example/facial-recognition/{kind.replace('_', '-')}",
                adopted_on=today - timedelta(days=400 if late else 200),
                review_on=today - timedelta(days=35) if late else today + timedelta(days=days),
                by=keeper,
                at=db_now(),
            )
        actions.set_contact(force, email=f"facial-recognition@{slug}.example", by=keeper, at=db_now())


def _people_of(force: Force, missing: list[Persona]) -> None:
    since = db_now() - BEFORE
    owner_email = f"force-owner@{force.slug}.example"
    for persona in missing:
        if persona.role_code != "force_owner":
            owner = _person(owner_email)
            actions.invite(
                force,
                name=persona.name,
                email=persona.email,
                role=persona.role_code,
                rank=persona.rank,
                by=owner,
                at=since,
            )
            continue
        with national_scope():
            person = Person.objects.create(name=persona.name)
            User.objects.create_user(persona.email, person=person)
        actions.grant(person, "force_owner", force=force, rank=persona.rank, by=None, at=since)


def _centre(missing: list[Persona]) -> None:
    lead = next(persona for persona in PERSONAS if persona.role_code == "national_lead")
    for persona in missing:
        try:
            actions.appoint(
                role=persona.role_code,
                by=None if persona is lead else _person(lead.email),
                at=db_now(),
                name=persona.name,
                email=persona.email,
            )
        except Forbidden:  # a real lead was appointed before: nobody made up takes their place
            return


def _person(email: str) -> Person:
    with national_scope():
        return Person.objects.get(logins__email=email)
