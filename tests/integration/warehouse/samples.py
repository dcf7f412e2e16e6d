"""Reports made up for the tests of the warehouse: every cell of a form, some of them of the rarer kinds."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from gongkai.check.finding import Finding, Suspect
from gongkai.extract.report import Cell, Claim, ParseResult, Report, State
from gongkai.forms import CellKey, all_forms
from gongkai.read.document import Where

FORM = all_forms()[-1]


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def result(
    name: str, *, year: int | None = 2021, agency: str | None = None, parser: str = "1.0", held: bool = False
) -> ParseResult:
    return ParseResult(
        file=f"{name}.html",
        sha256=sha(name),
        media_type="text/html",
        status="parsed",
        error=None,
        report=report(agency or f"{name}人民政府办公室", year, held=held),
        parser=parser,
    )


def unreadable(name: str) -> ParseResult:
    return ParseResult(f"{name}.pdf", sha(name), "application/pdf", "unreadable", "truncated", None, "1.0")


def report(agency: str, year: int | None, *, held: bool = False) -> Report:
    keys = list(FORM.cell_ids)
    cells = {key: _cell(key, n) for n, key in enumerate(keys)}
    suspect = Suspect(keys[5], printed=5, balances=Decimal("6.5"))
    finding = Finding(
        "applications_balance", "statutory", *keys[5], left=5, right=Decimal("6.5"), fault="publisher",
        suspect=suspect, message_zh="不平衡", message_en="does not balance",
    )  # fmt: skip
    return Report(
        form=FORM.form,
        agency=agency,
        year=year,
        scope="own_organ",
        title="2021年政府信息公开工作年度报告",
        published_on="2022-01-28",
        cells=cells,
        claims=(Claim("requests_received", 31, "条", "收到申请31条", Where(line=7)),),
        findings=(finding,) if held else (),
        verdict="held" if held else "accepted",
    )


def _cell(key: CellKey, n: int) -> Cell:
    where = Where(page=1, table=2, row=n, column=1)
    match n % 6:
        case 0:
            return Cell(key, 0, "0", State.ZERO, None, where, "html")
        case 1:
            return Cell(key, None, "/", State.NOT_APPLICABLE, None, where, "html")
        case 2:
            return Cell(key, Decimal("1234.50"), "1234.50", State.VALUE, "万元", where, "html")
        case 3:
            return Cell(key, 5_000_000_000 + n, f"{n} \0件", State.VALUE, None, where, "html")
        case 4:
            return Cell(key, None, None, State.LOST, None, None, "html")
        case _:
            return Cell(key, n, str(n), State.VALUE, None, where, "pdf.text" if n == 5 else "html")
