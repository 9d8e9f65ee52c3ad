"""Spoils files: bytes, cells, containers, markup and PDF objects. The same number spoils in the same way."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from random import Random

from openpyxl.utils.exceptions import IllegalCharacterError

from tests.fuzz import sound
from tests.fuzz.sound import Rows

HUGE = ("0", "-1", "255", "65536", "2147483648", "4294967295", "99999999999999999999", "1e400", "9" * 4999)
BYTES = (
    b"\0",
    b"\xff",
    b"\x80",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\r",
    b'"',
    b"<",
    b"&#0;",
    b"\xed\xa0\x80",
    b"%%EOF",
)
ODD = (
    "\0", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffe", "\U0010ffff", "\u202e", "\ud800", "\udfff",
    "=SUM(A1:A9)", "=cmd|'/c calc'!A0", "@x", "-1", "1e999", "NaN", "Infinity", "²", "٣", "９", "½", "0x1F",
    "99999999999999999999", "-0", "1,2,3", "1.000.000", "31/02/25", "00/00/00", "9999-12-31", "24h99m", "%", '"', "\n",
    "\r\n", "{}", "%(x)s", "%s", "{0}", "<b>", "]]>", "&amp;", "';--", "a" * 5001, "é" * 4999, " " * 6000, "",
)  # fmt: skip
_DIGITS = re.compile(rb"\d+")


def spoilt(kind: str, number: int, *, seed: int = 1) -> bytes:
    """File `number` of that kind, spoilt in one to three ways (now and then in none, to see that it is read)."""
    rng = Random(f"{seed}:{kind}:{number}")
    grid = sound.rows(rng)
    deep = rng.random()
    if deep < 0.4:
        for _ in range(rng.randint(1, 3)):
            rng.choice(CELLS)(grid, rng)
    if deep > 0.9 and kind != "csv":
        return _bytes_spoilt(rng.choice(PARTS[kind])(_written(kind, grid, rng), rng), rng, most=1)
    made = _written(kind, grid, rng)
    for _ in range(rng.randint(0, 2) if deep < 0.4 else 1):
        if kind != "csv" and rng.random() < 0.6:
            made = rng.choice(PARTS[kind])(made, rng)
        else:
            made = _bytes_spoilt(made, rng, most=2)
    return made


def _written(kind: str, grid: Rows, rng: Random) -> bytes:
    try:
        return sound.written(kind, grid, rng)
    except (ValueError, AttributeError, TypeError, IllegalCharacterError):
        # The writer refuses such text, so that only text put in by hand can bring it: markup takes anything.
        if kind in ("csv", "html"):
            text = "\n".join(",".join(row) for row in grid)
            if kind == "html":
                cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in grid)
                text = f"<html><table>{cells}</table></html>"
            return text.encode(rng.choice(["utf-8", "utf-16"]), "surrogatepass")
        clean = [[cell.encode("cp1252", "ignore").decode("cp1252") for cell in row] for row in grid]
        safe = [["".join(c for c in cell if c.isprintable()) for cell in row] for row in clean]
        return sound.written(kind, safe, rng)


# Bytes ------------------------------------------------------------------------------------------------


def _bytes_spoilt(data: bytes, rng: Random, *, most: int) -> bytes:
    for _ in range(rng.randint(1, most)):
        data = rng.choice(ANY)(data, rng)
    return data


def flip(data: bytes, rng: Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        if out:
            out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def cut(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def leave_out(data: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.choice([1, 4, 64, 1000]) :]


def repeat(data: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    return (
        data[:start] + data[start : start + rng.choice([1, 16, 400])] * rng.choice([2, 9, 200]) + data[start:]
    )


def put_in(data: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + rng.choice(BYTES) * rng.choice([1, 1, 3, 500]) + data[start:]


def inflate(data: bytes, rng: Random) -> bytes:
    """A number somewhere becomes another, mostly far too large."""
    found = list(_DIGITS.finditer(data))
    if not found:
        return data
    one = rng.choice(found)
    return data[: one.start()] + rng.choice(HUGE).encode() + data[one.end() :]


def splice(data: bytes, rng: Random) -> bytes:
    """The beginning of one file and the end of another, perhaps of another kind."""
    other = sound.written(rng.choice(sound.KINDS), sound.rows(rng), rng)
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other)) :]


def encode_wrongly(data: bytes, rng: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(
        rng.choice(["utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037", "cp1252"]), "replace"
    )


ANY: tuple[Callable[[bytes, Random], bytes], ...] = (
    flip, flip, cut, leave_out, repeat, put_in, inflate, inflate, splice, encode_wrongly,
)  # fmt: skip


# Cells ------------------------------------------------------------------------------------------------


def odd_cell(grid: Rows, rng: Random) -> None:
    row = rng.choice(grid)
    if row:
        row[rng.randrange(len(row))] = rng.choice(ODD)


def odd_letters(grid: Rows, rng: Random) -> None:
    row = rng.choice(grid)
    if row:
        row[rng.randrange(len(row))] += rng.choice(ODD) + "x"


def swap_columns(grid: Rows, rng: Random) -> None:
    one, other = rng.randrange(16), rng.randrange(16)
    for row in grid[rng.randint(0, 1) :]:
        if len(row) > max(one, other):
            row[one], row[other] = row[other], row[one]


def double_rows(grid: Rows, rng: Random) -> None:
    row = rng.choice(grid)
    grid.extend([list(row) for _ in range(rng.choice([1, 1, 20]))])


def ragged(grid: Rows, rng: Random) -> None:
    row = rng.choice(grid)
    if rng.random() < 0.5:
        del row[rng.randrange(len(row) + 1) :]
    else:
        row.extend(["1"] * rng.choice([1, 5, 250]))


def move_heading(grid: Rows, rng: Random) -> None:
    grid.insert(rng.randrange(len(grid) + 1), grid.pop(0))


def no_rows(grid: Rows, rng: Random) -> None:
    del grid[1:]


CELLS: tuple[Callable[[Rows, Random], None], ...] = (
    odd_cell, odd_cell, odd_cell, odd_letters, swap_columns, double_rows, ragged, move_heading, no_rows,
)  # fmt: skip


# Containers -------------------------------------------------------------------------------------------


def _members(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            return {name: container.read(name) for name in container.namelist()}
    except Exception:  # spoilt before: it stays as it is
        return {}


def _packed(members: list[tuple[str, bytes]], rng: Random) -> bytes:
    out = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(out, "w", rng.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])) as container,
    ):
        warnings.simplefilter("ignore")  # of names that are there twice, as they are meant to be
        for name, content in members:
            info = zipfile.ZipInfo(name or "x")
            info.compress_type = container.compression
            container.writestr(info, content)
    return out.getvalue()


def in_a_part(data: bytes, rng: Random) -> bytes:
    """Spoil the XML inside, and close the container again as if nothing were wrong."""
    members = _members(data)
    if not members:
        return data
    likely = [name for name in members if "sheet" in name or name in ("content.xml", "xl/workbook.xml")]
    name = rng.choice(likely or list(members)) if rng.random() < 0.7 else rng.choice(list(members))
    members[name] = rng.choice([*ANY, inflate, inflate, attribute, nest, tag, long_text])(members[name], rng)
    return _packed(list(members.items()), rng)


def swap_parts(data: bytes, rng: Random) -> bytes:
    members = _members(data)
    if not members:
        return data
    one, other = rng.choice(list(members)), rng.choice(list(members))
    members[one], members[other] = members[other], members[one]
    return _packed(list(members.items()), rng)


def lose_a_part(data: bytes, rng: Random) -> bytes:
    members = _members(data)
    if members:
        del members[rng.choice(list(members))]
    return _packed(list(members.items()), rng)


def odd_parts(data: bytes, rng: Random) -> bytes:
    """Names that lead out, names twice, a ZIP in a ZIP, many parts, parts that unpack to megabytes."""
    members = list(_members(data).items())
    name = rng.choice(["../../etc/x", "/abs", "a\0b", "é.xml", "xl/worksheets/sheet2.xml", "x" * 3000, "d/"])
    more: list[tuple[str, bytes]] = rng.choice(
        [
            [(name, b"<a/>")],
            [("inner.zip", data)],
            [(f"m{number}.xml", b"") for number in range(rng.choice([100, 1900, 2100]))],
            [("xl/media/zero.xml", b"\0" * 9_000_000)],
            [("pad.xml", b"<a>" + b" " * 9_000_000 + b"</a>")],
        ]
    )
    return _packed(members + more, rng)


def lie(data: bytes, rng: Random) -> bytes:
    """A field of a header inside the container says another number: a size, a flag, an offset, a method."""
    starts = [found.start() for found in re.finditer(b"PK(\x01\x02|\x03\x04|\x05\x06)", data)]
    if not starts:
        return data
    out = bytearray(data)
    at = rng.choice(starts) + rng.randrange(4, 46, 2)
    value = struct.pack("<H", rng.choice([0, 1, 9, 99, 0x7FFF, 0xFFFF]))
    out[at : at + 2] = value
    return bytes(out)


# Markup -----------------------------------------------------------------------------------------------


def attribute(data: bytes, rng: Random) -> bytes:
    """An attribute's value becomes another."""
    found = list(re.finditer(rb'="([^"]*)"', data))
    if not found:
        return data
    one = rng.choice(found)
    value = rng.choice(
        [*HUGE, "", "XFD1048576", "A0", "ZZZZ9", "t", "e", "s", "d", "inlineStr", "../x", "rId99"]
    )
    return data[: one.start(1)] + value.encode() + data[one.end(1) :]


