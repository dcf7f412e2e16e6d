"""The queries of the suites. A query on reports returns one row a violation, always with the columns of `SELECTED`.

``{batch}`` is filled by Great Expectations. A query that joins names the batch itself, any other must not: Great
Expectations puts a name of its own behind the batch exactly when it sees no JOIN.
A missing figure makes a sum NULL and a comparison neither true nor false: such a row is never a violation.
"""
# ruff: noqa: S608 - every name and constant comes from the forms

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from gongkai.forms import CellKey, Equation, Form, all_forms
from gongkai.quality.wide import CURRENT_REPORT, SCHEMA, WideTable

SELECTED = ("report_id", "identity", "kind", "table_key", "row_key", "column_key", "left_value", "right_value")

_BROKEN = {"=": "<>", "<=": ">"}


def literal(text: str) -> str:
    """A string constant of SQL."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """String constants, as in an IN list."""
    return ", ".join(map(literal, texts))


def select(identity: str, kind: str, table: str | None, /, **expressions: str) -> str:
    """The SELECT list of a violation; `expressions` give what is not constant, the rest is NULL."""
    constants = {"report_id": "report_id", "identity": literal(identity), "kind": literal(kind)}
    if table is not None:
        constants["table_key"] = literal(table)
    given = constants | expressions
    types = {"left_value": "numeric", "right_value": "numeric"}
    columns = [
        given.get(name, f"CAST(NULL AS {types.get(name, 'text')})") + ("" if given.get(name) == name else f" AS {name}")
        for name in SELECTED
    ]
    return "SELECT " + ", ".join(columns)


def broken_equations(form: Form, equations: Sequence[Equation]) -> str:
    """Every place where one identity of the form does not hold. `equations` are all of that identity."""
    identity = equations[0].identity
    wide = WideTable(identity.table, identity.per)
    queries = []
    for alike in _alike(form, equations):
        place = {"row_key": literal(alike.row)} if alike.row else {wide.at: wide.at}
        chosen = select(
            identity.name, identity.kind, identity.table, **place, left_value=alike.left, right_value=alike.right
        )
        broken = f"{alike.left} {_BROKEN[identity.relation]} {alike.right}"
        queries.append(f"{chosen} FROM {{batch}} WHERE {alike.where} AND {broken}")
    return " UNION ALL ".join(queries)


def assessable_equations(form: Form, equations: Sequence[Equation]) -> str:
    """How many places the identity stands in (`places`), and in how many all its figures are there (`assessed`)."""
    counts = [
        f"SELECT count(*) AS places, count({alike.left} + {alike.right}) AS assessed FROM {{batch}} WHERE {alike.where}"
        for alike in _alike(form, equations)
    ]
    if len(counts) == 1:
        return counts[0]
    return (
        f"SELECT CAST(sum(places) AS bigint) AS places, CAST(sum(assessed) AS bigint) AS assessed "
        f"FROM ({' UNION ALL '.join(counts)}) AS parts"
    )


class _Alike(NamedTuple):
    """Equations that differ only in the line of the wide table they stand in. `row`: the total they are told by."""

    left: str
    right: str
    where: str
    row: str | None


def _alike(form: Form, equations: Sequence[Equation]) -> list[_Alike]:
    """Equations of one identity that add the same keys, together."""
    identity = equations[0].identity
    wide = WideTable(identity.table, identity.per)

    def keys(cells: Iterable[CellKey], sign: str) -> str:
        return sign.join(cell.row if identity.per == "column" else cell.column for cell in cells)

    def sides(equation: Equation) -> tuple[str, str, str]:
        return keys(equation.left, " + "), keys(equation.right, " + "), keys(equation.unless, ", ")

    found = []
    for (left, right, unless), same in groupby(sorted(equations, key=sides), key=sides):
        cells = [equation.right[0] for equation in same]
        places = {cell.column if identity.per == "column" else cell.row for cell in cells}
        every = places_of(form, wide)
        where = f"form = {literal(form.form)}"
        if not places >= set(every):
            where += f" AND {wide.at} IN ({literals(key for key in every if key in places)})"
        if unless:
            where += f" AND num_nonnulls({unless}) = 0"
        found.append(_Alike(left, right, where, cells[0].row if identity.sums else None))
    return found


def places_of(form: Form, wide: WideTable) -> tuple[str, ...]:
    """The rows (or columns) of the form that have a line in the wide table."""
    table = form.table(wide.table)
    return table.column_keys if wide.per == "column" else table.row_keys


def bad_figures(form: Form, wide: WideTable, identity: str, across: Sequence[str], condition: str) -> str:
    """Every figure in the columns `across` of a wide table for which `condition` (over ``cell.figure``) is true."""
    places = {"row": ("wide.row_key", "cell.key"), "column": ("cell.key", "wide.column_key")}[wide.per]
    chosen = select(
        identity,
        "derived",
        wide.table,
        report_id="wide.report_id",
        row_key=places[0],
        column_key=places[1],
        left_value="cell.figure",
    )
    values = ", ".join(f"({literal(key)}, CAST(wide.{key} AS numeric))" for key in across)
    return (
        f"{chosen} FROM {{batch}} AS wide CROSS JOIN LATERAL (VALUES {values}) AS cell (key, figure) "
        f"WHERE wide.form = {literal(form.form)} AND {condition}"
    )


def incomplete_reports(form: Form, wide: WideTable, identity: str) -> str:
    """Current reports of the form that lack a line of the wide table, or have one twice: lines found and expected."""
    places = places_of(form, wide)
    chosen = select(
        identity,
        "derived",
        wide.table,
        report_id="report.report_id",
        left_value=f"count(wide.{wide.at})",
        right_value=str(len(places)),
    )
    return (
        f"{chosen} FROM {SCHEMA}.{CURRENT_REPORT} AS report "
        f"LEFT JOIN {{batch}} AS wide ON wide.report_id = report.report_id AND wide.form = report.form "
        f"AND wide.{wide.at} IN ({literals(places)}) WHERE report.form = {literal(form.form)} "
        f"GROUP BY report.report_id "
        f"HAVING count(wide.{wide.at}) <> {len(places)} OR count(DISTINCT wide.{wide.at}) <> {len(places)}"
    )


def unknown_forms(forms: Sequence[str], identity: str) -> str:
    """Current reports of a form that is none of `forms`."""
    chosen = select(identity, "derived", None)
    return f"{chosen} FROM {{batch}} WHERE form IS NULL OR form NOT IN ({literals(forms)})"


def held_without_issue(identity: str) -> str:
    """Current reports that the parser held without an issue that would be judged anew here."""
    return (
        f"{select(identity, 'derived', None)} FROM {{batch}} WHERE parser_verdict = 'held' "
        "AND report_id NOT IN (SELECT issue.report_id FROM raw.issue AS issue WHERE issue.kind <> 'advisory')"
    )


def parts_of_reports(wide: WideTable) -> str:
    """The sum of all figures of a table that are no totals, a report each: `report_id`, `parts`."""
    queries = []
    for form in all_forms():
        parts = [key for key in form.cell_ids if key.table == wide.table and key not in form.totals]
        if not parts:
            continue
        rows, columns = (tuple(dict.fromkeys(keys)) for keys in zip(*(key[1:] for key in parts), strict=True))
        across, at = (columns, rows) if wide.per == "row" else (rows, columns)
        figures = " + ".join(f"coalesce({key}, 0)" for key in across)
        queries.append(
            f"SELECT report_id, sum({figures}) AS parts FROM {SCHEMA}.{wide.name} "
            f"WHERE form = {literal(form.form)} AND {wide.at} IN ({literals(at)}) GROUP BY report_id"
        )
    return " UNION ALL ".join(queries)
