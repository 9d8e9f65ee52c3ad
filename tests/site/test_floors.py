"""The floors: imports run downwards, keys too, and no HTTP below the doors."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
FLOORS = [{name.strip() for name in layer.split("|")} for layer in CONTRACTS["contracts"][0]["layers"]]
HEIGHT = {name: height for height, names in enumerate(reversed(FLOORS)) for name in names}
DOMAIN = {
    "deployments",
    "procurement",
    "training",
    "coordination",
    "register",
    "directory",
    "events",
    "jobs",
    "forces",
}


def test_imports_run_downwards_only():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_import_upwards_is_found(tmp_path):
    """The contract is awake: the same rule over a house with one import the wrong way."""
    for name, text in (("upper", ""), ("lower", "import upper\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(text)
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_packages =\n  upper\n  lower\n"
        "[importlinter:contract:floors]\nname = Floors\ntype = layers\nlayers =\n  upper\n  lower\n"
    )
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": str(linter.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "lower -> upper" in done.stdout


def test_every_app_of_ours_stands_on_a_floor():
    places = [(config.name, Path(config.path)) for config in apps.get_app_configs()]
    ours = {name.split(".")[0] for name, path in places if path == ROOT / name.replace(".", "/")}
    assert len(ours) > 8
    assert ours <= set(HEIGHT)
    assert ours <= set(CONTRACTS["root_packages"])


def test_keys_run_downwards_too():
    """A foreign key given as a string is an import that no linter sees."""
    upwards = [
        f"{model._meta.label}.{field.name} → {field.remote_field.model._meta.label}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.remote_field
        and {top(model), top(field.remote_field.model)} <= set(HEIGHT)
        and HEIGHT[top(field.remote_field.model)] > HEIGHT[top(model)]
    ]
    assert upwards == []


def top(model):
    return model.__module__.split(".")[0]


@pytest.mark.parametrize("name", sorted(DOMAIN))
def test_no_http_below_the_doors(name):
    """`directory.adapter` answers allauth, which hands it the request."""
    found = []
    for path in sorted((ROOT / name).rglob("*.py")):
        if path == ROOT / "directory/adapter.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            found += [
                f"{path.relative_to(ROOT)}: {each}"
                for each in names
                if each.startswith(("django.http", "django.shortcuts", "django.views", "rest_framework"))
            ]
    assert found == []


def test_nothing_imports_the_wiring():
    """`config` may know every floor; only the process entry and tests may know it. import-linter holds the rest."""
    assert HEIGHT["config"] == max(HEIGHT.values())
