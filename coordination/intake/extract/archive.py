"""A ZIP container is looked at before anything in it is parsed."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from pathlib import Path

from coordination.intake.extract.limits import MIB, Limits
from coordination.intake.extract.stop import Stop

ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
# What reading a part of a damaged container raises: its table, its headers, or what is packed in it.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(NotImplementedError, EOFError, OSError, KeyError, ValueError, RuntimeError),
)
ENCRYPTED = 0x1
CHUNK = 1 * MIB
# A ratio says nothing about small parts: 5 kB of spaces compress a thousandfold.
RATIO_FROM = 10 * MIB


def spreadsheet_kind(path: Path, limits: Limits) -> str:
    """Return "xlsx" or "ods" for a workbook that is safe to unpack; raise `Stop` for any other ZIP."""
    try:
        with zipfile.ZipFile(path) as container:
            members = container.infolist()
            names = {member.filename for member in members}
            kind = _kind(container, names)
            _check_sizes(members, limits)
            if any(member.flag_bits & ENCRYPTED for member in members):
                raise Stop("container_locked")
            if kind == "ods" and "META-INF/manifest.xml" in names:
                manifest = container.read("META-INF/manifest.xml")
                if b"encryption-data" in manifest:
                    raise Stop("container_locked")
            for member in members:
                if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _refuse_entities(container, member, limits)
    except BROKEN as error:
        raise Stop("damaged", detail=f"ZIP: {type(error).__name__}") from error
    return kind


def _kind(container: zipfile.ZipFile, names: set[str]) -> str:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Stop("macros")
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        return "xlsx"
    if "mimetype" in names and "content.xml" in names:
        with container.open("mimetype") as file:
            if file.read(200).strip() == ODS_TYPE:
                return "ods"
    if "[Content_Types].xml" in names:
        raise Stop("unknown_kind")
    raise Stop("archive", found="ZIP")


def _check_sizes(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.archive_members:
        raise Stop("bomb_members", count=len(members), limit=limits.archive_members)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if unpacked > limits.unpacked_bytes or (unpacked > RATIO_FROM and unpacked > packed * limits.ratio):
        raise Stop("bomb_size", limit=f"{limits.unpacked_bytes // MIB} MB")


def _refuse_entities(container: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> None:
    """Stop at a document type or entity declaration, in any encoding, without parsing the part.

    Reading goes no further than the declared size (zipfile holds to it), so a lie there is a checksum error.
    """
    seen = b""
    with container.open(member) as file:
        while chunk := file.read(CHUNK):
            window = (seen + chunk).replace(b"\0", b"").upper()
            if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
                raise Stop("bomb_entities", part=member.filename[:100])
            seen = chunk[-64:]
