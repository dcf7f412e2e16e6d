"""Documents written by hand: files in documents/, each with its expectation beside it in NAME.expected.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from gongkai.demo.figures import cell_key
from gongkai.extract import Report, State, parse_bytes
from gongkai.forms import CellKey, form_by_id
from tests.golden.expected import ExpectedReport, Golden, Printed
from tests.golden.wraps import WRAPS, Wrap

FOLDER = Path(__file__).parent / "documents"
_SUFFIX = ".expected.json"
_NOT_REVIEWED = ""


def handmade_documents() -> Iterator[Golden]:
    """The documents of the folder; one without an expectation expects nothing and is not reviewed."""
    for path in sorted(FOLDER.iterdir()):
        if not path.name.endswith(_SUFFIX):
            yield _golden(path)


def expectation_of(path: Path) -> Path:
    return path.with_name(path.name + _SUFFIX)


def reviewed_by(path: Path) -> str:
    """Who has looked at the expectation beside the document; '' when nobody has."""
    expectation = expectation_of(path)
    return str(json.loads(expectation.read_text(encoding="utf-8"))["reviewed"]) if expectation.exists() else ""


def write_expectation(path: Path) -> None:
    """Write what is read today as a first expectation, to be compared with the document and signed."""
    results = parse_bytes(path.read_bytes(), path.name)
    data = {
        "reviewed": _NOT_REVIEWED,
        "container": path.suffix.removeprefix("."),
        "status": results[0].status,
        "reports": [_to_json(result.report) for result in results if result.report],
    }
    expectation_of(path).write_text(dumped(data), encoding="utf-8")


def dumped(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _to_json(report: Report) -> dict[str, Any]:
    """Sparse: a cell that is not named is a printed zero; a bare number is a value, [value, state] anything else."""
    return {
        "form": report.form,
        "agency": report.agency,
        "year": report.year,
        "scope": report.scope,
        "verdict": report.verdict,
        "findings": sorted({finding.identity for finding in report.findings}),
        "cells": {
            ".".join(key): _plain(cell.value) if cell.state is State.VALUE else [_plain(cell.value), cell.state.value]
            for key, cell in report.cells.items()
            if cell.state is not State.ZERO
        },
    }


def _plain(value: int | Decimal | None) -> int | float | None:
    return float(value) if isinstance(value, Decimal) else value


def _golden(path: Path) -> Golden:
    expectation = expectation_of(path)
    data = json.loads(expectation.read_text(encoding="utf-8")) if expectation.exists() else {}
    reports = tuple(_expected(report) for report in data.get("reports", ()))
    era = reports[0].form if reports else "none"
    container, status = data.get("container", ""), data.get("status", "")
    if "wrap" not in data:
        return Golden(path.stem, path.name, container, era, path.read_bytes, reports, status)
    wrap = WRAPS[data["wrap"]]
    file = f"{path.stem}.{wrap.extension}"
    make = partial(_wrapped, wrap, path)
    return Golden(path.stem, file, container, era, make, reports, status, needs=wrap.needs)


def _wrapped(wrap: Wrap, path: Path) -> bytes:
    return wrap.wrap(path.read_bytes(), path.name)


def _expected(data: dict[str, Any]) -> ExpectedReport:
    form = form_by_id(data["form"])
    printed: dict[CellKey, Printed] = {key: Printed(0, frozenset({State.ZERO})) for key in form.cell_ids}
    for address, cell in data["cells"].items():
        for key in _keys(address, printed):
            printed[key] = _printed(cell)
    return ExpectedReport(
        form=data["form"],
        agency=data["agency"],
        year=data["year"],
        scope=data["scope"],
        verdict=data["verdict"],
        findings=frozenset(data["findings"]),
        cells=printed,
    )


def _keys(address: str, printed: dict[CellKey, Printed]) -> list[CellKey]:
    """The cells that an address names; ``*`` stands for any table, row or column."""
    wanted = cell_key(address)
    keys = [k for k in printed if all(part in ("*", name) for part, name in zip(wanted, k, strict=True))]
    if not keys:
        raise ValueError(f"no cell of the form is called {address}")
    return keys


def _printed(cell: Any) -> Printed:
    value, states = (cell[0], cell[1]) if isinstance(cell, list) else (cell, State.VALUE.value)
    number = Decimal(str(value)) if isinstance(value, float) else value
    return Printed(number, frozenset(map(State, states.split("|"))))
