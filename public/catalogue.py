"""What is published here, for catalogues and search engines: DCAT and schema.org, from one list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.collation.published.formats import FORMATS
from coordination.collation.published.tables import TABLES
from public.feeds import LICENCE
from public.worlds import NATIONAL, World, page
from register import archives
from register.archives import state
from register.models import Head

MEDIA = "https://www.iana.org/assignments/media-types/"
CSV, LINES, ZIP = "text/csv", "application/jsonl", "application/zip"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class File:
    """One way to get a dataset. `size` and `sha256` where the file is stored."""

    address: str
    media: str
    title: str
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """`page` is where it is explained; addresses are in full."""

    name: str
    title: str
    says: str
    page: str
    files: tuple[File, ...]


def datasets(request: HttpRequest) -> Iterator[Dataset]:
    """All that is published nationally. Three queries."""
    full = request.build_absolute_uri

    def api(name: str) -> tuple[File, ...]:
        return tuple(
            File(full(f"/api/v1/{name}.{ending}"), media, ending.upper())
            for ending, media in (("csv", CSV), ("jsonl", LINES))
        )

    here = full(NATIONAL.url("data"))
    stored = archives.latest(NATIONAL.realm)
    if stored is not None and not archives.holds_what_was_removed(stored):
        file = File(full(NATIONAL.url("archive")), ZIP, "ZIP", stored.size, stored.sha256)
        yield Dataset(
            "everything",
            _("Police live facial recognition: everything published"),
            _(
                "Every record with its earlier versions, every change, the statistics, and what each column means."
            ),
            f"{here}#archive",
            (file,),
        )
    yield Dataset(
        "deployments",
        _("Deployments of police live facial recognition"),
        _("One row for each deployment, with every figure and its source."),
        full(NATIONAL.url("deployments")),
        api("deployments"),
    )
    yield Dataset(
        "revisions",
        _("Deployments of police live facial recognition: changes since publication"),
        _("One row for each field that was corrected, withdrawals and removals."),
        full(NATIONAL.url("revisions")),
        (File(full(NATIONAL.url("revisions-csv")), CSV, "CSV"),),
    )
    for published in TABLES:
        yield Dataset(
            published.code,
            _("Statistics of police live facial recognition: %s") % str(published.title).lower(),
            str(published.says),
            full(NATIONAL.url("statistics-table", published.code)),
            tuple(
                File(
                    full(NATIONAL.url("statistics-file", published.code, form.ending)),
                    form.media_type.partition(";")[0],
                    form.ending.upper(),
                )
                for form in FORMATS.values()
                if form.ending != "csv-metadata.json"
            ),
        )
    yield Dataset(
        "forces",
        _("Police forces and how they use live facial recognition"),
        _("Who may deploy, and how they stand to the technology over time."),
        full(NATIONAL.url("forces")),
        api("forces"),
    )
    yield Dataset(
        "measures",
        _("What the figures on police live facial recognition mean"),
        _("Every figure with its definition, unit, source and what it may be compared with."),
        full(reverse("public:methods")),
        api("measures"),
    )


@page
def catalogue(request: HttpRequest, *, world: World) -> HttpResponse:
    """A DCAT catalogue, with what DCAT-AP asks of one."""
    changed = state(NATIONAL.realm).as_of
    here = request.build_absolute_uri(NATIONAL.url("data"))
    said = {
        "@context": CONTEXT,
        "@id": f"{here}#catalogue",
        "@type": "dcat:Catalog",
        **_common(_title(), _says(), changed),
        "foaf:homepage": {"@id": request.build_absolute_uri("/")},
        "dcat:dataset": [_dcat(each, here, changed) for each in datasets(request)],
    }
    response = HttpResponse(
        json.dumps(said, ensure_ascii=False, indent=1), content_type="application/ld+json"
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _title() -> str:
    return _("National register of police facial recognition")


def _says() -> str:
    return _(
        "Published deployments of live facial recognition by police in England and Wales, and statistics of them."
    )


def _common(title: str, says: str, changed: datetime | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "dct:title": {"@value": title, "@language": "en"},
        "dct:description": {"@value": says, "@language": "en"},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": _("Facial Recognition Register")},
        "dct:license": {"@id": LICENCE},
        "dct:language": {"@id": "http://publications.europa.eu/resource/authority/language/ENG"},
    }
    if changed is not None:
        said["dct:modified"] = {"@value": _moment(changed), "@type": "xsd:dateTime"}
    return said


def _dcat(dataset: Dataset, here: str, changed: datetime | None) -> dict[str, Any]:
    return {
        "@id": f"{here}#{dataset.name}",
        "@type": "dcat:Dataset",
        **_common(dataset.title, dataset.says, changed),
        "dct:identifier": dataset.name,
        "dcat:landingPage": {"@id": dataset.page},
        "dcat:distribution": [_distribution(file) for file in dataset.files],
    }


def _distribution(file: File) -> dict[str, Any]:
    said: dict[str, Any] = {
        "@type": "dcat:Distribution",
        "dct:title": file.title,
        "dcat:accessURL": {"@id": file.address},
        "dcat:downloadURL": {"@id": file.address},
        "dcat:mediaType": {"@id": MEDIA + file.media},
        "dct:license": {"@id": LICENCE},
    }
    if file.size is not None:
        said["dcat:byteSize"] = {"@value": str(file.size), "@type": "xsd:nonNegativeInteger"}
        said["spdx:checksum"] = {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        }
    return said


def described(request: HttpRequest) -> dict[str, Any]:
    """The register as one schema.org dataset, for the pages that offer it. Three short queries."""
    known = archives.latest(NATIONAL.realm)
    full = request.build_absolute_uri
    files = [
        File(full("/api/v1/deployments.csv"), CSV, "CSV"),
        File(full("/api/v1/deployments.jsonl"), LINES, "JSON lines"),
    ]
    if known is not None and not archives.holds_what_was_removed(known):
        files.insert(0, File(full(NATIONAL.url("archive")), ZIP, "ZIP"))
    heads = Head.objects.in_realm(NATIONAL.realm).standing()
    first, last = (
        heads.order_by(*order).values_list("on", flat=True).first()
        for order in (("on", "entry_id"), ("-on", "-entry_id"))
    )
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": full(NATIONAL.url("data")) + "#dataset",
        "name": _title(),
        "description": _says(),
        "url": full(NATIONAL.url("data")),
        "license": LICENCE,
        "isAccessibleForFree": True,
        "inLanguage": "en-GB",
        "creator": {"@type": "Organization", "name": _("Facial Recognition Register"), "url": full("/")},
        "spatialCoverage": {"@type": "Place", "name": _("England and Wales")},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.title,
                "encodingFormat": file.media,
                "contentUrl": file.address,
            }
            for file in files
        ],
    }
    if first and last:
        said["temporalCoverage"] = f"{first.isoformat()}/{last.isoformat()}"
    return said


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
