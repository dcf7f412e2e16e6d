"""Several reports one after another in one document: a yearbook, or two years of one agency.

A report begins at a title that names another agency or year than the one before. What follows a title without being a
report itself (an annex, a link to last year's report, an entry of a table of contents) stays with the report before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from gongkai.extract.agency import title_of
from gongkai.extract.labels import fold
from gongkai.read.document import Document, Paragraph

_LONGEST_TITLE = 60
_MOST_TIMES = 2
"""A title stands in the table of contents and above its report; one that comes back more often heads the pages."""

_MOST_PARTS = 200


def split(document: Document, is_report: Callable[[Document], bool]) -> Sequence[Document]:
    """The document's reports, each as a document with the positions of the file; the document itself if it has one.

    Args:
        is_report: whether a part shows a report of its own.
    """
    starts = _starts(document)
    if len(starts) < 2:
        return (document,)
    bounds = pairwise([0, *starts[1:], len(document.blocks)])
    parts = [replace(document, blocks=document.blocks[begin:end], title=None, properties={}) for begin, end in bounds]
    longest = max(range(len(parts)), key=lambda n: len(parts[n].blocks))
    reports = [n != longest and is_report(part) for n, part in enumerate(parts)]
    if not any(reports):
        return (document,)  # whatever the longest is: the rest are links and annexes, which cost little to look at
    reports[longest] = is_report(parts[longest])
    found: list[Document] = []
    for part, begins in zip(parts, reports, strict=True):
        if begins:
            found.append(part)
        elif found:
            found[-1] = replace(found[-1], blocks=(*found[-1].blocks, *part.blocks))
    return tuple(found) if len(found) > 1 else (document,)


def _starts(document: Document) -> list[int]:
    """Where titles stand that name another agency or year than the title before; page headers are none."""
    runs: list[tuple[tuple[str, int], int]] = []
    above = ""
    for at, block in enumerate(document.blocks):
        text = fold(block.text) if isinstance(block, Paragraph) and not block.row_like else ""
        if not text or len(text) > _LONGEST_TITLE:
            above = ""
            continue
        for title, begin in ((text, at), (above + text, at - 1)):
            named = title_of(title)
            if named is not None:
                if not runs or runs[-1][0] != named:
                    runs.append((named, begin))
                break
        above = text
    seen = Counter(named for named, _ in runs)
    starts = [begin for named, begin in runs if seen[named] <= _MOST_TIMES]
    return starts if len(starts) <= _MOST_PARTS else []
