"""Headings of a page: lines in larger print than the prose, put together where the page was too narrow for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from statistics import median

from gongkai.read.layout.lines import FIGURE, Word, pieces, union

Line = list[Word]
FULL_WIDTH = re.compile(r"[^\x00-\xff\u2000-\u2fff]+")
LARGER = 1.12  # times the size of the prose
SAME_SIZE = 0.03  # share by which the sizes of one heading's lines may differ
PROSE = 25  # characters; a line of a table seldom has as many
NEXT_LINE = 2.6  # sizes from the top of one line of a heading to that of the next, at most


def prose_size(lines: Iterable[Line]) -> float:
    """The size of the print that most long lines have, in points; 0 where there are none."""
    sizes = [size(line) for line in lines if sum(len(word.text) for word in line) >= PROSE]
    return median(filter(None, sizes)) if any(sizes) else 0.0


def size(line: Line) -> float:
    """The width of the line's full-width characters in points; 0 where it has none."""
    return max(((w.box[2] - w.box[0]) / len(w.text) for w in line if FULL_WIDTH.fullmatch(w.text)), default=0.0)


def is_heading(line: Line, prose: float) -> bool:
    """Whether a line is one text in larger print than the prose, which has the size `prose`."""
    return 0 < LARGER * prose <= size(line) and len(pieces(line)) == 1 and not FIGURE.fullmatch(line[-1].text)


def unwrapped(lines: Sequence[Line], prose: float) -> list[Line]:
    """The lines of a page, each heading that goes on in the next line as one."""
    found: list[Line] = []
    right = max((word.box[2] for line in lines for word in line[-1:] if not is_heading(line, prose)), default=0.0)
    before: Line = []
    for line in lines:
        if before and is_heading(before, prose) and is_heading(line, prose) and _goes_on(before, line, right):
            box = union(word.box for word in chain(found[-1], line))
            found[-1] = [Word("".join(word.text for word in chain(found[-1], line)), box)]
        else:
            found.append(line)
        before = line
    return found


def _goes_on(line: Line, below: Line, right: float) -> bool:
    """Whether a line of a heading had no room for the next character, which stands in the line below."""
    em = size(line)
    if abs(em - size(below)) > SAME_SIZE * em or not 0 < below[0].box[1] - line[0].box[1] < NEXT_LINE * em:
        return False
    left, middle = line[0].box[0], (below[0].box[0] + below[-1].box[2]) / 2
    centred = abs((left + line[-1].box[2]) / 2 - middle) < em
    room = right - line[-1].box[2]
    return (room < em) if not centred else (room < 1.5 * em)
