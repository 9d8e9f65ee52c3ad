"""Names of people in text: after a title or rank, in a list, or a common forename with a surname.

A name that is also a street, a shop, a stadium or an operation is not taken for a person; a surname alone is not
either, because most are places too.
"""

from __future__ import annotations

import re

# Common forenames in England and Wales, written down by the project. Those that are streets, towns, months or plain
# words as often as people ("Victoria", "Grace", "Jordan", "Mark") are left out.
_FORENAMES = re.findall(
    r"\S+",
    """
 aaron abdul abdullah abigail adam adrian agnieszka ahmed aisha alan alastair alfie ali alice alison amanda
amelia amir amy andrea andrew andrzej angela anita anna anne annie anthony antonio archie arthur ashley ayesha
barbara barry beatrice ben benjamin bernard beth bethany bilal brenda brian bridget bronwen callum cameron
carl carlos carol caroline catherine cerys charles charlie chloe christine christopher claire clare colin
connor craig daniel danielle darren david dawn dean deborah debra denise dennis derek diane donna dorothy
dylan edward eileen eleanor elaine elizabeth ella ellie emily emma eric erin ethan eva evie farah fatima fiona
frances francis freya gareth gary gavin gemma geoffrey georgia geraint gillian gordon graham gwen hannah
harriet harry hassan hayley heather helen henry hugh hussain ian ibrahim imran ioan isaac isabella isla ivan
jacek jacqueline jake james jamie jan jane janet janice jason jean jeffrey jennifer jeremy jessica jill joan
joanna joanne joe joel john jonathan jose joseph josh joshua joyce judith julia julian julie karen karl kate
katherine kathleen katie kayleigh keith kelly kenneth kevin khalid kieran kimberley krzysztof kyle laura
lauren leah leanne lee leon liam linda lisa logan louis louise lucas lucy luke lynn mandy marek margaret maria
marie marion martin martyn mary maryam matthew megan mehmet melanie michael michelle mike mohamed mohammad
mohammed molly muhammad musa nadia natalie natasha nathan neil niamh nicholas nicola nicole nigel noah norma
olivia omar oscar owen pamela patricia patrick paul paula pauline peter philip phoebe piotr priya rachel raj
rebecca rhian rhys richard rita robert robin roger ronald rosemary roy ruth ryan sally sam samantha samuel
sandra sara sarah scott sean sharon shaun sheila shirley sian simon sophia sophie stacey stanislaw stella
stephanie stephen steve steven stuart susan suzanne tamara tanya tariq terence teresa terry thomas timothy
tina toby tom tomasz tony tracey tracy trevor usman valerie vera veronica vincent wayne wendy william yasmin
yusuf yvonne zachary zahra zara zoe
""",
)

