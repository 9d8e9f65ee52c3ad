"""What may be chosen in a plan, by stored code. Which of it is allowed on a day is for the legal framework to say.

Use cases and watchlist categories: the College of Policing's guidance on live facial recognition, as quoted in a
Home Office options assessment and in a force's answer under freedom of information; read second-hand, so unverified
here. The framework holds their sources.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UseCase(TextChoices):
    LOCATE_WANTED = "locate_wanted", _("Find people who are wanted")
    PROTECT_AREA = "protect_area", _("Keep people who may cause harm out of an area")
    LOCATE_AT_RISK = "locate_at_risk", _("Find people at risk, or who pose a risk")


class PlaceType(TextChoices):
    TOWN_CENTRE = "town_centre", _("Town or city centre")
    SHOPPING = "shopping", _("Shopping area")
    TRANSPORT = "transport", _("Station, port or other transport hub")
    EVENT = "event", _("Sports, music or other ticketed event")
    ASSEMBLY = "assembly", _("Procession, protest or other assembly")
    CRITICAL_SITE = "critical_site", _("Critical national infrastructure")
    OTHER = "other", _("Another place")


class LocationBasis(TextChoices):
    HOTSPOT = "hotspot", _("Recorded crime is high there")
    INTELLIGENCE = "intelligence", _("Intelligence that a person may be there")
    EVENT = "event", _("An event that people may want to harm")
    CRITICAL_SITE = "critical_site", _("A site that must be protected")


class Camera(TextChoices):
    VAN = "van", _("Cameras on a van")
    FIXED = "fixed", _("Fixed cameras")
    PORTABLE = "portable", _("Cameras put up for the day")


class Category(TextChoices):
    """Why somebody may be on a watchlist. Never who."""

    WANTED = "wanted", _("Wanted by the courts")
    SUSPECTED = "suspected", _("Suspected of an offence, or about to commit one")
    CONDITIONS = "conditions", _("Under bail conditions or a court order")
    MISSING = "missing", _("Missing and at increased risk")
    RISK_OF_HARM = "risk_of_harm", _("At risk of harm, or a risk to others")
    ASSOCIATE = "associate", _("Associate of somebody in another category")
    WITNESS = "witness", _("Possible witness")
    VICTIM = "victim", _("Victim")


class Source(TextChoices):
    """Where images on a watchlist come from. All must be lawfully held."""

    CUSTODY = "custody", _("Custody images of this force")
    PND = "pnd", _("Police National Database")
    OTHER_FORCE = "other_force", _("Another force")
    MISSING_REPORT = "missing_report", _("Report of a missing person")
    OTHER = "other", _("Another lawfully held source")


class DeferralGround(TextChoices):
    """Why the public is not told beforehand."""

    CRITICAL_THREAT = "critical_threat", _("Critical threat to life or security")
    SPECIFIC_PERSON = "specific_person", _("Telling would defeat the search for one dangerous person")


class LiveDecision(TextChoices):
    """What the commander of a running deployment decides when what it relied on changes."""

    GO_ON = "go_on", _("Go on")
    PAUSE = "pause", _("Pause")
    STOP = "stop", _("Stop")
