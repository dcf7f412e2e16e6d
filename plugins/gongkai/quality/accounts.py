"""That no report is lost between raw and the marts: each one ends in a place of its own.

A report of the publication's lock was read again since, or stands in fct_editions; the current one of an agency-year is
judged; accepted, it stands in agency_year, held, in fct_findings; and either way in fct_coverage. Years that the
publication keeps were followed when they were built.
"""
# ruff: noqa: S608 - every query is a constant of this module

from __future__ import annotations

from collections.abc import Iterator

from gongkai.quality.suites import Expectation, finds_nothing
from gongkai.warehouse.lock import REPORT

_LOCKED = f"""
    SELECT report.* FROM audit.locked_input AS locked
    JOIN raw.report ON report.report_id = CAST(locked.line ->> 'report_id' AS bigint)
    WHERE locked.input = '{REPORT}' AND locked.first_publication <= {{publication_id}}
    AND coalesce(locked.last_publication, {{publication_id}}) >= {{publication_id}}
"""

# a document that was only ever found outside official hosts is evidence, and no report of anybody
_UNOFFICIAL = """
    SELECT request.sha256 FROM raw.fetch AS request JOIN raw.ingest_run USING (run_id)
    WHERE ingest_run.status = 'complete' AND request.outcome IN ('fetched', 'unchanged') AND request.sha256 IS NOT NULL
    GROUP BY request.sha256 HAVING bool_and(request.official IS FALSE)
"""

_CURRENT = "SELECT * FROM candidate.fct_editions WHERE relation = 'current'"
_JUDGED = "SELECT * FROM audit.verdict WHERE publication_id = {publication_id} AND NOT is_kept"
_KEPT = "SELECT report_year FROM published.kept_year WHERE publication_id = {publication_id}"


def accounts(act: dict[str, str]) -> Iterator[Expectation]:
    """The expectations that follow a report from place to place."""
    yield finds_nothing(
        "every_report_is_an_edition",
        f"WITH locked AS ({_LOCKED}) SELECT report.report_id, report.sha256 FROM locked AS report "
        "LEFT JOIN {batch} AS mart ON mart.report_id = report.report_id "
        "LEFT JOIN locked AS newer ON newer.sha256 = report.sha256 AND newer.parser_version <> report.parser_version "
        "AND (newer.loaded_at, newer.parser_version) > (report.loaded_at, report.parser_version) "
        "WHERE mart.report_id IS NULL AND newer.report_id IS NULL AND report.report_year IS NOT NULL "
        f"AND report.sha256 NOT IN ({_UNOFFICIAL}) AND report.report_year NOT IN ({_KEPT})",
        table="fct_editions",
        zh="每份已装载、年度明确且未被重新解析的报告都在 fct_editions 中",
        en="every report that was loaded, has a year and was not read again stands in fct_editions",
        act=act,
    )
    yield finds_nothing(
        "every_current_edition_is_judged",
        f"SELECT coalesce(mart.report_id, judged.report_id) AS report_id, judged.verdict FROM ({_CURRENT}) AS mart "
        f"FULL JOIN ({_JUDGED}) AS judged USING (report_id) WHERE mart.report_id IS NULL OR judged.report_id IS NULL",
        table="fct_editions",
        zh="现行报告均有结论，有结论的均为现行报告",
        en="the current editions are those that have a verdict",
        act=act,
    )
    yield finds_nothing(
        "every_held_report_has_a_finding",
        f"SELECT judged.report_id FROM ({_JUDGED}) AS judged LEFT JOIN {{batch}} AS mart "
        "ON mart.report_id = judged.report_id AND mart.kind <> 'advisory' "
        "WHERE judged.verdict = 'held' AND mart.report_id IS NULL",
        table="fct_findings",
        zh="每份待核报告在 fct_findings 中都有原因",
        en="every held report stands in fct_findings with what holds it",
        act=act,
    )
    yield finds_nothing(
        "every_agency_year_is_covered",
        f"SELECT DISTINCT edition.agency_id, edition.report_year FROM ({_CURRENT}) AS edition "
        "LEFT JOIN {batch} AS mart ON mart.agency_id = edition.agency_id AND mart.report_year = edition.report_year "
        "WHERE mart.agency_id IS NULL",
        table="fct_coverage",
        zh="有现行报告的机关年度都在 fct_coverage 中",
        en="every agency-year with a report stands in fct_coverage",
        act=act,
    )
