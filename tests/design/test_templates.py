"""Rules that hold for every template of the project, whichever door it belongs to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DOORS = ("design", "portal", "public", "api", "config", "directory", "deployments", "coordination")
TEMPLATES = sorted(path for door in DOORS for path in (ROOT / door).rglob("templates/**/*.html"))
# Words for those who build the service, not for those who use it.
UNTRANSLATED = {"design/templates/design/gallery.html"}

TRANSLATED = re.compile(r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}", re.DOTALL)
TAGS = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
CLASSES = re.compile(r"{%\s*block \w*class\s*%}.*?{%\s*endblock\s*%}", re.DOTALL)
# Code is the same in every language.
HIDDEN = re.compile(
    r"<(script|style|code|pre)\b.*?</\1>|<!--.*?-->|<!DOCTYPE[^>]*>|&[a-z]+;|&#\d+;", re.DOTALL
)
# Names that are the same in every language, and addresses.
NAMES = re.compile(r"/[\w./{}-]+|\bSHA-256\b|\bOpenAPI\b|\bJSON\b|\bCSV\b|\bAPI\b")
SPOKEN = re.compile(r"""\b(?:alt|title|aria-label|placeholder)="([^"{]*[A-Za-z][^"{]*)\"""")
ELEMENT = re.compile(r"<[^>]*>", re.DOTALL)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_holds_no_inline_style_or_script(path):
    text = TAGS.sub("", source(path))
    assert not re.search(r"\sstyle\s*=", text), "style attribute"
    assert not re.search(r"<style\b", text), "style element"
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text), "script without src"
    assert not re.search(r"""\son[a-z]+\s*=\s*["']""", text), "event handler attribute"
    assert "javascript:" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_asks_nothing_of_other_sites(path):
    asked = re.findall(
        r"""<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)="(?:https?:)?//[^"]*""", source(path)
    )
    assert [each for each in asked if 'rel="license"' not in each] == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if name(path) not in UNTRANSLATED], ids=name)
def test_every_word_of_a_template_goes_through_gettext(path):
    text = TAGS.sub(" ", TRANSLATED.sub(" ", CLASSES.sub(" ", source(path))))
    spoken = SPOKEN.findall(text)
    words = re.findall(r"[A-Za-z][A-Za-z' ]+", NAMES.sub(" ", ELEMENT.sub(" ", HIDDEN.sub(" ", text))))
    assert [word for word in spoken + words if len(word.strip()) > 1] == []


def test_every_class_of_our_own_that_a_template_names_has_a_rule():
    css = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "design/static/design").glob("*.css"))
    named = {
        each
        for path in TEMPLATES
        for value in re.findall(r"""class=['"]([^'"]*)""", source(path))
        for each in re.findall(r"\blfr-[a-z_-]*[a-z]", TAGS.sub(" ", value))
    }
    assert {each for each in named if f".{each}" not in css} == set()


def test_the_scan_finds_the_templates():
    assert len(TEMPLATES) > 40
