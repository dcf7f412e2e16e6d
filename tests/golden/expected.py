"""What a golden document must give, kept apart from any reading of it, and how a reading is held against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from gongkai.extract import ParseResult, Report, State
from gongkai.forms import CellKey


class Printed(NamedTuple):
    """One cell: its figure in the unit of the warehouse (None where none is printed) and the states it may have."""

    value: int | Decimal | None
    states: frozenset[State]


@dataclass(frozen=True, slots=True)
class ExpectedReport:
    """One report. `good`: nothing is wrong with it, so that holding it would be a defect of ours."""

    form: str
    agency: str
    year: int
    scope: str
    verdict: str
    findings: frozenset[str]
    cells: Mapping[CellKey, Printed]

    @property
    def good(self) -> bool:
        return self.verdict == "accepted"


@dataclass(frozen=True, slots=True)
class Golden:
    """A document. `make` gives its bytes; `needs`: a program that draws it, without which it cannot be made.

    `status` is what a document without a report gives.
    """

    name: str
    file: str
    container: str
    era: str
    make: Callable[[], bytes]
    reports: tuple[ExpectedReport, ...]
    status: str = "parsed"
    needs: str | None = None


@dataclass(slots=True)
class Judgement:
    """A document's reading against its expectation; `differences` says in words what differs."""

    cells: int = 0
    right: int = 0
    reports: int = 0
    whole: int = 0
    accepted_but_wrong: int = 0
    held_for_nothing: int = 0
    agencies: int = 0
    years: int = 0
    differences: list[str] = field(default_factory=list)

    def add(self, other: Judgement) -> None:
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.differences += other.differences


NUMBERS = ("cells", "right", "reports", "whole", "accepted_but_wrong", "held_for_nothing", "agencies", "years")


def judge(golden: Golden, results: Sequence[ParseResult]) -> Judgement:
    """Hold what was read against what is printed."""
    judgement = Judgement()
    read = [result.report for result in results if result.report is not None]
    if not golden.reports:
        found = {result.status for result in results}
        if found != {golden.status} or read:
            judgement.differences.append(f"status {', '.join(sorted(found))}, not {golden.status}")
        judgement.accepted_but_wrong += sum(report.verdict == "accepted" for report in read)
        return judgement
    for number, expected in enumerate(golden.reports):
        report = next((r for r in read if (r.agency, r.year) == (expected.agency, expected.year)), None)
        report = report or (read[number] if number < len(read) else None)
        _judge_report(expected, report, judgement)
    if len(read) > len(golden.reports):
        judgement.differences.append(f"{len(read)} reports, not {len(golden.reports)}")
    return judgement


def _judge_report(expected: ExpectedReport, report: Report | None, judgement: Judgement) -> None:
    judgement.reports += 1
    judgement.cells += len(expected.cells)
    if report is None:
        judgement.differences.append(f"no report of {expected.agency} {expected.year}")
        return
    wrong = list(_wrong_cells(expected, report))
    judgement.right += len(expected.cells) - len(wrong)
    judgement.whole += not wrong
    judgement.accepted_but_wrong += bool(wrong) and report.verdict == "accepted"
    judgement.held_for_nothing += expected.good and not wrong and report.verdict == "held"
    judgement.agencies += report.agency == expected.agency
    judgement.years += report.year == expected.year
    judgement.differences += wrong
    for name in ("form", "agency", "year", "scope", "verdict"):
        ours, theirs = getattr(report, name), getattr(expected, name)
        if ours != theirs:
            judgement.differences.append(f"{name} {ours}, not {theirs}")
    findings = {finding.identity for finding in report.findings}
    if findings != expected.findings:
        more, less = sorted(findings - expected.findings), sorted(expected.findings - findings)
        judgement.differences.append(f"findings: {more} too many, {less} missing")


def _wrong_cells(expected: ExpectedReport, report: Report) -> list[str]:
    wrong = []
    for key, printed in expected.cells.items():
        cell = report.cells.get(key)
        if cell is None:
            wrong.append(f"{'.'.join(key)}: no such cell")
        elif cell.value != printed.value or cell.state not in printed.states:
            states = "|".join(sorted(printed.states))
            wrong.append(f"{'.'.join(key)}: {cell.value} ({cell.state}), not {printed.value} ({states})")
    return wrong
