"""Plain text and Markdown, as made by copying or converting a report.

The layouts met so far (a table row is spread in a different way in each):

- a cell a line, each line begun by a TAB, a blank line after the row. A label may run on in a line without TAB;
- rows of TAB-separated fields, or Markdown rows between bars, with a rule row of dashes;
- rows of fields that wide gaps part, as a printed page gives them; an empty cell leaves no trace;
- a cell a paragraph, blank lines between;
- a cell a line, with a bar alone on a line after it, or begun by a bar.

Each cell or row becomes one paragraph. A line that is certainly one cell has it as its only field, so an empty cell is
a paragraph without text and with one empty field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gongkai.read.clean import clean
from gongkai.read.document import Document, Paragraph, Where
from gongkai.read.encoding import decode
from gongkai.read.identify import MARKDOWN, TEXT, is_markdown
from gongkai.read.limits import Limits

NAME = "text"
LINE_ENDS = "\n\r\x0b\x0c\u2028\u2029"
LINE_END = re.compile(f"\r\n|[{LINE_ENDS}]")
MARKS = re.compile(r"[*_<\[\\]")  # what all marks of Markdown within a line have one of
HEADING = re.compile(r"^\s{0,3}#{1,6}(?:\s+|(?=[^\s#]))")
BOLD = re.compile(r"\*\*|(?<!\w)__|__(?!\w)")
AUTOLINK = re.compile(r"<((?:https?|ftp|mailto):[^<>\s]{1,2000})>")
INLINE_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\(([^()\s]{0,2000})\)")
ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
BOOKMARK = re.compile(r"\[bookmark: [^\[\]]{0,100}\]")  # left by converters of Word files
RULE = re.compile(r"\s*:?-{3,}:?\s*")
BAR = re.compile(r"(?<!\\)\|")
SECTION = re.compile(r"\s*[一二三四五六七八九十]+\s*[、.．]")
FIGURE = re.compile(r"[\d.,，%／/\s\-—－]*")
FIGURE_WITH_UNIT = re.compile(rf"{FIGURE.pattern}(?:件|条|项|个|次|篇|人次?|[万亿]?元)?|无|不适用")
WIDE_GAP = re.compile(r"(?<=\S)[ \u00a0\u3000]{2,}(?=\S)")
LONGEST_REST = 20  # characters of a label's second line


def read(data: bytes, limits: Limits) -> Document:
    """The text as paragraphs, one a line, cell or table row.

    Raises:
        UnreadableError: no text, or beyond the limits.
    """
    text = decode(data)
    limits.check_cells(text.count("\t") + text.count("|"))
    limits.check_blocks(max(map(text.count, LINE_ENDS)))
    lines = LINE_END.split(text)
    limits.check_blocks(len(lines))
    markdown = is_markdown(text)
    paragraphs = tuple(_paragraphs(lines, markdown))
    return Document(NAME, MARKDOWN if markdown else TEXT, paragraphs)


def _paragraphs(lines: Sequence[str], markdown: bool) -> Iterator[Paragraph]:
    cell: Paragraph | None = None  # the cell, begun by a TAB or bar, that a label's second line may still belong to
    after_bar = False
    for index, line in enumerate(lines):
        if cell and _runs_on(cell, line, lines[index + 1] if index + 1 < len(lines) else ""):
            text = _joined(cell.text, clean(line))
            yield cell._replace(text=text, fields=(text,))
            cell = None
            continue
        if cell:
            yield cell
            cell = None
        where = Where(line=index + 1)
        if line.strip() == "|":
            if after_bar:
                yield Paragraph("", where, fields=("",))
            after_bar = True
            continue
        if _is_cell(line):
            after_bar = line.startswith("|")
            text = _unmarked(line.removeprefix("|"), markdown)
            cell = Paragraph(text, where, fields=(text,))
        elif paragraph := _paragraph(line, where, markdown):
            yield paragraph
            after_bar = False
    if cell:
        yield cell


def _is_cell(line: str) -> bool:
    """A line that begins with its only TAB or its only bar."""
    return line.startswith(("\t", "|")) and line.rfind("\t") <= 0 and line.rfind("|") <= 0


def _runs_on(cell: Paragraph, line: str, following: str) -> bool:
    """Whether `line` is certainly the rest of the label in `cell`."""
    rest = line.strip()
    return (
        bool(rest)
        and "\t" not in line
        and "|" not in line
        and len(rest) <= LONGEST_REST
        and (not following.strip() or following.startswith(("\t", "|")))
        and not FIGURE.fullmatch(cell.text)
        and not SECTION.match(rest)
    )


def _joined(begin: str, rest: str) -> str:
    """Chinese is joined without a blank, other words with one."""
    return begin + (" " if begin[-1:].isascii() and rest[:1].isascii() else "") + rest


def _paragraph(line: str, where: Where, markdown: bool) -> Paragraph | None:
    """A line that is no TAB cell; None if nothing is on it."""
    fields = _fields(line)
    if fields is not None:
        if all(RULE.fullmatch(part) for part in fields if part.strip()) and any(map(str.strip, fields)):
            return None
        parts = tuple(_unmarked(part, markdown) for part in fields)
        text = " ".join(part for part in parts if part)
        return Paragraph(text, where, fields=parts, row_like=True) if text or len(parts) > 1 else None
    if RULE.fullmatch(line):
        return None
    pieces: list[str] = WIDE_GAP.split(line.strip())
    if any(map(FIGURE_WITH_UNIT.fullmatch, pieces[1:])) or (len(pieces) > 2 and max(map(len, pieces)) <= LONGEST_REST):
        return Paragraph(clean(line), where, fields=tuple(_unmarked(piece, markdown) for piece in pieces))
    heading = markdown and HEADING.match(line) is not None
    text = _unmarked(HEADING.sub("", line, count=1) if heading else line, markdown)
    return Paragraph(text, where, heading=heading) if text else None


def _fields(line: str) -> list[str] | None:
    """The fields of a table row written in one line; None if the line is none."""
    if "\t" in line:
        return line.split("\t")
    stripped = line.strip()
    if not stripped.startswith("|") and stripped.count("|") < 2:
        return None
    parts = BAR.split(stripped)
    if len(parts) < 3:
        return None
    begin, end = int(not parts[0].strip()), len(parts) - int(not parts[-1].strip())
    return parts[begin:end]


def _unmarked(text: str, markdown: bool) -> str:
    """Text without the marks of Markdown and of converters."""
    if "[bookmark:" in text:
        text = BOOKMARK.sub("", text)
    if markdown and MARKS.search(text):
        text = LINE_BREAK_TAG.sub(" ", INLINE_LINK.sub(r"\1", AUTOLINK.sub(r"\1", BOLD.sub("", text))))
        text = ESCAPED.sub(r"\1", text)
    return clean(text)
