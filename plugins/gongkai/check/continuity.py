"""Two years of one agency: what was carried forward, in force or on the list last year, against what this year says."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.check.equations import Numbers, total
from gongkai.check.finding import Finding, as_number
from gongkai.forms import Bridge, Form, bridges


def check_continuity(before: Form, numbers_before: Numbers, now: Form, numbers_now: Numbers) -> Iterator[Finding]:
    """An advisory finding for every continuity that does not hold; one with a missing figure says nothing.

    Args:
        before, numbers_before: the form and the figures of the year before.
        now, numbers_now: those of the year itself, at whose cells the findings stand.
    """
    for bridge in bridges(before, now):
        parts = (total(bridge.before, numbers_before), *(total(k, numbers_now) for k in (bridge.plus, bridge.minus)))
        stock, plus, minus = parts
        said = total(bridge.now, numbers_now)
        if stock is None or plus is None or minus is None or said is None or stock + plus - minus == said:
            continue
        where_zh, where_en = _place(now, bridge)
        expected, printed = as_number(stock + plus - minus), as_number(said)
        yield Finding(
            identity=bridge.continuity.name,
            kind="advisory",
            table=bridge.continuity.table,
            row=bridge.row,
            column=bridge.column,
            left=stock + plus - minus,
            right=said,
            fault="unknown",
            suspect=None,
            message_zh=f"{where_zh}：{bridge.continuity.zh}，但 {expected} ≠ {printed}。",
            message_en=f"{where_en}: {bridge.continuity.en}, but {expected} is not {printed}.",
        )


def _place(form: Form, bridge: Bridge) -> tuple[str, str]:
    table, key = form.table(bridge.continuity.table), bridge.now[0]
    if bridge.row is not None:
        row = form.rows_of_cells[key]
        return f"{table.zh}“{row.zh}”行", f"{table.en}, row “{row.en}”"
    column = form.columns_of_cells[key]
    return f"{table.zh}“{column.zh}”列", f"{table.en}, column “{column.en}”"
