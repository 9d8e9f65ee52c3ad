"""Reading files: what comes out of each kind, and the one clear error that each bad file gets."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from coordination.intake.extract.drawn import Allowance
from coordination.intake.extract.errors import Unreadable
from coordination.intake.extract.limits import MIB, Limits
from coordination.intake.extract.reading import read
from coordination.intake.extract.stop import Stop
from tests.coordination.intake import making
from tests.fuzz import sound

GRID = [["Place", "Date", "Alerts"], ["Market Square", "06/04/23", "1"], ["Old Bridge", "07/04/23", "2"]]


@pytest.fixture
def file(tmp_path):
    def write(content: bytes, name: str = "grid"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def cells(path, **options):
    with read(path, **options) as extract:
        return [list(row.cells) for row in extract.rows()]


def refusal(path, **options) -> Unreadable:
    with pytest.raises(Unreadable) as caught, read(path, **options):
        pass
    assert path.name in str(caught.value)
    return caught.value


# What can be read -------------------------------------------------------------------------------------


def test_pdf_rows_keep_their_page_and_table(file):
    with read(file(making.two_layouts_pdf())) as extract:
        rows = list(extract.rows())
    assert extract.kind == "pdf"
    assert [row.page for row in rows if row.cells[0] == "Canal Walk"] == [4]
    assert rows[1].cells[:3] == ("Market Square", "06/04/23", "5h03m")
    assert rows[2].cells[0] == "Station Approach, Northgate", "a cell that wraps is one text"


def test_the_committed_pdf_is_the_one_the_suite_makes():
    assert (making.FIXTURES / "two-layouts.pdf").read_bytes() == making.two_layouts_pdf()


@pytest.mark.parametrize("kind", ["xlsx", "ods", "html", "csv", "pdf"])
def test_every_kind_gives_the_same_rows(file, kind):
    make = {
        "xlsx": making.xlsx,
        "ods": making.ods,
        "html": making.html,
        "csv": making.csv,
        "pdf": lambda rows: making.pdf([[rows]]),
    }[kind]
    path = file(make(GRID), "a-name-that-says-nothing.bin")
    with read(path) as extract:
        assert extract.kind == kind
        assert [list(row.cells) for row in extract.rows()] == GRID
        assert [row.line for row in extract.rows()] == [1, 2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_is_read_in_any_common_encoding_and_delimiter(file, encoding, delimiter):
    rows = [["Place", "Date"], ["Caffè Street, “North”", "06/04/23"], ["Old Bridge", "07/04/23"]]
    assert cells(file(making.csv(rows, delimiter=delimiter, encoding=encoding))) == rows


def test_csv_lines_are_counted_as_an_editor_counts_them(file):
    with read(file(b'Place,Date\n"Market\nSquare",06/04/23\n\nOld Bridge,07/04/23\n')) as extract:
        assert [(row.line, row.cells[0]) for row in extract.rows()] == [
            (1, "Place"),
            (2, "Market Square"),
            (5, "Old Bridge"),
        ]


def test_numbers_of_a_workbook_read_as_they_look(file):
    import datetime as dt

    rows = [["Date", "Faces", "Threshold"], [dt.date(2024, 7, 11), 5460.0, 0.6]]
    assert cells(file(making.xlsx(rows))) == [["Date", "Faces", "Threshold"], ["2024-07-11", "5460", "0.6"]]


def test_a_hidden_sheet_is_left_out_and_said_to_be(file, tmp_path):
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.active.append(["Place", "Date"])
    hidden = workbook.create_sheet("Working")
    hidden.append(["secret", "1"])
    hidden.sheet_state = "hidden"
    workbook.save(tmp_path / "hidden.xlsx")
    with read(tmp_path / "hidden.xlsx") as extract:
        assert [row.cells for row in extract.rows()] == [("Place", "Date")]
        assert [(note.code, note.values) for note in extract.notes] == [
            ("hidden_sheet", {"sheet": "Working"})
        ]


def test_spanned_cells_of_a_page_stand_where_they_begin(file):
    page = b"""<html><table><tr><th rowspan=2>Place</th><th colspan=2>Alerts</th></tr>
    <tr><th>True</th><th>False</th></tr><tr><td>Old<br>Bridge</td><td>1</td><td>0</td></tr></table></html>"""
    assert cells(file(page)) == [["Place", "Alerts", None], [None, "True", "False"], ["Old Bridge", "1", "0"]]


def test_a_repeated_ods_cell_is_repeated_and_an_endless_one_is_not(file):
    content = making.ods(GRID)
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        xml = container.read("content.xml").decode()
    endless = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
    )
    content = making.with_member(content, "content.xml", xml.replace("</table:table>", endless).encode())
    assert cells(file(content)) == GRID


# What cannot ------------------------------------------------------------------------------------------

PICTURES = {
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 200,
    "png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 200,
    "gif": b"GIF89a" + b"\x00" * 200,
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 100,
    "tiff": b"II*\x00" + b"\x00" * 100,
    "heic": b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100,
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
}


@pytest.mark.parametrize("kind", sorted(PICTURES))
@pytest.mark.parametrize("name", ["grid.pdf", "grid.csv", "photo.jpg"])
def test_no_picture_is_ever_taken_whatever_its_name(file, kind, name):
    assert refusal(file(PICTURES[kind], name)).code == "image"


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("empty", b""),
        ("archive", making.archive({"deployments.csv": b"Place,Date\n"})),
        ("archive", b"\x1f\x8b\x08\x00" + b"\x00" * 50),
        ("office_old", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        ("unknown_kind", b"\x7fELF\x02\x01\x01" + b"\x00" * 60),
        ("unknown_kind", b"{\\rtf1 text}"),
        ("unknown_kind", b'<?xml version="1.0"?><deployments/>'),
        ("not_text", b"Place,Date\nOld Bridge \x81\x8d,1\n"),
        ("formula", making.xlsx(GRID, formula_at="C3")),
        ("formula", making.ods(GRID, formula=True)),
        ("macros", making.with_member(making.xlsx(GRID), "xl/vbaProject.bin", b"x")),
        ("damaged", making.xlsx(GRID)[:-400]),
        ("pdf_cut_short", making.two_layouts_pdf()[:-600]),
        ("pdf_locked", making.pdf([[GRID]], locked=True)),
        ("pdf_pictures", making.pictures_pdf()),
        ("no_table", making.pdf([[]])),
        ("no_table", b"<!doctype html><html><p>Nothing here.</p></html>"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_error(file, code, content):
    assert refusal(file(content, "grid.pdf")).code == code


def test_a_zip_renamed_pdf_is_called_a_zip(file):
    text = str(refusal(file(making.archive({"a.txt": b"text"}), "grid.pdf")))
    assert text.startswith("grid.pdf: The file is a ZIP archive, whatever its name says.")


def test_a_formula_is_named_by_its_cell(file):
    text = str(refusal(file(making.xlsx(GRID, formula_at="C3"), "returns.xlsx")))
    assert "Cell C3 on sheet “Deployments” holds a formula" in text
    assert "Replace formulas with their values" in text


def test_a_damaged_pdf_is_never_read_in_part(file):
    content = making.two_layouts_pdf()
    for broken in (
        content.replace(b"/Count 4", b"/Count 9"),
        content[:200] + b"\x00" * 4000 + content[4200:],
        b"%PDF-1.4\nnothing of the kind\n%%EOF\n",
    ):
        assert refusal(file(broken)).code in {"damaged", "no_table"}


def test_a_broken_compressed_stream_stops_the_reading(file):
    import zlib

    content = zlib.compress(b"BT /F1 6 Tf 30 700 Td (Market Square) Tj ET" * 200)
    broken = content[: len(content) // 2] + b"\xff" * 20 + content[len(content) // 2 + 20 :]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(broken), broken),
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, obj) for n, obj in enumerate(objects, start=1))
    trailer = b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
    assert refusal(file(b"%PDF-1.4\n" + body + trailer)).code == "damaged"


def test_a_spreadsheet_whose_packed_parts_are_spoilt_is_damaged(file):
    for made, part in ((making.xlsx(GRID), b"xl/workbook.xml"), (making.ods(GRID), b"content.xml")):
        at = made.index(part) + len(part) + 4
        assert refusal(file(made[:at] + b"\xff" * 8 + made[at + 8 :])).code == "damaged"


def test_a_row_at_the_end_of_the_world_is_not_counted_up_to(file):
    workbook = making.xlsx(GRID)
    with zipfile.ZipFile(io.BytesIO(workbook)) as container:
        sheet = container.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b'<row r="3"', b'<row r="4294967295"')
    assert (
        refusal(file(making.with_member(workbook, "xl/worksheets/sheet1.xml", far))).code == "too_many_rows"
    )


def test_many_rows_that_reach_the_last_column_are_too_many_cells(file):
    wide = making.xlsx([["x", *[None] * 300]] * 40)
    with zipfile.ZipFile(io.BytesIO(wide)) as container:
        sheet = container.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b"</row>", b'<c r="XFD1"/></row>')
    path = file(making.with_member(wide, "xl/worksheets/sheet1.xml", far))
    assert refusal(path, limits=Limits(cells=20 * 16_384)).code == "too_many_cells"


def test_a_span_of_thousands_of_digits_is_the_widest_span(file):
    page = "<html><table><tr><td>a</td></tr><tr><td rowspan=%s>b</td><td colspan=0>c</td></tr></table></html>"
    assert cells(file((page % ("9" * 4999)).encode())) == [["a"], ["b", "c"]]


def test_a_pdf_that_draws_without_end_is_refused_before_it_is_drawn(file):
    dots = [(x, y) for x in range(0, 1000, 20) for y in range(0, 700, 20)]
    objects = sound.bodies(making.pdf([[GRID]]))
    objects[3] = sound.stream(b"q " * 4_000_000)
    assert refusal(file(sound.rebuilt(objects))).code == "too_much_drawn"
    ticks = [b"%d %d m %d %d l S" % (x, y, x + right, y + 4 - right) for right in (0, 4) for x, y in dots]
    objects[3] = sound.stream(b"BT /F1 6 Tf (x) Tj ET\n" + b"\n".join(ticks))
    assert refusal(file(sound.rebuilt(objects))).code == "too_much_drawn"


def test_a_small_pdf_may_not_draw_a_hundred_thousand_letters(file):
    objects = sound.bodies(making.pdf([[GRID]]))
    page = sound.content(objects[3])
    for letters, code in ((30_000, None), (100_000, "too_much_drawn")):
        objects[3] = sound.stream(page + b"\nBT /F1 6 Tf 9 9 Td (" + b"x" * letters + b") Tj ET")
        path = file(sound.rebuilt(objects))
        assert path.stat().st_size < 5_000
        if code is None:
            assert cells(path) == GRID
        else:
            assert refusal(path).code == code


def test_a_dense_table_of_two_thousand_rows_may_be_drawn_if_it_has_pages():
    """The figures of such a PDF, page by page; drawing it takes seconds. See `dense` in tests/fuzz/sound.py."""
    size, pages, drawn_on_each = 79_575, 59, 2_700
    allowance = Allowance(size)
    for number in range(1, pages + 1):
        allowance.turn_to(number)
        for _ in range(drawn_on_each):
            allowance.draw()
    alone = Allowance(size)
    alone.turn_to(1)
    with pytest.raises(Stop) as stopped:
        for _ in range(pages * drawn_on_each):
            alone.draw()
    assert (stopped.value.code, stopped.value.values) == ("too_much_drawn", {"page": 1})


def test_a_pdf_whose_forms_draw_forms_without_end_is_refused(file):
    """Ten forms, each drawing the next ten times: nothing is seen in the end, and 10^10 forms are opened."""
    objects = sound.bodies(making.pdf([[GRID]]))
    first = len(objects) + 1
    last = first + 9
    for number in range(first, last + 1):
        draws = b"/F Do " * 10 if number < last else b"q Q"
        head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F %d 0 R >> >>"
        more = b" /Length %d >>\nstream\n%s\nendstream" % (len(draws), draws)
        objects.append(head % min(number + 1, last) + more)
    objects[3] = sound.stream(b"/F Do")
    at = next(i for i, each in enumerate(objects) if b"/Type /Page " in each or b"/Type /Page\n" in each)
    objects[at] = objects[at].replace(b"/Resources <<", b"/Resources << /XObject << /F %d 0 R >>" % first, 1)
    assert refusal(file(sound.rebuilt(objects))).code == "too_much_drawn"


def test_sixty_megabytes_are_refused_before_a_byte_is_read(tmp_path):
    path = tmp_path / "huge.pdf"
    with path.open("wb") as out:
        out.truncate(60 * MIB)
    before = bytes_read()
    error = refusal(path)
    assert bytes_read() - before < MIB
    assert error.code == "too_large"
    assert "60 MB. The limit is 20 MB" in str(error)


def bytes_read() -> int:
    """By this process so far, from the kernel."""
    return int(Path("/proc/self/io").read_text().split()[1])


def test_a_zip_bomb_is_refused_before_it_is_unpacked(file):
    bomb = making.with_member(making.xlsx(GRID), "xl/media/x.xml", b"\0" * (30 * MIB))
    assert len(bomb) < MIB
    assert refusal(file(bomb)).code == "bomb_size"
    many = making.with_member(making.xlsx(GRID), "xl/a.xml", b"")
    assert refusal(file(many), limits=Limits(archive_members=3)).code == "bomb_members"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_xml_entities_are_refused_in_any_encoding(file, kind, encoding):
    part = "xl/worksheets/sheet1.xml" if kind == "xlsx" else "content.xml"
    laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'.encode(encoding)
    workbook = making.xlsx(GRID) if kind == "xlsx" else making.ods(GRID)
    error = refusal(file(making.with_member(workbook, part, laughs)))
    assert (error.code, part in str(error)) == ("bomb_entities", True)


@pytest.mark.parametrize(
    ("limits", "codes"),
    [
        (Limits(rows=2), {"too_many_rows"}),
        (Limits(columns=2), {"too_many_columns"}),
        (Limits(cells=4), {"too_many_cells"}),
        (Limits(cell_chars=5), {"cell_too_long"}),
        (Limits(output_bytes=60), {"too_much_output"}),
        (Limits(seconds=0.01), {"too_slow"}),
    ],
)
def test_every_limit_has_an_error_of_its_own(file, limits, codes):
    assert refusal(file(making.csv(GRID)), limits=limits).code in codes


def test_a_pdf_with_too_many_pages_is_refused(file):
    assert refusal(file(making.pdf([[GRID]] * 3)), limits=Limits(pages=2)).code == "too_many_pages"


def test_a_reader_that_eats_memory_dies_alone(file):
    greedy = making.html([["x" * 20, "y" * 20]] * 60_000)
    assert refusal(file(greedy), limits=Limits(memory_bytes=45 * MIB)).code in {"too_much_memory", "damaged"}
    assert cells(file(making.csv(GRID), "next.csv")) == GRID, "the parent goes on"


def test_a_reader_that_never_ends_is_stopped_by_its_processor_time(file):
    slow = making.html([["x" * 20, "y" * 20]] * 200_000)
    assert refusal(file(slow), limits=Limits(cpu_seconds=1, rows=10**9, cells=10**9)).code == "too_slow"


def test_the_reader_sees_none_of_the_parents_secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_FOR_THIS_TEST", "hush")
    import subprocess

    from coordination.intake.extract import reading

    started = {}
    real = subprocess.Popen

    class Recording(real):
        def __init__(self, *args, **kwargs):
            started.update(kwargs)
            super().__init__(*args, **kwargs)

    monkeypatch.setattr(reading.subprocess, "Popen", Recording)
    (tmp_path / "a.csv").write_bytes(making.csv(GRID))
    assert cells(tmp_path / "a.csv") == GRID
    assert set(started["env"]) == {"LANG", "PATH"}


def test_what_was_read_is_deleted_afterwards(file):
    with read(file(making.csv(GRID))) as extract:
        assert extract.lines.exists()
    assert not extract.lines.exists()
