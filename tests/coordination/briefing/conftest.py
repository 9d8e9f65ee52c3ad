from tests.records import entered, redacted  # noqa: F401  # fixtures
