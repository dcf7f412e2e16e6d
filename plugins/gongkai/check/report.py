"""All findings about one report's figures, and the verdict that follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gongkai.check.equations import Number, Numbers, Result, evaluate
from gongkai.check.finding import Fault, Finding, Suspect, Verdict, as_number
from gongkai.check.locate import locate
from gongkai.forms import CellKey, Equation, Form

COUNT_NOT_NEGATIVE = "count_not_negative"
COUNT_IS_WHOLE = "count_is_whole"


def check_numbers(form: Form, numbers: Numbers, fault: Fault = "unknown") -> tuple[Finding, ...]:
    """Every equation that fails and every figure outside its domain, in the order of the form."""
    results = [evaluate(equation, numbers) for equation in form.equations]
    failures = [result for result in results if result.outcome == "fails"]
    suspects = locate(form, numbers, failures)
    equations = (_finding(form, result, suspects.get(result.equation), fault) for result in failures)
    return (*equations, *_domain_findings(form, numbers, fault))


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """`held` when anything but an advisory finding stands against the report."""
    return "held" if any(finding.kind != "advisory" for finding in findings) else "accepted"


def _finding(form: Form, result: Result, suspect: Suspect | None, fault: Fault) -> Finding:
    equation = result.equation
    where_zh, where_en = _place(form, equation)
    mend_zh, mend_en = describe_mend(form, suspect)
    relation = {"=": ("≠", "is not"), "<=": (">", "is more than")}[equation.identity.relation]
    left, right = as_number(result.left), as_number(result.right)
    return Finding(
        identity=equation.identity.name,
        kind=equation.identity.kind,
        table=equation.identity.table,
        row=equation.row,
        column=equation.column,
        left=result.left,
        right=result.right,
        fault=fault,
        suspect=suspect,
        message_zh=f"{where_zh}：{equation.identity.zh}，但 {left} {relation[0]} {right}。{mend_zh}",
        message_en=f"{where_en}: {equation.identity.en}, but {left} {relation[1]} {right}.{mend_en}",
    )


def _place(form: Form, equation: Equation) -> tuple[str, str]:
    table = form.table(equation.identity.table)
    key = equation.right[0]
    if equation.row is not None:
        row = form.rows_of_cells[key]
        return f"{table.zh}“{row.zh}”行", f"{table.en}, row “{row.en}”"
    column = form.columns_of_cells[key]
    return f"{table.zh}“{column.zh}”列", f"{table.en}, column “{column.en}”"


def describe_cell(form: Form, key: CellKey) -> tuple[str, str]:
    """The cell's row and column labels in both languages."""
    row, column = form.rows_of_cells[key], form.columns_of_cells[key]
    return f"“{row.zh}”行“{column.zh}”列", f"row “{row.en}”, column “{column.en}”"


def describe_mend(form: Form, suspect: Suspect | None) -> tuple[str, str]:
    """What the suspect prints and what would balance, as a sentence in both languages; empty without one."""
    if suspect is None:
        return "", ""
    zh, en = describe_cell(form, suspect.key)
    printed, balances = as_number(suspect.printed), as_number(suspect.balances)
    return (
        f"{zh}印为 {printed}，若为 {balances} 则全部平衡。",
        f" {en[0].upper()}{en[1:]} prints {printed}; {balances} would balance everything.",
    )


def _domain_findings(form: Form, numbers: Numbers, fault: Fault) -> Iterator[Finding]:
    for key, column in form.columns_of_cells.items():
        number = numbers.get(key)
        if number is None or (type(number) is int and number >= 0):  # most figures
            continue
        if number < 0 and not column.may_be_negative:
            yield _domain_finding(form, key, number, fault, COUNT_NOT_NEGATIVE, ("不应为负数", "must not be negative"))
        if column.is_count and number != int(number):
            yield _domain_finding(form, key, number, fault, COUNT_IS_WHOLE, ("应为整数", "must be a whole number"))


def _domain_finding(
    form: Form, key: CellKey, number: Number, fault: Fault, name: str, rule: tuple[str, str]
) -> Finding:
    zh, en = describe_cell(form, key)
    return Finding(
        identity=name,
        kind="derived",
        table=key.table,
        row=key.row,
        column=key.column,
        left=number,
        right=None,
        fault=fault,
        suspect=None,
        message_zh=f"{zh}印为 {as_number(number)}，{rule[0]}。",
        message_en=f"{en[0].upper()}{en[1:]} prints {as_number(number)}: it {rule[1]}.",
    )
