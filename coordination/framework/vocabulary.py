"""The words that requirements and plans share: a stable code (stored) and its name (shown).

A code that has been used stays: requirements of past versions and published records carry it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from forces.words import Words


class Weight(models.TextChoices):
    """How heavily a requirement weighs. What is not verified only ever warns, whatever its weight."""

    LAW = "law", _("Law")
    NATIONAL_CONDITION = "national_condition", _("National condition")
    ADVICE = "advice", _("Advice")


class SourceKind(models.TextChoices):
    """What kind of text a requirement comes from."""

    STATUTE = "statute", _("Statute")
    CASE = "case", _("Case")
    CODE = "code", _("Statutory code")
    APP = "app", _("Authorised Professional Practice")
    POLICY = "policy", _("National policy")
    PRACTICE = "practice", _("Practice of forces")


class Group(models.TextChoices):
    """What a requirement is about; pages list them in this order."""

    PURPOSE = "purpose", _("Purpose and place")
    NECESSITY = "necessity", _("Necessity and proportionality")
    AUTHORITY = "authority", _("Authority")
    DOCUMENTS = "documents", _("Documents and assessments")
    WATCHLIST = "watchlist", _("Watchlist")
    SYSTEM = "system", _("System and people")
    NOTICE = "notice", _("Telling the public")
    AFTERWARDS = "afterwards", _("Afterwards")


class Phase(models.TextChoices):
    """By when it must be met: before authority, before notice, on the day, or afterwards."""

    PLAN = "plan", _("Before the authority is given")
    NOTICE = "notice", _("Before the public is told")
    DAY = "day", _("Before the deployment starts")
    AFTER = "after", _("After the deployment")


class UseCase(models.TextChoices):
    """The three uses that national guidance names, as quoted in the Home Office's options assessment."""

    LOCATE_WANTED = "locate_wanted", _("Find people who are wanted")
    PROTECT_AREA = "protect_area", _("Keep people who may cause harm out of an area")
    LOCATE_AT_RISK = "locate_at_risk", _("Find people at risk, or who pose a risk")


class PlaceType(models.TextChoices):
    """What kind of place the cameras look at."""

    TOWN_CENTRE = "town_centre", _("Town or city centre")
    SHOPPING = "shopping", _("Shopping area")
    TRANSPORT = "transport", _("Station, port or other transport hub")
    EVENT = "event", _("Sports, music or other ticketed event")
    ASSEMBLY = "assembly", _("Procession, protest or other assembly")
    CRITICAL_SITE = "critical_site", _("Critical national infrastructure")
    OTHER = "other", _("Another place")


class WatchlistCategory(models.TextChoices):
    """Why somebody may be on a watchlist, in the categories of national guidance. Never who."""

    WANTED = "wanted", _("Wanted by the courts")
    SUSPECTED = "suspected", _("Suspected of an offence, or about to commit one")
    CONDITIONS = "conditions", _("Under bail conditions or a court order")
    MISSING = "missing", _("Missing and at increased risk")
    RISK_OF_HARM = "risk_of_harm", _("At risk of harm, or a risk to others")
    ASSOCIATE = "associate", _("Associate of somebody in another category")
    WITNESS = "witness", _("Possible witness")
    VICTIM = "victim", _("Victim")


class Camera(models.TextChoices):
    """How the cameras are mounted."""

    VAN = "van", _("Cameras on a van")
    FIXED = "fixed", _("Fixed cameras")
    PORTABLE = "portable", _("Cameras put up for the day")


class DocumentKind(models.TextChoices):
    """Documents that a requirement may ask for, each published by the force with a version and a review date."""

    POLICY = "policy", _("Policy")
    LEGAL_MANDATE = "legal_mandate", _("Legal mandate")
    SOP = "sop", _("Standard operating procedure")
    DPIA = "dpia", _("Data protection impact assessment")
    EIA = "eia", _("Equality impact assessment")
    APPROPRIATE_POLICY_DOCUMENT = "appropriate_policy_document", _("Appropriate policy document")
    COMMUNITY_IMPACT = "community_impact", _("Community impact assessment")
    TRAINING = "training", _("Training material")
    OTHER = "other", _("Another document")


class PlanRole(models.TextChoices):
    """Who takes part in a deployment, as a plan names them."""

    COMMANDER = "commander", _("Commander")
    OPERATORS = "operators", _("Operators")
    ENGAGEMENT_OFFICERS = "engagement_officers", _("Engagement officers")
    SILVER = "silver", _("Silver commander")
    BRONZE = "bronze", _("Bronze commander")


# Texts of a plan that a requirement may ask for, as `task.field`, with the words that finish "the plan says …".
PLAN_TEXTS: dict[str, Words] = {
    "purpose.objective": _("what the deployment must achieve"),
    "purpose.expected_benefit": _("what is expected to be gained"),
    "place.location_reason": _("what shows that this is the place"),
    "necessity.necessity": _("why it is necessary"),
    "necessity.strict_necessity": _("why it is strictly necessary to process biometric data"),
    "necessity.alternatives": _("which less intrusive ways were considered"),
    "necessity.proportionality": _("why it is proportionate"),
    "people.briefing": _("how people are briefed on lawful use and on bias"),
    "protection.equality": _("the effect on people with protected characteristics"),
    "protection.community_impact": _("the effect on the community"),
    "protection.engagement": _("who was spoken with"),
    "notice.summary": _("what the public is told"),
    "notice.signage": _("signs and leaflets at the place"),
}
