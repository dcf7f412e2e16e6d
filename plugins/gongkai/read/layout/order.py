"""The order in which the lines of a page are read: as they were written, unless their places speak against it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from gongkai.read.layout.lines import Box, Word, union
from gongkai.read.layout.ruled import lines_of
from gongkai.read.layout.rulings import Rulings

Line = list[Word]
FIGURE = re.compile(r"[-+−]?[\d０-９][\d０-９,.]*|[-—/]")
OPENING = re.compile(r"[（(][^（()）]*$")  # a bracket that is not closed
CLOSING = re.compile(r"^[^（()）]*[)）]")  # one that was not opened
FEWEST_FIGURES = 3  # lines of figures on a page; fewer are no table
LABEL_REACH = 3.5  # heights of a line between a wrapped label's last line and its figures
SAME_LABEL = 0.45  # of a line's height: a smaller gap parts two lines of a label, a larger one two labels


def in_reading_order(lines: Sequence[Line], rulings: Rulings) -> list[Line]:
    """The lines as written if figures go down the page, each beside the label before them; else by their places."""
    written = list(_stacked(lines))
    if _reads_on(written):
        return written
    words = [word for line in written for word in line]
    return list(_rows(words, sorted(ruling.at for ruling in rulings.across)))


def _reads_on(lines: Sequence[Line]) -> bool:
    """Whether figures come line after line down the page, few of them far from the label written before them."""
    found = [(n, union(word.box for word in line)) for n, line in enumerate(lines) if _has_figure(line)]
    if len(found) < FEWEST_FIGURES:
        return True
    for (_, above), (_, below) in pairwise(found):
        goes_back = below[1] < above[1] - 0.5 * (above[3] - above[1])
        if goes_back or (_beside(above, below) and below[0] < above[0]):
            return False
    return sum(_is_far(lines, n) for n, _ in found) < FEWEST_FIGURES


def _is_far(lines: Sequence[Line], n: int) -> bool:
    """Whether the lines since the last figures, before a line of figures alone, are a label that stands elsewhere."""
    line = lines[n]
    if n == 0 or not all(FIGURE.fullmatch(word.text) for word in line) or _has_figure(lines[n - 1]):
        return False
    label = takewhile(lambda before: not _has_figure(before), reversed(lines[:n]))
    middle, reach = _middle(line[0].box), LABEL_REACH * (line[0].box[3] - line[0].box[1])
    box = union(word.box for before in label for word in before)
    return not box[1] - reach < middle < box[3] + reach


def _rows(words: Sequence[Word], across: Sequence[float]) -> Iterator[Line]:
    """Words put together by their places: a label of several lines comes before the figures beside it."""
    lines = lines_of(words)
    block: list[Line] = []
    for line in lines:
        if block and not _of_one_row(block, line, across):
            yield from _row(block)
            block = []
        block.append(line)
    yield from _row(block)


def _of_one_row(block: Sequence[Line], line: Line, across: Sequence[float]) -> bool:
    above, box = union(word.box for word in block[-1]), union(word.box for word in line)
    if across:
        return not any(_middle(above) < at < _middle(box) for at in across)
    if _has_figure(line) and any(_has_figure(other) for other in block):
        return False
    return box[1] - above[3] < SAME_LABEL * (box[3] - box[1])


def _row(block: Sequence[Line]) -> Iterator[Line]:
    """The lines of one row: words first, from top to bottom, then the figures, if they are one line of them."""
    with_figures = [line for line in block if _has_figure(line)]
    if len(block) < 2 or len(with_figures) != 1:
        yield from block
        return
    (line,) = with_figures
    begin = next(n for n, word in enumerate(line) if FIGURE.fullmatch(word.text))
    label = [word for other in block for word in (line[:begin] if other is line else other)]
    if label:
        yield label
    yield line[begin:]


def _has_figure(line: Line) -> bool:
    """Whether a line has a figure that is not part of a remark in brackets."""
    return any(FIGURE.fullmatch(word.text) and not _in_brackets(line, n) for n, word in enumerate(line))


def _in_brackets(line: Line, n: int) -> bool:
    before, after = ("".join(word.text for word in words) for words in (line[:n], line[n + 1 :]))
    opened, closed = OPENING.search(before), CLOSING.search(after)
    return opened is not None or closed is not None


def _stacked(lines: Sequence[Line]) -> Iterator[Line]:
    """The same lines, with a label written downwards, a character a line, as one line."""
    run: list[Word] = []
    for line in lines:
        single = len(line) == 1 and len(line[0].text) == 1 and not line[0].text.isdigit()
        if single and run and _is_below(line[0].box, run[-1].box):
            run.append(line[0])
            continue
        yield from _unstack(run)
        run = []
        if single:
            run = [line[0]]
        else:
            yield line
    yield from _unstack(run)


def _unstack(run: list[Word]) -> Iterator[Line]:
    if len(run) < 3:  # two may be chance
        yield from ([word] for word in run)
    else:
        yield [Word("".join(word.text for word in run), union(word.box for word in run))]


def _is_below(box: Box, above: Box) -> bool:
    overlap = min(box[2], above[2]) - max(box[0], above[0])
    size = max(box[3] - box[1], above[3] - above[1])
    return overlap > 0 and above[1] < box[1] < above[3] + 2 * size


def _beside(box: Box, other: Box) -> bool:
    return abs(_middle(box) - _middle(other)) < 0.5 * min(box[3] - box[1], other[3] - other[1])


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2
