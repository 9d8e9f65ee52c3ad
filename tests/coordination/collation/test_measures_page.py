"""The documentation of measures says what the code does."""

from pathlib import Path

from django.utils import translation

from coordination.collation.measures import DECLARED
from coordination.collation.measures_page import page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "measures.md"


def test_measures_page_is_the_one_the_code_makes():
    with translation.override("en-gb"):
        made = page()
    assert PAGE.read_text(encoding="utf-8") == made, "run: python manage.py measures > docs/measures.md"


def test_measures_page_names_every_measure():
    text = page()
    for measure in DECLARED:
        assert f"`{measure.code}`" in text
