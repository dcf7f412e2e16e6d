"""What a document states about itself at its beginning and end: lines, and facts given as ``label：value``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from gongkai.extract.labels import fold
from gongkai.read.document import Document, Grid, Paragraph

_LINES_SEARCHED = 80
_ROWS_SEARCHED = 12
_LAST_LINES = 12
_LONGEST_LABEL = 12
_LONGEST_VALUE = 60


@dataclass(frozen=True)
class Statements:
    """The document's opening and closing lines, as printed; :attr:`texts` has the opening ones folded."""

    document: Document

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The first lines, a row of a table being one."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[str]:
        count = 0
        for block in self.document.blocks:
            if isinstance(block, Grid):
                rows = [tuple(cell.text for cell in row) for row in list(block.rows())[:_ROWS_SEARCHED]]
                yield from ("".join(row) for row in rows)
                count += len(rows)
            else:
                yield block.text
                count += 1
            if count >= _LINES_SEARCHED:
                return

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(folded for line in self.lines if (folded := fold(line)))

    @cached_property
    def headings(self) -> frozenset[str]:
        """Those of the texts that are set as headings."""
        blocks = self.document.blocks[:_LINES_SEARCHED]
        return frozenset(fold(block.text) for block in blocks if isinstance(block, Paragraph) and block.heading)

    @cached_property
    def opening(self) -> str:
        return "".join(self.texts)

    @cached_property
    def closing(self) -> tuple[str, ...]:
        """The last short lines, folded: where a report is signed and dated."""
        found = [b.text for b in self.document.blocks[-_LAST_LINES:] if isinstance(b, Paragraph)]
        return tuple(folded for text in found if (folded := fold(text)) and len(folded) <= _LONGEST_VALUE)

    @cached_property
    def _pairs(self) -> tuple[tuple[str, str], ...]:
        """Neighbouring cells of the first tables, and neighbouring lines: a label and what stands behind it."""
        pairs: list[tuple[str, str]] = []
        grids = [block for block in self.document.blocks[:_LINES_SEARCHED] if isinstance(block, Grid)]
        for grid in grids[:2]:
            for row in list(grid.rows())[:_ROWS_SEARCHED]:
                cells = [fold(cell.text) for cell in row]
                pairs += pairwise(cells)
        pairs += pairwise(self.texts[:_LINES_SEARCHED])
        return tuple((label.rstrip(":"), value) for label, value in pairs if len(label) <= _LONGEST_LABEL)

    def stated(self, names: tuple[str, ...]) -> Iterator[str]:
        """The values given behind one of the labels, up to the next blank, the likeliest first."""
        for label, value in self._pairs:
            if label in names and 0 < len(value) <= _LONGEST_VALUE:
                yield value
        behind = _behind(names)
        for line in self.lines:
            yield from (fold(match["value"]) for match in behind.finditer(line))

    def rest_behind(self, names: tuple[str, ...]) -> Iterator[str]:
        """What follows one of the labels in its line, folded: for values that are printed with blanks in them."""
        yield from (value for label, value in self._pairs if label in names)
        for text in self.texts:
            for name in names:
                at = text.find(name)
                if at >= 0:
                    yield text[at + len(name) : at + len(name) + _LONGEST_VALUE].lstrip(":")


@cache
def _behind(names: tuple[str, ...]) -> re.Pattern[str]:
    labels = "|".join(r"[\s\u3000]*".join(name) for name in names)
    return re.compile(
        rf"(?:{labels})(?:[（(]盖章[）)])?[】\])\s\u3000]*[:：]?[\s\u3000]*(?P<value>[^\s,，;；|。]{{1,{_LONGEST_VALUE}}})"
    )
