"""What a candidate must fulfil before it goes live, as a suite over the marts.

A query here returns what is wrong; ``{publication_id}``, ``{coverage_floor}`` and ``{kept_agency_year}`` (last year's
rows where the publication keeps that year) are filled when the gate runs.
"""
# ruff: noqa: S608 - every name comes from this module and the forms

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gongkai.errors import FormError
from gongkai.forms import Equation, Identity, all_forms
from gongkai.quality import comparisons, sql
from gongkai.quality.accounts import accounts
from gongkai.quality.suites import Expectation, Suite, finds_nothing, not_empty, suite
from gongkai.quality.wide import wide_table_of

SCHEMA = "candidate"
SUITE = "marts"
WIDE = "agency_year"

KEYS: dict[str, tuple[str, ...]] = {
    "dim_agency": ("agency_id",),
    "dim_region": ("region_code", "valid_from"),
    "dim_form_cell": ("cell_id",),
    "dim_year": ("report_year",),
    "fct_applications": ("report_id", "cell_id"),
    "fct_proactive_disclosure": ("report_id", "cell_id"),
    "fct_disputes": ("report_id", "cell_id"),
    "fct_statistics": ("report_id", "cell_id"),
    WIDE: ("agency_id", "report_year", "scope"),
    "fct_findings": ("report_id", "finding_number"),
    "fct_coverage": ("agency_id", "report_year"),
    "fct_editions": ("report_id",),
    "fct_revisions": ("agency_id", "report_year", "scope", "cell_id", "version"),
    "fct_decisions": ("decision_id",),
    **comparisons.KEYS,
}
"""Every mart of a candidate, with the columns that tell its rows apart."""

FACTS = {
    "fct_applications": "requests",
    "fct_proactive_disclosure": "value",
    "fct_disputes": "cases",
    "fct_statistics": "value",
}
"""The marts ``fct_<table of the form>``, with the column of the figure. A printed zero has no row in them, so they may
be empty; that nothing is lost is seen from their sums."""

MAY_BE_EMPTY = (*FACTS, *comparisons.KEYS, "fct_findings", "fct_revisions", "fct_decisions")

_REBUILD = {
    "zh": "数据工程师：检查 dbt_project/models/marts 后重新构建",
    "en": "the data engineer looks at dbt_project/models/marts and builds the candidate again",
}


def marts_suite() -> Suite:
    """The suite of the second pass."""
    expectations = [not_empty(mart) for mart in KEYS if mart not in MAY_BE_EMPTY]
    expectations += [_one_publication(mart) for mart in KEYS]
    expectations += [_unique(mart, key) for mart, key in KEYS.items() if key]
    expectations += _totals()
    expectations.append(_sheets_are_covered("fct_statistics"))
    expectations += [_accepted_are_published(), *map(_only_accepted, (WIDE, *FACTS))]
    expectations += [_adds_up(mart, figure) for mart, figure in FACTS.items()]
    expectations += accounts(_REBUILD)
    expectations += comparisons.comparisons(_statutory_columns(), _REBUILD)
    return suite(SUITE, expectations, marts=list(KEYS), zh="待发布的数据集市", en="the candidate marts")


def _one_publication(mart: str) -> Expectation:
    return finds_nothing(
        f"{mart}_has_one_publication",
        "SELECT publication_id, count(*) AS found FROM {batch} "
        "WHERE publication_id IS DISTINCT FROM {publication_id} GROUP BY publication_id",
        table=mart,
        zh=f"{mart} 的 publication_id 均为本次发布号",
        en=f"every row of {mart} carries the number of this publication",
        act=_REBUILD,
    )


def _unique(mart: str, key: tuple[str, ...]) -> Expectation:
    columns = ", ".join(key)
    return finds_nothing(
        f"{mart}_has_unique_keys",
        f"SELECT {columns}, count(*) AS found FROM {{batch}} GROUP BY {columns} "
        f"HAVING count(*) > 1 OR num_nulls({columns}) > 0",
        table=mart,
        zh=f"{mart} 的主键（{columns}）不为空且不重复",
        en=f"the key of {mart} ({columns}) is there and unique",
        act=_REBUILD,
    )


def _totals() -> Iterator[Expectation]:
    """The arithmetic printed on the form, again, on what is about to be published; and that it is not vacuous."""
    for equation in _statutory().values():
        left, right = ([cell.row for cell in side] for side in (equation.left, equation.right))
        yield _balances(equation.identity, " + ".join(left), " + ".join(right))
        for column in (*left, *right):
            yield _is_covered(column, [form.form for form in all_forms() if equation.right[0] in form.cell_ids])


def _statutory() -> dict[str, Equation]:
    """The statutory equations by name; agency_year names its totals after the rows of the form."""
    return {
        equation.identity.name: equation
        for form in all_forms()
        for equation in form.equations
        if equation.identity.kind == "statutory" and equation.identity.per == "column"
    }


def _statutory_columns() -> list[str]:
    return list(dict.fromkeys(cell.row for equation in _statutory().values() for cell in equation.cells))


def _balances(identity: Identity, left: str, right: str) -> Expectation:
    return finds_nothing(
        f"{WIDE}_{identity.name}",
        f"SELECT report_id, {left} AS left_value, {right} AS right_value FROM {{batch}} "
        f"WHERE verdict = 'accepted' AND {left} <> {right}",
        table=WIDE,
        zh=identity.zh,
        en=identity.en,
        source=identity.source.model_dump(),
        act=_REBUILD,
    )


