"""The same content packed into the same bytes: files of a spreadsheet are a zip, and a zip notes the time."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from lxml import etree

FIRST_OF_ALL = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
NEVER = datetime(1980, 1, 1, tzinfo=UTC)


def packed_again(data: bytes, *, first: str = "", canonical: bool = False) -> bytes:
    """The same members under one date; `first` is stored first and as it is, as ODF asks of `mimetype`.

    `canonical` writes each XML member in its canonical form: odfpy declares whatever namespaces this process happened
    to use before.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(written, "w") as packed:
        names = sorted(given.namelist(), key=lambda name: (name != first, name))
        for name in names:
            member = zipfile.ZipInfo(name, FIRST_OF_ALL)
            member.compress_type = zipfile.ZIP_STORED if name == first else zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            content = given.read(name)
            packed.writestr(member, _canonical(content) if canonical and name.endswith(".xml") else content)
    return written.getvalue()


def _canonical(content: bytes) -> bytes:
    # Of our own making a moment ago, so there is nothing in it to fear.
    root = etree.fromstring(content)
    said = etree.tostring(root, method="c14n", exclusive=True, with_comments=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + said
