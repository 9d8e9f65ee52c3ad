"""Ranks of the police service in England and Wales, junior to senior, and staff.

Source: Police Regulations 2003, regulation 4 (ranks below assistant chief constable); Police Act 1996 for the
chief officer ranks; commander and above in the Metropolitan and City of London forces differ in name only.
Unverified here against the current text; a dated setting, not a test of authority, until the legal framework
says otherwise.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Rank(TextChoices):
    STAFF = "staff", _("Police staff")
    CONSTABLE = "constable", _("Constable")
    SERGEANT = "sergeant", _("Sergeant")
    INSPECTOR = "inspector", _("Inspector")
    CHIEF_INSPECTOR = "chief_inspector", _("Chief inspector")
    SUPERINTENDENT = "superintendent", _("Superintendent")
    CHIEF_SUPERINTENDENT = "chief_superintendent", _("Chief superintendent")
    ASSISTANT_CHIEF_CONSTABLE = "assistant_chief_constable", _("Assistant chief constable or commander")
    DEPUTY_CHIEF_CONSTABLE = "deputy_chief_constable", _("Deputy chief constable or equal")
    CHIEF_CONSTABLE = "chief_constable", _("Chief constable or commissioner")
