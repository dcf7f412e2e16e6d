"""The way back from the JSON of ``gongkai parse``: what one task has parsed, another can load."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from gongkai.check import Finding, Suspect
from gongkai.extract.report import Cell, Claim, ParseResult, Report, ReportSection, State
from gongkai.forms import CellKey
from gongkai.read.document import Where


def result_from_json(data: Mapping[str, Any]) -> ParseResult:
    """The :class:`ParseResult` whose `to_json` gave `data`."""
    return ParseResult(
        file=data["file"],
        sha256=data["sha256"],
        media_type=data["media_type"],
        status=data["status"],
        error=data["error"],
        report=_report(data) if data["form"] else None,
        parser=data["parser"],
    )


def _report(data: Mapping[str, Any]) -> Report:
    cells = [_cell(cell) for cell in data["cells"]]
    return Report(
        form=data["form"],
        agency=data["agency"],
        year=data["year"],
        scope=data["scope"],
        title=data["title"],
        published_on=data["published_on"],
        cells={cell.key: cell for cell in cells},
        claims=tuple(_claim(claim) for claim in data["claims"]),
        findings=tuple(_finding(finding) for finding in data["findings"]),
        verdict=data["verdict"],
        agency_printed=data["agency_printed"],
        index_number=data["index_number"],
        uscc=data["uscc"],
        sections=tuple(_section(section) for section in data.get("sections", ())),
    )


def _section(data: Mapping[str, Any]) -> ReportSection:
    return ReportSection(data["key"], data["number"], data["title"], _where(data["where"]))


def _number(value: float | None) -> int | Decimal | None:
    return Decimal(str(value)) if isinstance(value, float) else value


def _where(data: Mapping[str, Any] | None) -> Where | None:
    if data is None:
        return None
    bbox = data.get("bbox")
    return Where(**{**data, "bbox": tuple(bbox) if bbox else None})


def _cell(data: Mapping[str, Any]) -> Cell:
    return Cell(
        key=CellKey(data["table"], data["row"], data["column"]),
        value=_number(data["value"]),
        text=data["text"],
        state=State(data["state"]),
        unit=data["unit"],
        where=_where(data["where"]),
        reader=data["reader"],
    )


def _claim(data: Mapping[str, Any]) -> Claim:
    return Claim(data["key"], _number(data["value"]), data["unit"], data["quote"], _where(data["where"]))


def _finding(data: Mapping[str, Any]) -> Finding:
    suspect = data["suspect"]
    numbers = {name: _number(data[name]) for name in ("left", "right")}
    return Finding(**{**data, **numbers, "suspect": _suspect(data["table"], suspect) if suspect else None})


def _suspect(table: str, data: Mapping[str, Any]) -> Suspect:
    printed, balances = _number(data["printed"]), _number(data["balances"])
    if balances is None:
        raise ValueError(f"a suspect without a balancing figure: {data}")
    return Suspect(CellKey(table, data["row"], data["column"]), printed, balances)
