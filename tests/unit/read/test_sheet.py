from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest

from gongkai.errors import UnreadableError
from gongkai.read import Limits, identify, readers_for
from gongkai.read.identify import CSV, ODS, XLS, XLSX
from tests.unit.read.samples import grids, paragraphs, read_with, rows, texts


def xlsx(fill: Callable[[Any], None]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        fill(book)
    return buffer.getvalue()


def xls(fill: Callable[[Any], None]) -> bytes:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    fill(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def changed(data: bytes, **parts: Callable[[bytes], bytes]) -> bytes:
    """A package with the parts whose names end so changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            change = next((c for end, c in parts.items() if name.endswith(f"{end}.xml")), bytes)
            target.writestr(name, change(source.read(name)))
    return buffer.getvalue()


def ods(body: str, manifest: str = "") -> bytes:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("mimetype", ODS)
        package.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{manifest}</m:manifest>',
        )
        package.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>{body}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return buffer.getvalue()


def ods_cell(text: str, **attributes: int) -> str:
    more = " ".join(f'table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    kind = f'office:value-type="float" office:value="{text}"' if text.isdigit() else 'office:value-type="string"'
    return f"<table:table-cell {kind} {more}><text:p>{text}</text:p></table:table-cell>"


def test_a_workbook_with_merged_cells_prose_numbers_and_dates() -> None:
    def fill(book: Any) -> None:
        page = book.add_worksheet("表")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.merge_range(0, 0, 0, 3, "二、主动公开")
        page.merge_range(1, 0, 2, 0, "项目\n名称")
        page.merge_range(1, 1, 1, 3, "数量")
        for column, value in enumerate([2.0, 0.1 + 0.2, 1e20], start=1):
            page.write_number(2, column, value)
        page.write_row(3, 0, ["乙", "", True, "  3 件"])
        page.write_datetime(4, 1, datetime(2020, 1, 3), day)
        page.write_string(4, 0, "日期")
        page.write_formula(5, 1, "=1/0", None, 7)
        page.write_string(5, 0, "式")

    data = xlsx(fill)
    assert identify(data, "report.xls") == XLSX
    document = read_with(data)
    assert (document.reader, document.media_type) == ("sheet", XLSX)
    assert texts(document) == ["二、主动公开"]
    (grid,) = grids(document)
    first = [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in grid.cells if c.row < 2]
    assert first == [
        (0, 0, 2, 1, "项目\n名称"),
        (0, 1, 1, 3, "数量"),
        (1, 1, 1, 1, "2"),
        (1, 2, 1, 1, "0.3"),
        (1, 3, 1, 1, "100000000000000000000"),
    ]
    assert rows(grid)[2:] == [["乙", "", "TRUE", "3 件"], ["日期", "2020-01-03", "", ""], ["式", "7", "", ""]]
    assert grid.cells[2].where.to_json() == {"table": 1, "row": 2, "column": 1}


def test_every_visible_sheet_is_read_under_its_own_number() -> None:
    def fill(book: Any) -> None:
        for name in ("甲", "乙", "丙"):
            page = book.add_worksheet(name)
            page.write_row(4, 2, [name, 1])
            page.write_row(5, 2, ["x", 2])
        book.get_worksheet_by_name("乙").hide()

    document = read_with(xlsx(fill))
    assert [rows(grid)[0] for grid in grids(document)] == [["甲", "1"], ["丙", "1"]]
    assert [(g.cells[0].where.table, g.cells[0].where.row, g.cells[0].where.column) for g in grids(document)] == [
        (1, 4, 2),
        (3, 4, 2),
    ]


def test_an_empty_row_parts_tables_and_a_label_without_figures_stays_in_its_table() -> None:
    def fill(book: Any) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["标题"])
        page.write_row(1, 0, ["a", 1, 2])
        page.write_row(2, 0, ["b"])
        page.write_row(3, 0, ["正" * 40])
        page.write_row(4, 0, ["c", 1])
        page.write_row(6, 0, ["d", 2])

    document = read_with(xlsx(fill))
    assert texts(document) == ["标题", "正" * 40]
    assert [rows(grid) for grid in grids(document)] == [[["a", "1", "2"], ["b", "", ""]], [["c", "1"]], [["d", "2"]]]


def test_a_long_label_beside_a_merged_one_stays_in_its_table() -> None:
    label = "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 2, 0, "其他处理")
        for row, cells in enumerate([("逾期不补正", 1, 2), (label,), ("其他", 3, 4)]):
            sheet.write_row(row, 1, cells)

    (grid,) = grids(read_with(xlsx(fill)))
    assert rows(grid) == [["其他处理", "逾期不补正", "1", "2"], [label, "", ""], ["其他", "3", "4"]]


def test_a_workbook_of_the_old_format() -> None:
    def fill(book: Any) -> None:
        page = book.add_sheet("表")
        page.write_merge(0, 0, 1, 2, "数量")
        page.write(0, 0, "项")
        page.write(1, 0, "甲")
        page.write(1, 1, 12)
        page.write(1, 2, 0.5)
        book.add_sheet("藏").visibility = 1

    data = xls(fill)
    assert identify(data, "x.xlsx") == XLS
    document = read_with(data)
    (grid,) = grids(document)
    assert document.media_type == XLS
    assert rows(grid) == [["项", "数量"], ["甲", "12", "0.5"]]
    assert grid.cells[1].colspan == 2


def test_an_opendocument_sheet_with_spans_and_repeats() -> None:
    wide = ods_cell("数量", number_columns_spanned=2) + "<table:covered-table-cell/>"
    head = f"<table:table-row>{ods_cell('项')}{wide}</table:table-row>"
    body = f"<table:table-row>{ods_cell('甲')}{ods_cell('3', number_columns_repeated=2)}</table:table-row>"
    empty = (
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    data = ods(f'<table:table table:name="表">{head}{body}{empty}</table:table>')
    assert identify(data, "x.xls") == ODS
    document = read_with(data)
    (grid,) = grids(document)
    assert rows(grid) == [["项", "数量"], ["甲", "3", "3"]]
    assert grid.cells[1].colspan == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_values_between_marks(encoding: str, mark: str) -> None:
    text = '标题\n项目,数量\n"甲,\n又","1,200"\n乙,\n\n"丙""",3\n'
    if mark != ",":
        text = text.replace("目,", f"目{mark}").replace('",', f'"{mark}').replace("乙,", f"乙{mark}")
    document = read_with(text.encode(encoding), name="x.CSV")
    assert (document.reader, document.media_type) == ("csv", CSV)
    assert texts(document) == ["标题"]
    assert [rows(grid) for grid in grids(document)] == [
        [["项目", "数量"], ["甲,\n又", "1,200"], ["乙", ""]],
        [['丙"', "3"]],
    ]


def test_commas_tell_a_table_from_prose() -> None:
    table = "\n".join(f"行{n},1,2,3" for n in range(9)).encode()
    prose = "\n".join("一句话, 没有数字" for _ in range(9)).encode()
    assert identify(table, "x.txt") == CSV
    assert identify(prose, "x.txt") == "text/plain"
    assert [reader.name for reader in readers_for(CSV)] == ["csv", "text"]


def corner(reference: str) -> bytes:
    data = xlsx(lambda book: book.add_worksheet().write_row(0, 0, [1, 2]))
    cell = f'<row r="{reference.lstrip("XFD")}"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()
    return changed(data, sheet1=lambda xml: xml.replace(b"</sheetData>", cell))


def test_a_cell_in_the_last_corner_is_refused_before_room_is_made_for_it() -> None:
    with pytest.raises(UnreadableError, match="too far apart"):
        read_with(corner("XFD1048576"))


def test_an_empty_sheet_that_says_it_is_large_is_just_empty() -> None:
    data = changed(
        xlsx(lambda book: book.add_worksheet().write_row(0, 0, [1, 2])),
        sheet1=lambda xml: xml.replace(b'ref="A1:B1"', b'ref="A1:XFD1048576"').replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
        ),
    )
    assert rows(grids(read_with(data))[0]) == [["1", "2"]]


def test_rows_that_repeat_what_they_hold_are_refused() -> None:
    cell = ods_cell("1", number_columns_repeated=9_000)
    row = f'<table:table-row table:number-rows-repeated="900000">{cell}'
    with pytest.raises(UnreadableError, match="too far apart"):
        read_with(ods(f"<table:table>{row}</table:table-row></table:table>"))


def test_a_far_cell_of_the_old_format_is_refused() -> None:
    def fill(book: Any) -> None:
        for name in "abc":
            page = book.add_sheet(name)
            page.write(0, 0, "a")
            page.write(65_535, 255, "b")

    with pytest.raises(UnreadableError, match="too far apart"):
        read_with(xls(fill))


def test_bombs_and_entities_are_refused() -> None:
    plain = xlsx(lambda book: book.add_worksheet().write_row(0, 0, ["甲", "乙"]))
    bomb = changed(plain, sharedStrings=lambda xml: xml.replace("甲".encode(), b"x" * 60_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableError, match="limit"):
        read_with(bomb)
    entity = changed(
        plain, sharedStrings=lambda xml: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xml[56:]
    )
    with pytest.raises(UnreadableError, match="entities"):
        read_with(entity)


def test_too_many_cells_are_refused() -> None:
    data = xlsx(lambda book: [book.add_worksheet().write_row(row, 0, range(30)) for row in range(30)])
    with pytest.raises(UnreadableError, match="cells"):
        read_with(data, limits=Limits(table_cells=500))


def test_a_password_is_named() -> None:
    data = xls(lambda book: book.add_sheet("a").write(0, 0, 1))
    begin = data.index(struct.pack("<HH", 0x0809, 16)) + 20
    locked = bytearray(data)
    locked[begin : begin + 6] = struct.pack("<HHH", 0x002F, 2, 0)
    with pytest.raises(UnreadableError, match="password"):
        read_with(bytes(locked))
    with pytest.raises(UnreadableError, match="password"):
        read_with(ods("<table:table/>", manifest="<m:encryption-data/>"))


def test_damage_is_named() -> None:
    data = changed(xlsx(lambda book: book.add_worksheet()), sheet1=lambda xml: xml[: len(xml) // 2])
    with pytest.raises(UnreadableError, match="damaged"):
        read_with(data)


def test_paragraphs_of_a_sheet_say_where_they_stand() -> None:
    document = read_with("甲\n乙,1\n".encode(), name="a.csv")
    assert [p.where.to_json() for p in paragraphs(document)] == [{"table": 1, "row": 0, "column": 0}]


def test_a_workbook_cut_within_its_last_sector_is_read_or_named() -> None:
    data = xls(lambda book: book.add_sheet("a").write(0, 0, "甲"))
    for cut in (16, 30, 100, 511, 2_000):
        with suppress(UnreadableError):
            assert texts(readers_for(XLS)[0](data[:-cut], Limits())) in ([], ["甲"])


@pytest.mark.parametrize(
    ("below", "rows_found"),
    [("结语", [["甲", "乙"], ["", ""]]), ("", [["甲", "乙"], ["", ""]]), ("1,2", [["甲", "乙"]])],
)
def test_an_empty_row_ends_its_table_and_belongs_to_it_where_no_other_follows(below: str, rows_found: Any) -> None:
    document = read_with(f"标题\n甲,乙\n,\n{below}\n".encode(), name="x.csv")
    assert rows(grids(document)[0]) == rows_found
