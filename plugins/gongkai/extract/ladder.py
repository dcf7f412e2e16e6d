"""The ladder of readers: the cheapest first, the next one when a reading does not balance.

A reading that is complete and balances is trusted. Two independent readings that agree on figures which do not balance
show an error of the publisher, kept as printed; two that disagree show an error of the reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter

from gongkai import __version__
from gongkai.check.finding import Fault
from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.extract.header import read_header
from gongkai.extract.packed import parse_packed
from gongkai.extract.reading import Reading, read_report
from gongkai.extract.report import ParseResult, Report, Status, is_address
from gongkai.extract.several import split
from gongkai.extract.views import has_tables, parts_fields_by_blanks, views_of
from gongkai.read import Limits, identify, is_container, readers_for, unsupported_message
from gongkai.read.document import Document
from gongkai.settings import settings

_Name = tuple[str | None, int | None]
_ALONE: _Name = (None, None)
"""A report that is the only one of its file has no need of a name."""


def parser_version() -> str:
    """What the warehouse stores beside every figure to say which parser read it."""
    return __version__


def parse_bytes(
    data: bytes, name: str, *, year: int | None = None, agency: str | None = None, fetched: bool | None = None
) -> list[ParseResult]:
    """Read one file, in this process and without limits of time (see :mod:`gongkai.extract.workers`).

    Args:
        data: the file's bytes.
        name: its name, for messages; its ending is believed only where the bytes say nothing.
        year, agency: what the caller knows about the report; they win over what is printed.
        fetched: whether it was fetched, for what to do with it where it cannot be read; None: as its name tells.

    Returns:
        One result a report, or one result that says why there is none. Never raises for bad input.
    """
    sha256, media_type = hashlib.sha256(data).hexdigest(), None
    fetched = is_address(name) if fetched is None else fetched

    def result(status: Status, error: str | None, report: Report | None = None) -> list[ParseResult]:
        return [ParseResult(name, sha256, media_type, status, error, report, parser_version())]

    try:
        media_type = identify(data, name)
        if is_container(media_type):
            (archive,) = result("not_a_report", None)
            member = partial(parse_bytes, year=year, agency=agency, fetched=fetched)
            return parse_packed(data, archive, Limits.from_settings(settings()), member)
        readings, links, elsewhere = _climb(data, media_type, year, agency)
    except UnreadableError as error:
        return [replace(each, problem=error.problem) for each in result("unreadable", error.told(fetched=fetched))]
    except UnsupportedError as error:
        return result("unsupported", str(error))
    if not readings:
        return result("not_a_report", _no_report(links, elsewhere))
    return [each for alike in readings for each in result("parsed", None, _best_of(alike))]


def _best_of(readings: Sequence[Reading]) -> Report:
    """Of several readings of one report the one against which the least speaks."""
    best = min(readings, key=attrgetter("doubts"))
    return best.report(_fault(best, readings))


def _climb(
    data: bytes, media_type: str, year: int | None, agency: str | None
) -> tuple[list[list[Reading]], tuple[str, ...], tuple[str, ...]]:
    """For each report of a file its readings in order of cost, as many as it takes for one to balance.

    Beside them the attachments and the pages elsewhere that the file leads to.
    """
    readers = readers_for(media_type)
    if not readers:
        raise UnsupportedError(unsupported_message(media_type))
    limits = Limits.from_settings(settings())
    readings: dict[_Name, list[Reading]] = {}
    links: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    failures: list[UnreadableError | UnsupportedError] = []
    unread_scans = False
    for reader in readers:
        try:
            document = reader(data, limits)
        except (UnreadableError, UnsupportedError) as error:
            failures.append(error)
            continue
        links, elsewhere = links or document.links, elsewhere or document.elsewhere
        unread_scans |= "scanned_pages" in document.properties
        seen = frozenset(readings)  # the first reader that sees a report says how many there are
        for name, part in _reports(document):
            if not seen or name in seen:
                known = (year, agency) if name == _ALONE else (None, None)
                readings[name] = [*readings.get(name, ()), *_read_views(part, *known)]
        readings = {name: alike for name, alike in readings.items() if alike}
        if readings and all(any(reading.is_sure for reading in alike) for alike in readings.values()):
            break
    if failures and not readings and (unread_scans or len(failures) == len(readers)):
        raise failures[0]
    return list(readings.values()), links, elsewhere


def _reports(document: Document) -> Iterator[tuple[_Name, Document]]:
    """The reports in a document, by agency and year where there are several."""
    parts = split(document, lambda part: read_report(part) is not None)
    if len(parts) == 1:
        yield _ALONE, document
        return
    for part in parts:
        header = read_header(part)
        yield (header.agency, header.year), part


def _read_views(document: Document, year: int | None, agency: str | None) -> Iterator[Reading]:
    """The readings of one report by one reader, until one balances."""
    for view in views_of(document):
        reading = read_report(view, year=year, agency=agency)
        if reading is not None:
            yield reading
        if reading.is_sure if reading else has_tables(document) and not parts_fields_by_blanks(document):
            return


def _fault(best: Reading, readings: Sequence[Reading]) -> Fault:
    """Whose error it is when figures do not balance; only the cells of the failing equations are compared."""
    numbers = best.numbers
    failing = {(f.table, f.row, f.column) for f in best.failing}
    cells = {
        key
        for equation in best.form.equations
        if (equation.identity.table, equation.row, equation.column) in failing
        for key in equation.cells
    }
    others = [r for r in readings if r is not best and r.form == best.form and r.cells]
    if not cells or not others:
        return "unknown"
    for other in others:
        theirs = other.numbers
        if any(theirs.get(key) is not None and theirs[key] != numbers.get(key) for key in cells):
            return "reader"
    seen_twice = any(all(other.numbers.get(key) is not None for key in cells) for other in others)
    return "publisher" if seen_twice else "unknown"


def _no_report(links: Sequence[str], elsewhere: Sequence[str]) -> str:
    if links:
        return f"no statutory table here, only links to attachments: {', '.join(links)}; parse those"
    if elsewhere:
        return f"no statutory table here, but other pages in frames or sent on to: {', '.join(elsewhere)}; parse those"
    return "no table of the statutory form was found; if the report is an attachment of this page, parse that"
