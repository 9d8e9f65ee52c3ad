from forces.models.areas import AreaMap
from forces.models.documents import ContactPoint, Document, DocumentWithdrawal
from forces.models.force import BodyType, Force, LfrUse, Realm, Succession
from forces.models.people import Appointment, ForceGrant, Membership, Person, User
from forces.models.systems import System, SystemLogin, SystemToken

__all__ = [
    "Appointment",
    "AreaMap",
    "BodyType",
    "ContactPoint",
    "Document",
    "DocumentWithdrawal",
    "Force",
    "ForceGrant",
    "LfrUse",
    "Membership",
    "Person",
    "Realm",
    "Succession",
    "System",
    "SystemLogin",
    "SystemToken",
    "User",
]
