"""The kind of decision that docs/how-to/add-a-decision.md adds, run as it stands there."""

import re
import types
from pathlib import Path

import pytest
from django.conf import settings

from coordination.deciding.types import TYPES
from coordination.evaluations.actions import add_algorithm_version
from forces.clock import db_now

PAGE = Path(settings.BASE_DIR) / "docs/how-to/add-a-decision.md"


@pytest.fixture
def kind(monkeypatch):
    """Algorithms to verify, by two people; in the queue for one test."""
    known = dict(TYPES)
    module = types.ModuleType("as_the_page_says")
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    code = re.sub(r"^   ", "", code, flags=re.MULTILINE)
    exec(compile(code, str(PAGE), "exec"), vars(module))
    yield module.ALGORITHMS
    TYPES.clear()
    TYPES.update(known)


def reported(by, product="Matcher"):
    return add_algorithm_version(
        vendor="Maker", product=product, version="2", source="A force's page", by=by, at=db_now()
    )
