"""Findings that are not equations: figures that were not found, blanks that hide one, years that disagree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from gongkai.check import Finding
from gongkai.check.blanks import assessed_share, contradictions, suspects_beside_blanks
from gongkai.check.equations import Number
from gongkai.check.finding import Fault, Suspect, as_number
from gongkai.check.report import COUNT_IS_WHOLE, COUNT_NOT_NEGATIVE, describe_cell, describe_mend
from gongkai.extract.cells import numbers_of
from gongkai.extract.header import Header
from gongkai.extract.report import Cell, State
from gongkai.extract.rows import TablesReading
from gongkai.forms import CellKey, Form
from gongkai.forms.identities import IdentityKind

HOLDING = (
    *(COUNT_NOT_NEGATIVE, COUNT_IS_WHOLE),
    *("cells_lost", "blanks_do_not_balance", "blank_beside_zeros", "not_assessable", "cell_is_not_a_figure"),
    "printed_twice",
    *("agency_unknown", "year_unknown"),
)
"""What the parser holds a report for, beside the equations of its form."""

_ENOUGH_ASSESSED = 0.5
"""Below this share of its equations a report proves nothing about its own reading."""


_PRINTED_FOR_NOTHING = frozenset({State.ZERO, State.NOT_APPLICABLE})


def anomalies(form: Form, cells: Mapping[CellKey, Cell], header: Header, reading: TablesReading) -> Iterator[Finding]:
    """Everything that speaks against a reading, apart from the equations."""
    if not cells:
        message = ("未发现统计表，只读取了正文。", "No table was found: only the prose was read.")
        yield _finding("no_table", "advisory", message)
        yield from _header(header)
        return
    yield from _lost_rows(form, cells)
    yield from _blanks(form, cells, reading.absent)
    yield from _unplaced(form, cells)
    yield from _header(header)
    yield from _counts(reading)
    yield from _printed_twice(form, reading)
    for table, label, line in reading.unknown:
        figures = " ".join(token.text.strip() for token in line.tokens)
        yield _finding(
            "unknown_row",
            "advisory",
            (
                f"表中有本格式没有的一行：{label}（{figures}）。",
                f"A row that the form does not have: {label} ({figures}).",
            ),
            (table, None, None),
        )


def _printed_twice(form: Form, reading: TablesReading) -> Iterator[Finding]:
    """Tables, and rows of one table, that stand there twice with other figures."""
    for table in sorted(reading.differing):
        title = form.table(table)
        message = (
            f"“{title.zh}”表出现两次且数字不同，无法判断哪一个是本年度的。",
            f"The table “{title.en}” is printed twice with different figures; which is this year's is unknown.",
        )
        yield _finding("printed_twice", "derived", message, (table, None, None))
    names = {(key.table, key.row): row for key, row in form.rows_of_cells.items()}
    for table, row in sorted(reading.differing_rows):
        message = (
            f"“{names[table, row].zh}”行出现两次且数字不同，无法判断哪一行正确。",
            f"The row “{names[table, row].en}” is printed twice with different figures; which is right is unknown.",
        )
        yield _finding("printed_twice", "derived", message, (table, row, None))


def _finding(
    identity: str,
    kind: IdentityKind,
    message: tuple[str, str],
    at: tuple[str | None, str | None, str | None] = (None, None, None),
    sides: tuple[Number | None, Number | None] = (None, None),
    fault: Fault = "unknown",
    suspect: Suspect | None = None,
) -> Finding:
    return Finding(identity, kind, *at, *sides, fault, suspect, *message)


def _lost_rows(form: Form, cells: Mapping[CellKey, Cell]) -> Iterator[Finding]:
    rows: dict[tuple[str, str], list[CellKey]] = {}
    for key, cell in cells.items():
        if cell.state is State.LOST:
            rows.setdefault((key.table, key.row), []).append(key)
    for (table, row), keys in rows.items():
        label = form.rows_of_cells[keys[0]]
        title = form.table(table)
        message = (
            f"{title.zh}“{label.zh}”行有 {len(keys)} 个数字未能读出，请核对原文。",
            f"{title.en}, row “{label.en}”: {len(keys)} figures were not found; look at the source.",
        )
        column = keys[0].column if len(keys) == 1 else None
        yield _finding("cells_lost", "derived", message, (table, row, column), fault="reader")


def _blanks(form: Form, cells: Mapping[CellKey, Cell], absent: Collection[CellKey]) -> Iterator[Finding]:
    numbers = numbers_of(cells)
    if None not in numbers.values():
        return  # every equation was assessed
    blanks = {key for key, cell in cells.items() if cell.state is State.BLANK}
    strokes = {key for key, cell in cells.items() if cell.state is State.NOT_APPLICABLE} - set(absent)
    results = contradictions(form, numbers, blanks, absent, strokes) if blanks or strokes or absent else []
    suspects = suspects_beside_blanks(form, numbers, blanks | strokes, absent) if results else {}
    for result in results:
        identity = result.equation.identity
        suspect = suspects.get(result.equation)
        mend_zh, mend_en = describe_mend(form, suspect)
        left, right = as_number(result.left), as_number(result.right)
        message = (
            f"{identity.zh}：空白单元格按零计算为 {left} 与 {right}，不相等，疑有数字未填、填错或未读出。{mend_zh}",
            f"{identity.en}: with blanks as zero {left} against {right}; a figure is missing or wrong.{mend_en}",
        )
        at = (identity.table, result.equation.row, result.equation.column)
        yield _finding("blanks_do_not_balance", "derived", message, at, (result.left, result.right), suspect=suspect)
    yield from _blanks_beside_zeros(form, cells)
    lost = any(cell.state is State.LOST for cell in cells.values())
    only_blanks = all(cells[key].state is State.BLANK for e in form.equations if e.is_sum for key in e.cells)
    if not lost and (only_blanks or assessed_share(form, numbers, blanks, absent, strokes) < _ENOUGH_ASSESSED):
        message = ("数字过少，勾稽关系无法核对。", "Too few figures: the arithmetic cannot be checked.")
        yield _finding("not_assessable", "derived", message)


def _blanks_beside_zeros(form: Form, cells: Mapping[CellKey, Cell]) -> Iterator[Finding]:
    """Rows without a total that begin or end with a blank: their figures may have slipped by a cell.

    A blank may stand for zero where nothing in its row prints a zero, and rows with a total have such blanks too.
    """
    checked = {(key.table, key.row) for e in form.equations if e.is_sum for key in e.cells}
    rows: dict[tuple[str, str], list[State]] = {}
    for key, cell in cells.items():
        rows.setdefault((key.table, key.row), []).append(cell.state)
    partly = {place for place, states in rows.items() if State.BLANK in states and len(set(states)) > 1}
    zeros_are_printed = any(not _PRINTED_FOR_NOTHING.isdisjoint(states) for states in rows.values())
    zeros_are_blanks = not zeros_are_printed or not partly.isdisjoint(checked)
    for table, row in sorted(partly - checked):
        states = rows[table, row]
        if State.BLANK not in (states[0], states[-1]) or (zeros_are_blanks and _PRINTED_FOR_NOTHING.isdisjoint(states)):
            continue
        label = next(r for key, r in form.rows_of_cells.items() if key[:2] == (table, row))
        message = (
            f"“{label.zh}”行有空白，而他处印有零，疑有数字错位或未填，请核对原文。",
            f"Row “{label.en}” has a blank where others print a zero: figures may have slipped; look at the source.",
        )
        yield _finding("blank_beside_zeros", "derived", message, (table, row, None))


def _unplaced(form: Form, cells: Mapping[CellKey, Cell]) -> Iterator[Finding]:
    for key, cell in cells.items():
        if cell.state in (State.TEXT, State.APPROXIMATE):
            zh, en = describe_cell(form, key)
            message = (
                f"{zh}印为“{cell.text}”，不是确切数字。",
                f"The {en} prints “{cell.text}”, which is no exact figure.",
            )
            yield _finding("cell_is_not_a_figure", "derived", message, key)
        elif cell.state is State.INFERRED and cell.text is not None:
            zh, en = describe_cell(form, key)
            message = (
                f"{zh}的数字被拆印为“{cell.text}”，按勾稽关系合读为 {cell.value}。",
                f"The {en} prints its figure in pieces, “{cell.text}”; the sums show that it is {cell.value}.",
            )
            yield _finding("figure_in_pieces", "advisory", message, key, (cell.value, None))
        elif cell.value and cell.unit is None and form.columns_of_cells[key].value == "amount":
            zh, en = describe_cell(form, key)
            message = (
                f"{zh}印为 {cell.text}，没有单位，按元计。",
                f"The {en} prints {cell.text} without a unit; read as yuan.",
            )
            yield _finding("amount_without_unit", "advisory", message, key, (cell.value, None))


def _counts(reading: TablesReading) -> Iterator[Finding]:
    if reading.counts is not None:
        table, heads, read = reading.counts
        message = (
            f"表中有{len(heads)}列统计数（{'、'.join(heads)}），按“{read}”一列计。",
            f"The sheet has {len(heads)} columns of counts ({', '.join(heads)}); “{read}” was read.",
        )
        yield _finding("several_count_columns", "advisory", message, (table, None, None))


def _header(header: Header) -> Iterator[Finding]:
    if header.agency is None:
        yield _finding(
            "agency_unknown", "derived", ("未能识别发布机关名称。", "The agency's name was not found; give --agency.")
        )
    if header.year is None:
        yield _finding("year_unknown", "derived", ("未能识别报告年度。", "The report year was not found; give --year."))
    elif len(header.years) > 1 or (header.years and header.year not in header.years):
        message = (
            f"文中年度不一致（{'、'.join(map(str, header.years))}），按 {header.year} 年计。",
            f"The document names several years ({', '.join(map(str, header.years))}); read as {header.year}.",
        )
        yield _finding("year_disagrees", "advisory", message)
