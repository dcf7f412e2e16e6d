"""What the commands about publications print."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from gongkai.errors import WarehouseError
from gongkai.local.report import open_console, print_table
from gongkai.warehouse.diff import diff_between, read_diff
from gongkai.warehouse.publication import publications
from gongkai.warehouse.years import kept_years

if TYPE_CHECKING:
    from psycopg import Connection

_SHOWN = 2000
_CHANGES = ("kind", "agency", "year", "scope", "item", "before", "after")

_DIFF = """
    SELECT diff.kind, coalesce(agency.name, diff.agency_id), diff.report_year, diff.scope, diff.item, diff.before,
           diff.after
    FROM audit.diff AS diff LEFT JOIN raw.agency AS agency USING (agency_id) WHERE diff.publication_id = %s
    ORDER BY diff.kind, diff.report_year NULLS FIRST, 2, diff.item
"""

_CHECKS = """
    SELECT pass, count(*), count(*) FILTER (WHERE success), count(*) FILTER (WHERE NOT success)
    FROM audit.validation WHERE publication_id = %s GROUP BY pass ORDER BY pass DESC
"""

_VERDICTS = "SELECT verdict, count(*) FROM audit.verdict WHERE publication_id = %s GROUP BY verdict ORDER BY verdict"


def print_one(conn: Connection, number: int) -> None:
    """One publication: when and why, its lock, its years, its marts, what it changed and what was checked.

    Raises:
        WarehouseError: there is none of this number.
    """
    found = {publication.publication_id: publication for publication in publications(conn)}
    if number not in found:
        known = ", ".join(map(str, sorted(found))) or "none"
        raise WarehouseError(f"There is no publication {number}; known: {known}.")
    one, out = found[number], open_console()
    said = {"status": one.status, "published at": one.published_at.isoformat(" ", "seconds"), "run": one.run_id}
    said |= {"reason": one.reason, "inputs": one.inputs_hash}
    print_table(out, f"publication {number}", ("", ""), said.items())
    print_table(
        out, "lock of inputs", ("input", "rows", "hash"), (_lock_row(*pair) for pair in sorted(one.inputs.items()))
    )
    print_table(out, "years kept", ("report year", "built by"), kept_years(conn, number).items())
    marts = ((mart, rows, one.content_hashes.get(mart)) for mart, rows in sorted(one.row_counts.items()))
    print_table(out, "marts", ("mart", "rows", "hash"), marts)
    print_table(out, "checks", ("pass", "expectations", "hold", "fail"), conn.execute(_CHECKS, (number,)))
    print_table(out, "verdicts", ("verdict", "reports"), conn.execute(_VERDICTS, (number,)))
    print_table(out, "changes", ("", ""), _numbers(conn, number).items())


def _lock_row(name: str, value: Any) -> tuple[Any, ...]:
    match value:
        case {"count": count, "sha256": sha256}:
            return name, count, sha256
        case list():
            return name, len(value), ", ".join(map(str, value))
        case _:
            return name, None, value


def _numbers(conn: Connection, number: int) -> dict[str, Any]:
    try:
        diff = read_diff(conn, number)
    except WarehouseError:  # made before comparisons were kept
        return {}
    return {
        "against publication": diff.against,
        "agency-years new": diff.new,
        "gone": diff.gone,
        "changed": diff.changed,
        "figures changed": f"{diff.figures} of {diff.compared} ({diff.changed_share:.2%})",
    }


def print_diff(conn: Connection, number: int) -> None:
    """What one publication, or one candidate, changed."""
    out = open_console()
    print_table(out, f"publication {number}", ("", ""), _numbers(conn, number).items())
    _print_changes(f"changes of publication {number}", conn.execute(_DIFF, (number,)))


def print_between(conn: Connection, before: int, after: int) -> None:
    """What a publication has otherwise than another."""
    _print_changes(f"from publication {before} to {after}", diff_between(conn, before, after))


def _print_changes(title: str, rows: Any) -> None:
    out, changes = open_console(), iter(rows)
    print_table(out, title, _CHANGES, islice(changes, _SHOWN))
    if left := sum(1 for _ in changes):
        out.print(f"… and {left} more, in audit.diff or between the marts", highlight=False)
