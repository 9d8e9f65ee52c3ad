"""The shapes of personal data in text. Each pattern is bounded, so that no text makes one slow."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from forces.personal_data.kinds import Kind
from forces.personal_data.names import names_a_person

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?[\s./-]{{1,2}}(?:of\s)?(?:\d{{1,2}}|{_MONTH})[\s.,/-]{{1,2}}\d{{2,4}}"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{6}}(?:\d{{2}})?)"
)
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}"
_STREET = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Close|Drive|Court|Gardens|Grove|Terrace|Crescent|Mews|Place|Way|Walk"
    r"|Rise|Square|Row|Villas|Parade|Heol|Stryd|Ffordd)"
)
_HOUSE = rf"\d{{1,3}}(?:-\d{{1,3}})?[A-Za-z]?,?\s(?:[A-Z][\w'’-]{{1,20}}\s){{1,3}}{_STREET}\b"
# Words that number a thing which is not a house, or end a date or an amount: "Exit 4 High Street".
_NOT_A_HOUSE = re.compile(
    r"(?:\b(?:exit|platform|gate|junction|stand|bay|camera|van|site|phase|sector|zone|london|postcode|area|unit|team|serial|part|day"
    r"|week|ward|route|bus|stop|pier|terminal|entrance|door|operation|deployment|section|paragraph|figure|table"
    r"|category|code|tier|group|level|version|over|about|than|all)"
    r"|[\d:/-])\s*$",
    re.IGNORECASE,
)
# What three letters of a plate would read as here: "OP26 LFR" names an operation.
_NOT_A_PLATE = r"(?!LFR|RFR|FRT|BTP|SWP|GMP|MPS|TVP|WMP|APP|SOP|CIA|EIA|VAN|THE|AND|FOR)"


def _pattern(text: str, flags: int = re.IGNORECASE) -> Callable[[str], bool]:
    compiled = re.compile(text, flags)
    return lambda given: compiled.search(given) is not None


_EMAIL = _pattern(r"[\w.+'-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_NATIONAL_INSURANCE = _pattern(
    r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][\s-]?\d{2}[\s-]?\d{2}[\s-]?\d{2}[\s-]?[A-D]\b"
)
_PNC = _pattern(
    r"\b(?:19|20)?\d{2}/\d{4,7}[A-HJ-NP-RT-Z]\b|\b(?:19|20)\d{9}[A-HJ-NP-RT-Z]\b"
    r"|\bPNC\s?(?:ID|no\.?|number|ref\.?|reference)?\W{0,3}\d{2,4}/?\d{1,7}[A-Z]\b"
)
_CRO = _pattern(
    r"(?<![\d/])\d{3,6}/\d{2}[A-Z]\b|\bSF\d{2}/\d{1,6}[A-Z]\b|\bCRO\s?(?:no\.?|number|ref\.?|reference)?\W{0,3}\d{1,6}/\d{2}"
)
_CUSTODY = _pattern(
    r"\bcustody\s(?:record|number|no\.?|ref\.?|reference|id)(?:\s(?:number|no\.?|ref\.?|reference))?"
    r"(?:\s(?:is|was))?\W{0,3}(?=[A-Z\d/-]{0,20}\d)(?:[A-Z\d]{1,8}[/-][A-Z\d/-]{2,16}|[A-Z]{0,4}\d{5,12})\b"
    r"|\b\d{2}[A-Z]{2}/\d{3,6}/\d{2}\b"
)
_BIRTH = _pattern(
    rf"\b(?:D\.?O\.?B\.?|dates?\sof\sbirth|birth\s?date|birthday|born(?:\son)?)(?:\s(?:is|was|of))?\W{{0,5}}{_DATE}"
    r"|\b(?:D\.?O\.?B\.?|dates?\sof\sbirth|born(?:\sin)?)(?:\s(?:is|was))?\W{0,5}(?:19|20)\d{2}\b"
)
_PLATE = _pattern(rf"\b[A-HK-PRSV-Y][A-HJ-PR-Y]\d{{2}}\s?{_NOT_A_PLATE}[A-HJ-PR-Z]{{3}}\b", 0)
_PLATE_NAMED = _pattern(
    r"\b(?:registration|reg|VRM|VRN|number\s?plate|index)\b(?:\s(?:mark|number|no\.?|plate))?(?:\s(?:is|was|of))?\W{0,4}"
    r"(?:[A-Z]{2}\d{2}\s?[A-Z]{3}|[A-Z]\d{1,3}\s?[A-Z]{3}|[A-Z]{3}\s?\d{1,3}[A-Z]|[A-Z]{1,3}\s?\d{2,4})\b"
)
_HOME = _pattern(
    r"\b(?:(?:lives?|living|lived|resides?|residing|resident)\s(?:at|of)|home\saddress|address(?:\sis|\sof)?)\W{1,3}"
    r"(?:(?:the|a)\s)?(?:flat\s|apartment\s|room\s)?\d{1,4}[a-z]?,?\s[a-z]"
)
_FLAT = _pattern(
    rf"\b(?:flat|apartment|apt\.?)\s\d{{1,4}}[a-z]?,?\s(?:\d{{1,4}}[a-z]?,?\s)?(?-i:[A-Z])[\w'’-]+"
    rf"|\b\d{{1,4}}[a-z]?,?\s(?-i:{_POSTCODE})\b"
)
_NUMBERED_WITH_POSTCODE = re.compile(rf"\b{_HOUSE}[^.;\n]{{0,50}}\b{_POSTCODE}\b")
_NUMBERED = re.compile(rf"(?<!\w){_HOUSE}(?=\s*(?:[,.;)!?]|$))", re.MULTILINE)
_UNITS = {
    "mobile": re.compile(
        # Exactly nine digits after the seven: a figure that follows is no part of it.
        r"(?<![\w/])(?:\+44\s?(?:\(0\)\s?)?|0044\s?|\(?0)7(?:\)?[\s.-]?\d){9}(?![\w/])"
    ),
    "landline": re.compile(
        r"(?<![\w/.:-])(?:\+44\s?(?:\(0\)\s?)?|0044\s?|\(?0)(?:1\d{2,4}|2\d{1,2})\)?[\s-]?\d{3,4}[\s-]?\d{3,4}(?![\w/])"
    ),
    "abroad": re.compile(r"(?<!\w)\+(?!44)[1-9]\d{0,2}(?:[\s.-]?\d){7,11}(?!\w)"),
}
_IMAGE = _pattern(
    r"data:[a-z]{1,20}/[\w.+-]{1,60}[;,]|/9j/4[A-Z0-9+/]{3}|iVBORw0KGgo|R0lGOD[dl]h|UklGR[A-Z0-9+/]{6}|JVBERi0"
    r"|ÿØÿ|\x89PNG|\bJFIF\b|\bffd8ff[de][0-9a-f]|\b89504e470d0a"
)
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{60,}={0,2}")
_VECTOR = _pattern(r"(?:-?\d{1,3}\.\d{3,20}[\s,;]{1,3}){15}-?\d{1,3}\.\d{3,20}")


def find(text: str, *, is_place: bool = False) -> tuple[Kind, ...]:
    """The kinds of personal data that this text seems to hold, in a fixed order; empty for none.

    `is_place` says that it names a place, where a numbered street alone is no home address.
    """
    plain = _evened(text)
    holds: dict[Kind, bool] = {
        Kind.IMAGE: _IMAGE(plain) or _VECTOR(plain) or _is_encoded(plain),
        Kind.EMAIL: _EMAIL(plain),
        Kind.PHONE: _has_phone(plain),
        Kind.NATIONAL_INSURANCE: _NATIONAL_INSURANCE(plain),
        Kind.PNC: _PNC(plain),
        Kind.CRO: _CRO(plain),
        Kind.CUSTODY: _CUSTODY(plain),
        Kind.BIRTH: _BIRTH(plain),
        Kind.VEHICLE: _PLATE(plain) or _PLATE_NAMED(plain),
        Kind.ADDRESS: _has_address(plain, is_place),
        Kind.NAME: names_a_person(plain),
    }
    return tuple(kind for kind, is_there in holds.items() if is_there)


def _evened(text: str) -> str:
    """Full-width digits, odd spaces and dashes as their plain likes; characters nobody sees left out."""
    seen = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return re.sub(r"[^\S\n]+", " ", re.sub(r"[‐-―−]", "-", seen))


def _has_phone(text: str) -> bool:
    for name, unit in _UNITS.items():
        for found in unit.finditer(text):
            digits = re.sub(r"\D", "", found.group().replace("(0)", ""))
            national = re.sub(r"^(?:00)?44", "0", digits) if name != "abroad" else ""
            if name == "abroad" or len(national) in (10, 11):
                return True
    return False


def _has_address(text: str, is_place: bool) -> bool:
    if _HOME(text) or _FLAT(text):
        return True
    numbered = (_NUMBERED_WITH_POSTCODE,) if is_place else (_NUMBERED_WITH_POSTCODE, _NUMBERED)
    return any(
        not _NOT_A_HOUSE.search(text[max(0, found.start() - 20) : found.start()])
        for pattern in numbered
        for found in pattern.finditer(text)
    )


def _is_encoded(text: str) -> bool:
    """Long runs of base64 hold capitals, small letters and digits; fingerprints and long words do not."""
    return any(
        re.search(r"[A-Z]", run)
        and re.search(r"[a-z]", run)
        and re.search(r"\d", run)
        and sum(run.count(mark) for mark in "-/_") <= len(run) // 12
        for run in _ENCODED.findall(text)
    )
