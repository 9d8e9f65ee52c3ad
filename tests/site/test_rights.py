"""Every right is held by somebody, asked for somewhere, and written down."""

import ast
from pathlib import Path

from django.conf import settings

from forces.capabilities import NATIONAL, Capability
from forces.models import Force
from forces.roles import FORCE_ROLES, NATIONAL_ROLES
from forces.roles_page import page

ROOT = Path(settings.BASE_DIR)
FLOORS = (
    *("config", "portal", "public", "api", "design", "deployments", "coordination", "register", "directory"),
    *("events", "jobs", "forces"),
)
ROLES = [*FORCE_ROLES.values(), *NATIONAL_ROLES.values()]


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "node_modules" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_every_role_says_what_its_holder_answers_for():
    for role in ROLES:
        assert str(role.name)
        assert str(role.sentence).endswith(".")
        assert len(str(role.sentence)) > 20


def test_every_right_is_held_by_some_role_and_has_words():
    for capability in Capability:
        assert any(capability in role.capabilities for role in ROLES), capability
        assert str(capability.doing)[0].islower()


def test_no_role_in_a_force_carries_a_right_about_the_nation():
    for role in FORCE_ROLES.values():
        assert not role.capabilities & NATIONAL


def test_nobody_outside_changes_anything():
    reading = {capability for capability in Capability if capability.value.startswith("read_")}
    for role in ROLES:
        if role.is_outside:
            assert role.capabilities <= reading, role.code


def test_nobody_in_a_force_both_manages_the_team_and_publishes():
    for role in FORCE_ROLES.values():
        assert not {Capability.MANAGE_TEAM, Capability.PUBLISH_RESULTS} <= role.capabilities


def test_the_database_s_permissions_are_the_rights():
    declared = {code for code, _ in Force._meta.permissions}
    assert declared == {capability.value for capability in Capability}


def test_every_right_is_asked_for_somewhere():
    """`Capability.X` outside the lists of rights and roles: in an action, a job's kind, or a page that reads."""
    lists = {"capabilities.py", "roles.py", "roles_page.py"}
    asked = {
        node.attr
        for path, tree in sources(*FLOORS)
        if path.name not in lists
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Capability"
    }
    assert {capability.name for capability in Capability} - asked == set()


# Actions that take `by=` and ask for no right of their own, and why.
ASKED_ELSEWHERE = {
    "register.enter": "the action that publishes or imports asked; the register has no door",
    "register.enter_all": "as enter()",
    "register.correct": "as enter()",
    "register.correct_all": "as enter()",
    "register.withdraw": "as enter()",
    "notices.enter_notice": "as enter(), of a force that gives notice",
    "notices.correct_notice": "as enter_notice()",
    "planning.note_attempt": "keeps that a right, or four eyes, kept somebody from something",
    "evaluations.announce": "tells of a version that add() or the reference data entered",
}


def _actions():
    """(app and name, function, names it calls) of every action: what an `actions` module or package offers."""
    for folder in ("deployments", "coordination", "register", "directory", "events", "jobs"):
        for path in sorted((ROOT / folder).rglob("actions*")):
            if path.suffix == ".py" and path.parent.name != "actions":
                yield from _offered(path.parent.name, [path], None)
            elif path.is_dir():
                start = ast.parse((path / "__init__.py").read_text(encoding="utf-8"))
                offered = {
                    alias.name
                    for node in start.body
                    if isinstance(node, ast.ImportFrom)
                    for alias in node.names
                }
                yield from _offered(path.parent.name, sorted(path.glob("*.py")), offered)


def _offered(app, paths, offered):
    functions = {
        node.name: node
        for path in paths
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    calls = {name: _calls(function) for name, function in functions.items()}
    for name, function in functions.items():
        public = name in offered if offered is not None else not name.startswith("_")
        if public and "by" in {each.arg for each in function.args.kwonlyargs + function.args.args}:
            within = calls[name] | {inner for called in calls[name] for inner in calls.get(called, ())}
            yield f"{app}.{name}", function, within


def _calls(function):
    return {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }


def test_every_action_asks_for_a_right():
    silent = {name for name, _, calls in _actions() if "require" not in calls}
    assert silent == set(ASKED_ELSEWHERE)


def test_an_action_takes_who_acts_by_keyword():
    for name, function, _ in _actions():
        assert "by" in {argument.arg for argument in function.args.kwonlyargs}, name


def test_the_page_of_roles_is_what_the_code_says():
    """Mend with: python manage.py roles > docs/roles.md"""
    assert (ROOT / "docs/roles.md").read_text(encoding="utf-8") == page()
