"""Reports as odder web pages have them: no table elements, text placed by coordinates, a body written by a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup, escape

from gongkai.demo.draft import Draft, lines_of
from gongkai.forms.sheet import Sheet, SheetCell

_PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n{head}</head>\n'
    "<body>\n{body}\n</body>\n</html>\n"
)
_WORD_HEAD = Markup(
    '<meta name="Generator" content="Microsoft Word 15">\n'
    "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->\n"
    '<style><!-- @page Section1 {size: 595.3pt 841.9pt} p.MsoNormal {mso-style-parent: ""} --></style>\n'
)
_LINE_HEIGHT, _ROW_HEIGHT = 20, 120  # pixels
_LEFT, _COLUMN, _CHARACTER = 60, 128, 16

DrawSheet = Callable[[Sheet, Draft], Markup]


def divs(draft: Draft) -> bytes:
    """Rows and cells are div elements that a style sheet puts side by side; merged cells stand once."""
    return _encode(_page(draft, _body(draft, _div_rows)))


def lists(draft: Draft) -> bytes:
    """Rows are lists and cells their items."""
    return _encode(_page(draft, _body(draft, _list_rows)))


def paragraphs(draft: Draft) -> bytes:
    """Every cell is a paragraph of its own, with nothing to show where a row ends."""
    return _encode(_page(draft, _body(draft, _cell_paragraphs)))


def word(draft: Draft) -> bytes:
    """What Word saves as a web page: namespaces, conditional comments, empty o:p elements, a span a run."""
    page = _page(draft, _body(draft, _word_table), head=_WORD_HEAD)
    names = 'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"'
    return str(page).replace('<html lang="zh-CN">', f"<html {names}>", 1).encode()


def nested(draft: Draft) -> bytes:
    """The page is a table; so is each figure in its cell."""
    frame = Markup('<table width="980"><tr><td>首页</td><td>年报</td></tr><tr><td colspan="2">{}</td></tr></table>')
    return _encode(_page(draft, frame.format(_body(draft, _framed_table))))


def paged(draft: Draft) -> bytes:
    """A long table goes on after each page in a table of its own, under the page's number and its header again."""
    return _encode(_page(draft, _body(draft, _paged_tables)))


def script(draft: Draft) -> bytes:
    """The page is empty until a script writes the body, kept as a string, into it."""
    page = _page(draft, Markup('<div id="content">正在加载</div>\n<script>var content = BODY; show(content);</script>'))
    written = json.dumps(str(_body(draft, _table))).replace("</", "<\\/")
    return str(page).replace("BODY", written).encode()


def positioned(draft: Draft) -> bytes:
    """Every piece of text is placed by its coordinates, as converters of PDF files write pages."""
    pieces: list[Markup] = []
    top = _LINE_HEIGHT

    def place(text: str, left: int, at: float) -> None:
        style = f"position:absolute;left:{left}px;top:{at:g}px;white-space:pre"
        pieces.append(Markup('<div style="{}">{}</div>').format(style, text))

    for block in _blocks(draft):
        if isinstance(block, str):
            place(block, _LEFT, top)
            top += _LINE_HEIGHT
            continue
        for cell in block.cells:
            middle = top + _ROW_HEIGHT * (cell.row + (cell.rowspan - 1) / 2)
            texts = _broken(cell)
            for n, text in enumerate(texts):
                place(text, _LEFT + _COLUMN * cell.column, middle + _LINE_HEIGHT * (n - (len(texts) - 1) / 2))
        top += _ROW_HEIGHT * block.row_count
    return _encode(_page(draft, Markup('<div style="position:relative">{}</div>').format(Markup("\n").join(pieces))))


def _broken(cell: SheetCell) -> list[str]:
    """The text in lines no wider than the cell."""
    width = _COLUMN * cell.colspan // _CHARACTER - 1
    return [cell.text[n : n + width] for n in range(0, len(cell.text), width)]


def _encode(page: Markup) -> bytes:
    return str(page).encode()


def _page(draft: Draft, body: Markup, head: Markup | None = None) -> Markup:
    return _PAGE.format(title=draft.title if draft.noise.chrome else "", head=head or "", body=body)


def _blocks(draft: Draft) -> Iterator[str | Sheet]:
    """Title, headings and paragraphs as text, and the sheets between them."""
    if draft.noise.with_title:
        yield draft.title
    yield draft.preamble
    for part in draft.parts:
        yield from (part.title, *part.paragraphs)
        if part.sheet:
            yield part.sheet


