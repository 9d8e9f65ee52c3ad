"""Where Django's admin looks for records: see portal.national.records."""

from portal.national import records  # noqa: F401 - registers them
