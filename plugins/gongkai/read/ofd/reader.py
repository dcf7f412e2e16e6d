"""OFD (GB/T 33190), the national format for fixed layouts: its characters set into lines and ruled tables."""

from __future__ import annotations

from collections import Counter

from gongkai.errors import UnsupportedError
from gongkai.read.document import Document
from gongkai.read.identify import OFD
from gongkai.read.layout.lines import Box, Word, parted, written_lines
from gongkai.read.layout.pages import Pages, set_in_tables
from gongkai.read.layout.ruled import RuledTable
from gongkai.read.layout.rulings import Rulings
from gongkai.read.layout.turn import Turn
from gongkai.read.limits import Limits
from gongkai.read.ofd.package import OfdPackage, OfdPage
from gongkai.read.pdf.file import WITH_OCR

NAME = "ofd"
WORD_GAP = 0.2  # of the height: characters further apart are two words
SCAN = f"the OFD has no text, it is a scan. {WITH_OCR}"


def read(data: bytes, limits: Limits) -> Document:
    """Ruled tables as grids, the other text a paragraph a line; several documents in one package follow each other.

    Raises:
        UnreadableError: damaged or beyond the limits.
        UnsupportedError: no text, a scan.
    """
    package = OfdPackage(data, limits)
    title, properties = package.facts()
    pages = Pages(limits)
    without_text = []
    number = 0
    for number, page in enumerate(package.pages(), start=1):
        if page.content.glyphs:
            _add(pages, number, page)
        else:
            without_text.append(str(number))
    if number == len(without_text):
        raise UnsupportedError(SCAN)
    if without_text:
        properties["pages_without_text"] = ",".join(without_text)
    blocks, running = pages.blocks()
    return Document(NAME, OFD, blocks, title=title, properties={**properties, **running})


def _add(pages: Pages, number: int, page: OfdPage) -> None:
    left, top, right, bottom = page.box
    content = page.content
    turn = Turn(Counter(content.turns).most_common(1)[0][0], right - left, bottom - top)

    def placed(box: Box) -> Box:
        return turn.apply((box[0] - left, box[1] - top, box[2] - left, box[3] - top))

    rulings = Rulings()
    for line in content.lines:
        rulings.add(placed(line))
    glyphs = [Word(glyph.text, placed(glyph.box)) for glyph in content.glyphs]
    lines = written_lines(parted(glyphs, WORD_GAP, rulings.upright))
    lines, tables = set_in_tables(lines, [RuledTable(boxes) for boxes in rulings.tables()])
    pages.add(number, turn.turned_size[1], lines, tables, rulings, turn.undo)
