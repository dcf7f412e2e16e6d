"""The steps of a publication, without Airflow: number, build, verdicts, diff, gate, go live.

A candidate travels between the steps as JSON. A step that is run again replaces what it made before.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongkai.orchestrate.access import dsn, warehouse
from gongkai.settings import settings

if TYPE_CHECKING:
    from gongkai.warehouse.dbt.run import Stage

_PATIENCE, _LOOK_EVERY = 120.0, 1.0  # seconds
# A run that was killed stays "running" for good; it is not waited for beyond an hour.
_UNDER_WAY = "SELECT 1 FROM raw.ingest_run WHERE status = 'running' AND started_at > now() - interval '1 hour' LIMIT 1"

log = logging.getLogger(__name__)


def number_candidate(run_id: str, *, every_year: bool = False) -> dict[str, Any] | None:
    """The next candidate; None when nothing has changed since the live publication. `every_year`: build all of them.

    Several years often come in together: it waits a little for runs under way, since a year that is complete while a
    candidate is built spoils it.

    Raises:
        WarehouseError: another publication is under way.
    """
    from gongkai.warehouse.publication import open_candidate
    from gongkai.warehouse.years import kept_years

    with warehouse("owner") as conn:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and conn.execute(_UNDER_WAY).fetchone():
            time.sleep(_LOOK_EVERY)
        candidate = open_candidate(conn, run_id, every_year=every_year)
        kept = kept_years(conn, candidate.publication_id) if candidate else {}
    if candidate:
        log.info("candidate %s keeps the report years %s", candidate.publication_id, sorted(kept))
    return candidate.to_json() if candidate else None


def build(stage: Stage, candidate: dict[str, Any]) -> None:
    """Build one stage with dbt.

    Raises:
        WarehouseError: a model or a test failed; the message names it.
    """
    from gongkai.warehouse.dbt.run import run_stage

    run_stage(stage, dsn("owner"), candidate["publication_id"], _dbt_folder(candidate))


def _dbt_folder(candidate: dict[str, Any]) -> Path:
    """Where dbt writes for this publication."""
    return settings().state / "dbt" / f"publication-{candidate['publication_id']}"


def give_verdicts(candidate: dict[str, Any]) -> None:
    """Hold every current report to the identities of its form.

    Raises:
        GateError: no verdict can be given.
    """
    from gongkai.errors import GateError
    from gongkai.quality import verdicts

    try:
        log.info("%s", verdicts(dsn("owner"), candidate["publication_id"]))
    except GateError:
        _write_page(candidate["publication_id"])
        raise


def _write_page(number: int) -> None:
    """What was checked, what failed, whose reports; nothing where nothing could be checked."""
    from gongkai.errors import WarehouseError
    from gongkai.quality.page import write_gate_page

    page = settings().state / "gate" / f"publication-{number}.html"
    try:
        with warehouse("owner") as conn:
            write_gate_page(conn, number, page)
    except WarehouseError as error:
        log.warning("%s", error)
    else:
        log.info("what was checked, what failed, whose reports: %s", page)


def is_settled(candidate: dict[str, Any]) -> bool:
    """Whether what the candidate was built from is what it was numbered for, and no other year came in meanwhile."""
    from gongkai.warehouse.inputs import read_inputs

    with warehouse("owner") as conn:
        return bool(read_inputs(conn) == candidate["inputs"])


def hold_to_gate(candidate: dict[str, Any], reason: str | None) -> None:
    """Let the candidate pass, or say what, where and who must act.

    Args:
        candidate: the candidate.
        reason: why it may lose agency-years or change many figures; none: it may not.

    Raises:
        GateError: the candidate must not go live.
    """
    from gongkai.quality import gate

    number, limits = candidate["publication_id"], settings()
    try:
        summary = gate(
            dsn("owner"),
            number,
            coverage_floor=limits.coverage_floor,
            changed_share=limits.changed_share,
            reason=reason,
        )
    finally:
        _write_page(number)
    for warning in summary.warnings:
        log.warning("%s", warning)
    log.info("%s expectations hold over %s agency-years", summary.expectations, summary.agency_years)
    log.info("against the live publication: %s", summary.diff)


def write_diff(candidate: dict[str, Any]) -> None:
    """Write what the candidate would change to ``audit.diff``."""
    from gongkai.warehouse.publication import write_diff as write

    with warehouse("owner") as conn:
        log.info("%s", write(conn, candidate["publication_id"]))


def go_live(candidate: dict[str, Any], reason: str | None) -> None:
    """Make the candidate the live publication, in one transaction; what is older than one wants at hand is retired.

    Raises:
        WarehouseError: its number is taken, or its columns are not those of the published marts.
    """
    from gongkai.warehouse.publication import Candidate, publish
    from gongkai.warehouse.retirement import retire

    with warehouse("owner") as conn:
        publication = publish(conn, Candidate.from_json(candidate), reason)
        retired = retire(conn, settings().publications_kept)
    log.info("publication %s is live: %s; retired: %s", publication.publication_id, publication.row_counts, retired)
