"""Version 1 of the legal framework, from `reference/framework.toml`: loaded once, and frozen from then on."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.framework import events
from coordination.framework.models import Requirement, Version
from coordination.framework.stating import as_columns, check
from events.outbox import record
from forces.clock import db_now
from forces.refusals import Invalid

FRAMEWORK = Path(settings.BASE_DIR) / "reference" / "framework.toml"


def load() -> str:
    """What `manage.py load_reference` runs: returns one line for the terminal."""
    is_new = load_framework(at=db_now())
    latest = Version.objects.latest_adopted()
    count = latest.requirements.count() if latest is not None else 0
    told = ngettext("%(n)d requirement in version %(v)d", "%(n)d requirements in version %(v)d", count) % {
        "n": count,
        "v": latest.number if latest is not None else 0,
    }
    return _("%(told)s, new") % {"told": told} if is_new else told


@transaction.atomic
def load_framework(path: Path = FRAMEWORK, *, at: datetime) -> bool:
    """Adopt the version of the file, if there is none yet; whether it was. What stands is never changed.

    Raises ValueError, with the requirement, for what cannot be read.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE framework_version IN SHARE ROW EXCLUSIVE MODE")
    if Version.objects.exists():
        return False
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    version = Version.objects.create(
        number=said["version"]["number"], summary=said["version"]["summary"], drafted_at=at
    )
    Requirement.objects.bulk_create([_requirement(version, each, path.name) for each in said["requirement"]])
    takes_effect_on = said["version"]["takes_effect_on"]
    Version.objects.filter(pk=version.pk).update(
        status=Version.Status.ADOPTED, takes_effect_on=takes_effect_on, adopted_at=at
    )
    record(
        events.FrameworkAdopted(version.number, version.summary, takes_effect_on.isoformat()),
        force=None,
        by=None,
        at=at,
        subject=version.subject,
    )
    return True


def _requirement(version: Version, said: dict[str, Any], file: str) -> Requirement:
    """TOML knows no null: “none” stands for a limit that is not set."""
    where = f"{file}, {said.get('code')}"
    said = dict(said)
    said["parameters"] = {
        name: None if value == "none" else value for name, value in said.get("parameters", {}).items()
    }
    attestation = said.pop("attestation", None)
    try:
        if attestation is not None:
            said |= {"attested_role": attestation["role"], "attested_document": attestation["document_kind"]}
        said["check_name"] = said.pop("check", "")
        requirement = Requirement(version=version, **as_columns(said))
        check(requirement)
    except Invalid as error:
        raise ValueError(f"{where}: {error.errors}") from error
    except (KeyError, TypeError, ValidationError) as error:
        raise ValueError(f"{where}: {error}") from error
    return requirement