def nest(data: bytes, rng: Random) -> bytes:
    """Elements within elements, far deeper than anybody writes."""
    deep = rng.choice([50, 300, 5_000, 60_000])
    name = rng.choice([b"a", b"table", b"td", b"tr", b"row", b"text:p", b"div"])
    where = rng.randrange(len(data) + 1)
    closing = b"</%s>" % name if rng.random() < 0.7 else b""
    return data[:where] + b"<%s>" % name * deep + closing * deep + data[where:]


def tag(data: bytes, rng: Random) -> bytes:
    """A tag is left out, or stands twice."""
    found = list(re.finditer(rb"<[^>]*>", data))
    if not found:
        return data
    one = rng.choice(found)
    return data[: one.start()] + one[0] * rng.choice([0, 2, 400]) + data[one.end() :]


def long_text(data: bytes, rng: Random) -> bytes:
    found = list(re.finditer(rb">", data))
    if not found:
        return data
    at = rng.choice(found).end()
    return (
        data[:at]
        + rng.choice([b"x", b" ", b"\xc3\xa9", b"&#x41;"]) * rng.choice([6_000, 300_000])
        + data[at:]
    )


def spanned(data: bytes, rng: Random) -> bytes:
    span = rng.choice([*HUGE, "100", "³", "٣"])
    many = rng.choice([1, 1, 300])
    name = rng.choice(["rowspan", "colspan"])
    return data.replace(b"<td>", f"<td {name}={span}>".encode(), many)


