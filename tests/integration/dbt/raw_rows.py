"""Puts synthetic reports into raw.* by plain SQL, as the loader would leave them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from psycopg import Connection

from gongkai.forms import CellKey, Form, form_by_id

STATES = {"value": 1, "zero": 2, "blank": 3, "not_applicable": 4, "text": 5, "approximate": 6, "lost": 7, "inferred": 8}
LATER = datetime(2100, 1, 1, tzinfo=UTC)
FETCHED = datetime(2022, 1, 25, tzinfo=UTC)

_CELLS = "copy raw.cell (report_id, value, cell_id, report_year, state, value_decimal, unit, text) from stdin"


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def insert(conn: Connection, table: str, values: Mapping[str, Any], returning: str = "") -> Any:
    """One row; gives the column asked for."""
    columns, places = ", ".join(values), ", ".join(["%s"] * len(values))
    query = f"insert into {table} ({columns}) values ({places})" + (f" returning {returning}" if returning else "")
    cursor = conn.execute(query, list(values.values()))
    return cursor.fetchall()[0][0] if returning else None


@dataclass
class Sheet:
    """The cells of one report: every cell zero until said otherwise, by ``table.row.column``."""

    form_id: str
    figures: dict[str, int | Decimal | None] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)

    @property
    def form(self) -> Form:
        return form_by_id(self.form_id)

    def applications(self, row: str, **columns: int) -> None:
        """Figures of one row of table 3, and its total."""
        for column, value in columns.items():
            self.figures[f"applications.{row}.{column}"] = value
        self.figures[f"applications.{row}.total"] = sum(columns.values())

    def missing(self, key: str, state: str, text: str | None = None) -> None:
        self.figures[key], self.states[key] = None, state
        if text is not None:
            self.texts[key] = text

    def row(self, report_id: int, year: int, key: CellKey, cell_id: int) -> tuple[Any, ...]:
        value = self.figures.get(str(key), 0)
        state = self.states.get(str(key)) or ("value" if value else "zero")
        whole = value if isinstance(value, int) else None
        fraction = value if isinstance(value, Decimal) else None
        unit, text = self.units.get(str(key)), self.texts.get(str(key))
        return (report_id, whole, cell_id, year, STATES[state], fraction, unit, text)


def granted(form_id: str, requests: int) -> Sheet:
    """A report that balances: requests of natural persons, all granted."""
    sheet = Sheet(form_id)
    for row in ("requests_received_new", "granted_in_full", "dispositions_total"):
        sheet.applications(row, natural_person=requests)
    return sheet


def run(conn: Connection, year: int, status: str = "complete") -> str:
    values = {"run_id": f"run-{year}", "ingest_year": year, "source": "portal", "status": status}
    insert(conn, "raw.ingest_run", values | {"completed_at": LATER if status == "complete" else None})
    return f"run-{year}"


def agency(conn: Connection, agency_id: str, name: str, **more: Any) -> None:
    values = {
        **{"agency_id": agency_id, "name": name, "name_normalised": name, "region_code": "330300"},
        **{"level": "prefecture", "organ_type": "department", "scope": "own_organ"},
        **{"valid_from": date(2008, 5, 1), "source": "test"},
    }
    insert(conn, "raw.agency", values | more)
    insert(conn, "raw.agency_alias", {"name_normalised": name, "agency_id": agency_id})


def listed(conn: Connection, year: int, name: str, document: str | None, **more: Any) -> None:
    """A listing and its download; without a document, a failed one."""
    values: dict[str, Any] = {"run_id": f"run-{year}", "ingest_year": year, "portal": "demo", "listed_agency": name}
    values["url"] = f"http://portal/{year}/{document or name}"
    if document is None:
        values |= {"outcome": "failed", "error_class": "FetchError", "error": "404 not found"}
    else:
        conn.execute("insert into raw.document (sha256) values (%s) on conflict do nothing", (sha(document),))
        values |= {"outcome": "fetched", "sha256": sha(document), "fetched_at": FETCHED}
    insert(conn, "raw.fetch", values | more)


def read(conn: Connection, year: int, document: str, status: str, error: str | None = None) -> None:
    """What reading a document gave."""
    values = {"run_id": f"run-{year}", "ingest_year": year, "stage": "parse", "item": document}
    insert(conn, "raw.outcome", values | {"sha256": sha(document), "status": status, "error": error})


def report(conn: Connection, year: int, name: str, document: str, sheet: Sheet, **more: Any) -> int:
    """One report with all cells of its form but the absent ones; gives its report_id."""
    places = {str(cell): {"table": 1, "row": cell % 1000, "reader": "html"} for cell in sheet.form.cell_ids.values()}
    values = {
        **{"sha256": sha(document), "parser_version": "1.0", "ordinal": 0, "ingest_year": year},
        **{"form": sheet.form_id, "report_year": year, "agency_printed": name, "agency_normalised": name},
        **{"scope": "own_organ", "title": f"{name}{year}", "published_on": date(year + 1, 1, 20)},
        **{"verdict": "accepted", "reader": "html", "locators": json.dumps(places)},
    }
    report_id = int(insert(conn, "raw.report", values | more, "report_id"))
    with conn.cursor().copy(_CELLS) as copy:
        for key, cell_id in sheet.form.cell_ids.items():
            if str(key) not in sheet.absent:
                copy.write_row(sheet.row(report_id, year, key, cell_id))
    return report_id
