"""What a person might state of a new requirement."""

from datetime import date


def stated(**more):
    return {
        "title": "Weather",
        "sentence": "The deployment is not planned for a storm.",
        "group": "purpose",
        "weight": "national_condition",
        "source_kind": "policy",
        "citation": "Weather policy 2027, paragraph 3",
        "url": "https://weather.example/policy",
        "verified": True,
        "verified_on": date(2026, 11, 23),
        "check_name": "watchlist_age",
        "parameters": {"hours": 12},
        "phase": "plan",
        "fixed_by": "planner",
        "effective_from": date(2026, 11, 23),
    } | more
