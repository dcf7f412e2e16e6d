"""Word documents (.docx), as they look with all tracked changes accepted."""

from __future__ import annotations

from functools import partial

from lxml import etree

from gongkai.errors import UnreadableError
from gongkai.read.clean import clean
from gongkai.read.document import Block, Document, Grid, Where
from gongkai.read.identify import DOCX as MEDIA_TYPE
from gongkai.read.identify import HTML, MHTML, OLE_MAGIC, TEXT, XLS, XLSX, identify
from gongkai.read.limits import Limits
from gongkai.read.links import is_attachment
from gongkai.read.ole import read_stream
from gongkai.read.package import Package
from gongkai.read.relations import Relation, main_part, relations_of
from gongkai.read.word.body import BodyWalker
from gongkai.read.word.numbering import Numbering, Styles
from gongkai.read.xml import parse_xml

NAME = "docx"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# Parts of styles.xml that say nothing of text and are often ten times the size of the body.
NOT_OF_TEXT = ((b'<w:style w:type="table"', b"</w:style>"), (b"<w:latentStyles ", b"</w:latentStyles>"))
EMBEDDED = frozenset((HTML, MHTML, TEXT, XLSX, XLS))
MOST_EMBEDDED = 20
CORE_FACTS = {
    "title": "title",
    "creator": "creator",
    "created": "created",
    "modified": "modified",
    "subject": "subject",
}


def read(data: bytes, limits: Limits) -> Document:
    """The body in order: paragraphs and tables, text boxes and embedded workbooks before the paragraph that holds them.

    Headers, footers and notes are left out. `where.line` counts the paragraphs of the body outside tables;
    `where.member` is the part of the package that an embedded document is.

    Raises:
        UnreadableError: damaged, encrypted, or beyond the limits.
    """
    if data.startswith(OLE_MAGIC):
        raise UnreadableError("the Office file is protected by a password", "locked")
    package = Package(data, limits)
    body = main_part(package, "word/document.xml")
    xml = package.read(body)
    limits.check_elements(xml.count(b"<"))
    relations = relations_of(package, body)
    styles = Styles(_part(package, relations, "styles") if b"pStyle " in xml or b"rStyle " in xml else None)
    numbering = Numbering(partial(_part, package, relations, "numbering"), styles)
    walker = BodyWalker(limits, styles, numbering)
    embedded = _Embedded(package, relations, limits)
    walker.walk(_parse(xml, body), embedded.blocks)
    facts = _facts(package)
    return Document(
        reader=NAME,
        media_type=MEDIA_TYPE,
        blocks=tuple(walker.blocks),
        title=facts.pop("title", None),
        properties=facts,
        links=tuple(dict.fromkeys(r.target for r in relations.values() if r.external and is_attachment(r.target))),
    )


def _parse(xml: bytes, name: str) -> etree._Element:
    return parse_xml(xml.replace(STRICT, TRANSITIONAL), name)


def _part(package: Package, relations: dict[str, Relation], kind: str) -> etree._Element | None:
    related = (relation.target for relation in relations.values() if relation.kind == kind)
    found = next((name for name in (*related, f"word/{kind}.xml") if name in package.names), None)
    return _parse(_of_text(package.read(found)), found) if found else None


def _of_text(xml: bytes) -> bytes:
    """Styles without those of tables and those that no text has."""
    for opening, closing in NOT_OF_TEXT:
        parts: list[bytes] = []
        begin = 0
        while (cut := xml.find(opening, begin)) >= 0 and (end := xml.find(closing, cut)) >= 0:
            parts.append(xml[begin:cut])
            begin = end + len(closing)
        xml = b"".join((*parts, xml[begin:]))
    return xml


def _facts(package: Package) -> dict[str, str]:
    if "docProps/core.xml" not in package.names:
        return {}
    found: dict[str, str] = {}
    for element in parse_xml(package.read("docProps/core.xml"), "docProps/core.xml"):
        name = CORE_FACTS.get(etree.QName(element).localname)
        if name and (value := clean(element.text or "")):
            found[name] = value
    return found


class _Embedded:
    """Documents of other kinds inside this one: an Excel table, a page that an export wrapped in a Word file."""

    def __init__(self, package: Package, relations: dict[str, Relation], limits: Limits) -> None:
        self._package = package
        self._relations = relations
        self._limits = limits
        self._count = 0

    def blocks(self, relation: str) -> list[Block]:
        """What the part of a relation shows; nothing where it cannot be read."""
        from gongkai.read.registry import readers_for

        found = self._relations.get(relation)
        self._count += 1
        if found is None or found.target not in self._package.names or self._count > MOST_EMBEDDED:
            return []
        data = self._package.read(found.target)
        data = read_stream(data, "Package") or data
        try:
            kind = identify(data, found.target)
            if kind not in EMBEDDED:
                return []
            document = readers_for(kind)[0](data, self._limits)
        except UnreadableError:
            return []
        return [_within(block, found.target) for block in document.blocks]


def _within(block: Block, member: str) -> Block:
    """The block with every place in it leading to the part."""

    def placed(where: Where) -> Where:
        return where._replace(member=member)

    if isinstance(block, Grid):
        cells = tuple(cell._replace(where=placed(cell.where)) for cell in block.cells)
        return Grid(cells, placed(block.where))
    return block._replace(where=placed(block.where))
