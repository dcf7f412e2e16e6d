"""What the marts that compare must agree with: sums of regions, peers, areas and their units, two years, claims."""
# ruff: noqa: S608 - every name comes from this module and the forms

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gongkai.forms import continuities
from gongkai.quality.suites import Expectation, finds_nothing

KEYS: dict[str, tuple[str, ...]] = {
    "region_year": ("summed_to", "region_code", "report_year"),
    "agency_year_peers": ("report_id",),
    "fct_rollup": ("report_id", "cell_id"),
    "fct_rollup_units": ("area_report_id", "agency_id"),
    "fct_continuity": ("agency_id", "report_year", "scope", "cell_id"),
    "fct_claims": ("report_id", "claim_number"),
}
"""These marts, with the columns that tell their rows apart. Each may be empty: that nothing is lost is seen below."""

_LEVELS = "(VALUES ('division'), ('prefecture'), ('provincial'), ('national')) AS level (summed_to)"

_WITH_REGION = (
    "FROM candidate.agency_year AS wide JOIN candidate.dim_agency AS agency USING (agency_id) "
    "LEFT JOIN intermediate.int_unconfirmed_agency AS unconfirmed "
    "ON unconfirmed.agency_id = wide.agency_id AND unconfirmed.seen_year = wide.report_year "
    "WHERE wide.scope = 'own_organ' "
    "AND CASE WHEN agency.on_roster THEN agency.region_code ELSE unconfirmed.region_code END IS NOT NULL"
)


def comparisons(totals: Sequence[str], act: dict[str, str]) -> Iterator[Expectation]:
    """The expectations of these marts. `totals`: columns of agency_year that sums of regions are checked by."""
    yield _regions_add_up(totals, act)
    yield _peers_are_all(act)
    yield _rollup_adds_up(act)
    yield from _continuity_is_whole(act)
    yield _claims_are_all(act)


def _regions_add_up(totals: Sequence[str], act: dict[str, Any]) -> Expectation:
    sums = ", ".join(f"coalesce(sum({column}), 0) AS {column}" for column in totals)
    differs = " OR ".join(f"region.{column} IS DISTINCT FROM wide.{column}" for column in ("reports", *totals))
    return finds_nothing(
        "region_year_adds_up",
        "SELECT coalesce(region.summed_to, wide.summed_to) AS summed_to, "
        "coalesce(region.report_year, wide.report_year) AS report_year, "
        "wide.reports AS expected, region.reports AS found FROM "
        f"(SELECT summed_to, report_year, sum(reports) AS reports, {sums} FROM {{batch}} AS mart "
        "GROUP BY summed_to, report_year HAVING sum(reports) > 0) AS region FULL JOIN "
        f"(SELECT level.summed_to, report_year, count(*) AS reports, {sums} FROM "
        f"(SELECT wide.* {_WITH_REGION}) AS report CROSS JOIN {_LEVELS} GROUP BY level.summed_to, report_year) AS wide "
        f"ON region.summed_to = wide.summed_to AND region.report_year = wide.report_year WHERE {differs}",
        table="region_year",
        zh="region_year 各层级之和与 agency_year 的本机关报告一致",
        en="at each level region_year adds up to the own-organ reports of agency_year",
        act=act,
    )


def _peers_are_all(act: dict[str, Any]) -> Expectation:
    return finds_nothing(
        "agency_year_peers_are_all",
        "SELECT wide.report_id FROM candidate.agency_year AS wide "
        "JOIN candidate.dim_agency AS agency USING (agency_id) "
        "LEFT JOIN {batch} AS mart ON mart.report_id = wide.report_id "
        "WHERE agency.level IS NOT NULL AND agency.organ_type IS NOT NULL AND mart.report_id IS NULL",
        table="agency_year_peers",
        zh="名录中有层级和类型的机关，其报告都在 agency_year_peers 中",
        en="every report of an agency whose level and type are known stands in agency_year_peers",
        act=act,
    )


def _rollup_adds_up(act: dict[str, Any]) -> Expectation:
    return finds_nothing(
        "fct_rollup_adds_up",
        "SELECT unit.area_report_id AS report_id, unit.parts AS expected, mart.parts AS found FROM "
        "(SELECT area_report_id, sum(requests) AS parts FROM candidate.fct_rollup_units AS unit "
        "JOIN candidate.fct_applications AS fact USING (report_id) WHERE unit.status = 'counted' "
        "GROUP BY area_report_id) AS unit LEFT JOIN "
        "(SELECT mart.report_id, sum(mart.units_sum) AS parts FROM {batch} AS mart "
        "WHERE mart.cell_id IN (SELECT cell_id FROM candidate.fct_applications) GROUP BY mart.report_id) AS mart "
        "ON mart.report_id = unit.area_report_id WHERE coalesce(unit.parts, 0) <> coalesce(mart.parts, 0)",
        table="fct_rollup",
        zh="fct_rollup 中各机关之和与 fct_applications 一致",
        en="the sums of units in fct_rollup are those of their figures in fct_applications",
        act=act,
    )


def _continuity_is_whole(act: dict[str, Any]) -> Iterator[Expectation]:
    for continuity in continuities():
        if continuity.per != "column":
            continue
        # agency_year names its totals after the rows of the form
        said = " + ".join(f"before.{row}" for row in continuity.before)
        last_year = ", ".join(("agency_id", "report_year", "scope", "form", *continuity.before))
        yield finds_nothing(
            f"fct_continuity_has_{continuity.name}",
            "SELECT now.report_id FROM candidate.agency_year AS now JOIN ("
            f"SELECT {last_year} FROM candidate.agency_year "
            f"UNION ALL SELECT {last_year} FROM {{kept_agency_year}} AS kept) AS before "
            "ON before.agency_id = now.agency_id AND before.scope = now.scope "
            "AND before.report_year = now.report_year - 1 AND before.form = now.form "
            f"WHERE {said} > 0 AND NOT EXISTS (SELECT 1 FROM (SELECT mart.report_year, mart.scope, "
            "unnest(mart.agencies_now) AS agency_id FROM {batch} AS mart "
            f"WHERE mart.continuity = '{continuity.name}') AS compared WHERE compared.report_year = now.report_year "
            "AND compared.scope = now.scope AND compared.agency_id = now.agency_id)",
            table="fct_continuity",
            zh=f"上年有数字的机关，本年在 fct_continuity 中有 {continuity.name}",
            en=f"whoever had such figures last year has {continuity.name} in fct_continuity this year",
            source=continuity.source.model_dump(),
            act=act,
        )


def _claims_are_all(act: dict[str, Any]) -> Expectation:
    return finds_nothing(
        "fct_claims_are_all",
        "SELECT report_id, claimed.claims AS expected, mart.claims AS found FROM "
        "(SELECT report_id, count(*) AS claims FROM raw.claim JOIN candidate.agency_year USING (report_id) "
        "GROUP BY report_id) AS claimed FULL JOIN "
        "(SELECT mart.report_id, count(*) AS claims FROM {batch} AS mart GROUP BY mart.report_id) AS mart "
        "USING (report_id) WHERE claimed.claims IS DISTINCT FROM mart.claims",
        table="fct_claims",
        zh="已发布报告的正文数据都在 fct_claims 中",
        en="every claim of a published report stands in fct_claims",
        act=act,
    )
