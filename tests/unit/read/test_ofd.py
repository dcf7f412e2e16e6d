"""OFD packages, written part by part."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read import Document, Limits, identify
from tests.unit.read.samples import grids, paragraphs, read_with, rows, texts

ESCAPE = "../../etc/passwd"
NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
POINTS = 72 / 25.4


def ofd(*pages: str, **parts: str) -> bytes:
    """A package with one document of pages given by their objects; further parts by path with ``__`` for ``/``."""
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    found = {
        "OFD": f"<ofd:OFD {NS}><ofd:DocBody><ofd:DocInfo><ofd:Title>某局年度报告</ofd:Title>"
        "<ofd:Author>某局</ofd:Author></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0__Document": f"<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        "</ofd:PhysicalBox></ofd:PageArea><ofd:TemplatePage ID='9' BaseLoc='Tpls/Tpl_0/Content.xml'/>"
        f"</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        **{f"Doc_0__Pages__Page_{n}__Content": page_of(page) for n, page in enumerate(pages)},
        **parts,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for path, xml in found.items():
            package.writestr(path.replace("__", "/") + ".xml", xml)
    return buffer.getvalue()


def page_of(objects: str, before: str = "") -> str:
    return f"<ofd:Page {NS}>{before}<ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>"


def text(x: float, y: float, content: str, *, size: float = 4, attributes: str = "", code: str = "") -> str:
    """Text whose first character begins at x, y (its base line), in millimetres."""
    return (
        f'<ofd:TextObject Boundary="{x} {y - size} 80 {size * 1.2}" Size="{size}" {attributes}>'
        f'<ofd:TextCode X="0" Y="{size}" {code}>{content}</ofd:TextCode></ofd:TextObject>'
    )


def path(data: str, *, attributes: str = "") -> str:
    return (
        f'<ofd:PathObject Boundary="0 0 210 297" {attributes}><ofd:AbbreviatedData>{data}'
        "</ofd:AbbreviatedData></ofd:PathObject>"
    )


def grid_lines() -> str:
    across = "".join(path(f"M 20 {y} L 140 {y}") for y in (40, 50, 60))
    return across + "".join(path(f"M {x} 40 L {x} 60") for x in (20, 80, 110, 140))


def cells() -> str:
    found = [["行政处罚", "12", "0"], ["行政强制", "3", "41"]]
    return "".join(text(x, 47 + 10 * n, row[m]) for n, row in enumerate(found) for m, x in enumerate((22, 82, 112)))


def test_an_ofd_is_known_by_its_content() -> None:
    assert identify(ofd(cells()), "report.pdf") == "application/ofd"


def test_a_ruled_table_is_a_grid_with_positions() -> None:
    document = read_with(ofd(grid_lines() + cells()))
    (grid,) = grids(document)
    assert list(rows(grid)) == [["行政处罚", "12", "0"], ["行政强制", "3", "41"]]
    box = grid.cells[1].where.bbox
    assert box == pytest.approx([edge * POINTS for edge in (80, 40, 110, 50)], abs=0.5)
    assert (document.reader, document.title, document.properties["author"]) == ("ofd", "某局年度报告", "某局")


def test_without_lines_gaps_part_the_figures() -> None:
    first, second = paragraphs(read_with(ofd(cells())))
    assert first.fields == ("行政处罚", "12", "0")
    assert second.fields == ("行政强制", "3", "41")


def test_characters_stand_where_their_steps_say() -> None:
    spread = text(20, 50, "总计100", code='DeltaX="g 2 4 20 2.1"')
    (line,) = paragraphs(read_with(ofd(spread)))
    assert line.fields == ("总计1", "00")  # the third step is a wide one


def test_a_text_written_downwards_is_one_line() -> None:
    down = text(20, 50, "年度办理结果", code='DeltaX="g 5 0" DeltaY="g 5 4.2"')
    assert texts(read_with(ofd(down))) == ["年度办理结果"]


def test_a_page_on_its_side_is_read_upright() -> None:
    turned = "".join(
        text(x, 100, content, attributes='CTM="0 -1 1 0 0 40"')
        for x, content in ((20, "行政处罚"), (28, "行政强制"), (36, "行政许可"))
    )
    assert texts(read_with(ofd(turned))) == ["行政处罚", "行政强制", "行政许可"]


def test_invisible_objects_are_left_out() -> None:
    hidden = text(20, 60, "9", attributes='Visible="false"') + text(20, 70, "8", attributes='Alpha="0"')
    assert texts(read_with(ofd(text(20, 50, "正文") + hidden))) == ["正文"]


def test_a_template_stands_beneath_its_pages() -> None:
    template = page_of(text(90, 290, "— 1 —") + text(20, 20, "某局"))
    page = page_of(text(20, 50, "正文"), before='<ofd:Template TemplateID="9"/>')
    data = ofd("", Doc_0__Pages__Page_0__Content=page, Doc_0__Tpls__Tpl_0__Content=template)
    assert sorted(texts(read_with(data))) == ["某局", "正文"]


def test_documents_of_one_package_follow_each_other() -> None:
    both = (
        f"<ofd:OFD {NS}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
        "<ofd:DocBody><ofd:DocRoot>/Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    second = f'<ofd:Document {NS}><ofd:Pages><ofd:Page BaseLoc="P.xml"/></ofd:Pages></ofd:Document>'
    data = ofd(text(20, 50, "甲报告"), OFD=both, Doc_1__Document=second, Doc_1__P=page_of(text(20, 50, "乙报告")))
    document = read_with(data)
    assert [(p.text, p.where.page) for p in paragraphs(document)] == [("甲报告", 1), ("乙报告", 2)]


def test_a_scan_is_named() -> None:
    with pytest.raises(UnsupportedError, match="uv sync --extra ocr"):
        read_with(ofd('<ofd:ImageObject Boundary="0 0 210 297" ResourceID="3"/>'), reader="ofd")


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"Doc_0__Document": "<a"}, "damaged"),
        (
            {"OFD": f"<ofd:OFD {NS}><ofd:DocBody><ofd:DocRoot>../../etc/passwd</ofd:DocRoot></ofd:DocBody></ofd:OFD>"},
            "lacks",
        ),
        ({"OFD": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"}, "entities"),
    ],
)
def test_damaged_packages_are_refused(parts: dict[str, str], message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        read_with(ofd(cells(), **parts), reader="ofd")


def test_too_many_pages_are_refused() -> None:
    listed = '<ofd:Page BaseLoc="Pages/Page_0/Content.xml"/>' * 30
    document = f"<ofd:Document {NS}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    with pytest.raises(UnreadableError, match="GONGKAI_PAGE_LIMIT"):
        read_with(ofd(cells(), Doc_0__Document=document), reader="ofd", limits=Limits(pages=20))


def test_endless_steps_take_no_time() -> None:
    assert texts(read_with(ofd(text(20, 50, "总计", code='DeltaX="g 99999999999 4"')))) == ["总计"]


NUMBER = st.sampled_from(["0", "-5", "4.2", "1e300", "nan", "inf", "x", "", "g 3 4", "g", "M 0 0 L 1e308 5 C", "M"])


@given(values=st.lists(NUMBER, min_size=9, max_size=9))
@settings(max_examples=80, deadline=None)
def test_any_attributes_are_read_or_refused(values: list[str]) -> None:
    a, b, c, d, e, f, g, h, i = values
    objects = (
        f'<ofd:TextObject Boundary="{a} {b} {c} 9" Size="{d}" HScale="{e}" CTM="{f} 0 0 {g} {h} 0">'
        f'<ofd:TextCode X="{b}" Y="{i}" DeltaX="{i}" DeltaY="{h}">总计 12</ofd:TextCode></ofd:TextObject>'
    )
    try:
        document = read_with(ofd(objects + path(f"{i} {h}"), Doc_0__Tpls=f"<a>{a}</a>"), reader="ofd")
    except (UnreadableError, UnsupportedError):
        return
    assert isinstance(document, Document)
