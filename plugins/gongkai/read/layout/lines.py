"""Words of a PDF page, and the pieces of a line that gaps part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from gongkai.read.document import Paragraph, Where

FIGURE = re.compile(r"[-+−]?\d[\d,.]*")
Box = tuple[float, float, float, float]  # x0, top, x1, bottom in points from the page's upper left corner
WIDE_GAP = 0.9  # of the line's height: more parts cells, less parts words
GAP_BEFORE_FIGURE = 0.4  # the same between a word and the figures that are all the rest of its line
SAME_COLUMN = 1.0  # points by which the edges of one column may differ from line to line


class Word(NamedTuple):
    """Characters without a blank between, or a line of them."""

    text: str
    box: Box


def union(boxes: Iterable[Box]) -> Box:
    """The box around boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def one(words: Sequence[Word]) -> Word:
    """Words of a line as one, with blanks between."""
    return words[0] if len(words) == 1 else Word(" ".join(w.text for w in words), union(w.box for w in words))


def on_one_line(box: Box, other: Box) -> bool:
    """Whether two boxes are beside one another rather than one below the other."""
    overlap = min(box[3], other[3]) - max(box[1], other[1])
    return overlap > 0.4 * min(box[3] - box[1], other[3] - other[1])


def parted(glyphs: Sequence[Word], widest: float, uprights: Sequence[tuple[float, float, float]] = ()) -> list[Word]:
    """Characters in the order in which they were written, put together to words.

    They are parted by gaps wider than `widest` heights, by steps down or back, and before a digit where an upright
    line (where it stands, begins and ends) runs between it and what stands before, and not through one or past another
    line of text.
    """
    parts = [[glyphs[0]]]
    for before, glyph in pairwise(glyphs):
        height = before.box[3] - before.box[1]
        gap = glyph.box[0] - before.box[2]
        # the box of a full-width mark reaches beyond its ink
        edge = before.box[2] - 0.5 if before.text.isdigit() else (before.box[0] + before.box[2]) / 2
        middle = (glyph.box[1] + glyph.box[3]) / 2
        cut = glyph.text.isdigit() and any(
            edge <= at <= glyph.box[0] + 0.5 and begin <= middle <= end for at, begin, end in uprights
        )
        if cut or gap > widest * height or gap < -0.7 * height or not on_one_line(before.box, glyph.box):
            parts.append([])
        parts[-1].append(glyph)
    return [Word("".join(g.text for g in part), union(g.box for g in part)) for part in parts]


def written_lines(words: Iterable[Word]) -> list[list[Word]]:
    """Words in the order in which they were written, put together to lines as long as they go to the right."""
    lines: list[list[Word]] = []
    for word in words:
        before = lines[-1][-1].box if lines else None
        if before and on_one_line(before, word.box) and word.box[0] > before[2] - 0.5 * (before[3] - before[1]):
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def pieces(words: Sequence[Word]) -> list[list[Word]]:
    """The words of a line by cells: parted by wide gaps, steps back, and by any gap between two figures."""
    found = [[words[0]]]
    for before, word in pairwise(words):
        gap = word.box[0] - before.box[2]
        height = min(before.box[3] - before.box[1], word.box[3] - word.box[1])
        narrow = gap > GAP_BEFORE_FIGURE * height and _may_be_cell(word, before.text) and _is_row(words)
        if narrow or gap > WIDE_GAP * height or gap < -height or (before.text[-1].isdigit() and word.text[0].isdigit()):
            found.append([word])
        else:
            found[-1].append(word)
    return found


def _is_row(words: Sequence[Word]) -> bool:
    return all(FIGURE.fullmatch(word.text) for word in words[1:])


def _may_be_cell(word: Word, before: str) -> bool:
    """Whether a word is a figure, and not one in brackets that were opened before it."""
    return FIGURE.fullmatch(word.text) is not None and max(map(before.rfind, "（(")) <= max(map(before.rfind, "）)"))


def pieces_in_columns(lines: Sequence[Sequence[Word]]) -> list[list[list[Word]]]:
    """The pieces of each line. A small gap parts too, where what follows stands in a column of the line beside, or
    where nothing but figures follows, in columns of the nearest row."""
    found = [pieces(line) for line in lines]
    for steps in (range(len(found)), range(len(found) - 1, -1, -1)):
        beside: list[list[Word]] = []
        row: list[Box] = []
        for n in steps:
            if len(found[n]) < len(lines[n]):
                columns = [union(word.box for word in piece) for piece in beside[1:]]
                found[n] = _parted(found[n], columns, [*row, *(word.box for piece in beside for word in piece)])
            beside = found[n]
            if FIGURE.fullmatch(beside[-1][-1].text):
                row = [word.box for piece in beside for word in piece if FIGURE.fullmatch(word.text)]
    return found


def _parted(cells: list[list[Word]], columns: Sequence[Box], of_figures: Sequence[Box]) -> list[list[Word]]:
    """The pieces of a line, parted before the words that stand in a column."""
    words = [word for piece in cells for word in piece]
    begin = next((n + 1 for n in range(len(words) - 1, -1, -1) if not FIGURE.fullmatch(words[n].text)), 0)
    if begin and begin < len(words) and not _may_be_cell(words[begin], words[begin - 1].text):
        begin = len(words)
    figures = {id(word) for word in words[begin:]}
    found: list[list[Word]] = []
    for piece in cells:
        found.append(piece[:1])
        for word in piece[1:]:
            if any(_in_column(word.box, column) for column in (of_figures if id(word) in figures else columns)):
                found.append([])
            found[-1].append(word)
    return found


def _in_column(box: Box, column: Box) -> bool:
    """Whether two boxes begin or end at the same place, or have the same middle."""
    left, right = box[0] - column[0], box[2] - column[2]
    return min(abs(left), abs(right), abs(left + right) / 2) < SAME_COLUMN


def paragraph(
    cells: Sequence[Sequence[Word]], page: int, seen: Callable[[Box], Box], *, heading: bool = False
) -> Paragraph:
    """A line of a page, with its cells and where each of them is; `seen` turns the boxes into those of the page."""
    parts = [one(words) for words in cells]
    text = " ".join(part.text for part in parts)
    boxes = tuple(seen(part.box) for part in parts)
    where = Where(page=page, bbox=union(boxes))
    if len(parts) == 1:
        return Paragraph(text, where, heading=heading)
    return Paragraph(text, where, tuple(part.text for part in parts), boxes, heading=heading)
