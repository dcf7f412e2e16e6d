"""Candidate marts with the columns that the gate reads, made from judged reports without dbt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gongkai.forms import CellKey, all_forms
from gongkai.quality.marts import FACTS, KEYS, WIDE
from tests.integration.quality.layer import Layer, Loaded

TOTALS = tuple(
    dict.fromkeys(
        cell.row
        for form in all_forms()
        for equation in form.equations
        if equation.identity.kind == "statutory"
        for cell in equation.cells
    )
)
"""The columns of agency_year that the statutory arithmetic speaks of."""

EMPTY = {
    "fct_rollup": ("units_sum",),
    "fct_rollup_units": ("report_id", "status"),
    "fct_continuity": ("continuity", "agencies_now"),
    "fct_claims": (),
}
"""Marts without a row here, with the columns beside their keys that the gate reads."""

_TYPES = {
    **dict.fromkeys(("publication_id", "report_year", "cell_id", "reports", "cells_of_form", "cells_missing"), "int"),
    **dict.fromkeys(("report_id", "area_report_id"), "bigint"),
    "agencies_now": "text[]",
    "on_roster": "boolean",
}
_FIGURES = {*TOTALS, *FACTS.values(), "units_sum"}


class Candidate:
    """The marts of one publication, holding every report but the held ones."""

    def __init__(self, layer: Layer, publication_id: int, reports: Iterable[Loaded]) -> None:
        self.layer = layer
        self.publication_id = publication_id
        verdicts = layer.verdicts(publication_id)
        published = [report for report in reports if verdicts[report.report_id] != "held"]
        for mart, key in KEYS.items():
            self._mart(mart, key, [tuple(1 for _ in key)] if mart.startswith("dim_") else [])
        agencies = [(_agency(r), "990100", "county", "department", True) for r in published]
        self._mart("dim_agency", ("agency_id", "region_code", "level", "organ_type", "on_roster"), agencies)
        self._mart("agency_year_peers", ("report_id",), [(r.report_id,) for r in published])
        self._mart("region_year", (*KEYS["region_year"], "reports", *TOTALS), _regions(published))
        for mart, columns in EMPTY.items():
            self._mart(mart, (*KEYS[mart], *columns), [])
        current = [report for report in reports if report.report_id in verdicts]
        self._mart("fct_coverage", KEYS["fct_coverage"], [(_agency(r), _year(r)) for r in current])
        editions = [(r.report_id, _agency(r), _year(r), "current") for r in current]
        self._mart("fct_editions", (*KEYS["fct_editions"], "agency_id", "report_year", "relation"), editions)
        held = [(number, 1, "derived") for number, verdict in verdicts.items() if verdict == "held"]
        self._mart("fct_findings", (*KEYS["fct_findings"], "kind"), held)
        self._mart(
            WIDE,
            (*KEYS[WIDE], "report_id", "form", "verdict", "cells_of_form", "cells_missing", *TOTALS),
            [
                (
                    _agency(r),
                    _year(r),
                    "own_organ",
                    r.report_id,
                    r.form.form,
                    verdicts[r.report_id],
                    len(r.figures),
                    sum(figure is None for figure in r.figures.values()),
                    *(r.figures.get(CellKey("applications", row, "total")) for row in TOTALS),
                )
                for r in published
            ],
        )
        for mart, figure in FACTS.items():
            self._mart(mart, (*KEYS[mart], figure), [row for r in published for row in _parts(r, mart)])
        self.run("ALTER TABLE candidate.fct_statistics ADD COLUMN total numeric")

    def _mart(self, mart: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        names = ["publication_id", *columns]
        types = [_TYPES.get(name, "numeric" if name in _FIGURES else "text") for name in names]
        definition = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
        self.run(f"DROP TABLE IF EXISTS candidate.{mart}")
        self.run(f"CREATE TABLE candidate.{mart} ({definition})")
        self.layer.copy(f"candidate.{mart}", [(self.publication_id, *row) for row in rows])

    def run(self, statement: str) -> None:
        self.layer.conn.execute(statement)


def _agency(report: Loaded) -> str:
    return f"agency-{report.report_id}"


def _year(report: Loaded) -> int:
    return report.form.years.first


def _regions(published: Sequence[Loaded]) -> Iterable[tuple[Any, ...]]:
    """All agencies lie in one division, so it has the same sums at each level."""
    for level in ("division", "prefecture", "provincial", "national"):
        for year in sorted(set(map(_year, published))):
            reports = [report for report in published if _year(report) == year]
            figures = [[r.figures.get(CellKey("applications", row, "total")) for r in reports] for row in TOTALS]
            sums = [sum(known) if (known := [n for n in column if n is not None]) else None for column in figures]
            yield level, "990100", year, len(reports), *sums


def _parts(report: Loaded, mart: str) -> Iterable[tuple[int, int, Any]]:
    for key, cell_id in report.form.cell_ids.items():
        if key.table == mart.removeprefix("fct_") and key not in report.form.totals and report.figures[key] != 0:
            yield report.report_id, cell_id, report.figures[key]
