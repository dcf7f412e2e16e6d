from __future__ import annotations

import io
import zipfile

import pytest

from gongkai.errors import UnreadableError
from gongkai.read import Limits, identify
from gongkai.read.identify import DOCX
from tests.unit.read.packed import zip_of
from tests.unit.read.samples import NAMESPACES, docx, grids, paragraphs, read_with, rows, texts


def p(text: str, properties: str = "") -> str:
    return f"<w:p>{properties and f'<w:pPr>{properties}</w:pPr>'}<w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def tbl(*table_rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in table_rows) + "</w:tbl>"


def test_a_document_of_python_docx() -> None:
    import docx as python_docx

    made = python_docx.Document()
    made.core_properties.title = "年度报告"
    made.add_heading("二、主动公开政府信息情况", 1)
    made.add_paragraph("正文")
    table = made.add_table(4, 3)
    for row in range(4):
        for column in range(3):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "宽"
    table.cell(1, 0).merge(table.cell(3, 0)).text = "高"
    made.add_paragraph("后")
    buffer = io.BytesIO()
    made.save(buffer)
    data = buffer.getvalue()
    assert identify(data, "report.pdf") == DOCX
    document = read_with(data)
    assert document.title == "年度报告"
    assert [(x.text, x.heading, x.where.line) for x in paragraphs(document)] == [
        ("二、主动公开政府信息情况", True, 1),
        ("正文", False, 2),
        ("后", False, 3),
    ]
    (grid,) = grids(document)
    assert [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in grid.cells] == [
        (0, 0, 1, 1, "00"),
        (0, 1, 1, 2, "宽"),
        (1, 0, 3, 1, "高"),
        (1, 1, 1, 1, "11"),
        (1, 2, 1, 1, "12"),
        (2, 1, 1, 1, "21"),
        (2, 2, 1, 1, "22"),
        (3, 1, 1, 1, "31"),
        (3, 2, 1, 1, "32"),
    ]


def test_tracked_changes_count_as_accepted() -> None:
    body = (
        "<w:p><w:r><w:t>收到</w:t></w:r><w:del><w:r><w:delText>5</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>7</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>"
        "<w:r><w:t>件</w:t></w:r></w:p>"
    )
    deleted_row = "<w:tr><w:trPr><w:del/></w:trPr>" + tc("x") + tc("y") + "</w:tr>"
    table = tbl(tc("甲") + tc("1")).replace("</w:tbl>", deleted_row + f"<w:tr>{tc('乙') + tc('2')}</w:tr></w:tbl>")
    document = read_with(docx(body + table))
    assert texts(document) == ["收到7件"]
    assert rows(grids(document)[0]) == [["甲", "1"], ["乙", "2"]]


def test_hidden_runs_fields_and_fallbacks_are_not_text() -> None:
    body = (
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r>"
        "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>甲</w:t></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><mc:AlternateContent><mc:Choice><w:r><w:t>乙</w:t></w:r></mc:Choice>"
        "<mc:Fallback><w:r><w:t>x</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"
    )
    assert texts(read_with(docx(body))) == ["甲乙"]


def test_rows_that_begin_further_right_and_merges_without_a_start() -> None:
    late = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + tc("1") + tc("2")
    lost = tc("丙", "<w:vMerge/>") + tc("3") + tc("4")
    (grid,) = grids(read_with(docx(tbl(tc("甲") + tc("乙") + tc("丁"), late, lost))))
    assert [(c.row, c.column, c.text) for c in grid.cells][3:] == [
        (1, 1, "1"),
        (1, 2, "2"),
        (2, 0, "丙"),
        (2, 1, "3"),
        (2, 2, "4"),
    ]


