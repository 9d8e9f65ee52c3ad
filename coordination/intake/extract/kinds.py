"""What a file is, by its bytes. Its name is never asked."""

from __future__ import annotations

import re
from pathlib import Path

from coordination.intake.extract.stop import Stop

PICTURES = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"RIFF....WEBP", re.S), "WebP"),
    (re.compile(rb"BM....\0\0\0\0", re.S), "BMP"),
    (re.compile(rb"II\*\0|MM\0\*"), "TIFF"),
    (re.compile(rb"....ftyp(heic|heix|hevc|mif1|msf1|avif|avis)", re.S), "HEIF"),
    (re.compile(rb"\0\0\0\x0cjP  \r\n|\xff\x4f\xff\x51"), "JPEG 2000"),
    (re.compile(rb"\0\0[\x01\x02]\0[^\0]"), "ICO"),
    (re.compile(rb"8BPS"), "Photoshop"),
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "), "JPEG XL"),
)
ARCHIVES = (
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table)\b", re.I)
OTHER_MARKUP = re.compile(r"<(\?xml|!doctype|[a-z!])", re.I)


def kind_of(path: Path) -> str:
    """Return "pdf", "zip" (still to be looked into), "html" or "text"; raise `Stop` for anything else."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\0 \t\r\n"):
        raise Stop("empty" if not head else "unknown_kind")
    for pattern, name in PICTURES:
        if pattern.match(head):
            raise Stop("image", found=name)
    for start, name in ARCHIVES:
        if head.startswith(start):
            raise Stop("archive", found=name)
    if head.startswith(OLE):
        raise Stop("office_old")
    if head.startswith(ZIP):
        return "zip"
    # The PDF specification lets other bytes stand before the header; readers accept 1,024 of them.
    if b"%PDF-" in head[:1024]:
        return "pdf"
    return _text_kind(head)


def _text_kind(head: bytes) -> str:
    mark = next((encoding for start, encoding in MARKS.items() if head.startswith(start)), None)
    if mark is None and any(byte < 9 or 13 < byte < 32 for byte in head):
        raise Stop("unknown_kind")
    text = head.decode(mark or "latin-1", errors="replace").lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        opening = text[:2000].lower()
        if "<svg" in opening:
            raise Stop("image", found="SVG")
        if HTML.search(opening):
            return "html"
        if OTHER_MARKUP.match(text):
            raise Stop("unknown_kind")
    if text.startswith("{\\rtf"):
        raise Stop("unknown_kind")
    return "text"
