"""docs/import-rules.md, made from the declarations so that the two cannot part."""

from __future__ import annotations

from coordination.intake.problems import MESSAGES
from coordination.intake.quality import QUALITY
from coordination.intake.rules import RULES

_INTRODUCTION = """# Import rules

What is said of a document that a force published elsewhere. This page is made by `python manage.py import_rules`;
change `coordination/intake/`, never this page.

An **error** keeps the whole document out until it is mended. A **warning** is shown to whoever accepts the document;
nothing is changed. A **note** is for the record. Contradictions in print are shown and kept, never mended in silence.
"""


def page() -> str:
    """The page, in Markdown. `python manage.py import_rules > docs/import-rules.md` writes it."""
    parts = [
        _INTRODUCTION,
        "## Rules over rows\n",
        "| Code | Severity | Holds for | Said |",
        "|---|---|---|---|",
        *(f"| `{r.code}` | {r.severity} | {r.holds_for} | {_said(r.message)} |" for r in RULES.values()),
        "",
        "## What is said of a cell, a row or a file while it is read\n",
        "| Code | Severity | Said |",
        "|---|---|---|",
        *(f"| `{code}` | {severity} | {_said(words)} |" for code, (severity, words) in MESSAGES.items()),
        "",
        "## Quality codes\n",
        "What an imported record carries for its readers.\n",
        "| Code | Meaning |",
        "|---|---|",
        *(f"| `{code}` | {meaning} |" for code, meaning in QUALITY.items()),
    ]
    return "\n".join(parts) + "\n"


def _said(words: object) -> str:
    """The sentence with its placeholders shown as such."""
    return str(words).replace("%%", "%").replace("%(", "{").replace(")s", "}").replace("|", "\\|")
