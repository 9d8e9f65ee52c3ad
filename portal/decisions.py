"""Kinds of decision that the centre's pages add to the queue: found here when the service starts."""

from portal.national import decide_kinds as decide_kinds
from portal.national import decide_plans as decide_plans
