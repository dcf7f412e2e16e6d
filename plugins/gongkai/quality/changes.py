"""What a candidate changes against the live publication, as expectations of the gate: much needs a reason."""
# ruff: noqa: S608 - every query is a constant of this module

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from gongkai.errors import GateError
from gongkai.quality.marts import SCHEMA, SUITE, WIDE
from gongkai.quality.runner import Outcome
from gongkai.warehouse.diff import Diff, read_diff

_EXAMPLES = 20

_GONE = "kind = 'gone' ORDER BY report_year, agency_id, scope"
_CHANGED = "kind = 'changed' AND agency_id IS NOT NULL ORDER BY abs(after - before) DESC NULLS FIRST, agency_id, item"

_ACT = {
    "zh": "数据管理员：用 gongkai publications diff 查明原因；确属应当的，注明理由后重新发布",
    "en": "the data steward finds out why (`gongkai publications diff`); if it is right, publish again with a reason",
}

METAS: dict[str, dict[str, Any]] = {
    "does_not_shrink": {
        "zh": "已发布的各机关年度均在其中",
        "en": "no agency-year of the live publication is lost",
        "act": _ACT,
    },
    "changes_few_figures": {
        "zh": "与已发布数据不同的数字所占比例不超过上限",
        "en": "no larger share of the live publication's figures changes than GONGKAI_CHANGED_SHARE allows",
        "act": _ACT,
    },
}
"""What these expectations say, and who acts."""


def compared(conn: Connection, publication_id: int) -> Diff:
    """The comparison of the candidate with what is live now.

    Raises:
        WarehouseError: the candidate was not compared.
        GateError: another publication has become the live one since.
    """
    diff = read_diff(conn, publication_id)
    live = conn.execute("SELECT publication_id FROM published.pointer").fetchone()
    if diff.against != (live and live[0]):
        raise GateError(
            f"Candidate {publication_id} was compared with publication {diff.against}, no longer the live one: "
            "write its diff again."
        )
    return diff


def changes(conn: Connection, diff: Diff, changed_share: float, reason: str | None) -> list[Outcome]:
    """That no agency-year is lost, and that no larger share of figures than `changed_share` changes; or a reason."""
    lost = {"gone": diff.gone, "examples": _examples(conn, diff, _GONE) if diff.gone else [], "reason": reason}
    moved = {
        "changed": diff.figures,
        "compared": diff.compared,
        "share": round(diff.changed_share, 6),
        "allowed": changed_share,
        "examples": _examples(conn, diff, _CHANGED) if diff.figures else [],
        "reason": reason,
    }
    return [
        _outcome("does_not_shrink", not diff.gone, lost, reason),
        _outcome("changes_few_figures", diff.changed_share <= changed_share, moved, reason),
    ]


def _outcome(name: str, success: bool, observed: Mapping[str, Any], reason: str | None) -> Outcome:
    meta = {"name": name, "table": WIDE, **METAS[name]}
    severity = "critical" if reason is None else "warning"
    return Outcome(SUITE, name, f"{SCHEMA}.{WIDE}", severity, success, None, observed, None, meta)


def _examples(conn: Connection, diff: Diff, which: str) -> list[dict[str, Any]]:
    columns = "agency_id, report_year, scope, item, before::text, after::text"
    query = f"SELECT {columns} FROM audit.diff WHERE publication_id = %s AND {which} LIMIT {_EXAMPLES}"
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(query.encode(), (diff.publication_id,)).fetchall()
    return [{name: value for name, value in row.items() if value is not None} for row in found]