def inflated_repeat(data: bytes, rng: Random) -> bytes:
    """ODS: a row or a cell that says it stands there ever so often."""
    members = _members(data)
    if "content.xml" not in members:
        return data
    what, name = rng.choice([(b"table:table-row", "rows"), (b"table:table-cell ", "columns")])
    times = rng.choice([*HUGE, "150", "5000", "1048576"])
    found = list(re.finditer(b"<" + what, members["content.xml"]))
    if found:
        at, xml = rng.choice(found).end(), members["content.xml"]
        more = f' table:number-{name}-repeated="{times}" '.encode()
        members["content.xml"] = xml[:at] + more + xml[at:]
    return _packed(list(members.items()), rng)


def far_away(data: bytes, rng: Random) -> bytes:
    """XLSX: a cell or a row that says it stands at the end of the world."""
    members = _members(data)
    name = "xl/worksheets/sheet1.xml"
    if name not in members:
        return data
    pattern, value = rng.choice(
        [
            (rb'<row r="(\d+)"', rng.choice(HUGE)),
            (rb'<c r="([A-Z]+\d+)"', rng.choice(["XFD1", "A1048576", "AAAA1"])),
        ]
    )
    found = list(re.finditer(pattern, members[name]))
    if found:
        one = rng.choice(found)
        members[name] = members[name][: one.start(1)] + value.encode() + members[name][one.end(1) :]
    return _packed(list(members.items()), rng)


