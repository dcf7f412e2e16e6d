"""Raw filled with any number of reports, for tests and benchmarks: figures satisfy their form, 3 % are spoilt.

Ten agencies share an area: its government, whose report on the whole area is the sum of the others' reports, and nine
organs. Cells go the loader's way. The reports themselves, their documents, fetches and claims are written by SQL, since
it is the 200 cells of each that make the size.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from psycopg.types.json import Jsonb

from gongkai.extract.report import Cell, State
from gongkai.forms import Form, form_for_year
from gongkai.roster import Agency, Roster
from gongkai.roster.regions import regions_on
from gongkai.warehouse.cell_copy import ReportCells, copy_cells
from gongkai.warehouse.roster import sync_roster
from gongkai.warehouse.runs import finish_run, start_run
from tests.support.figures import Figures, balanced_figures
from tests.support.warehouse import WarehouseUnderTest

FIRST_YEAR = 2019

_AREAS = 30
"""Different areas a form; more would measure the random numbers, not the warehouse."""
_IN_AN_AREA = 10
"""Agencies of an area: the government and the organs whose reports are summed up in its own."""
_SPOILT = 33
"""Every so many-th report is spoilt."""

Numbered = list[tuple[int, Cell]]


class Raw:
    """So many reports a year, from `years` on; the agencies are the same in every year."""

    def __init__(self, warehouse: WarehouseUnderTest, reports_a_year: int, years: range) -> None:
        self.warehouse, self.share, self.years = warehouse, reports_a_year, years
        self._pools: dict[str, list[Numbered]] = {}

    @property
    def reports(self) -> int:
        return self.share * len(self.years)

    def write(self) -> None:
        """Everything, as if every year had been ingested and was complete."""
        self.write_reports()
        self.load()
        self.complete()

    def write_reports(self) -> None:
        with self.warehouse.connect() as conn:
            sync_roster(conn, self._roster())
            for year in self.years:
                form = form_of(year)
                start_run(conn, f"size-{year}", year, "archive")
                values = {"year": year, "form": form.form, "count": self.share, "first": FIRST_YEAR}
                conn.execute(_REPORTS, {**values, "locators": Jsonb(_locators(form))})

    def load(self) -> int:
        with self.warehouse.connect("loader") as conn:
            return copy_cells(conn, self.cells())

    def complete(self) -> None:
        with self.warehouse.connect() as conn:
            for year in self.years:
                tally = finish_run(conn, f"size-{year}", 0.0)
                if not tally.ok:
                    raise RuntimeError(f"{year} is not complete: {tally.reasons}")
            conn.execute("ANALYZE")

    def cells(self) -> Iterator[ReportCells]:
        """Every report's cells, year by year as they are ingested."""
        for year in self.years:
            pool = self._pool(form_of(year))
            for n in range(self.share):
                report_id = (year - FIRST_YEAR) * self.share + n + 1
                which = len(pool) - 1 if report_id % _SPOILT == 0 else (n + year * _IN_AN_AREA) % (len(pool) - 1)
                yield ReportCells(report_id, year, pool[which])

    def _pool(self, form: Form) -> list[Numbered]:
        if form.form not in self._pools:
            self._pools[form.form] = list(_reports(form))
        return self._pools[form.form]

    def _roster(self) -> Roster:
        """The areas are prefectures, one in ten, and counties."""
        regions = list(regions_on(date(2026, 6, 1)))
        prefectures = [region for region in regions if region.level == "prefecture"]
        counties = [region for region in regions if region.level == "county"]
        agencies = []
        for n in range(self.share):
            area, place = divmod(n, _IN_AN_AREA)
            group = prefectures if area % 10 == 0 else counties
            region = group[area % len(group)]
            government = f"agency-{area * _IN_AN_AREA + 1}"
            agencies.append(
                Agency(
                    agency_id=f"agency-{n + 1}",
                    name=f"机关{n + 1}",
                    region_code=region.region_code,
                    level=region.level,
                    organ_type="department" if place else "government_office",
                    scope="own_organ" if place else "whole_area",
                    parent=government if place else None,
                    valid_from=date(2008, 1, 1),
                )
            )
        aliases = tuple(alias for agency in agencies for alias in agency.names())
        return Roster(tuple(agencies), (), aliases, (), tuple(regions))


