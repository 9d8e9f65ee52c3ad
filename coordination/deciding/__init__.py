"""What waits for a person of the centre to decide, whichever part of the service it comes from.

types     kinds of decision: each part of the service adds its own with one call
queue     what waits now, read live from where it lives; the latest deadline passed first
models    who has taken an item, what was proposed where two people must agree, what was decided
actions   take, give back, decide, confirm, decline
"""
