"""Who owed a report for a year and what was published when, as the live publication has it (公布情况)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from psycopg import Connection
from psycopg.rows import class_row

from gongkai.errors import SettingsError, WarehouseError

State = Literal["on_time", "late", "day_unknown", "missing"]

_DUE = """
    WITH RECURSIVE region AS (
        SELECT region_code, name, parent_code FROM marts.dim_region
        WHERE make_date(%(year)s, 12, 31) BETWEEN valid_from AND coalesce(valid_to, 'infinity')),
    area AS (
        SELECT region_code FROM region WHERE region_code = %(region)s
        UNION SELECT region.region_code FROM region JOIN area ON region.parent_code = area.region_code)
    SELECT agency.region_code, coalesce(region.name, agency.region_code) AS region, agency.name AS agency,
           coverage.scope, coverage.deadline, coverage.first_published_on AS published_on,
           CASE WHEN NOT coverage.found THEN 'missing' WHEN coverage.late THEN 'late'
                WHEN coverage.late IS NULL THEN 'day_unknown' ELSE 'on_time' END AS state,
           coverage.changed_after_publication AS changed, coverage.outcome, coverage.url
    FROM marts.fct_coverage AS coverage JOIN marts.dim_agency AS agency USING (agency_id)
    LEFT JOIN region ON agency.region_code = region.region_code
    WHERE coverage.report_year = %(year)s AND coverage.expected
      AND (%(region)s::text IS NULL OR agency.region_code IN (SELECT region_code FROM area))
    ORDER BY agency.region_code, coverage.scope DESC, agency.agency_id
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A report that was due. `published_on`: its first publication; `changed`: its figures changed afterwards."""

    region_code: str
    region: str
    agency: str
    scope: str
    deadline: date
    published_on: date | None
    state: State
    changed: bool
    outcome: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Area:
    """The reports that were due in one region, or in all of them."""

    name: str
    due: tuple[Due, ...]

    def names(self, *states: State) -> list[str]:
        """The agencies whose reports are in one of the states."""
        return [each.agency for each in self.due if each.state in states]

    @property
    def on_time_share(self) -> float:
        """按时公布率: reports on time over reports due, from 0 to 1. A report of an unknown day is not on time."""
        return len(self.names("on_time")) / len(self.due)


def due_reports(conn: Connection, year: int, region: str | None = None) -> list[Due]:
    """The reports that were due for the year, in a region and all below it, or everywhere.

    Raises:
        SettingsError: nothing is known of such a region in that year.
        WarehouseError: no report of the year was due there, as far as the live publication knows.
    """
    with conn.cursor(row_factory=class_row(Due)) as cursor:
        found = cursor.execute(_DUE, {"year": year, "region": region}).fetchall()
    if not found and region is not None and not _is_known(conn, region):
        raise SettingsError(f"--region {region}: dim_region has no such code; six digits, or a code of regions.csv")
    if not found:
        raise WarehouseError(
            f"No report on {year} is known to be due{f' in {region}' if region else ''}: ingest the year first, or look"
            " at the dates in agencies.csv."
        )
    return found


def areas(due: Sequence[Due]) -> list[Area]:
    """The regions with their reports, in the order of their codes."""
    by_code: dict[str, list[Due]] = {}
    for each in due:
        by_code.setdefault(each.region_code, []).append(each)
    return [Area(there[0].region, tuple(there)) for there in by_code.values()]


def _is_known(conn: Connection, region: str) -> bool:
    return conn.execute("SELECT 1 FROM marts.dim_region WHERE region_code = %s", (region,)).fetchone() is not None
