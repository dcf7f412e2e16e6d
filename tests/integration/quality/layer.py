"""The intermediate layer written straight from figures, so that the passes can be tested without dbt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from psycopg import Connection

from gongkai.forms import CellKey, Form, all_forms
from gongkai.quality.wide import WideTable, wide_tables
from tests.integration.quality.figures import Broken, Figures

_REPORT = (
    "report_id bigint, sha256 text, ordinal smallint, form text, report_year int, agency_id text, agency_printed text,"
    " scope text, parser_verdict text"
)
_EDITION = "report_id bigint, report_year int, is_current boolean"
_UNCONFIRMED = "agency_id text, seen_year int, region_code text"
_DECISION = "report_id bigint, action text, is_in_effect boolean"
_PROBLEM = "report_id bigint, identity text, kind text, table_key text, row_key text, column_key text"


@dataclass(frozen=True)
class Loaded:
    """A report in the layer."""

    report_id: int
    form: Form
    figures: Figures


class Layer:
    """Empty tables of the intermediate layer, and reports put into them."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self._numbers = count(1)
        self._table("int_current_report", _REPORT)
        self._table("int_edition", _EDITION)
        self._table("int_decision", _DECISION)
        self._table("int_unconfirmed_agency", _UNCONFIRMED)
        self._table("int_reading_problem", _PROBLEM)
        for wide in wide_tables():
            figures = "".join(f", {key} numeric" for key in across(wide))
            self._table(wide.name, f"report_id bigint, form text, report_year int, {wide.at} text{figures}")

    def _table(self, name: str, columns: str) -> None:
        self.conn.execute(f"DROP TABLE IF EXISTS intermediate.{name}")
        self.conn.execute(f"CREATE TABLE intermediate.{name} ({columns})")

    def add(self, form: Form, many: Iterable[Figures], *, parser_verdict: str = "accepted") -> list[Loaded]:
        """Reports of one form, each of an agency of its own, in the first year of the form."""
        loaded = [Loaded(next(self._numbers), form, figures) for figures in many]
        year = form.years.first
        self.copy("intermediate.int_current_report", (_line(report, year, parser_verdict) for report in loaded))
        self.copy("intermediate.int_edition", ((report.report_id, year, True) for report in loaded))
        for wide in wide_tables():
            rows = (
                (r.report_id, form.form, year, at, *(r.figures.get(_address(wide, at, key)) for key in across(wide)))
                for r in loaded
                for at in places(form, wide)
            )
            self.copy(f"intermediate.{wide.name}", rows)
        return loaded

    def copy(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        with self.conn.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def verdicts(self, publication_id: int) -> dict[int, str]:
        query = "SELECT report_id, verdict FROM audit.verdict WHERE publication_id = %s"
        return dict(self.conn.execute(query, [publication_id]).fetchall())

    def violations(self, publication_id: int) -> dict[int, set[Broken]]:
        rows = self.conn.execute(
            "SELECT report_id, identity, table_key, row_key, column_key FROM audit.violation WHERE publication_id = %s",
            [publication_id],
        )
        found: dict[int, set[Broken]] = {}
        for report_id, *place in rows:
            assert Broken(*place) not in found.get(report_id, set()), "a violation was written twice"
            found.setdefault(report_id, set()).add(Broken(*place))
        return found


def _line(report: Loaded, year: int, parser_verdict: str) -> tuple[Any, ...]:
    number = report.report_id
    agency = f"agency-{number}"
    return number, f"{number:064x}", 0, report.form.form, year, agency, agency, "own_organ", parser_verdict


def across(wide: WideTable) -> tuple[str, ...]:
    """The keys of all forms that are columns of the wide table."""
    keys: dict[str, None] = {}
    for form in all_forms():
        keys |= dict.fromkeys(key.row if wide.per == "column" else key.column for key in _cells(form, wide))
    return tuple(keys)


def places(form: Form, wide: WideTable) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key.column if wide.per == "column" else key.row for key in _cells(form, wide)))


def _cells(form: Form, wide: WideTable) -> list[CellKey]:
    return [key for key in form.cell_ids if key.table == wide.table]


def _address(wide: WideTable, at: str, key: str) -> CellKey:
    return CellKey(wide.table, key, at) if wide.per == "column" else CellKey(wide.table, at, key)
