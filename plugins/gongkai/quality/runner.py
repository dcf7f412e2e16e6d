"""Runs suites in Great Expectations, as SQL in Postgres.

The library's results are cut (200 rows a query), so they are only asked whether and how often; who needs the rows runs
`Outcome.query`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from gongkai.errors import GateError
from gongkai.quality.suites import Suite
from gongkai.warehouse.connection import connect

APPLICATION = "gongkai-quality"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one expectation. `error` says why it could not be evaluated at all."""

    suite: str
    name: str
    table: str
    severity: str
    success: bool
    found: int | None
    """rows that a query found; None for other expectations"""
    observed: Mapping[str, Any]
    query: str | None
    meta: Mapping[str, Any]
    error: str | None = None

    def fill(self, query: str) -> str:
        """The query with the name of this expectation's table in place of ``{batch}``."""
        return query.replace("{batch}", self.table)

    @property
    def blocks(self) -> bool:
        return not self.success and self.severity == "critical"


Run = Callable[[Suite], list[Outcome]]


@contextmanager
def great_expectations(dsn: str, schema: str) -> Iterator[Run]:
    """A function that evaluates a suite over tables of `schema`; every expectation's meta names its table.

    Its outcomes stand in the order of the suite, one an expectation. Importing the library takes some seconds; one
    context serves a whole pass. All connections are closed at the end.

    Raises:
        GateError: a table is missing, or the library returned no result for an expectation.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_postgres(
        "warehouse", connection_string=sqlalchemy_url(dsn), kwargs={"connect_args": _connect_args(dsn, schema)}
    )
    batches: dict[str, Any] = {}

    def batch(table: str) -> Any:
        if table not in batches:
            asset = source.add_table_asset(table, table_name=table)
            batches[table] = asset.add_batch_definition_whole_table("all").get_batch()
        return batches[table]

    def run(suite: Suite) -> list[Outcome]:
        by_table: dict[str, list[dict[str, Any]]] = {}
        for expected in suite["expectations"]:
            by_table.setdefault(expected["meta"]["table"], []).append(expected)
        require_tables(dsn, schema, by_table)
        results: dict[str, Any] = {}
        for table, expectations in by_table.items():
            part = gx.ExpectationSuite(name=f"{suite['name']}.{table}", expectations=expectations)
            for result in batch(table).validate(part, result_format="BASIC").results:
                results[result.expectation_config.meta["name"]] = result
        return [_outcome(suite["name"], schema, expected, results) for expected in suite["expectations"]]

    try:
        yield run
    finally:
        source.get_engine().dispose()
        for each in batches.values():
            each.data.execution_engine.close()
            each.data.execution_engine.engine.dispose()


def sqlalchemy_url(dsn: str) -> str:
    """The DSN for SQLAlchemy; a dollar sign is written in full, or the library would take it for a variable."""
    return f"postgresql+psycopg://{dsn.partition('://')[2].replace('$', quote('$'))}"


def _connect_args(dsn: str, schema: str) -> dict[str, str]:
    """The library has no schema in a Postgres source, only in its connection."""
    options = f"{conninfo_to_dict(dsn).get('options', '')} -c search_path={schema}".strip()
    return {"options": options, "application_name": APPLICATION}


def require_tables(dsn: str, schema: str, tables: Iterable[str]) -> None:
    """See that the tables are there.

    Raises:
        GateError: some are not.
    """
    with connect(dsn) as conn:
        found = {name for (name,) in conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])}
    if missing := [table for table in tables if table not in found]:
        raise GateError(
            f"schema {schema} of the warehouse lacks {', '.join(missing)}: build it with dbt before it is validated"
        )


def _outcome(suite: str, schema: str, expected: Mapping[str, Any], results: Mapping[str, Any]) -> Outcome:
    meta = expected["meta"]
    result = results.get(meta["name"])
    if result is None:
        raise GateError(f"Great Expectations gave no result for {meta['name']} of the suite {suite}")
    table = f"{schema}.{meta['table']}"
    query = expected["kwargs"].get("unexpected_rows_query")
    observed = {key: result.result[key] for key in ("observed_value", "unexpected_count") if key in result.result}
    error = _error(result)
    return Outcome(
        suite=suite,
        name=meta["name"],
        table=table,
        severity=expected["severity"],
        success=bool(result.success) and error is None,
        found=observed.get("observed_value") if query and error is None else None,
        observed=observed,
        query=query.replace("{batch}", table) if query else None,
        meta=meta,
        error=error,
    )


def _error(result: Any) -> str | None:
    """Why the expectation could not be evaluated. The library gives one exception, or one for each metric."""
    info = result.exception_info or {}
    for each in (info, *info.values()):
        if isinstance(each, Mapping) and each.get("raised_exception"):
            return str(each.get("exception_message"))
    return None
