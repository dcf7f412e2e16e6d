"""What the forms demand of the intermediate layer, as suites of Great Expectations.

In these suites a query is about reports: each row it finds is a violation of one report, and a critical one holds that
report. All other expectations are about the tables: if one fails, no verdict can be given at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from gongkai.check.report import COUNT_IS_WHOLE, COUNT_NOT_NEGATIVE
from gongkai.errors import FormError
from gongkai.forms import Column, Equation, Form, Table, all_forms
from gongkai.quality import sql
from gongkai.quality.wide import CURRENT_REPORT, READING_PROBLEM, WideTable, wide_table_of, wide_tables

Expectation = dict[str, Any]
Suite = dict[str, Any]


def expectation(
    name: str, type_: str, kwargs: dict[str, Any], /, *, table: str, severity: str = "critical", **meta: Any
) -> Expectation:
    """One expectation, as Great Expectations writes it. `meta` says what it means: `zh`, `en`, `source`, …"""
    return {"type": type_, "kwargs": kwargs, "severity": severity, "meta": {"name": name, "table": table, **meta}}


def finds_nothing(name: str, query: str, /, *, table: str, severity: str = "critical", **meta: Any) -> Expectation:
    """The expectation that a query over a table finds no row."""
    kwargs = {"unexpected_rows_query": query}
    return expectation(name, "unexpected_rows_expectation", kwargs, table=table, severity=severity, **meta)


def suite(name: str, expectations: list[Expectation], **meta: Any) -> Suite:
    """A suite; the names of its expectations are unique.

    Raises:
        FormError: two expectations have one name.
    """
    names = [expectation["meta"]["name"] for expectation in expectations]
    if len(names) != len(set(names)):
        raise FormError(f"the suite {name} has two expectations of one name: {sorted(names)}")
    return {"name": name, "meta": meta, "expectations": expectations}


def not_empty(table: str) -> Expectation:
    """The expectation that a table has rows: over none, all others would hold."""
    return expectation(
        f"{table}_is_not_empty",
        "expect_table_row_count_to_be_between",
        {"min_value": 1},
        table=table,
        zh=f"{table} 不为空",
        en=f"{table} has rows",
    )


def verdict_suites() -> tuple[Suite, ...]:
    """The suites of the first pass: on the current reports as such, one a form and table, and on their reading."""
    of_forms = [form_suite(form, table) for form in all_forms() for table in form.tables if _wide_tables_of(table.key)]
    return _current_reports(), *of_forms, _reading_problems()


def _wide_tables_of(table: str) -> list[WideTable]:
    return [wide for wide in wide_tables() if wide.table == table]


def form_suite(form: Form, table: Table) -> Suite:
    """Everything one table of a form must fulfil: its lines are there, its figures are possible, its identities hold.

    Raises:
        FormError: the table has no identity, so that no wide table holds its figures.
    """
    wides = _wide_tables_of(table.key)
    of_figures = wide_table_of(table.key)
    if of_figures is None:
        raise FormError(f"table {table.key} of {form.form} has no identity; see forms/{form.form}.yaml")
    expectations = [expected for wide in wides for expected in (not_empty(wide.name), _complete(form, wide))]
    expectations += _possible_figures(form, table, of_figures)
    expectations += _identities(form, table)
    return suite(
        f"{form.form}.{table.key}",
        expectations,
        form=form.form,
        form_table=table.key,
        zh=f"{form.name.zh}：{table.zh}",
        en=f"{form.name.en}: {table.en}",
        source=[source.model_dump() for source in form.source],
    )


def _complete(form: Form, wide: WideTable) -> Expectation:
    identity = f"{wide.name}_is_complete"
    return finds_nothing(
        identity,
        sql.incomplete_reports(form, wide, identity),
        table=wide.name,
        zh=f"每份现行报告在 {wide.name} 中各行齐全，且不重复",
        en=f"each current report has every line of {wide.name}, once",
        identity=identity,
        kind="derived",
    )


def _possible_figures(form: Form, table: Table, wide: WideTable) -> Iterator[Expectation]:
    kinds: dict[str, Column] = {}
    for key, _, _, column in table.cells():
        name = key.column if wide.per == "row" else key.row
        if kinds.setdefault(name, column).value != column.value:
            raise FormError(f"{form.form}: {wide.name}.{name} holds two kinds of value")
    unsigned = [key for key, column in kinds.items() if not column.may_be_negative]
    counted = [key for key, column in kinds.items() if column.is_count]
    meaning: dict[str, Any] = {"kind": "derived", "source": {"zh": "统计数量的含义", "en": "the meaning of a count"}}
    yield finds_nothing(
        COUNT_NOT_NEGATIVE,
        sql.bad_figures(form, wide, COUNT_NOT_NEGATIVE, unsigned, "cell.figure < 0"),
        table=wide.name,
        identity=COUNT_NOT_NEGATIVE,
        zh="数量和金额不为负数",
        en="counts and amounts are not negative",
        **meaning,
    )
    yield finds_nothing(
        COUNT_IS_WHOLE,
        sql.bad_figures(form, wide, COUNT_IS_WHOLE, counted, "cell.figure <> trunc(cell.figure)"),
        table=wide.name,
        identity=COUNT_IS_WHOLE,
        zh="件数为整数",
        en="counts are whole numbers",
        **meaning,
    )


def _identities(form: Form, table: Table) -> Iterator[Expectation]:
    for name, equations in equations_by_identity(form, table).items():
        identity = equations[0].identity
        yield finds_nothing(
            name,
            sql.broken_equations(form, equations),
            table=WideTable(identity.table, identity.per).name,
            severity="warning" if identity.kind == "advisory" else "critical",
            zh=identity.zh,
            en=identity.en,
            identity=name,
            kind=identity.kind,
            source=identity.source.model_dump(),
            assessable_query=sql.assessable_equations(form, equations),
        )


def equations_by_identity(form: Form, table: Table) -> dict[str, list[Equation]]:
    """The equations of the table, those of one identity together, in the order of the form."""
    of_table = [equation for equation in form.equations if equation.identity.table == table.key]
    return {name: list(same) for name, same in groupby(of_table, key=lambda equation: equation.identity.name)}


def _current_reports() -> Suite:
    table = CURRENT_REPORT
    return suite(
        "current_reports",
        [
            not_empty(table),
            expectation(
                "report_id_is_unique",
                "expect_column_values_to_be_unique",
                {"column": "report_id"},
                table=table,
                zh="每份报告只出现一次",
                en="a report stands there once",
            ),
            expectation(
                "agency_year_scope_is_unique",
                "expect_compound_columns_to_be_unique",
                {"column_list": ["agency_id", "report_year", "scope"]},
                table=table,
                zh="同一机关、年度和范围只有一份现行报告",
                en="an agency has one current report a year and scope",
            ),
            finds_nothing(
                "form_is_known",
                sql.unknown_forms([form.form for form in all_forms()], "form_is_known"),
                table=table,
                identity="form_is_known",
                kind="derived",
                zh="报告格式有对应的校验规则",
                en="the report's form is one that suites exist for",
            ),
            finds_nothing(
                "parser_verdict_is_explained",
                sql.held_without_issue("parser_verdict_is_explained"),
                table=table,
                identity="parser_verdict_is_explained",
                kind="derived",
                zh="解析时暂缓的报告均有相应的问题记录",
                en="a report that the parser held has an issue that says why, which the other suites judge anew",
            ),
        ],
        zh="现行报告",
        en="the current reports",
    )


def _reading_problems() -> Suite:
    given = {name: name for name in ("identity", "kind", "table_key", "row_key", "column_key")}
    return suite(
        "reading_problems",
        [
            finds_nothing(
                "reading_is_whole",
                f"{sql.select('', '', None, **given)} FROM {{batch}}",
                table=READING_PROBLEM,
                zh="解析未发现读取问题（如数据缺失）",
                en="the parser met no problem in reading, such as lost cells",
            ),
        ],
        zh="读取问题",
        en="problems of reading",
    )