# Shops and others that bear a person's name.
_BUSINESSES = (
    r"John\sLewis|Peter\sJones|Paul\sSmith|Ted\sBaker|Thomas\sCook|Robert\sDyas|Laura\sAshley|Michael\sKors|Tony\sCarreras"
    r"|Fred\sPerry|Harvey\sNichols|Calvin\sKlein|Tommy\sHilfiger|William\sHill|Thomas\sPink|Karen\sMillen|Charles\sTyrwhitt"
    r"|Joe\sBrowns|Lee\sCooper|Dr\.?\sMartens|Miss\s(?:Selfridge|Guided|Rates?|Distances?|Out)|Louis\sVuitton|Paul\sMitchell"
)
# What follows a name that belongs to a place, a building, a body or a paper.
_PLACES = frozenset(
    re.findall(
        r"\S+",
        """
     academy act airport arcade arena arms avenue barracks bench bridge building buildings bus café campus
cathedral     centre chapel church clinic close club coach college common community company corner court
crescent cross docks     drive estate event fair festival field fields flats foundation gallery garden gardens
gate green ground grove hall health     high hill hospital hotel house inn inquiry institute judgment junction
lane library line lodge mall market mosque     memorial mews museum neighbourhood park pavilion pier place plc
plaza pool precinct primary quay review rise road     roundabout row school shop shopping square stadium
stairs stand station statue store street studios suite tavern     temple terrace theatre tower towers trust
university viaduct view village walk way wharf ward wood yard ltd llp
""",
    )
)
_BEFORE = frozenset(
    re.findall(
        r"\S+",
        "st st. saint king queen prince princess duke duchess earl lord lady sir port operation op project mount"
        " fort the exercise cafe café hotel",
    )
)
_OPENING = frozenset(re.findall(r"\S+", "ask call contact see with from and for the to by when report"))
_PARTICLE = r"(?:(?:de|del|der|van|von|bin|ibn|al|el|ap|ab|O)[\s'’-])?"
_SURNAME = rf"{_PARTICLE}(?:Mc|Mac|O['’])?[A-Z][a-z]{{2,20}}(?:[-'’][A-Z][a-z]{{1,20}})?"
_FORENAME = "|".join(name.capitalize() for name in _FORENAMES)
_WHOLE = re.compile(
    rf"(?<![\w'’-])(?:([A-Za-z]{{1,20}}\.?)\s)?({_FORENAME})"
    rf"\s(?:[A-Z]\.?\s|(?:{_FORENAME})\s)?({_SURNAME})(?!\w)"
    r"(?:['’]s)?((?:[^\S\n][A-Za-zé]{1,20})?(?:[^\S\n][A-Z][a-zé]{1,20})?)"
)
_TURNED = re.compile(
    rf"(?<!\w)[A-Z][A-Z'’-]{{2,20}},?\s(?:{_FORENAME})(?!\w)"
    rf"|(?<!\w)[A-Z][a-z'’-]{{2,20}},\s(?:{_FORENAME})\b(?=\s*(?:[;\n(]|$|\d|\band\b))"
    rf"|(?<!\w)(?:{'|'.join(name.upper() for name in _FORENAMES)})\s[A-Z][A-Z'’-]{{2,20}}(?!\w)(?![^\S\n]?[A-Z]{{2}})"
)
_TITLED = re.compile(
    rf"(?<![\w'’-])(?:([A-Z][a-z]{{1,20}})\s)?(Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor)\.?\s"
    rf"(?:[A-Z]\.?\s|[A-Z][a-z]{{1,20}}[^\S\n](?=[A-Z]))?({_SURNAME})(?!\w)((?:[^\S\n][A-Za-zé]{{1,20}})?)"
)
_INITIAL = re.compile(
    r"\b(?:PC|DC|PS|DS|DI|DCI|CI|TDC|PCSO|Sgt|Insp|Supt|Constable|Sergeant|Inspector|Superintendent)\.?\s"
    rf"(?:\d{{2,6}}[A-Z]{{0,2}}\s)?[A-Z]\.?\s{_SURNAME}(?!\w)"
)
_CALLED = re.compile(
    r"\b(?:named|called|name\sis|known\sas|alias|suspects?|nominals?|arrested|wanted\sm[ae]n|missing\sperson|victims?)"
    r"(?:\sas)?\s?[:,-]?\s([A-Z][a-z]{2,20})\s([A-Z][a-z]{2,20})(?!\w)(?=\s*(?:[,.;:(]|$|\band\b|\baged\b|\bborn\b|\bwho\b))"
)
_AGED = re.compile(r"(?<!\w)([A-Z][a-z]{2,20})\s([A-Z][a-z'’-]{2,20}),?\s\(?aged?\s\d{1,3}\b")
_BUSINESS = re.compile(rf"\b(?:{_BUSINESSES})\b")


def names_a_person(text: str) -> bool:
    """Whether the text seems to name somebody. A rank, a role, a place or an operation names nobody."""
    if not any(char.isupper() for char in text):
        return False
    text = _BUSINESS.sub("", text)
    if _TURNED.search(text) or _INITIAL.search(text):
        return True
    if any(_is_person(*found.group(1, 3, 4)) for found in _WHOLE.finditer(text)):
        return True
    if any(_is_titled(*found.group(1, 2, 3, 4)) for found in _TITLED.finditer(text)):
        return True
    return any(
        not {found.group(1).lower(), found.group(2).lower()} & _PLACES
        for pattern in (_CALLED, _AGED)
        for found in pattern.finditer(text)
    )


def _is_person(before: str | None, surname: str, after: str) -> bool:
    if before and before.lower() in _BEFORE:
        return False
    return not _PLACES.intersection([surname.lower(), *after.lower().split()])


def _is_titled(before: str | None, title: str, surname: str, after: str) -> bool:
    if title == "Dr" and before and before.lower() not in _OPENING:
        return False  # "Acacia Dr Camden" is a drive
    return not _PLACES.intersection([surname.lower(), *after.lower().split()])
