"""The sentences of a document: running text without the tables, their labels and what a page prints around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.extract.labels import after_ordinal, fold, stem
from gongkai.extract.numbers import is_figure
from gongkai.forms import all_forms
from gongkai.read import Limits, identify, readers_for
from gongkai.read.document import Document, Paragraph
from gongkai.settings import settings

_SENTENCE = re.compile(r"[^。；;！？!?]*[。；;！？!?]")
_SHORTEST_SENTENCE = 8
"""Characters; what is shorter is a label, a link or a line of an address."""


def read_prose(data: bytes, name: str) -> tuple[str, ...]:
    """The sentences of a file, folded (see :func:`gongkai.extract.labels.fold`); none where it cannot be read."""
    limits = Limits.from_settings(settings())
    try:
        readers = readers_for(identify(data, name))
    except (UnreadableError, UnsupportedError):
        return ()
    for reader in readers:
        with suppress(UnreadableError, UnsupportedError):
            return sentences_of(reader(data, limits))
    return ()


def sentences_of(document: Document) -> tuple[str, ...]:
    """The sentences of a document in order; lines that a layout broke are joined, each label of a form ends one."""
    return tuple(
        sentence
        for text in _stretches(document)
        for sentence in _SENTENCE.findall(text)
        if len(sentence) >= _SHORTEST_SENTENCE
    )


def _stretches(document: Document) -> Iterator[str]:
    pending = ""
    for block in document.blocks:
        text = fold(block.text) if isinstance(block, Paragraph) else ""
        if isinstance(block, Paragraph) and _is_prose(block, text):
            pending += text
        elif pending:
            yield pending
            pending = ""
    if pending:
        yield pending


def _is_prose(paragraph: Paragraph, text: str) -> bool:
    return not (paragraph.row_like or paragraph.heading or is_figure(text) or after_ordinal(stem(text)) in _labels())


@cache
def _labels() -> frozenset[str]:
    """The stems of all that a form prints itself: headings of sections, rows, columns."""
    forms = all_forms()
    titles = [title for form in forms for section in form.sections for title in (section.zh, *section.variants)]
    tables = [table for form in forms for table in form.tables]
    labelled = [
        *(group for table in tables for group in table.groups),
        *(row for table in tables for block in table.blocks for row in block.rows),
        *(column for table in tables for block in table.blocks for column in block.columns),
    ]
    printed = [*titles, *(label for entry in labelled for label in entry.labels)]
    return frozenset(map(stem, printed)) - {""}
