"""HTML pages, and Word's ``.doc`` files that are HTML inside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from lxml import etree

from gongkai.errors import UnreadableError
from gongkai.read.clean import clean
from gongkai.read.document import Block, Document, Grid, Paragraph, Where
from gongkai.read.encoding import decode
from gongkai.read.html.hidden import hidden_bodies
from gongkai.read.html.positioned import draw_lines, places_text
from gongkai.read.html.prune import HIDING, prune
from gongkai.read.html.rows import draw_rows
from gongkai.read.html.tags import BLOCKS, CELLS, CLICKED, FRAMES, HEADINGS, LINKING, NOTED, ODD, STATED, UNSEEN
from gongkai.read.limits import Limits
from gongkai.read.links import NO_ADDRESS, is_attachment, is_page, opened_by, sent_on_by, sent_on_to
from gongkai.read.tables import CellBudget, Table

NAME = "html"
HIDDEN = "html.hidden"
MEDIA_TYPE = "text/html"

SPAN = re.compile(r"\s*\+?(\d{1,6})")
MAY_HIDE = re.compile(rf"{HIDING.pattern}|\shidden[\s=>]", re.IGNORECASE)
LEAST_CELLS = 60
MOST_BODIES = 8
LONGEST_LINK = 2_000
MOST_PAGES_ELSEWHERE = 8
LONGEST_FACT = 1_000


def read(data: bytes, limits: Limits) -> Document:
    """The page as seen: hidden parts are left out, tables that only lay out the page are opened.

    Where the page shows no table of figures, but keeps one for a script to show, that is read too (reader
    ``html.hidden``).

    Raises:
        UnreadableError: no text, or beyond the limits.
    """
    text = decode(data)
    limits.check_elements(text.count("<"))
    root = _parse(text)
    seen = _Walker(limits)
    if root is None:
        return seen.document(NAME)
    _walk(root, seen, text)
    if _tabulates(seen.blocks):
        return seen.document(NAME)
    whole = _parse(text)  # the walk has left of the other what is shown
    for markup, line in islice(hidden_bodies(whole), MOST_BODIES) if whole is not None else ():
        walker = _Walker(limits, seen, line)
        if (body := _parse(markup)) is not None:
            _walk(body, walker, markup)
        if _tabulates(walker.blocks):
            return walker.document(HIDDEN)
    if MAY_HIDE.search(text) and not seen.links and (page := _parse(text)) is not None:
        walker = _Walker(limits, reveal=True)
        _walk(page, walker, text)
        if _tabulates(walker.blocks):
            return walker.document(HIDDEN)
    return seen.document(NAME)


def _walk(root: etree._Element, walker: _Walker, markup: str) -> None:
    if places_text(markup):
        draw_lines(root)
    draw_rows(root)
    walker.walk(root)


def _tabulates(blocks: Sequence[Block]) -> bool:
    """Whether tables, or paragraphs that are figures, make up more than a page's furniture."""
    cells = sum(len(block.cells) for block in blocks if isinstance(block, Grid))
    figures = sum(isinstance(block, Paragraph) and block.text.isdecimal() for block in blocks)
    return max(cells, figures) >= LEAST_CELLS


def _parse(text: str) -> etree._Element | None:
    # Without huge_tree libxml2 drops, in silence, all that follows the 256th open element, and pages with hundreds of
    # unclosed <font> are real. With it the depth is still bounded (2048); the walker refuses such documents.
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True, recover=True
    )
    try:
        return etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None  # a page without a single element or character
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableError(f"the HTML cannot be parsed ({error})", "damaged") from error


