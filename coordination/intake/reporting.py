"""What an import found, for a terminal or another program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.intake.models import Batch, Finding
from coordination.intake.problems import ERROR, WARNING


def findings(batch: Batch, *, with_notes: bool = False) -> Iterator[Finding]:
    """Errors first, then warnings, each in the order of the document."""
    for severity in (ERROR, WARNING, *(["note"] if with_notes else [])):
        yield from (
            Finding.objects.filter(batch=batch, severity=severity).order_by("number", "id").iterator(500)
        )


def last_line(batch: Batch) -> str:
    """`grid.pdf: 203 rows (203 new …), 12 warnings, 0 errors`."""
    counts = batch.counts
    matched = [
        _("%(count)s new") % {"count": counts.get("new", 0)},
        _("%(count)s corrections") % {"count": counts.get("correction", 0)},
        _("%(count)s unchanged") % {"count": counts.get("unchanged", 0)},
    ]
    if counts.get("ambiguous"):
        matched.append(_("%(count)s wait for a person") % {"count": counts["ambiguous"]})
    if counts.get("missing"):
        matched.append(_("%(count)s no longer printed") % {"count": counts["missing"]})
    rows, warnings, errors = batch.rows, counts.get("warnings", 0), counts.get("errors", 0)
    return _("%(file)s: %(rows)s (%(matched)s), %(warnings)s, %(errors)s") % {
        "file": batch.document.name,
        "rows": ngettext("%(n)s row", "%(n)s rows", rows) % {"n": rows},
        "matched": ", ".join(matched),
        "warnings": ngettext("%(n)s warning", "%(n)s warnings", warnings) % {"n": warnings},
        "errors": ngettext("%(n)s error", "%(n)s errors", errors) % {"n": errors},
    }


def as_json(batch: Batch) -> dict[str, Any]:
    return {
        "batch": str(batch.uid),
        "document": {
            "name": batch.document.name,
            "sha256": batch.document.sha256,
            "kind": batch.document.kind,
        },
        "profile": batch.profile,
        "series": batch.series,
        "tier": batch.tier,
        "state": batch.state,
        "rows": batch.rows,
        "counts": batch.counts,
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "page": finding.page,
                "row": finding.row,
                "column": finding.column,
                "message": finding.message,
            }
            for finding in findings(batch, with_notes=True)
        ],
    }
