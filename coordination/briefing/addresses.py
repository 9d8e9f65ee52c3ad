"""Where the public finds what a figure was made from. The doors know their addresses and hand them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Addresses:
    """Full addresses. `table`, `claim` and `record` hold `{}` where a code or reference goes."""

    table: str
    deployments: str
    claim: str
    claims: str
    record: str
    revisions: str

    def of_table(self, code: str, words: Mapping[str, str]) -> str:
        return _with(self.table.format(code), urlencode(words))

    def of_records(self, query: str) -> str:
        """The list of records, by its query string."""
        return _with(self.deployments, query)

    def of_revisions(self, reference: str) -> str:
        """Every change of one record, with its reason."""
        return _with(self.revisions, urlencode({"record": reference}))

    def of_claim(self, code: str) -> str:
        return self.claim.format(code)

    def of_record(self, reference: str) -> str:
        return self.record.format(reference)


def _with(page: str, query: str) -> str:
    return f"{page}?{query}" if query else page