class _Walker:
    """Goes through the tree without recursion and collects blocks."""

    def __init__(
        self, limits: Limits, before: _Walker | None = None, line: int | None = None, *, reveal: bool = False
    ) -> None:
        """`before`: what of the page was seen already. `line`: where all else stands. `reveal`: hidden parts too."""
        self.blocks: list[Block] = list(before.blocks) if before else []
        self.title: str | None = before.title if before else None
        self.properties: dict[str, str] = dict(before.properties) if before else {}
        self.links: dict[str, None] = dict(before.links) if before else {}
        self.elsewhere: dict[str, None] = dict(before.elsewhere) if before else {}
        self._within = line
        self._reveal = reveal
        self._limits = limits
        self._budget = CellBudget(limits)
        self._tables: list[Table] = []
        self._table_count = 0
        self._block_count = 0
        self._sinks = [self.blocks]
        self._text: list[str] = []
        self._block: etree._Element | None = None
        self._heading = False
        self._preformatted = 0

    def document(self, reader: str) -> Document:
        places = tuple(self.links), tuple(self.elsewhere)
        return Document(reader, MEDIA_TYPE, tuple(self.blocks), self.title, self.properties, *places)

    def walk(self, root: etree._Element) -> None:
        """Take the page's blocks in; the tree is changed on the way."""
        prune(root, self._limits, reveal=self._reveal)
        running = self._text
        passed_over = None
        events = etree.iterwalk(root, events=("start", "end"))
        for event, element in events:
            tag = element.tag
            if event == "start":
                if tag in ODD and ((tag in NOTED and self._notice(element)) or tag in UNSEEN):
                    events.skip_subtree()
                    passed_over = element
                    continue
                if tag in BLOCKS:
                    if running:
                        self._flush()
                    self._block = element
                    if (opens := _OPENS.get(tag)) is not None:
                        opens(self, element)
                text = element.text
            else:
                if tag in BLOCKS and element is not passed_over:
                    if running:
                        self._flush()
                    if (closes := _CLOSES.get(tag)) is not None:
                        closes(self)
                text = element.tail
            if text and (running or not text.isspace()):
                self._add(text)
        self._flush()

    def _notice(self, element: etree._Element) -> bool:
        """Keep what the element states about the page; whether its content is to be passed over."""
        tag = element.tag
        if tag == "meta":
            self._state(element.get("name") or element.get("property"), element.get("content"))
            self._lead(sent_on_to(element.get("content") or ""))
        elif tag == "title":
            self.title = self.title or clean(element.text or "") or None
            return True
        elif tag in STATED and tag not in self.properties:
            self._state(tag, "".join(map(str, element.itertext())))
        elif tag in FRAMES:
            self._link(element.get("src"))
            self._lead(element.get("src"))
        elif tag == "script":
            address = sent_on_by(element.text or "")
            self._link(address)
            self._lead(address)
        elif tag in CLICKED or tag in LINKING:
            address = element.get(LINKING.get(tag, "href"))
            self._link(address)
            if tag in CLICKED and not (address and is_attachment(address)):
                for handler in (address if address and NO_ADDRESS.match(address) else None, element.get("onclick")):
                    self._link(opened_by(handler) if handler else None)
        return not self._reveal and element.get("hidden") is not None

    def _state(self, name: str | None, content: str | None) -> None:
        if name and content and (value := clean(content)):
            self.properties.setdefault(name.strip().lower(), value[:LONGEST_FACT])

    def _link(self, address: str | None) -> None:
        if address and len(address) <= LONGEST_LINK and is_attachment(address):
            self.links.setdefault(address.strip())

    def _lead(self, address: str | None) -> None:
        if address and len(address) <= LONGEST_LINK and is_page(address) and len(self.elsewhere) < MOST_PAGES_ELSEWHERE:
            self.elsewhere.setdefault(address.strip())

    def _start_cell(self, element: etree._Element) -> None:
        if self._tables:
            rowspan, colspan = element.get("rowspan"), element.get("colspan")
            cell = self._tables[-1].start_cell(_span(rowspan), _span(colspan) or 1)
            self._sinks.append(cell.blocks)

    def _end_cell(self) -> None:
        if self._tables:
            self._sinks.pop()

    def _start_row(self, _: etree._Element) -> None:
        if self._tables:
            self._tables[-1].start_row()

    def _start_table(self, _: etree._Element) -> None:
        self._table_count += 1
        self._tables.append(Table(self._table_count, self._budget))

    def _end_table(self) -> None:
        self._sinks[-1].extend(self._tables.pop().finish())

    def _start_heading(self, _: etree._Element) -> None:
        self._heading = True

    def _end_heading(self) -> None:
        self._heading = False

    def _start_preformatted(self, _: etree._Element) -> None:
        self._preformatted += 1

    def _end_preformatted(self) -> None:
        self._preformatted -= 1

    def _add(self, text: str) -> None:
        if not self._preformatted:
            self._text.append(text)
            return
        for line in text.splitlines(keepends=True):
            self._text.append(line)
            if line.endswith(("\n", "\r")):
                self._flush()

    def _flush(self) -> None:
        """Close the running paragraph. It stands in the line that the innermost block opened so far begins in."""
        if not self._text:
            return
        text = clean("".join(self._text))
        self._text.clear()
        if text:
            self._block_count += 1
            self._limits.check_blocks(self._block_count)
            line = self._within
            if line is None and self._block is not None:
                line = self._block.sourceline  # type: ignore[assignment]  # the stubs do not know it
            self._sinks[-1].append(Paragraph(text, Where(None, None, None, None, line), heading=self._heading))


_OPENS: Mapping[str, Callable[[_Walker, etree._Element], None]] = {
    **dict.fromkeys(CELLS, _Walker._start_cell),
    "tr": _Walker._start_row,
    "table": _Walker._start_table,
    **dict.fromkeys(HEADINGS, _Walker._start_heading),
    "pre": _Walker._start_preformatted,
}
_CLOSES: Mapping[str, Callable[[_Walker], None]] = {
    **dict.fromkeys(CELLS, _Walker._end_cell),
    "table": _Walker._end_table,
    **dict.fromkeys(HEADINGS, _Walker._end_heading),
    "pre": _Walker._end_preformatted,
}


def _span(value: str | None) -> int:
    """A span as browsers read it: what is no number is 1. The table bounds it."""
    digits = SPAN.match(value) if value else None
    return int(digits[1]) if digits else 1
