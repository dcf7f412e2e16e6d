"""Word documents (.docx), as they look with all tracked changes accepted."""

from __future__ import annotations

from lxml import etree

from gongkai.errors import UnreadableError
from gongkai.read.clean import clean
from gongkai.read.document import Block, Document, Paragraph, Where
from gongkai.read.identify import DOCX as MEDIA_TYPE
from gongkai.read.identify import OLE_MAGIC
from gongkai.read.limits import Limits
from gongkai.read.links import is_attachment
from gongkai.read.numbering import Numbering, Styles, to_number
from gongkai.read.package import Package
from gongkai.read.tables import Cell, CellBudget, Table
from gongkai.read.xml import parse_xml

NAME = "docx"
BODY = "word/document.xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

# Deleted and moved-away text, field codes, and what older programs see instead of a text box.
PASSED_OVER = frozenset(
    (f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}delInstrText", f"{W}rt", f"{MC}Fallback")
)
CORE_FACTS = {
    "title": "title",
    "creator": "creator",
    "created": "created",
    "modified": "modified",
    "subject": "subject",
}


def read(data: bytes, limits: Limits) -> Document:
    """The body in order: paragraphs and tables, text boxes before the paragraph that holds them.

    Headers, footers and notes are left out. `where.line` counts the paragraphs of the body outside tables.

    Raises:
        UnreadableError: damaged, encrypted, or beyond the limits.
    """
    if data.startswith(OLE_MAGIC):
        raise UnreadableError("the Office file is protected by a password; ask the agency for an open copy")
    package = Package(data, limits)
    if BODY not in package.names:
        raise UnreadableError(f"the package has no {BODY}, so it is no Word document; fetch it again")
    styles = Styles(_part(package, "word/styles.xml"))
    walker = _Walker(limits, styles, Numbering(_part(package, "word/numbering.xml"), styles))
    body = package.read(BODY)
    limits.check_elements(body.count(b"<"))
    walker.walk(_parse(body, BODY))
    facts = _facts(package)
    return Document(
        reader=NAME,
        media_type=MEDIA_TYPE,
        blocks=tuple(walker.blocks),
        title=facts.pop("title", None),
        properties=facts,
        links=_links(package),
    )


def _parse(xml: bytes, name: str) -> etree._Element:
    return parse_xml(xml.replace(STRICT, TRANSITIONAL), name)


def _part(package: Package, name: str) -> etree._Element | None:
    return _parse(package.read(name), name) if name in package.names else None


def _facts(package: Package) -> dict[str, str]:
    core = _part(package, "docProps/core.xml")
    found: dict[str, str] = {}
    for element in core if core is not None else ():
        name = CORE_FACTS.get(etree.QName(element).localname)
        if name and (value := clean(element.text or "")):
            found[name] = value
    return found


def _links(package: Package) -> tuple[str, ...]:
    relations = _part(package, "word/_rels/document.xml.rels")
    if relations is None:
        return ()
    targets = (r.get("Target", "") for r in relations.iter(RELATIONSHIP) if r.get("TargetMode") == "External")
    return tuple(dict.fromkeys(target for target in targets if is_attachment(target)))


class _Walker:
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
        self._block_count = 0
        self._outside_tables = 0

    def walk(self, root: etree._Element) -> None:
        depth = 0
        passed_over = None
        events = etree.iterwalk(root, events=("start", "end"))
        for event, element in events:
            if event == "start":
                depth += 1
                self._limits.check_depth(depth)
                if element.tag in PASSED_OVER or _is_hidden(element):
                    events.skip_subtree()
                    passed_over = element
                else:
                    self._start(element)
            else:
                depth -= 1
                if element is not passed_over:
                    self._end(element)

    def _start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == f"{W}p":
            self._paragraphs.append(_Paragraph(element, self._styles, self._numbering))
        elif self._paragraphs and tag in MARKS:
            self._paragraphs[-1].text.append(MARKS[tag] if tag != f"{W}t" else element.text or "")
        elif tag == f"{W}tbl":
            self._table_count += 1
            self._tables.append(Table(self._table_count, self._budget))
        elif tag == f"{W}tr" and self._tables:
            self._tables[-1].start_row()
            self._tables[-1].skip_columns(_number(element, "trPr", "gridBefore", 0))
        elif tag == f"{W}tc" and self._tables:
            self._sinks.append(self._cell(element).blocks)

    def _cell(self, element: etree._Element) -> Cell:
        table = self._tables[-1]
        colspan = _number(element, "tcPr", "gridSpan", 1)
        merge = element.find(f"{W}tcPr/{W}vMerge")
        if (
            merge is not None
            and merge.get(f"{W}val", "continue") == "continue"
            and (above := table.continue_cell(colspan))
        ):
            return above
        return table.start_cell(1, colspan)

    def _end(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == f"{W}p":
            self._finish(self._paragraphs.pop())
        elif tag == f"{W}tbl":
            self._sinks[-1].extend(self._tables.pop().finish())
        elif tag == f"{W}tc" and self._tables:
            self._sinks.pop()

    def _finish(self, paragraph: _Paragraph) -> None:
        if not self._tables:
            self._outside_tables += 1
        where = Where() if self._tables else Where(line=self._outside_tables)
        for block in paragraph.blocks(where):
            self._block_count += 1
            self._limits.check_blocks(self._block_count)
            self._sinks[-1].append(block)


# What stands in a paragraph besides text.
MARKS = {
    f"{W}t": "",
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}


class _Paragraph:
    """A paragraph being read."""

    def __init__(self, element: etree._Element, styles: Styles, numbering: Numbering) -> None:
        properties = element.find(f"{W}pPr")
        self._heading = styles.is_heading(properties)
        self.text: list[str] = []
        self._number = numbering.next_number(properties)

    def blocks(self, where: Where) -> list[Paragraph]:
        """A paragraph for each of its lines; the parts between tabs are fields."""
        found: list[Paragraph] = []
        for line in "".join(self.text).split("\n"):
            fields = tuple(part for piece in line.split("\t") if (part := clean(piece)))
            if not fields:
                continue
            if not found and self._number:
                fields = (self._number + fields[0], *fields[1:])
            found.append(Paragraph(" ".join(fields), where, fields if len(fields) > 1 else (), heading=self._heading))
        return found


def _is_hidden(element: etree._Element) -> bool:
    """A run of hidden text, or a row or cell of a table that a tracked change deletes."""
    if element.tag == f"{W}r":
        mark = element.find(f"{W}rPr/{W}vanish")
        return mark is not None and mark.get(f"{W}val", "1") not in ("0", "false", "off")
    if element.tag == f"{W}tc":
        return element.find(f"{W}tcPr/{W}cellDel") is not None
    return element.tag == f"{W}tr" and element.find(f"{W}trPr/{W}del") is not None


def _number(element: etree._Element, properties: str, name: str, default: int) -> int:
    found = element.find(f"{W}{properties}/{W}{name}")
    return to_number(found.get(f"{W}val", "") if found is not None else "", default)