def _is_covered(column: str, forms: Sequence[str]) -> Expectation:
    return finds_nothing(
        f"{column}_is_covered",
        f"SELECT report_year, count(*) AS rows, count({column}) AS present FROM {{batch}} "
        f"WHERE form IN ({sql.literals(forms)}) "
        f"GROUP BY report_year HAVING count({column}) < {{coverage_floor}} * count(*)",
        table=WIDE,
        zh=f"各年度 {column} 非空的比例不低于下限",
        en=f"in each year enough rows have {column}: a sum over missing totals would say nothing",
        act={
            "zh": f"数据管理员：查看 candidate.{WIDE} 中 {column} 为空的报告，补录或更正后重新发布",
            "en": f"the data steward looks at the reports in candidate.{WIDE} whose {column} is missing",
        },
    )


def _sheets_are_covered(mart: str) -> Expectation:
    """Sheets may leave rows out, so a year of few totals is said and does not block: their sums prove little."""
    totals = {
        form.form: {
            form.cell_ids[equation.right[0]]
            for equation in form.equations
            if equation.is_sum and equation.identity.table == mart.removeprefix("fct_")
        }
        for form in all_forms()
    }
    asked = ", ".join(f"({sql.literal(form)}, {len(cells)})" for form, cells in totals.items() if cells)
    cell_ids = ", ".join(str(cell_id) for cells in totals.values() for cell_id in sorted(cells))
    present = "sum(asked.totals - coalesce(lacking.totals, 0))"
    return finds_nothing(
        f"{mart}_totals_are_covered",
        f"SELECT wide.report_year, wide.form, sum(asked.totals) AS totals, {present} AS present "
        f"FROM candidate.{WIDE} AS wide JOIN (VALUES {asked}) AS asked (form, totals) ON asked.form = wide.form "
        "LEFT JOIN (SELECT mart.report_id, count(*) AS totals FROM {batch} AS mart "
        f"WHERE mart.cell_id IN ({cell_ids}) AND mart.total IS NULL GROUP BY mart.report_id) AS lacking "
        "ON lacking.report_id = wide.report_id WHERE wide.cells_missing < wide.cells_of_form "
        f"GROUP BY wide.report_year, wide.form HAVING {present} < {{coverage_floor}} * sum(asked.totals)",
        table=mart,
        severity="warning",
        zh=f"{mart} 各年度各表合计数非空的比例不低于下限",
        en=f"in each year enough of the totals that sheets may print stand in {mart}",
        act={
            "zh": "数据管理员：抽查该年度的统计表，确认合计行确实未印",
            "en": "the data steward looks at sheets of the year: are the rows of totals really not printed?",
        },
    )


def _accepted_are_published() -> Expectation:
    return finds_nothing(
        "accepted_reports_are_published",
        "SELECT judged.report_id, judged.verdict FROM audit.verdict AS judged "
        "LEFT JOIN {batch} AS mart ON mart.report_id = judged.report_id AND mart.verdict = judged.verdict "
        "WHERE judged.publication_id = {publication_id} AND NOT judged.is_kept AND judged.verdict <> 'held' "
        "AND mart.report_id IS NULL",
        table=WIDE,
        zh=f"通过校验的报告都在 {WIDE} 中",
        en=f"every accepted report stands in {WIDE}, with its verdict",
        act=_REBUILD,
    )


def _only_accepted(mart: str) -> Expectation:
    return finds_nothing(
        f"{mart}_holds_only_accepted_reports",
        "SELECT DISTINCT mart.report_id, judged.verdict FROM {batch} AS mart "
        "LEFT JOIN audit.verdict AS judged ON judged.report_id = mart.report_id "
        "AND judged.publication_id = {publication_id} AND NOT judged.is_kept "
        "WHERE judged.verdict IS NULL OR judged.verdict = 'held'",
        table=mart,
        zh=f"{mart} 只含通过校验的报告",
        en=f"no figure of {mart} comes from a report that is held or was never judged",
        act=_REBUILD,
    )


def _adds_up(mart: str, figure: str) -> Expectation:
    wide = wide_table_of(mart.removeprefix("fct_"))
    if wide is None:
        raise FormError(f"no identity of any form speaks of the table of {mart}; nothing says what it adds up to")
    parts = sql.parts_of_reports(wide)
    return finds_nothing(
        f"{mart}_adds_up",
        "SELECT judged.report_id, source.parts AS expected, fact.parts AS found FROM audit.verdict AS judged "
        f"JOIN ({parts}) AS source ON source.report_id = judged.report_id "
        f"LEFT JOIN (SELECT mart.report_id, sum(mart.{figure}) AS parts FROM {{batch}} AS mart "
        "GROUP BY mart.report_id) AS fact ON fact.report_id = judged.report_id "
        "WHERE judged.publication_id = {publication_id} AND NOT judged.is_kept AND judged.verdict <> 'held' "
        "AND coalesce(source.parts, 0) <> coalesce(fact.parts, 0)",
        table=mart,
        zh=f"{mart} 中每份报告各项之和与中间层一致",
        en=f"the figures of each published report in {mart} add up to those of the intermediate layer",
        act=_REBUILD,
    )
