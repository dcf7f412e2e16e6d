"""The record of a gate as one self-contained page: what was checked, what failed, whose reports, what changes, trend.

Great Expectations' own Data Docs load from the internet; this page asks for nothing from anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg import Connection

from gongkai.errors import WarehouseError
from gongkai.pages import render_page
from gongkai.quality import changes
from gongkai.quality.marts import marts_suite
from gongkai.quality.page_rows import changes_of, checks_of, held_by, judged_until
from gongkai.quality.suites import verdict_suites
from gongkai.warehouse.years import kept_years


def gate_page(conn: Connection, publication_id: int) -> str:
    """The page of a publication, or of a candidate that the gate refused, as HTML.

    Args:
        conn: of the owner of the warehouse.
        publication_id: its number.

    Raises:
        WarehouseError: nothing was ever checked under that number.
    """
    checks, trend = checks_of(conn, publication_id), judged_until(conn, publication_id)
    if not checks:
        raise WarehouseError(f"Nothing was checked as publication {publication_id}. See `gongkai publications list`.")
    held, found = held_by(conn, publication_id)
    return render_page(
        "gongkai.quality",
        "gate",
        now=trend[0],
        trend=trend,
        most=max(1, *(judged.reports for judged in trend)),
        kept=kept_years(conn, publication_id),
        checks=checks,
        failed=sorted((check for check in checks if not check.success), key=lambda check: not check.refuses),
        held=held,
        found=found,
        changes=changes_of(conn, publication_id),
        words=_words(),
    )


def write_gate_page(conn: Connection, publication_id: int, to: Path) -> None:
    """Write the page to a file; folders above it are made.

    Raises:
        WarehouseError: nothing was ever checked under that number.
    """
    text = gate_page(conn, publication_id)
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(text, encoding="utf-8")


def _words() -> dict[str, Mapping[str, Any]]:
    """What the expectations of all suites say and who acts if they fail, Chinese and English, by their names."""
    metas = (expected["meta"] for suite in (*verdict_suites(), marts_suite()) for expected in suite["expectations"])
    return {meta["name"]: meta for meta in metas} | changes.METAS
