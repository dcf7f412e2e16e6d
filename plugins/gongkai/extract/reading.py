"""One document read along the form it resembles most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter

from gongkai.check import Finding, Number, check_numbers, verdict_of
from gongkai.check.finding import Fault
from gongkai.extract.anomalies import anomalies
from gongkai.extract.cells import numbers_of, read_cells
from gongkai.extract.claims import check_claims, read_claims
from gongkai.extract.header import Header, read_header
from gongkai.extract.labels import fold
from gongkai.extract.lines import Fields, fields_of, lines_of
from gongkai.extract.report import Cell, Report, State
from gongkai.extract.rows import TablesReading
from gongkai.extract.sections import form_without_tables, is_of_part_of_a_year, read_sections
from gongkai.extract.tables import read_tables
from gongkai.forms import CellKey, Form, all_forms
from gongkai.read.document import Document

_LEAST_LIKENESS = 0.27
"""Share of a form's rows, its tables weighing the same: below it a document shows too little to be a report."""

_WHOLE = (1.0, True)
"""All of the form's rows were found, and it is the form of the report's year."""

_NO_TABLE = 0.05
"""Share of a form's rows up to which a document has no table; above it, one that could not be read."""


@dataclass(frozen=True)
class Reading:
    """What one reader's document says, before anything is concluded from it."""

    document: Document
    form: Form
    header: Header
    cells: dict[CellKey, Cell]
    tables: TablesReading

    @cached_property
    def numbers(self) -> Mapping[CellKey, Number | None]:
        """The figures that equations may use."""
        return numbers_of(self.cells)

    @cached_property
    def failing(self) -> tuple[Finding, ...]:
        """Equations that fail and figures outside their domain, whosever fault it is."""
        return check_numbers(self.form, self.numbers)

    @cached_property
    def doubts(self) -> tuple[int, int]:
        """How much speaks against a reading: cells not found, equations that fail.

        Any reading with cells is better than one without: another reader may see the table.
        """
        if not self.cells:
            return len(self.form.cell_ids) + 1, 0
        lost = sum(cell.state is State.LOST for cell in self.cells.values())
        return lost, sum(finding.kind != "advisory" for finding in self.failing)

    @property
    def is_sure(self) -> bool:
        """Complete, and it balances: to be accepted as it is."""
        return self.doubts == (0, 0)

    def report(self, fault: Fault) -> Report:
        """Conclude: findings with their fault, claims, verdict."""
        claims = read_claims(self.document)
        findings: tuple[Finding, ...] = (
            *(replace(finding, fault=fault) for finding in self.failing),
            *anomalies(self.form, self.cells, self.header, self.tables),
            *check_claims(claims, self.numbers),
        )
        header = self.header
        return Report(
            form=self.form.form,
            agency=header.agency,
            year=header.year,
            scope=header.scope,
            title=header.title or self.document.title,
            published_on=header.published_on,
            cells=self.cells,
            claims=claims,
            findings=findings,
            verdict=verdict_of(findings),
            agency_printed=header.agency_printed,
            index_number=header.index_number,
            uscc=header.uscc,
            sections=read_sections(self.document, self.form),
        )


def read_report(document: Document, *, year: int | None = None, agency: str | None = None) -> Reading | None:
    """Read a document along the form whose labels it shows; None when it shows too little of any form.

    Reports of 2008 to 2018 may have no table: then there are no cells.

    The year is only a prior: it decides between forms that the labels do not tell apart.
    """
    header = read_header(document, year, agency)
    tables = _best_tables(fields_of(document), header.year)
    if tables.likeness < _LEAST_LIKENESS:
        form = form_without_tables(document, header) if tables.likeness < _NO_TABLE else None
        return Reading(document, form, header, {}, TablesReading(form)) if form else None
    if all(table.layout == "indicators" for table in tables.form.tables) and is_of_part_of_a_year(document):
        return None
    cells = read_cells(tables, document.reader)
    figures_found = any(_is_filled_in(cell) for key, cell in cells.items() if key not in tables.absent)
    if not figures_found and not any(row.mixed and row.figures for row in tables.rows):
        return None  # an empty template
    return Reading(document, tables.form, header, cells, tables)


def _is_filled_in(cell: Cell) -> bool:
    """Whether somebody wrote a figure or a stroke; a template draws a line to write on."""
    is_line = bool(cell.text) and set(cell.text or "") <= {"_", " "}
    return cell.state in (State.VALUE, State.ZERO, State.NOT_APPLICABLE) and not is_line


def _best_tables(fields: Sequence[Fields], year: int | None) -> TablesReading:
    def is_of_year(form: Form) -> bool:
        first, last = form.years.first, form.years.last
        return year is not None and first <= year and (last is None or year <= last)

    lines, text = lines_of(fields), fold("".join([token.text for each in fields for token in each.tokens]))
    readings: list[tuple[float, bool, TablesReading]] = []
    for form in sorted(all_forms(), key=is_of_year, reverse=True):
        reading = read_tables(form, fields, lines, text, year)
        readings.append((round(reading.likeness, 2), is_of_year(form), reading))
        if readings[-1][:2] == _WHOLE:
            break  # no other form can be more alike
    return max(readings, key=itemgetter(0, 1))[2]
