"""The body of a Word document, element by element, as blocks."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from gongkai.read.clean import clean
from gongkai.read.document import Block, Paragraph, Where
from gongkai.read.limits import Limits
from gongkai.read.tables import Cell, CellBudget, Table
from gongkai.read.word.numbering import OFF, Numbering, Styles, child, to_number

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
STRICT_R = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"
OLE_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"

P, TBL, TR, TC, RUN, SDT = (f"{W}{name}" for name in ("p", "tbl", "tr", "tc", "r", "sdt"))
FIELD, SIMPLE_FIELD, FIELD_CODE, ALT_CHUNK = (f"{W}{n}" for n in ("fldChar", "fldSimple", "instrText", "altChunk"))

# Properties, deleted and moved-away text, readings above characters, and what older programs see instead of a text box.
PASSED_OVER = frozenset(
    (f"{W}pPr", f"{W}del", f"{W}moveFrom", f"{W}delText", f"{W}delInstrText", f"{W}rt", f"{MC}Fallback")
)
# What stands in a paragraph besides text.
MARKS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
TEXT = f"{W}t"
NOTED = (
    *(P, TBL, TR, TC, SDT, FIELD, SIMPLE_FIELD, FIELD_CODE, ALT_CHUNK, OLE_OBJECT, TEXT),
    *PASSED_OVER,
    *MARKS,
)
VALUE = f"{W}val"
MERGES = GRID_SPAN, H_MERGE, V_MERGE = tuple(f"{W}{name}" for name in ("gridSpan", "hMerge", "vMerge"))
RESTART, CONTINUE = "restart", (None, "continue")  # what a merge mark says; without a word the merge goes on
PARAGRAPH_PROPERTIES, CELL_PROPERTIES = f"{W}pPr", f"{W}tcPr"
# What may stand in an element to hide it.
HIDING = {
    RUN: (f"{W}vanish",),
    TR: (f"{W}del", f"{W}hidden"),
    TC: (f"{W}cellDel",),
    SDT: (f"{W}showingPlcHdr",),
}
NOWHERE = Where()
PAGE_NUMBER = re.compile(r"\s*(?:PAGE|PAGEREF|NUMPAGES|SECTIONPAGES)\b", re.IGNORECASE)

Embedded = Callable[[str], list[Block]]


class BodyWalker:
    """Goes through the body without recursion and collects blocks."""

    def __init__(self, limits: Limits, styles: Styles, numbering: Numbering) -> None:
        self.blocks: list[Block] = []
        self._limits = limits
        self._budget = CellBudget(limits)
        self._styles = styles
        self._numbering = numbering
        self._tables: list[Table] = []
        self._table_count = 0
        self._sinks = [self.blocks]
        self._paragraphs: list[_Paragraph] = []
        self._carried: list[str] = []
        self._fields = _Fields()
        self._block_count = 0
        self._outside_tables = 0

    def walk(self, root: etree._Element, embedded: Embedded) -> None:
        """Collect what the body shows. `embedded` gives the blocks of an embedded part by the id of its relation."""
        depth = 0
        deepest = self._limits.depth
        passed_over = None
        hideable = {tag for tag, marks in HIDING.items() if next(root.iter(marks), None) is not None}
        if self._styles.hide_text:
            hideable.add(RUN)
        events = etree.iterwalk(root, events=("start", "end"), tag=(*NOTED, *hideable))
        for event, element in events:
            tag = element.tag
            if event == "start":
                depth += 1
                if depth > deepest:
                    self._limits.check_depth(depth)
                if tag in PASSED_OVER or (tag in hideable and self._is_unseen(element)):
                    events.skip_subtree()
                    passed_over = element
                elif tag in (ALT_CHUNK, OLE_OBJECT):
                    self._sinks[-1].extend(embedded(element.get(f"{R}id") or element.get(f"{STRICT_R}id") or ""))
                else:
                    self._start(element, tag)
            else:
                depth -= 1
                if tag != TEXT and element is not passed_over:
                    self._end(tag)
        self._drop_carried()

    def _start(self, element: etree._Element, tag: str) -> None:
        if tag == TEXT:
            self._add(element.text or "")
        elif tag == P:
            self._paragraphs.append(_Paragraph(element, self._styles, self._numbering, self._carried))
            self._carried = []
        elif tag == TC and self._tables:
            self._sinks.append(self._cell(element).blocks)
        elif tag == TR and self._tables:
            self._tables[-1].start_row()
            self._tables[-1].skip_columns(_skipped_columns(element))
        elif tag == TBL:
            self._drop_carried()
            self._table_count += 1
            self._tables.append(Table(self._table_count, self._budget))
        elif tag in MARKS:
            self._add(MARKS[tag])
        else:
            self._fields.take(element)

    def _add(self, text: str) -> None:
        if self._paragraphs and not self._fields.number_pages:
            self._paragraphs[-1].text.append(text)

    def _cell(self, element: etree._Element) -> Cell:
        table = self._tables[-1]
        properties = _properties(element, CELL_PROPERTIES)
        if properties is None or not len(properties):
            return table.start_cell()
        named = {mark.tag: mark.get(VALUE) for mark in properties.iterchildren(MERGES)}
        if not named:
            return table.start_cell()
        colspan = to_number(named.get(GRID_SPAN) or "", 1)
        if named.get(H_MERGE, RESTART) in CONTINUE and (before := table.widen_cell(colspan)):
            return before
        if named.get(V_MERGE, RESTART) in CONTINUE and (above := table.continue_cell(colspan)):
            return above
        return table.start_cell(1, colspan)

    def _end(self, tag: str) -> None:
        if tag == P:
            self._finish(self._paragraphs.pop())
        elif tag == TBL:
            self._sinks[-1].extend(self._tables.pop().finish())
        elif tag == TC and self._tables:
            self._drop_carried()
            self._sinks.pop()
        elif tag == SIMPLE_FIELD:
            self._fields.end()

    def _finish(self, paragraph: _Paragraph) -> None:
        if paragraph.runs_on:
            self._carried = paragraph.text
            return
        if not self._tables:
            self._outside_tables += 1
        where = NOWHERE if self._tables else Where(line=self._outside_tables)
        for block in paragraph.blocks(where):
            self._block_count += 1
            self._limits.check_blocks(self._block_count)
            self._sinks[-1].append(block)

    def _drop_carried(self) -> None:
        """Where no paragraph follows in its place, one that should run on ends after all."""
        if not self._carried:
            return
        if text := clean("".join(self._carried)):
            self._sinks[-1].append(Paragraph(text, NOWHERE))
        self._carried = []

    def _is_unseen(self, element: etree._Element) -> bool:
        """Hidden text, a placeholder that waits to be filled in, a row or cell that is hidden or deleted."""
        tag = element.tag
        if tag == RUN:
            properties = child(element, "rPr")
            return properties is not None and (_is_on(properties, "vanish") or self._styles.hides(properties))
        if tag == TR:
            properties = element.find(f"{W}trPr")
            return properties is not None and (properties.find(f"{W}del") is not None or _is_on(properties, "hidden"))
        if tag == TC:
            return element.find(f"{W}tcPr/{W}cellDel") is not None
        if tag == SDT:
            placeholder = element.find(f"{W}sdtPr/{W}showingPlcHdr")
            return placeholder is not None and next(element.iter(TC), None) is None
        return False


class _Fields:
    """The fields that are open: some, as in a table of contents, show page numbers, which are no figures."""

    def __init__(self) -> None:
        self._open: list[list[str]] = []
        self.number_pages = 0

    def take(self, element: etree._Element) -> None:
        """Note the begin, the code or the end of a field."""
        if element.tag == FIELD_CODE:
            if self._open:
                self._open[-1].append(element.text or "")
        elif element.tag == SIMPLE_FIELD:
            self._open.append([element.get(f"{W}instr", "")])
            self._show()
        elif element.tag == FIELD:
            kind = element.get(f"{W}fldCharType")
            if kind == "begin":
                self._open.append([])
            elif kind == "separate":
                self._show()
            elif kind == "end":
                self.end()

    def _show(self) -> None:
        self.number_pages += bool(self._open and PAGE_NUMBER.match("".join(self._open[-1])))

    def end(self) -> None:
        if self._open and PAGE_NUMBER.match("".join(self._open.pop())):
            self.number_pages = max(self.number_pages - 1, 0)


class _Paragraph:
    """A paragraph being read. `runs_on`: its end was deleted, so that the next one continues it."""

    def __init__(self, element: etree._Element, styles: Styles, numbering: Numbering, text: list[str]) -> None:
        self.text = text
        self.runs_on, self._heading, self._number = False, False, ""
        properties = _properties(element, PARAGRAPH_PROPERTIES)
        if properties is None:
            return
        end = child(properties, "rPr")
        self.runs_on = end is not None and (child(end, "del") is not None or child(end, "moveFrom") is not None)
        self._heading = styles.is_heading(properties)
        if not self.runs_on:
            self._number = numbering.next_number(properties)

    def blocks(self, where: Where) -> list[Paragraph]:
        """A paragraph for each of its lines; the parts between tabs are fields."""
        found: list[Paragraph] = []
        if not self.text:
            return found
        text = "".join(self.text)
        if not self._number and "\n" not in text and "\t" not in text:  # as most are
            text = clean(text)
            return [Paragraph(text, where, heading=self._heading)] if text else found
        for line in text.split("\n"):
            fields = tuple([part for piece in line.split("\t") if (part := clean(piece))])
            if not fields:
                continue
            if not found and self._number:
                fields = (self._number + fields[0], *fields[1:])
            found.append(Paragraph(" ".join(fields), where, fields if len(fields) > 1 else (), heading=self._heading))
        return found


def _properties(element: etree._Element, tag: str) -> etree._Element | None:
    """The properties of an element, which stand before all else in it."""
    first = element[0] if len(element) else None
    return first if first is not None and first.tag == tag else None


def _is_on(properties: etree._Element, name: str) -> bool:
    mark = child(properties, name)
    return mark is not None and mark.get(f"{W}val", "1") not in OFF


def _skipped_columns(row: etree._Element) -> int:
    properties = child(row, "trPr")
    skipped = child(properties, "gridBefore") if properties is not None else None
    return to_number(skipped.get(f"{W}val", ""), 0) if skipped is not None else 0
