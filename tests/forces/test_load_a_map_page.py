"""The page that says how to load a map is true: its file is loaded by its commands, as they stand."""

import re
import shlex
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from forces.models import AreaMap
from forces.reference import load_forces

PAGE = Path(settings.BASE_DIR) / "docs/how-to/load-a-map.md"


@pytest.mark.django_db
def test_the_page_loads_a_map_and_takes_it_away(tmp_path, monkeypatch, capsys):
    text = PAGE.read_text(encoding="utf-8")
    (file,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    (load, remove) = re.findall(r"```\npython manage.py (.*?)\n```", text, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("areas.geojson").write_text(file, encoding="utf-8")
    load_forces()
    call_command(*shlex.split(load))
    said = capsys.readouterr().out
    assert "2 areas are drawn." in said
    assert said.count(",") == 40  # the other 41 forces are named
    standing = AreaMap.standing()
    assert set(standing.drawing["paths"]) == {"E23000032", "E23000033"}
    assert standing.attribution == "Made-up squares, for this page."
    call_command(*shlex.split(remove))
    assert AreaMap.standing() is None
