"""``marts.as_of(day)``: the facts as this warehouse knew them at the end of a day (Beijing time).

An ordinary SQL function over the views of ``marts``, run with the rights of whoever calls it: it shows nothing that a
reader could not select himself, and the planner sees through it.
"""

from __future__ import annotations

from psycopg import Connection, sql

from gongkai.quality.marts import FACTS
from gongkai.warehouse.roles import BI_READER

DESCRIPTION = (
    "某日（北京时间当日结束时）本库所知的事实：与各事实表相同，只有分项，印为零的不列；暂缓的报告以今日的结论为准；"
    "同样的数字以首次读到为准，来源为其最新的一份；一份缺失而另一份读到的数字，后来发现的文件介于两份之间的，按缺失计"
    " | The facts as known at the end of a day (Beijing time): like the fct_ tables, parts only, a printed zero has no "
    "line; which reports are held is today's word. Equal figures count as known since they were first read, and lead "
    "to the newest document that shows them; one that a copy lost is lost if a document found later comes between"
)

_MOMENT = "CAST(as_of.day + 1 AS timestamp) AT TIME ZONE 'Asia/Shanghai'"

_UNCHANGED = """
    SELECT fact.agency_id, fact.report_year, fact.scope, fact.form, fact.cell_id, fact.{figure}, fact.printed_value,
           fact.state, report.verdict, fact.report_id, fact.decision_id, fact.sha256, fact.url
    FROM marts.{mart} AS fact JOIN marts.agency_year AS report USING (report_id)
    JOIN marts.dim_form_cell AS cell USING (cell_id)
    WHERE NOT cell.is_total AND report.figures_replaced = 0 AND report.known_from < {moment}
    UNION ALL"""

_CHANGED = """
    SELECT was.agency_id, was.report_year, was.scope, was.form, was.cell_id, was.value,
           CASE WHEN was.decision_id IS NOT NULL THEN was.printed_value END,
           was.state, was.verdict, was.report_id, was.decision_id, was.sha256, was.url
    FROM marts.fct_revisions AS was JOIN marts.dim_form_cell AS cell USING (cell_id)
    WHERE NOT cell.is_total AND was.verdict <> 'held' AND was.known_from < {moment}
      AND (was.known_to IS NULL OR was.known_to >= {moment})
      AND (was.value IS NULL OR was.value <> 0 OR was.decision_id IS NOT NULL)"""

_CREATE = """
CREATE OR REPLACE FUNCTION marts.as_of(day date) RETURNS TABLE (
    agency_id text, report_year integer, scope text, form text, cell_id smallint, value numeric, printed_value numeric,
    state text, verdict text, report_id bigint, decision_id bigint, sha256 text, url text
) LANGUAGE sql STABLE PARALLEL SAFE AS {body}
"""


def create_as_of(conn: Connection) -> None:
    """Make the function anew, once the views that it reads are there."""
    if conn.execute("SELECT to_regclass('marts.fct_revisions')").fetchone() == (None,):
        return
    conn.execute(sql.SQL(_CREATE).format(body=sql.Literal(_body())))
    conn.execute(sql.SQL("COMMENT ON FUNCTION marts.as_of IS {}").format(sql.Literal(DESCRIPTION)))
    conn.execute("REVOKE ALL ON FUNCTION marts.as_of FROM PUBLIC")
    conn.execute(sql.SQL("GRANT EXECUTE ON FUNCTION marts.as_of TO {}").format(sql.Identifier(BI_READER)))


def _body() -> str:
    unchanged = (_UNCHANGED.format(mart=mart, figure=figure, moment=_MOMENT) for mart, figure in FACTS.items())
    return "".join(unchanged) + _CHANGED.format(moment=_MOMENT)
