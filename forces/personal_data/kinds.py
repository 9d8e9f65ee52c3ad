"""The kinds of personal data that a text is searched for: their codes, their words, and how to write without them."""

from __future__ import annotations

from enum import Enum

from django.utils.translation import gettext_lazy as _

from forces.words import Words

_OUT = _("Nothing here may identify a person.")


class Kind(Enum):
    """A stable code (recorded), the words that finish "what looks like …", and what to write instead."""

    def __new__(cls, code: str, words: Words, help: Words):
        self = object.__new__(cls)
        self._value_ = code
        self.words = words
        self.help = help
        return self

    words: Words
    help: Words

    EMAIL = "email", _("an email address"), _("Give a contact point of the organisation in its own field.")
    PHONE = "phone", _("a telephone number"), _("Give a contact point of the organisation in its own field.")
    NATIONAL_INSURANCE = "national_insurance", _("a National Insurance number"), _OUT
    PNC = "pnc", _("a Police National Computer number"), _OUT
    CRO = "cro", _("a Criminal Records Office number"), _OUT
    CUSTODY = "custody", _("a custody record number"), _OUT
    BIRTH = "birth", _("a date of birth"), _("Say an age group, such as “under 18”.")
    VEHICLE = "vehicle", _("a vehicle registration"), _("Call a van by its type or call sign.")
    ADDRESS = "address", _("a home address"), _("Name the street or area without the number.")
    NAME = "name", _("a person’s name"), _("Write the role or rank instead of the name.")
    IMAGE = "image", _("an image or a template"), _("No image, and no data made from one, is kept here.")
