"""The published figures that come with the project, from `reference/claims.csv`: facts, with where each was read."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.collation.measures import MEASURES
from coordination.collation.reconciliation.models import Claim
from coordination.collation.reconciliation.moved import note_all_moved
from forces.models import Force, Realm

CLAIMS = Path(settings.BASE_DIR) / "reference" / "claims.csv"


def load() -> str:
    """What `manage.py load_reference` runs: returns one line for the terminal."""
    changed = load_claims()
    known = Claim.objects.count()
    return ngettext(
        "%(known)d published figure to reconcile, %(changed)d new or changed",
        "%(known)d published figures to reconcile, %(changed)d new or changed",
        known,
    ) % {"known": known, "changed": changed}


@transaction.atomic
def load_claims(path: Path = CLAIMS) -> int:
    """Bring the claims to what the file says; returns how many were new or changed. Repeating it changes none.

    A claim that is no longer in the file stays: addresses of other people point at it. Raises ValueError, with the
    line, for what cannot be read.
    """
    forces = dict(Force.objects.filter(realm=Realm.NATIONAL).values_list("code", "pk"))
    known = {claim.code: claim for claim in Claim.objects.all()}
    changed = 0
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            said = _read(row, forces, f"{path.name}, line {line}")
            claim = known.get(row["code"])
            if claim is not None and all(getattr(claim, name) == value for name, value in said.items()):
                continue
            claim = claim or Claim(code=row["code"])
            for name, value in said.items():
                setattr(claim, name, value)
            try:
                claim.full_clean(validate_constraints=False, validate_unique=False)
            except ValidationError as error:
                raise ValueError(f"{path.name}, line {line}: {error.message_dict}") from error
            claim.save()
            changed += 1
    if changed:
        note_all_moved()
    return changed


def _read(row: dict[str, str], forces: dict[str, int], where: str) -> dict[str, Any]:
    if row["force"] and row["force"] not in forces:
        raise ValueError(
            _("%(where)s: no force has the code %(code)s.") % {"where": where, "code": row["force"]}
        )
    if row["measure"] not in {measure.code for measure in MEASURES}:
        raise ValueError(
            _("%(where)s: no measure is called %(code)s.") % {"where": where, "code": row["measure"]}
        )
    try:
        return {
            "role": row["role"],
            "claimant": row["claimant"],
            "subject_id": forces[row["force"]] if row["force"] else None,
            "first": date.fromisoformat(row["first"]),
            "last": date.fromisoformat(row["last"]),
            "precision": row["precision"],
            "measure": row["measure"],
            "value": int(row["value"]),
            "qualifier": row["qualifier"],
            "rounded_to": int(row["rounded_to"]) if row["rounded_to"] else None,
            "counts": row["counts"],
            "source": row["source"],
            "source_url": row["source_url"],
            "published": row["published"],
            "is_verified": {"yes": True, "no": False}[row["is_verified"]],
            "note": row["note"],
        }
    except (ValueError, KeyError) as error:
        raise ValueError(f"{where}: {error}") from error
