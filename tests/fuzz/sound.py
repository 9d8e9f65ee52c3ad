"""Sound files to spoil: one grid in every format that is read, small, as publishers make them."""

from __future__ import annotations

import re
import zlib
from random import Random

from tests.coordination.intake import making

KINDS = ("csv", "xlsx", "ods", "html", "pdf")
Rows = list[list[str]]
_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj\n", re.S)
_STREAM = re.compile(rb"<< /Length \d+ >>\nstream\n(.*)\nendstream", re.S)


def rows(rng: Random) -> Rows:
    """A heading that a profile knows, and a few rows whose figures agree."""
    places = ["Old Bridge", "Market Square", "Canal Walk", "Caffè Street, “North”", "High St; Eastfield"]
    found = [list(making.HEADING_2025)]
    for number in range(rng.randint(1, 12)):
        arrests, other, none = (rng.randint(0, 4) for _ in range(3))
        alerts = arrests + other + none
        on = f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/25"
        first = [f"{rng.choice(places)} {number}", on, f"{rng.randint(1, 9)}h {rng.randint(10, 59)}m"]
        counts = [str(alerts), str(alerts), "0", "0", "0", "0%", str(arrests), str(other), str(none)]
        faces = str(rng.randint(1000, 60000))
        found.append([*first, "Crime Hotspot", "16199", "0.64", *counts, faces])
    return found


def written(kind: str, grid: Rows, rng: Random) -> bytes:
    """The grid as a file of that kind. Text that a format cannot hold is an error of the writer, for the caller."""
    if kind == "csv":
        delimiter = rng.choice(",;\t|")
        return making.csv(grid, delimiter=delimiter, encoding=rng.choice(["utf-8", "utf-8-sig", "utf-16"]))
    if kind == "xlsx":
        return making.xlsx([[_number(cell) for cell in row] for row in grid])
    if kind == "ods":
        return making.ods(grid)
    if kind == "html":
        return making.html(grid)
    width = max(map(len, grid), default=1)
    even = [row + [""] * (width - len(row)) for row in grid]
    pages = [[[even[0], *even[start : start + 8]]] for start in range(1, max(2, len(even)), 8)]
    plain = making.pdf(pages)
    return squeezed(plain) if rng.random() < 0.6 else plain


def squeezed(pdf: bytes) -> bytes:
    """The same PDF with its streams compressed, as nearly every published one has them."""
    return rebuilt([_squeeze(body) for body in bodies(pdf)])


def dense(grid: Rows, *, on_a_page: int = 34) -> bytes:
    """A PDF that says as little as TeX does: each cell stands beside the last one, and all of it is compressed.

    Few bytes draw much here, and all of it is a table.
    """
    pages = [grid[start : start + on_a_page] for start in range(0, len(grid), on_a_page)]
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1200 800] /Resources << /Font << /F1 3 0 R >> >> "
    for each in pages:
        objects.append(stream(_dense_page(each)))
        objects.append(page + b"/Contents %d 0 R >>" % len(objects))
    kids = b" ".join(b"%d 0 R" % (5 + 2 * number) for number in range(len(pages)))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages))
    return rebuilt(objects)


def _dense_page(grid: Rows) -> bytes:
    wide, high = 70, 20
    columns = len(grid[0])
    lines = ["0.4 w q 1 0 0 1 30 780 cm"]
    lines += [f"0 0 m {columns * wide} 0 l S 1 0 0 1 0 -{high} cm"] * (len(grid) + 1)
    lines += [f"1 0 0 1 0 {high} cm"]
    lines += [f"0 0 m 0 {high * len(grid)} l S 1 0 0 1 {wide} 0 cm"] * (columns + 1)
    lines += ["Q BT /F1 6 Tf 32 766 Td"]
    for row in grid:
        lines += [f"({cell}) Tj {wide} 0 Td" for cell in row]
        lines += [f"-{columns * wide} -{high} Td"]
    return "\n".join([*lines, "ET"]).encode("cp1252")


def bodies(pdf: bytes) -> list[bytes]:
    """The objects of a PDF that the tests made, in order."""
    return [body for _, body in _OBJECT.findall(pdf)]


def rebuilt(objects: list[bytes], *, squeeze: bool = False) -> bytes:
    """A PDF of these objects, with offsets that are right."""
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, _squeeze(body) if squeeze else body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    ending = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + ending


def stream(content: bytes, *, packed: bool = True) -> bytes:
    """A stream object of that content."""
    if not packed:
        return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    data = zlib.compress(content)
    return b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def content(body: bytes) -> bytes | None:
    """What an uncompressed stream object holds; None for another object."""
    found = _STREAM.fullmatch(body)
    return found[1] if found else None


def _squeeze(body: bytes) -> bytes:
    found = content(body)
    return body if found is None else stream(found)


def _number(text: str) -> object:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else text