# PDF --------------------------------------------------------------------------------------------------


def in_an_object(data: bytes, rng: Random) -> bytes:
    """Spoil one object, and write the file anew with offsets that are right."""
    objects = sound.bodies(data)
    if not objects:
        return data
    at = rng.randrange(len(objects))
    objects[at] = rng.choice([*ANY, inflate, inflate, points_elsewhere])(objects[at], rng)
    return sound.rebuilt(objects, squeeze=rng.random() < 0.5)


def in_the_drawing(data: bytes, rng: Random) -> bytes:
    """Spoil what a page draws, and pack it again."""
    objects = sound.bodies(data)
    drawn = [at for at, body in enumerate(objects) if sound.content(body) is not None]
    if not drawn:
        return data
    at = rng.choice(drawn)
    content = rng.choice([*ANY, inflate, drawn_often, brackets])(sound.content(objects[at]) or b"", rng)
    objects[at] = sound.stream(content, packed=rng.random() < 0.5)
    return sound.rebuilt(objects)


def points_elsewhere(data: bytes, rng: Random) -> bytes:
    """A reference leads to another object, perhaps in a circle."""
    return re.sub(rb"\d+ 0 R", b"%d 0 R" % rng.randrange(12), data, count=rng.choice([1, 9]))


def drawn_often(data: bytes, rng: Random) -> bytes:
    """Thousands of lines, boxes and letters on one page."""
    what = rng.choice(
        [b"10 10 5 5 re S\n", b"q ", b"BT /F1 6 Tf 30 700 Td (x) Tj ET\n", b"0 0 m 9 9 l S\n", b"%d "]
    )
    many = rng.choice([300, 3_000])
    scattered = b"".join(
        b"%d %d %d %d re S\n"
        % (rng.randrange(1000), rng.randrange(700), rng.randrange(90), rng.randrange(90))
        for _ in range(rng.choice([0, 200, 2_000]))
    )
    return data + b"\n" + what.replace(b"%d", b"7") * many + scattered


def brackets(data: bytes, rng: Random) -> bytes:
    return data + rng.choice([b"[", b"<<", b"(", b"<", b"[<<", b"BI ID "]) * rng.choice([10, 5_000, 100_000])


def zeros(data: bytes, rng: Random) -> bytes:
    """A page whose drawing unpacks to megabytes."""
    objects = sound.bodies(data)
    if not objects:
        return data
    objects[-2] = sound.stream(rng.choice([b" ", b"\0", b"q ", b"9", b"["]) * 8_000_000)
    return sound.rebuilt(objects)


ZIPPED = (in_a_part, in_a_part, in_a_part, swap_parts, lose_a_part, odd_parts, lie)
PARTS: dict[str, tuple[Callable[[bytes, Random], bytes], ...]] = {
    "xlsx": (*ZIPPED, far_away),
    "ods": (*ZIPPED, inflated_repeat),
    "html": (attribute, nest, tag, long_text, spanned, inflate),
    "pdf": (in_an_object, in_an_object, in_the_drawing, in_the_drawing, zeros),
}