def form_of(year: int) -> Form:
    form = form_for_year(year)
    if form is None:
        raise ValueError(f"no form for {year}")
    return form


def _reports(form: Form) -> Iterator[Numbered]:
    """The reports of the areas as the loader gets them, governments first in each; the last one is spoilt."""
    for area in range(_AREAS):
        organs = [balanced_figures(form, Random(f"{area} {n}"), density=0.1) for n in range(1, _IN_AN_AREA)]
        whole = {key: sum(figures[key] for figures in organs) for key in form.cell_ids}
        yield from (_numbered(form, figures) for figures in (whole, *organs))
    spoilt = dict(organs[0])
    spoilt[form.equations[0].cells[0]] += 1
    yield _numbered(form, spoilt)


def _numbered(form: Form, figures: Figures) -> Numbered:
    return [
        (form.cell_ids[key], Cell(key, value, str(value), State.VALUE if value else State.ZERO, None, None, "html"))
        for key, value in figures.items()
    ]


def _locators(form: Form) -> dict[int, dict[str, object]]:
    """Where the cells would stand in an HTML report."""
    places: dict[str, tuple[int, dict[str, int], dict[str, int]]] = {}
    found = {}
    for key, cell_id in form.cell_ids.items():
        table, rows, columns = places.setdefault(key.table, (len(places), {}, {}))
        row, column = rows.setdefault(key.row, len(rows) + 3), columns.setdefault(key.column, len(columns) + 2)
        found[cell_id] = {"page": 1, "table": table, "row": row, "column": column, "reader": "html"}
    return found


_REPORTS = """
    WITH numbered AS (
        SELECT n, report_id, lpad(to_hex(report_id), 64, '0') AS sha256,
               'https://www.example.gov.cn/xxgk/' || %(year)s || '/t' || n || '.html' AS url
        FROM generate_series(1, %(count)s) AS n
        CROSS JOIN LATERAL (SELECT (%(year)s::bigint - %(first)s) * %(count)s + n AS report_id) AS of_year
    ), document AS (
        INSERT INTO raw.document (sha256, media_type, byte_size) SELECT sha256, 'text/html', 60000 FROM numbered
    ), request AS (
        INSERT INTO raw.fetch (run_id, ingest_year, portal, listed_agency, listed_title, listed_on, url, http_status,
                               content_type, sha256, byte_size, fetched_at, outcome, official)
        SELECT 'size-' || %(year)s, %(year)s, 'size', '机关' || n, %(year)s || '年政府信息公开工作年度报告',
               make_date(%(year)s + 1, 1, 20), url, 200, 'text/html', sha256, 60000, now(), 'fetched', true
        FROM numbered
    ), outcome AS (
        INSERT INTO raw.outcome (run_id, ingest_year, stage, item, sha256, status)
        SELECT 'size-' || %(year)s, %(year)s, stage, url, sha256, status
        FROM numbered, (VALUES ('fetch', 'fetched'), ('parse', 'parsed'), ('load', 'loaded')) AS of (stage, status)
    ), report AS (
        INSERT INTO raw.report (report_id, sha256, parser_version, ordinal, ingest_year, form, report_year, title,
                                agency_printed, agency_normalised, scope, published_on, verdict, reader, locators)
        OVERRIDING SYSTEM VALUE
        SELECT report_id, sha256, '1', 0, %(year)s, %(form)s, %(year)s, %(year)s || '年政府信息公开工作年度报告',
               '机关' || n, '机关' || n, 'unknown', make_date(%(year)s + 1, 1, 20), 'accepted', 'html', %(locators)s
        FROM numbered
    )
    INSERT INTO raw.claim (report_id, key, value, unit, quote, locator)
    SELECT report_id, claim, n %% 40, '件', '全年' || claim || (n %% 40) || '件', '{"page": 1, "line": 12}'
    FROM numbered, (VALUES ('n_requests_received'), ('n_granted_in_full'), ('n_denied')) AS of (claim)
"""