def _body(draft: Draft, draw: DrawSheet) -> Markup:
    paragraph = Markup("<p>{}</p>")
    drawn = (paragraph.format(b) if isinstance(b, str) else draw(b, draft) for b in _blocks(draft))
    return Markup("\n").join(drawn)


def _rows(sheet: Sheet) -> Iterator[list[SheetCell]]:
    """The cells that begin in each row."""
    for row in range(sheet.row_count):
        yield [cell for cell in sheet.in_row(row) if cell.row == row]


def _text(cell: SheetCell, draft: Draft) -> Markup:
    return Markup("<br>").join(map(escape, lines_of(cell, draft.noise)))


def _wrap(outer: Markup, inner: Markup, rows: Iterator[list[SheetCell]], draft: Draft) -> Markup:
    """Every row in `outer`, every cell in `inner`; both are formats."""
    cells = (Markup().join(inner.format(_text(cell, draft)) for cell in row) for row in rows)
    return Markup("\n").join(outer.format(row) for row in cells)


def _div_rows(sheet: Sheet, draft: Draft) -> Markup:
    outer = Markup('<div style="display: flex; border: 1px solid #000">{}</div>')
    rows = _wrap(outer, Markup("<div><span>{}</span></div>"), _rows(sheet), draft)
    return Markup('<div class="table">{}</div>').format(rows)


def _list_rows(sheet: Sheet, draft: Draft) -> Markup:
    rows = _wrap(Markup('<ul class="row">{}</ul>'), Markup("<li>{}</li>"), _rows(sheet), draft)
    return Markup("<div>{}</div>").format(rows)


def _cell_paragraphs(sheet: Sheet, draft: Draft) -> Markup:
    one_after_another = iter([[cell for row in _rows(sheet) for cell in row]])
    return _wrap(Markup("<div>{}</div>"), Markup("<p>{}</p>"), one_after_another, draft)


def _table(sheet: Sheet, draft: Draft) -> Markup:
    return _table_of(_rows(sheet), lambda cell: _text(cell, draft))


def _table_of(rows: Iterator[list[SheetCell]], content: Callable[[SheetCell], Markup]) -> Markup:
    cell_format = Markup('<td rowspan="{}" colspan="{}">{}</td>')
    lines = (
        Markup("<tr>{}</tr>").format(
            Markup().join(cell_format.format(cell.rowspan, cell.colspan, content(cell)) for cell in row)
        )
        for row in rows
    )
    return Markup('<table border="1">{}</table>').format(Markup("\n").join(lines))


def _word_table(sheet: Sheet, draft: Draft) -> Markup:
    paragraph = Markup(
        '<p class=MsoNormal align=center><span lang=EN-US style="mso-bidi-font-size: 10.5pt">{}'
        '<span style="mso-spacerun: yes">&nbsp;</span><o:p></o:p></span></p>'
        '<![if !supportEmptyParas]>&nbsp;<![endif]><p style="mso-hide: all; display: none">9</p>'
    )

    def content(cell: SheetCell) -> Markup:
        runs: Sequence[str] = cell.text if draft.noise.split_runs and cell.kind == "figure" else (cell.text,)
        return paragraph.format(Markup().join(Markup("<span>{}</span>").format(run) for run in runs))

    return _table_of(_rows(sheet), content)


def _framed_table(sheet: Sheet, draft: Draft) -> Markup:
    frame = Markup("<table><tr><td>{}</td></tr></table>")

    def content(cell: SheetCell) -> Markup:
        return frame.format(_text(cell, draft)) if cell.kind == "figure" else _text(cell, draft)

    return _table_of(_rows(sheet), content)


_ROWS_A_PAGE = 12


def _paged_tables(sheet: Sheet, draft: Draft) -> Markup:
    rows = list(_rows(sheet))
    header = rows[: sheet.header_rows] if sheet.stub > 1 else []
    pages = []
    for begin in range(0, len(rows), _ROWS_A_PAGE):
        repeated = header if begin else []
        page = _table_of(iter([*repeated, *rows[begin : begin + _ROWS_A_PAGE]]), lambda cell: _text(cell, draft))
        pages.append(page)
    between = Markup("\n<p>— {} —</p>\n")
    first, *others = pages
    return first + Markup().join(between.format(n) + page for n, page in enumerate(others, start=1))
