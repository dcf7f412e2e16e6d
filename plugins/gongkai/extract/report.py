"""One agency's report for one year, as read from a document: cells with provenance, claims, findings, a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from gongkai.check.finding import Finding, Verdict, as_number
from gongkai.errors import Problem
from gongkai.forms import CellKey
from gongkai.read.document import MARK_OF_MEMBER, Where

Status = Literal["parsed", "not_a_report", "unreadable", "unsupported"]
Scope = Literal["own_organ", "whole_area", "unknown"]


class State(StrEnum):
    """What a cell is. Missing is never zero."""

    VALUE = "value"
    ZERO = "zero"
    BLANK = "blank"
    NOT_APPLICABLE = "not_applicable"
    TEXT = "text"
    APPROXIMATE = "approximate"
    LOST = "lost"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure. `value` is None in the states blank, not_applicable, text and lost; `text` is as printed."""

    key: CellKey
    value: int | Decimal | None
    text: str | None
    state: State
    unit: str | None
    where: Where | None
    reader: str

    def __reduce__(self) -> tuple[Any, ...]:
        """Flat, for the way from a worker process: half of the time that sending a report took went into its cells."""
        where = tuple(self.where) if self.where else None
        return _sent, (tuple(self.key), self.value, self.text, self.state.value, self.unit, where, self.reader)

    def to_json(self) -> dict[str, Any]:
        table, row, column = self.key
        return {
            "table": table,
            "row": row,
            "column": column,
            "value": as_number(self.value),
            "text": self.text,
            "state": self.state.value,
            "unit": self.unit,
            "where": self.where.to_json() if self.where else None,
            "reader": self.reader,
        }


def _sent(
    key: tuple[str, str, str],
    value: int | Decimal | None,
    text: str | None,
    state: str,
    unit: str | None,
    where: tuple[Any, ...] | None,
    reader: str,
) -> Cell:
    return Cell(CellKey(*key), value, text, State(state), unit, Where(*where) if where else None, reader)


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure stated in the prose, with the words it stands in."""

    key: str
    value: int | Decimal | None
    unit: str | None
    quote: str
    where: Where | None

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "value": as_number(self.value),
            "unit": self.unit,
            "quote": self.quote,
            "where": self.where.to_json() if self.where else None,
        }


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A heading of the report: the form's key for it, its number and its words as printed."""

    key: str
    number: str
    title: str
    where: Where | None

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "number": self.number,
            "title": self.title,
            "where": self.where.to_json() if self.where else None,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What one document says about one agency and year.

    agency: normalised; agency_printed: as it stands in the document. index_number: the page's 索引号.
    uscc: the agency's unified social credit code, where the page gives it.
    """

    form: str
    agency: str | None
    year: int | None
    scope: Scope
    title: str | None
    published_on: str | None
    cells: Mapping[CellKey, Cell]
    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]
    verdict: Verdict
    agency_printed: str | None = None
    index_number: str | None = None
    uscc: str | None = None
    sections: tuple[ReportSection, ...] = ()


def is_address(name: str) -> bool:
    """Whether a document of this name came from an address, and is no file of one's own."""
    return name.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class ParseResult:
    """One line of ``gongkai parse --format json``: a report, or why a file gave none.

    Of a file in an archive, `file` is the archive's with the member's path behind :data:`MARK_OF_MEMBER`, and `sha256`
    is the archive's. `problem`: of which kind `error` is, where the file is unreadable; no part of the JSON.
    """

    file: str
    sha256: str | None
    media_type: str | None
    status: Status
    error: str | None
    report: Report | None
    parser: str
    problem: Problem | None = None

    @property
    def is_fetched(self) -> bool:
        """Whether the document came from an address, and is no file of one's own."""
        return is_address(self.file)

    @property
    def document(self) -> str:
        """The file on disk or the address: the archive of a file in an archive."""
        return self.file.partition(MARK_OF_MEMBER)[0]

    def to_json(self) -> dict[str, Any]:
        """The contract of the command line (see docs/command-line.md); other tools rely on it."""
        report = self.report
        return {
            "file": self.file,
            "sha256": self.sha256,
            "media_type": self.media_type,
            "status": self.status,
            "error": self.error,
            "form": report.form if report else None,
            "agency": report.agency if report else None,
            "year": report.year if report else None,
            "scope": report.scope if report else "unknown",
            "title": report.title if report else None,
            "published_on": report.published_on if report else None,
            "agency_printed": report.agency_printed if report else None,
            "index_number": report.index_number if report else None,
            "uscc": report.uscc if report else None,
            "cells": [cell.to_json() for cell in report.cells.values()] if report else [],
            "sections": [section.to_json() for section in report.sections] if report else [],
            "claims": [claim.to_json() for claim in report.claims] if report else [],
            "findings": [finding.to_json() for finding in report.findings] if report else [],
            "verdict": report.verdict if report else None,
            "parser": self.parser,
        }
