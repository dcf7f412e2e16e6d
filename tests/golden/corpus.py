"""All golden documents."""

from __future__ import annotations

from functools import cache

from gongkai.extract import ParseResult, parse_bytes
from tests.golden.drawn import drawn_documents
from tests.golden.expected import Golden
from tests.golden.handmade import handmade_documents
from tests.golden.wraps import program


@cache
def corpus() -> tuple[Golden, ...]:
    """The drawn documents, then those made by hand."""
    return (*drawn_documents(), *handmade_documents())


def missing_program(golden: Golden) -> str | None:
    """The program that draws the document, where it is not installed."""
    return golden.needs if golden.needs and program(golden.needs) is None else None


def results_of(golden: Golden) -> list[ParseResult]:
    """The document read, as any file is."""
    return parse_bytes(golden.make(), golden.file)
