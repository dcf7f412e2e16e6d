"""Reports as plain text, the way dumps of Word files, PDFs and web pages come out."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.demo.draft import Draft, Part, lines_of
from gongkai.forms.sheet import Sheet, SheetCell

_HALF_WIDTH = str.maketrans("（）：；，", "():;,")


def _encode(lines: Iterator[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _title(draft: Draft) -> Iterator[str]:
    """The agency on a line of its own, then the rest of the title."""
    if draft.noise.with_title:
        rest = draft.title.removeprefix(draft.agency)
        yield from (draft.agency, rest) if rest != draft.title else (draft.title,)


def _text(cell: SheetCell, draft: Draft) -> str:
    return "\n".join(lines_of(cell, draft.noise))


def tab_cells(draft: Draft) -> bytes:
    """Every cell is a line that starts with a tab; a blank line ends a row; merged cells go on as empty ones."""

    def lines() -> Iterator[str]:
        yield from _title(draft)
        yield ""
        yield draft.preamble
        for part in draft.parts:
            yield from ("", part.title, "", *part.paragraphs)
            if part.sheet:
                yield from _tab_rows(part.sheet, draft)

    return _encode(lines())


def _tab_rows(sheet: Sheet, draft: Draft) -> Iterator[str]:
    for row in range(sheet.row_count):
        for cell in sheet.in_row(row):
            yield "\t" + (_text(cell, draft) if cell.row == row else "")
        yield ""


def markdown_tsv(draft: Draft) -> bytes:
    """Markdown made from a PDF: headings with #, table rows separated by tabs, merged figures columns as blanks."""

    def lines() -> Iterator[str]:
        if draft.noise.with_title:
            rest = draft.title.removeprefix(draft.agency)
            yield from ("", "", f"# {draft.agency}", "", f"## {rest}", "")
        yield from (draft.preamble, "")
        for n, part in enumerate(draft.parts):
            yield from (f"{_hashes(n)}{part.title}", "")
            for paragraph in part.paragraphs:
                yield from (paragraph, "")
            yield from _tsv_rows(part, draft.noise.page_break_after)

    return _encode(lines())


def _hashes(n: int) -> str:
    """Heading levels as uneven as a converter leaves them."""
    return ("### ", "## ", "## ", "#### ", "## ", "")[min(n, 5)]


def _tsv_rows(part: Part, page_break_after: int | None) -> Iterator[str]:
    sheet = part.sheet
    if sheet is None:
        return
    break_at = sheet.header_rows + page_break_after if sheet.stub > 1 and page_break_after is not None else None
    for row in range(sheet.row_count):
        line = "\t".join(field for cell in sheet.in_row(row) for field in _tsv_fields(sheet, cell, row, break_at))
        if row == break_at:
            yield ""
        if sheet.stub == 0 and row == sheet.header_rows:  # converters take the first line of figures for a header
            yield from ("", line, "\t".join(["---"] * len(sheet.widths)))
        else:
            yield line
    yield ""


def _tsv_fields(sheet: Sheet, cell: SheetCell, row: int, break_at: int | None) -> list[str]:
    """The text, then its colspan as empty fields; labels on the left stay one field. A heading breaks with the page."""
    text = cell.text if cell.row == row else ""
    if break_at is not None and cell.row < break_at < cell.bottom and cell.column == 0:
        cut = len(cell.text) - 2
        text = {cell.row: cell.text[:cut], break_at: cell.text[cut:]}.get(row, "")
    is_stub = cell.kind == "label" and cell.column + cell.colspan <= sheet.stub
    return [text, *[""] * (0 if is_stub else cell.colspan - 1)]


def lines(draft: Draft) -> bytes:
    """Every cell is a paragraph of its own, merged ones once, with nothing to show where a row ends."""

    def paragraphs() -> Iterator[str]:
        if draft.noise.chrome:
            yield from _chrome_above(draft)
        elif draft.noise.with_title:
            yield draft.title
        yield draft.preamble
        for part in draft.parts:
            yield from (part.title, *part.paragraphs)
            if part.sheet:
                yield from (_text(cell, draft) for cell in _once(part.sheet))
        if draft.noise.chrome:
            yield "\n【返回顶部】【打印本稿】【关闭本页】\n0"

    return ("\n\n".join(paragraphs()) + "\n").translate(_HALF_WIDTH).encode()


def _chrome_above(draft: Draft) -> Iterator[str]:
    yield f"您现在的位置:首页\n > 政府信息公开年报 > {draft.year}"
    date = f"{draft.published_on:%Y- %m- %d} 09: 12" if draft.published_on else ""
    title = f"{draft.title}\n" if draft.noise.with_title else ""
    yield f"{title}发布日期: {date} 浏览次数: 来源: {draft.agency} 字体:[ ]"


def _once(sheet: Sheet) -> list[SheetCell]:
    return sorted(sheet.cells, key=lambda cell: (cell.row, cell.column))


def bars(draft: Draft) -> bytes:
    """Every cell is followed by a line that holds only a bar; merged cells once, no row ends."""

    def texts() -> Iterator[str]:
        if draft.noise.with_title:
            yield draft.title
        yield draft.preamble
        for part in draft.parts:
            yield from (part.title, *part.paragraphs)
            if part.sheet:
                yield from (f"{_text(cell, draft)}\n|" for cell in _once(part.sheet))

    return ("\n".join(texts()) + "\n").translate(_HALF_WIDTH).encode()
