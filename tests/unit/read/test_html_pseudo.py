"""Tables without table elements, text placed by coordinates, and bodies that a script shows later."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from gongkai.read.document import Document
from tests.unit.read.samples import grids, read_with, rows, texts

ROWS = [["项目", "数量", "金额"], *([f"第{n}类", str(n), ""] for n in range(1, 25))]
TABLE = "<table>" + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS) + "</table>"


def read(body: str, head: str = "") -> Document:
    return read_with(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode())


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ("<div style='display:flex'>{}</div>", "<div>{}</div>"),
        ("<div class=row>{}</div>", "<div><p><span>{}</span></p></div>"),
        ("<ul>{}</ul>", "<li>{}</li>"),
        ("<dl>{}</dl>", "<dd>{}</dd>"),
        ("<div>{}</div>", "<span class='td'>{}</span>"),
        ("<div>{}</div>", "<span style='display: inline-block; width: 20%'>{}</span>"),
    ],
)
def test_rows_of_other_elements_are_a_table(row: str, cell: str) -> None:
    drawn = "\n".join(row.format("".join(cell.format(text) for text in texts)) for texts in ROWS)
    document = read(f"<p>上文</p><div class=table>{drawn}</div><p>下文</p>")
    (grid,) = grids(document)
    assert rows(grid) == ROWS
    assert texts(document) == ["上文", "下文"]


def test_small_tables_one_below_another_are_tables_and_no_rows() -> None:
    first, second = [["项目", "数量"], ["甲", "1"], ["乙", "2"]], [["项目", "金额"], ["丙", "3"]]
    tables = (
        "".join(f"<div>{''.join(f'<div>{cell}</div>' for cell in row)}</div>" for row in table)
        for table in (first, second)
    )
    document = read("".join(f"<div>{table}</div>" for table in tables))
    assert list(map(rows, grids(document))) == [first, second]


@pytest.mark.parametrize(
    "body",
    [
        "<div><p>一段话</p><p>另一段话</p></div><div><span>2</span><span>0</span></div>" * 5,
        "<ul><li><a>首页</a></li><li><a>年报</a></li></ul>",
        "<div><div>" + "很长的一段文字，" * 60 + "</div><div>2</div></div>" * 3,
        "<div>" + "".join(f"<p>{n}</p>" for n in range(100)) + "</div>",
        "<div>文字<div>1</div><div>2</div></div>" * 5,
    ],
)
def test_running_text_is_no_table_of_figures(body: str) -> None:
    document = read(f"<div>{body}</div>")
    assert not [cell for grid in grids(document) for cell in grid.cells if cell.text in ("0", "1", "2")]


def placed(left: float, top: float, text: str) -> str:
    return f"<div style='position:absolute; left:{left}px; top:{top}px'>{text}</div>"


def test_text_placed_by_coordinates_is_read_line_by_line() -> None:
    pieces = [placed(50 + 200 * c, 100 + 40 * r, text) for r, row in enumerate(ROWS) for c, text in enumerate(row)]
    pieces.append(placed(50, 40, "一份报告"))
    document = read(f"<div style='position:relative'>{''.join(reversed(pieces))}</div>")
    (grid,) = grids(document)
    assert rows(grid) == [[text for text in row if text] for row in ROWS]
    assert texts(document) == ["一份报告"]


def test_a_label_of_several_lines_stands_beside_its_figure() -> None:
    many = "".join(placed(50, 400 + 40 * n, f"其余{n}") + placed(300, 400 + 40 * n, "0") for n in range(20))
    label = placed(50, 90, "政府信息") + placed(50, 110, "公开数量") + placed(300, 100, "7")
    (grid,) = grids(read(f"<div>{label}{many}</div>"))
    assert rows(grid)[0] == ["政府信息公开数量", "7"]


def test_pieces_that_touch_are_one_text() -> None:
    many = "".join(placed(50, 100 + 40 * n, f"其余{n}") for n in range(20))
    prose = placed(50, 20, "共收到申请") + placed(130, 20, "12") + placed(146, 20, "件。")
    assert texts(read(f"<div>{prose}{many}</div>"))[0] == "共收到申请12件。"


def test_coordinates_of_classes_and_wide_spaces_within_a_piece() -> None:
    style = "<style>.t{position:absolute} .x1{left:50.0px} .w{width:80px} " + "".join(
        f".y{n}{{bottom:{900 - 40 * n}px}}" for n in range(25)
    )
    pieces = "".join(
        f"<div class='t x1 y{n}'>{row[0]}<span class='w'> </span>{row[1]}</div>" for n, row in enumerate(ROWS)
    )
    (grid,) = grids(read(f"<div class=pc>{pieces}</div>", style + "</style>"))
    assert rows(grid) == [row[:2] for row in ROWS]


SCRIPT = json.dumps(TABLE)
HIDDEN_BODIES = {
    "string": f"<script>var body = {SCRIPT.replace('</', '<' + chr(92) + '/')};</script>",
    "single quotes": "<script>var body = '{}';</script>".format(TABLE.replace("'", r"\'")),
    "template string": f"<script>show(`\n{TABLE}\n`)</script>",
    "unicode escapes": "<script>render({})</script>".format(SCRIPT.replace("<", r"\u003c")),
    "percent": f"<script>document.write(unescape('{quote(TABLE)}'))</script>",
    "entities": "<script>x = {}</script>".format(SCRIPT.replace("<", "&lt;").replace(">", "&gt;")),
    "pieces": "<script>{}</script>".format("".join(f"s += '{row}</tr>';\n" for row in TABLE.split("</tr>"))),
    "json": f'<script type="application/json">{json.dumps({"title": "x", "content": TABLE})}</script>',
    "text area": "<textarea>{}</textarea>".format(TABLE.replace("<", "&lt;")),
    "raw text area": f"<textarea>{TABLE}</textarea>",
    "xmp": f"<xmp>{TABLE}</xmp>",
    "template": f"<template>{TABLE}</template>",
    "template script": f'<script type="text/html">{TABLE}</script>',
    "field": "<input type=hidden value='{}'>".format(TABLE.replace("<", "&lt;")),
    "not displayed": f"<div style='display:none'>{TABLE}</div>",
    "hidden": f"<div hidden>{TABLE}</div>",
    "no script": f"<noscript>{TABLE}</noscript>",
}


@pytest.mark.parametrize("place", HIDDEN_BODIES)
def test_a_body_that_a_script_shows_later_is_the_last_resort(place: str) -> None:
    document = read(f"<div>正在加载</div>{HIDDEN_BODIES[place]}")
    assert document.reader == "html.hidden"
    assert rows(grids(document)[-1]) == ROWS


@pytest.mark.parametrize("place", HIDDEN_BODIES)
def test_beside_a_visible_table_nothing_hidden_is_read(place: str) -> None:
    document = read(TABLE.replace("第1类", "可见") + HIDDEN_BODIES[place])
    assert document.reader == "html"
    (grid,) = grids(document)
    assert rows(grid)[1][0] == "可见"


def test_what_is_commented_out_is_never_read() -> None:
    assert grids(read(f"<p>见附件</p><!-- {TABLE} -->")) == []