def test_nested_tables_text_boxes_tabs_and_breaks() -> None:
    inner = tbl(tc("甲") + tc("1"), tc("乙") + tc("2"))
    outer = tbl(f"<w:tc>{p('一、总体')}{inner}{p('完')}</w:tc>")
    box = "<w:p><w:r><w:pict><w:txbxContent>" + p("框中") + "</w:txbxContent></w:pict><w:t>后</w:t></w:r></w:p>"
    line = "<w:p><w:r><w:t>规章</w:t><w:tab/><w:t>0</w:t><w:br/><w:t>二</w:t></w:r></w:p>"
    document = read_with(docx(outer + box + line))
    assert texts(document) == ["一、总体", "完", "框中", "后", "规章 0", "二"]
    assert paragraphs(document)[4].fields == ("规章", "0")
    assert rows(grids(document)[0]) == [["甲", "1"], ["乙", "2"]]


def test_automatic_numbers_are_part_of_the_text() -> None:
    level = '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
    numbering = (
        f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="5">'
        + level.format(0, "chineseCounting", "%1、")
        + level.format(1, "decimal", "%2.")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num></w:numbering>'
    )
    mark = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr>'
    body = "".join(
        p(text, mark.format(depth))
        for text, depth in [("总体情况", 0), ("甲", 1), ("乙", 1), ("主动公开", 0), ("丙", 1)]
    )
    assert texts(read_with(docx(body, word__numbering=numbering))) == [
        "一、总体情况",
        "1.甲",
        "2.乙",
        "二、主动公开",
        "1.丙",
    ]


def test_a_bomb_is_refused() -> None:
    data = docx(p("甲" * 5_000_000))
    assert len(data) < 100_000
    with pytest.raises(UnreadableError, match="limit"):
        read_with(data, limits=Limits(expanded_bytes=1_000_000))


def test_entities_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(
            "word/document.xml",
            f'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document {NAMESPACES}><w:body>{p("&a;")}</w:body></w:document>',
        )
    with pytest.raises(UnreadableError, match="entities"):
        read_with(buffer.getvalue())


def test_absurd_nesting_is_refused() -> None:
    with pytest.raises(UnreadableError, match=r"deep|damaged"):
        read_with(docx("<w:sdt>" * 20_000 + "</w:sdt>" * 20_000))


def test_absurd_spans_are_bounded() -> None:
    wide = tc("a", '<w:gridSpan w:val="999999"/>')
    (grid,) = grids(read_with(docx(tbl(wide + tc("b"), tc("c") + tc("d")))))
    assert max(cell.column + cell.colspan for cell in grid.cells) <= 1_001
    with pytest.raises(UnreadableError, match="cells"):
        read_with(docx(tbl(*[wide] * 300)))


def test_a_password_is_named() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert identify(data, "x.docx") == DOCX
    with pytest.raises(UnreadableError, match="password"):
        read_with(data)


