"""Which report years a publication builds, and which it keeps as the live one has them.

Marts are made from the rows of the lock of inputs and from nothing else. The rows by which a new lock differs from that
of the live publication say which years can have changed; all others would come out the same, row by row, and are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from psycopg import Connection

from gongkai.warehouse.content import NO_YEAR, Slice
from gongkai.warehouse.lock import EXCEPTION

MOST_BUILDERS = 12
"""As many publications may stand behind the marts; then all years are built again, or readers' plans would grow."""

_OF_ALL_YEARS = (EXCEPTION, "agency", "agency_alias", "agency_change", "region")
"""Inputs that may change any year."""

_CODE = ("forms", "dbt", "expectations")

_DIFFERENT = """
    SELECT input, line FROM audit.locked_input
    WHERE first_publication = %(number)s OR last_publication = %(number)s - 1
"""

_NAMES_ALL = f"SELECT EXISTS (SELECT FROM ({_DIFFERENT}) AS different WHERE input = ANY(%(inputs)s))"  # noqa: S608

# A row speaks of the year it was ingested for, and of every year for which its document was ever listed or read.
_CHANGED = f"""
    WITH different AS ({_DIFFERENT}),
    document AS (SELECT DISTINCT line ->> 'sha256' AS sha256 FROM different WHERE line ? 'sha256')
    SELECT CAST(line ->> 'ingest_year' AS int) FROM different WHERE line ? 'ingest_year'
    UNION SELECT report_year FROM raw.report JOIN document USING (sha256) WHERE report_year IS NOT NULL
    UNION SELECT ingest_year FROM raw.fetch JOIN document USING (sha256)
"""  # noqa: S608

# Whether a document is a current report decides what becomes of its listing under an unknown name.
_LISTED = """
    SELECT DISTINCT request.ingest_year FROM raw.fetch AS request JOIN raw.report USING (sha256)
    WHERE report_year = ANY(%s)
"""

_PUBLISHABLE = """
    SELECT EXISTS (SELECT FROM raw.visible_report WHERE report_year = ANY(%s) AND verdict = 'accepted')
"""


def keep_years(conn: Connection, publication_id: int, inputs: Mapping[str, Any], *, every_year: bool) -> None:
    """Write down which years the candidate keeps, once its inputs are locked; none where all have to be built.

    Args:
        conn: the owner's.
        publication_id: the candidate's number.
        inputs: the hashes of what it is made from.
        every_year: build them all, whatever has changed.
    """
    kept = {} if every_year else _kept(conn, publication_id, inputs)
    with conn.transaction(), conn.cursor() as cursor:
        cursor.execute("DELETE FROM published.kept_year WHERE publication_id >= %s", (publication_id,))
        cursor.executemany(
            "INSERT INTO published.kept_year (publication_id, report_year, built_by) VALUES (%s, %s, %s)",
            [(publication_id, year, built_by) for year, built_by in sorted(kept.items())],
        )


def kept_years(conn: Connection, publication_id: int) -> dict[int, int]:
    """The report years that a publication keeps, each with the number of the one that built it."""
    query = "SELECT report_year, built_by FROM published.kept_year WHERE publication_id = %s ORDER BY report_year"
    return dict(conn.execute(query, (publication_id,)).fetchall())


def _kept(conn: Connection, publication_id: int, inputs: Mapping[str, Any]) -> dict[int, int]:
    live = publication_id - 1
    known = years_of(conn, live) if _may_be_kept(conn, live, inputs) else {}
    if not known or len(set(known.values())) >= MOST_BUILDERS:
        return {}
    asked = {"number": publication_id, "inputs": list(_OF_ALL_YEARS)}
    if conn.execute(_NAMES_ALL, asked).fetchall()[0][0]:
        return {}
    changed = {year for (year,) in conn.execute(_CHANGED, asked)}
    # next year's report is compared with this one's
    built = changed | _listed_in(conn, changed) | {year + 1 for year in changed}
    # the gate must see reports, or it would prove nothing
    if not conn.execute(_PUBLISHABLE, (sorted(built),)).fetchall()[0][0]:
        return {}
    return {year: built_by for year, built_by in known.items() if year not in built}


def _may_be_kept(conn: Connection, live: int, inputs: Mapping[str, Any]) -> bool:
    """Whether the publication before is the live one, and was made with the same forms, models and suites."""
    query = "SELECT inputs FROM published.publication WHERE publication_id = %s AND status = 'live'"
    found = conn.execute(query, (live,)).fetchone()
    return found is not None and all(found[0].get(name) == inputs[name] for name in _CODE)


def years_of(conn: Connection, publication_id: int) -> dict[int, int]:
    """Every report year that stands in a publication, with who built it; none where it was made before slices were."""
    query = "SELECT DISTINCT report_year FROM published.slice WHERE publication_id = %s AND report_year <> %s"
    own = {year: publication_id for (year,) in conn.execute(query, (publication_id, NO_YEAR))}
    return own | kept_years(conn, publication_id) if own else {}


def _listed_in(conn: Connection, years: Collection[int]) -> set[int]:
    return {year for (year,) in conn.execute(_LISTED, (sorted(years),))}


def record_slices(conn: Connection, publication_id: int, slices: Iterable[Slice]) -> None:
    """Write down what a publication has built."""
    with conn.cursor() as cursor:
        cursor.execute("DELETE FROM published.slice WHERE publication_id = %s", (publication_id,))
        cursor.executemany(
            "INSERT INTO published.slice (publication_id, mart, report_year, row_count, high, low) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            [(publication_id, *each) for each in slices],
        )


def kept_slices(conn: Connection, publication_id: int) -> list[Slice]:
    """What the years hold that a publication keeps."""
    rows = conn.execute(
        "SELECT mart, report_year, row_count, high, low FROM published.slice AS built JOIN published.kept_year AS kept "
        "USING (report_year) WHERE built.publication_id = kept.built_by AND kept.publication_id = %s",
        (publication_id,),
    )
    return [Slice(mart, *map(int, numbers)) for mart, *numbers in rows]
