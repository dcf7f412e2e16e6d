"""The state of the warehouse in a few figures: what is published, what is held, what was expected."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.errors import InvalidSchemaName, UndefinedTable

from gongkai.errors import WarehouseError

_YEARS = """
    WITH live AS (SELECT publication_id FROM published.pointer),
    published AS (SELECT report_year, count(*) AS n FROM marts.agency_year GROUP BY 1),
    held AS (
        SELECT report_year, count(*) AS n FROM audit.verdict JOIN raw.report USING (report_id)
        WHERE verdict.verdict = 'held' AND publication_id = (SELECT publication_id FROM live) GROUP BY 1),
    expected AS (SELECT report_year, count(*) AS n FROM marts.fct_coverage WHERE expected GROUP BY 1)
    SELECT report_year, coalesce(published.n, 0), coalesce(held.n, 0), coalesce(expected.n, 0)
    FROM published FULL JOIN held USING (report_year) FULL JOIN expected USING (report_year) ORDER BY report_year
"""


def status(conn: Connection) -> dict[str, Any]:
    """What ``gongkai status --json`` says of the warehouse: the live publication, in all and by report year.

    Counts are reports (agency-years); `findings` are rows of fct_findings. Before the first publication `publication`
    is None and every count 0.

    Raises:
        WarehouseError: the database has no warehouse yet.
    """
    try:
        live = conn.execute("SELECT publication_id FROM published.pointer").fetchone()
    except (UndefinedTable, InvalidSchemaName) as error:
        raise WarehouseError("The database has no warehouse yet: run `gongkai up`, which migrates it.") from error
    if live is None:
        return {"publication": None, "agency_years": 0, "held": 0, "findings": 0, "years": {}}
    years = {
        str(year): {"published": published, "held": held, "expected": expected}
        for year, published, held, expected in conn.execute(_YEARS)
    }
    findings = conn.execute("SELECT count(*) FROM marts.fct_findings").fetchall()[0][0]
    return {
        "publication": live[0],
        "agency_years": sum(year["published"] for year in years.values()),
        "held": sum(year["held"] for year in years.values()),
        "findings": findings,
        "years": years,
    }
