"""An archive is read member by member; each report in it is a result that says which member it is from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.extract.report import Cell, ParseResult, Report
from gongkai.read import Limits, documents_in
from gongkai.read.document import MARK_OF_MEMBER, Where

_NAMED = 5
"""Members that are named where an archive holds no report."""

Parse = Callable[[bytes, str], list[ParseResult]]


def parse_packed(data: bytes, archive: ParseResult, limits: Limits, parse: Parse) -> list[ParseResult]:
    """The reports in an archive, and what could not be read in it.

    Members that are no report (notices, pictures) are passed over; if there is nothing else, one result says so.

    Args:
        data: its bytes. archive: a result without a report, which knows its file, hash and media type.
        limits: of the reading.
        parse: reads one member, given its bytes and name.
    """
    found: list[ParseResult] = []
    passed_over: list[ParseResult] = []
    try:
        for result in _member_results(data, archive, limits, parse):
            (found if _counts(result) else passed_over).append(result)
    except UnreadableError as error:
        found.append(_unreadable(archive, error))
    except UnsupportedError as error:
        found.append(replace(archive, status="unsupported", error=str(error)))
    return found or [_nothing_in(archive, passed_over)]


def _member_results(data: bytes, archive: ParseResult, limits: Limits, parse: Parse) -> Iterator[ParseResult]:
    for member in documents_in(data, archive.media_type or "", limits):
        name = f"{archive.file}{MARK_OF_MEMBER}{member.path}"
        if member.error is not None:
            failed = replace(archive, file=name, media_type=None)
            if isinstance(member.error, UnreadableError):
                yield _unreadable(failed, member.error)
            else:
                yield replace(failed, status="unsupported", error=str(member.error))
            continue
        for result in parse(member.data, member.path):
            report = _placed(result.report, member.path) if result.report else None
            yield replace(result, file=name, sha256=archive.sha256, report=report)


def _unreadable(file: ParseResult, error: UnreadableError) -> ParseResult:
    return replace(file, status="unreadable", error=error.told(fetched=file.is_fetched), problem=error.problem)


def _counts(result: ParseResult) -> bool:
    """Whether it is a report, or may have been one: a picture beside it is an illustration."""
    is_picture = (result.media_type or "").startswith("image/")
    return result.status == "parsed" or (result.status in ("unreadable", "unsupported") and not is_picture)


def _nothing_in(archive: ParseResult, members: Sequence[ParseResult]) -> ParseResult:
    if not members:
        return replace(archive, status="not_a_report", error="the archive holds no documents")
    names = "; ".join(f"{m.file.removeprefix(archive.file + MARK_OF_MEMBER)}: {m.status}" for m in members[:_NAMED])
    more = f" and {len(members) - _NAMED} more" if len(members) > _NAMED else ""
    return replace(archive, status="not_a_report", error=f"no report among the files in the archive ({names}{more})")


def _placed(report: Report, path: str) -> Report:
    """The report with every place in it leading to the member."""

    def within(where: Where | None) -> Where:
        inner = where.member if where else None  # an Excel table in a Word file
        return (where or Where())._replace(member=f"{path}{MARK_OF_MEMBER}{inner}" if inner else path)

    def moved(cell: Cell) -> Cell:
        return replace(cell, where=within(cell.where)) if cell.where else cell

    return replace(
        report,
        cells={key: moved(cell) for key, cell in report.cells.items()},
        claims=tuple(replace(claim, where=within(claim.where)) for claim in report.claims),
    )