def test_damage_is_named() -> None:
    data = docx(p("甲" * 3000))
    with pytest.raises(UnreadableError, match="damaged"):
        identify(data[: len(data) // 2], "x.docx")
    with pytest.raises(UnreadableError, match="damaged"):
        read_with(docx("<w:p>"))


def test_numbers_come_from_styles_and_restart() -> None:
    numbering = (
        f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="9"/>'
        '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="（%1）"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>'
    )
    styles = (
        f'<w:styles {NAMESPACES}><w:style w:styleId="a"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/>'
        "</w:numPr></w:pPr></w:style></w:styles>"
    )
    styled, restarted = '<w:pStyle w:val="a"/>', '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>'
    plain = '<w:pStyle w:val="a"/><w:numPr><w:numId w:val="0"/></w:numPr>'
    body = (
        p("甲", styled) + p("乙", styled) + p("丙", styled) + p("丁", restarted) + p("戊", restarted) + p("己", plain)
    )
    document = read_with(docx(body, word__numbering=numbering, word__styles=styles))
    assert [(x.text, x.heading) for x in paragraphs(document)] == [
        ("（九）甲", True),
        ("（十）乙", True),
        ("（十一）丙", True),
        ("（一）丁", False),
        ("（二）戊", False),
        ("己", True),
    ]


def with_parts(data: bytes, parts: dict[str, bytes]) -> bytes:
    """A package with more parts, or others in place of its own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, content in parts.items():
            target.writestr(name, content)
    return buffer.getvalue()


def relations(*targets: tuple[str, str]) -> bytes:
    """Relations ``r1``, ``r2`` … of (kind, target)."""
    lines = "".join(
        f'<Relationship Id="r{n}" Type="http://example.org/relationships/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'.encode()


def test_deleted_cells_go_and_inserted_rows_stay() -> None:
    cells = tc("甲") + tc("x", "<w:cellDel/>") + tc("1", "<w:cellIns/>")
    inserted = "<w:trPr><w:ins/></w:trPr>" + tc("乙") + tc("2")
    old = "<w:tcPrChange><w:tcPr><w:gridSpan w:val='5'/><w:vMerge/></w:tcPr></w:tcPrChange>"
    (grid,) = grids(read_with(docx(tbl(cells, inserted, tc("丙", old) + tc("3")))))
    assert rows(grid) == [["甲", "1"], ["乙", "2"], ["丙", "3"]]


def test_a_deleted_paragraph_end_joins_what_it_parted() -> None:
    gone = "<w:rPr><w:del/></w:rPr>"
    assert texts(read_with(docx(p("收到1", gone) + p("2件") + p("后")))) == ["收到12件", "后"]
    cell = f"<w:tc>{p('1', gone)}{p('2')}</w:tc><w:tc>{p('3', gone)}</w:tc>"
    assert rows(grids(read_with(docx(tbl(cell) + p("后"))))[0]) == [["12", "3"]]


def test_moved_text_counts_where_it_went() -> None:
    body = "<w:p><w:moveTo><w:r><w:t>新</w:t></w:r></w:moveTo></w:p>" + (
        "<w:p><w:pPr><w:rPr><w:moveFrom/></w:rPr></w:pPr><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom></w:p>"
    )
    assert texts(read_with(docx(body + p("后")))) == ["新", "后"]


def test_text_is_hidden_by_its_style_too_and_rows_can_be() -> None:
    styles = (
        f'<w:styles {NAMESPACES}><w:style w:type="table" w:styleId="t"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="h"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    )
    run = '<w:p><w:r><w:rPr><w:rStyle w:val="{}"/></w:rPr><w:t>{}</w:t></w:r></w:p>'
    hidden_row = "<w:trPr><w:hidden/></w:trPr>" + tc("x") + tc("y")
    body = run.format("h", "x") + run.format("t", "甲") + tbl(tc("a") + tc("1"), hidden_row)
    document = read_with(docx(body, word__styles=styles))
    assert texts(document) == ["甲"]
    assert rows(grids(document)[0]) == [["a", "1"]]


def test_results_of_fields_are_text_and_page_numbers_are_not() -> None:
    def field(code: str, result: str) -> str:
        return (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f"<w:r><w:instrText>{code[:3]}</w:instrText></w:r><w:r><w:instrText>{code[3:]}</w:instrText></w:r>"
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    page = field(" PAGEREF _Toc1", "<w:r><w:t>3</w:t></w:r>")
    contents = field(' TOC \\o "1-3"', f"<w:r><w:t>一、总体情况</w:t><w:tab/></w:r>{page}")
    total = field(" =SUM(ABOVE)", "<w:r><w:t>7</w:t></w:r>")
    simple = '<w:fldSimple w:instr="NUMPAGES"><w:r><w:t>9</w:t></w:r></w:fldSimple><w:r><w:t>页</w:t></w:r>'
    body = f"<w:p>{contents}</w:p><w:p>{total}</w:p><w:p>{simple}</w:p>"
    assert texts(read_with(docx(body))) == ["一、总体情况", "7", "页"]


def test_content_controls_hold_text_rows_and_cells_but_no_placeholders() -> None:
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    waiting = "<w:showingPlcHdr/>"
    row = f"<w:tr>{control.format('', tc('甲'))}{control.format(waiting, tc(''))}{tc('2')}</w:tr>"
    table = f"<w:tbl>{control.format('', row)}<w:tr>{tc('乙') + tc('3') + tc('4')}</w:tr></w:tbl>"
    document = read_with(docx(control.format("", p("正文")) + control.format(waiting, p("单击此处")) + table))
    assert texts(document) == ["正文"]
    assert rows(grids(document)[0]) == [["甲", "", "2"], ["乙", "3", "4"]]


def test_a_text_box_counts_once_whatever_draws_it() -> None:
    inner = f"<w:txbxContent>{p('框中')}{tbl(tc('甲') + tc('1'), tc('乙') + tc('2'))}</w:txbxContent>"
    box = (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice>{inner}</mc:Choice><mc:Fallback><w:pict>{inner}</w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    document = read_with(docx(box))
    assert texts(document) == ["框中"]
    assert [rows(grid) for grid in grids(document)] == [[["甲", "1"], ["乙", "2"]]]


def test_cells_merged_sideways_in_the_old_way() -> None:
    merged = tc("宽", '<w:hMerge w:val="restart"/>') + tc("", "<w:hMerge/>") + tc("1")
    stray = tc("窄", "<w:hMerge/>") + tc("2") + tc("3")
    (grid,) = grids(read_with(docx(tbl(merged, stray))))
    assert [(c.row, c.column, c.colspan, c.text) for c in grid.cells] == [
        (0, 0, 2, "宽"),
        (0, 2, 1, "1"),
        (1, 0, 1, "窄"),
        (1, 1, 1, "2"),
        (1, 2, 1, "3"),
    ]


def test_another_main_part_templates_and_the_strict_form() -> None:
    strict = with_parts(
        docx(p("甲")),
        {
            "word/document.xml": (
                '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>'
                f"{p('甲')}</w:body></w:document>"
            ).encode()
        },
    )
    assert texts(read_with(strict, name="x.docx")) == ["甲"]
    parts = {
        "_rels/.rels": relations(("officeDocument", "/word/document2.xml")),
        "word/document2.xml": f"<w:document {NAMESPACES}><w:body>{p('乙')}</w:body></w:document>".encode(),
        "word/header1.xml": f"<w:hdr {NAMESPACES}>{p('页眉')}</w:hdr>".encode(),
        "[Content_Types].xml": b"<Types/>",
    }
    assert texts(read_with(zip_of(parts), name="x.docm")) == ["乙"]
    with pytest.raises(UnreadableError, match="no Office document"):
        read_with(zip_of({**parts, "_rels/.rels": relations()}))


def test_an_excel_table_and_a_wrapped_page_are_read_in_their_place() -> None:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["规章", 3])
        page.write_row(1, 0, ["甲", 4])
    namespaces = (
        'xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    objects = f'<w:p {namespaces}><w:r><w:object><o:OLEObject r:id="r1"/></w:object></w:r></w:p>'
    chunk = f'<w:altChunk {namespaces} r:id="r2"/><w:altChunk {namespaces} r:id="r9"/>'
    parts = {
        "word/_rels/document.xml.rels": relations(("package", "embeddings/a.xlsx"), ("aFChunk", "/page.html")),
        "word/embeddings/a.xlsx": buffer.getvalue(),
        "page.html": "<html><body><p>网页</p></body></html>".encode(),
    }
    document = read_with(with_parts(docx(p("前") + objects + chunk + p("后")), parts))
    assert texts(document) == ["前", "网页", "后"]
    (grid,) = grids(document)
    assert rows(grid) == [["规章", "3"], ["甲", "4"]]
    assert grid.cells[1].where.to_json() == {"member": "word/embeddings/a.xlsx", "table": 1, "row": 0, "column": 1}


def test_numbers_are_inherited_from_the_style_below() -> None:
    numbering = (
        f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    styles = (
        f'<w:styles {NAMESPACES}><w:style w:styleId="a"><w:basedOn w:val="c"/><w:pPr><w:numPr><w:numId w:val="1"/>'
        '</w:numPr></w:pPr></w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style>'
        '<w:style w:styleId="c"><w:basedOn w:val="c"/></w:style></w:styles>'
    )
    body = p("甲", '<w:pStyle w:val="b"/>') + p("乙", '<w:pStyle w:val="c"/>')
    assert texts(read_with(docx(body, word__numbering=numbering, word__styles=styles))) == ["一、甲", "乙"]
