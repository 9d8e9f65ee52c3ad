"""What is written down is true: migrations are made, commands are described and run."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

ROOT = Path(settings.BASE_DIR)
OURS = sorted(
    (name, app)
    for name, app in get_commands().items()
    if isinstance(app, str) and (ROOT / app.replace(".", "/") / "management/commands" / f"{name}.py").exists()
)
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def test_every_migration_is_made():
    loader = MigrationLoader(None)
    now = ProjectState.from_apps(apps)
    assert MigrationAutodetector(loader.project_state(), now).changes(graph=loader.graph) == {}


def test_migrations_run_one_after_another():
    assert MigrationLoader(None).detect_conflicts() == {}


@pytest.mark.parametrize(("name", "app"), OURS)
def test_every_command_says_what_it_is_for_and_is_described(name, app):
    command = load_command_class(app, name)
    assert command.help
    described = [
        page for page in PAGES if re.search(rf"manage\.py {name}\b", page.read_text(encoding="utf-8"))
    ]
    assert described, f"no page of the documentation shows `manage.py {name}`"


@pytest.mark.parametrize(("name", "app"), OURS)
def test_every_command_answers_help(name, app, capsys):
    with pytest.raises(SystemExit) as ended:
        load_command_class(app, name).create_parser("manage.py", name).parse_args(["--help"])
    assert ended.value.code == 0
    assert name in capsys.readouterr().out


def test_every_command_that_the_papers_show_exists():
    django = {
        "migrate",
        "makemigrations",
        "check",
        "collectstatic",
        "shell",
        "test",
        "dbshell",
        "makemessages",
    }
    known = set(get_commands()) | django
    for page in PAGES:
        shown = re.findall(r"manage\.py ([a-z_]+)\b", page.read_text(encoding="utf-8"))
        assert set(shown) <= known, page.name


def test_every_app_is_installed_once():
    names = [config.name for config in apps.get_app_configs()]
    assert len(names) == len(set(names))
