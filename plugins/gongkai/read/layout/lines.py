"""Words of a PDF page, and the pieces of a line that gaps part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gongkai.read.document import Paragraph, Where

Box = tuple[float, float, float, float]  # x0, top, x1, bottom in points from the page's upper left corner
WIDE_GAP = 0.9  # of the line's height: more parts cells, less parts words


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without a blank between, or a line of them."""

    text: str
    box: Box


def union(boxes: Iterable[Box]) -> Box:
    """The box around boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


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


def pieces(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a line as cells: parted by wide gaps, steps back, and by any gap between two figures."""
    found = [words[0]]
    for before, word in pairwise(words):
        gap = word.box[0] - before.box[2]
        height = min(before.box[3] - before.box[1], word.box[3] - word.box[1])
        if gap > WIDE_GAP * height or gap < -height or (before.text[-1].isdigit() and word.text[0].isdigit()):
            found.append(word)
        else:
            found[-1] = Word(f"{found[-1].text} {word.text}", union((found[-1].box, word.box)))
    return tuple(found)


def paragraph(words: Sequence[Word], page: int, seen: Callable[[Box], Box] | None = None) -> Paragraph:
    """A line of a page, with its cells and where each of them is; `seen` turns the boxes into those of the page."""
    parts = pieces(words)
    text = " ".join(part.text for part in parts)
    boxes = tuple(seen(part.box) if seen else part.box for part in parts)
    where = Where(page=page, bbox=union(boxes))
    if len(parts) == 1:
        return Paragraph(text, where)
    return Paragraph(text, where, tuple(part.text for part in parts), boxes)
