"""Marts that set one thing beside another: regions, peers, an area and its units, two years, prose and tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from psycopg import Connection
from psycopg.rows import dict_row

from gongkai.forms import CellKey, form_by_id
from gongkai.warehouse.dbt.run import invoke, run_stage
from tests.integration.dbt import raw_rows as raw
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres

FORM = form_by_id("form_2021")
RECEIVED = FORM.cell_ids[CellKey("applications", "requests_received_new", "natural_person")]
IN_FORCE = FORM.cell_ids[CellKey("proactive_disclosure", "normative_documents", "in_force")]
DENIED = FORM.cell_ids[CellKey("applications", "denied_state_secret", "natural_person")]
TOWNS = (0, 1, 2, 2, 2, 5, 6, 7, 8, 10)
"""Of ten requests to each of ten townships, how many were granted."""


def region(conn: Connection, code: str, name: str, level: str, parent: str | None) -> None:
    values = {"region_code": code, "name": name, "level": level, "parent_code": parent, "is_statutory": True}
    raw.insert(conn, "raw.region", values | {"valid_from": date(2008, 5, 1)})


def put(conn: Connection, year: int, agency_id: str, requests: int, **more: Any) -> int:
    """A report of form_2021 that balances: `forward` and `over` are carried from year to year, all others granted but
    those `denied`."""
    over, forward, denied = more.pop("over", 0), more.pop("forward", 0), more.pop("denied", 0)
    disposed = requests + over - forward
    sheet = raw.Sheet("form_2021")
    for row, number in {
        "requests_received_new": requests,
        "requests_carried_over_from_prior_year": over,
        "granted_in_full": disposed - denied,
        "denied_state_secret": denied,
        "dispositions_total": disposed,
        "requests_carried_forward_to_next_year": forward,
    }.items():
        sheet.applications(row, natural_person=number)
    sheet.figures |= more.pop("figures", {})
    for key in more.pop("missing", ()):
        sheet.missing(key, "blank")
    document = f"{agency_id} {year} {more.get('scope', '')}"
    raw.listed(conn, year, f"{agency_id}局", document)
    return raw.report(conn, year, f"{agency_id}局", document, sheet, **more)


def insert_regions_and_units(conn: Connection) -> None:
    """A city with organs, a county of one organ, and a zone that says nothing of its organs."""
    region(conn, "100000", "中国", "national", None)
    region(conn, "330000", "浙江省", "provincial", "100000")
    region(conn, "330300", "温州市", "prefecture", "330000")
    region(conn, "330302", "鹿城区", "county", "330300")
    region(conn, "339001", "直管县", "county", "330000")
    whole: dict[str, Any] = {"scope": "whole_area", "organ_type": "government_office"}
    county: dict[str, Any] = {"region_code": "330302", "level": "county"}
    raw.agency(conn, "city", "city局", **whole)
    raw.agency(conn, "county", "county局", parent_agency_id="city", **county, **whole)
    raw.agency(conn, "zone", "zone局", parent_agency_id="city", **county, **whole)
    raw.agency(conn, "organ", "organ局", parent_agency_id="county", **county)
    for agency_id in ("a", "b", "c"):
        raw.agency(conn, agency_id, f"{agency_id}局", parent_agency_id="city")
    raw.agency(conn, "province", "province局", region_code="330000", level="provincial")
    raw.agency(conn, "direct", "direct局", region_code="339001", level="county")
    for number in range(len(TOWNS)):
        town = {"region_code": "330302", "level": "township", "organ_type": "township"}
        raw.agency(conn, f"town{number}", f"town{number}局", **town)


def insert_reorganised(conn: Connection) -> None:
    """old -> new; one and two -> both; one more and a silent one -> half; whole -> left and right."""
    ended, begun = {"valid_to": date(2022, 2, 28)}, {"valid_from": date(2022, 3, 1)}
    changes = [
        ("new", "old", "rename"),
        ("both", "one", "merge"),
        ("both", "two", "merge"),
        ("half", "three", "merge"),
        ("half", "silent", "merge"),
        ("left", "whole", "split"),
        ("right", "whole", "split"),
    ]
    for agency_id in dict.fromkeys(change[1] for change in changes):
        raw.agency(conn, agency_id, f"{agency_id}局", **ended)
    for agency_id in dict.fromkeys(change[0] for change in changes):
        raw.agency(conn, agency_id, f"{agency_id}局", **begun)
    for agency_id, predecessor_id, relation in changes:
        change = {"agency_id": agency_id, "predecessor_id": predecessor_id, "relation": relation}
        raw.insert(conn, "raw.agency_change", change | {"changed_on": date(2022, 3, 1)})
    for agency_id, forward in {"old": 5, "one": 3, "two": 4, "three": 1, "whole": 6}.items():
        put(conn, 2021, agency_id, forward, forward=forward)
    for agency_id, over in {"new": 5, "both": 7, "half": 1, "left": 4, "right": 2}.items():
        put(conn, 2022, agency_id, 0, over=over)


def insert_reports(conn: Connection) -> dict[str, int]:
    for year in (2021, 2022):
        raw.run(conn, year)
    insert_regions_and_units(conn)
    insert_reorganised(conn)
    documents = "proactive_disclosure.normative_documents"
    blank = ("applications.denied_state_secret.natural_person",)
    ids = {
        "a": put(conn, 2021, "a", 10, forward=2, figures={f"{documents}.in_force": 10}),
        "b": put(conn, 2021, "b", 20, forward=1),
        "c": put(conn, 2021, "c", 4, missing=blank),
        "organ": put(conn, 2021, "organ", 5),
        "city itself": put(conn, 2021, "city", 3),
        "city": put(conn, 2021, "city", 29, scope="whole_area"),
        "county": put(conn, 2021, "county", 5, scope="whole_area"),
        "zone": put(conn, 2021, "zone", 7, scope="whole_area"),
        "province": put(conn, 2021, "province", 100),
        "direct": put(conn, 2021, "direct", 1),
        "city 2022": put(conn, 2022, "city", 25, scope="whole_area"),
        "zone 2022": put(conn, 2022, "zone", 60, scope="whole_area"),
    }
    put(conn, 2022, "a", 8, over=2, figures={f"{documents}.{key}": value for key, value in
        {"made_this_year": 2, "repealed_this_year": 1, "in_force": 11}.items()})  # fmt: skip
    put(conn, 2022, "b", 9, published_on=date(2023, 2, 1))
    for number, granted in enumerate(TOWNS):
        put(conn, 2021, f"town{number}", 10, denied=10 - granted)
    for report, key, value in (
        *(("a", "n_requests_received", 10), ("b", "n_requests_received", 19)),
        *(("c", "n_requests_received", None), ("c", "n_proactive_items", 3)),
    ):
        claim = {"report_id": ids[report], "key": key, "value": value, "unit": "件", "quote": f"收到申请{value}件"}
        raw.insert(conn, "raw.claim", claim)
    return ids


class Built:
    """A candidate, and queries on it."""

    def __init__(self, conn: Connection, dsn: str, target: Any, ids: dict[str, int]) -> None:
        self.conn, self.dsn, self.target, self.ids = conn, dsn, target, ids

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()

    def one(self, query: str, **values: Any) -> dict[str, Any]:
        (row,) = self.rows(query, **values)
        return row

    def region(self, summed_to: str, code: str, year: int = 2021) -> dict[str, Any]:
        query = (
            "select * from candidate.region_year "
            "where summed_to = %(to)s and region_code = %(code)s and report_year = %(year)s"
        )
        return self.one(query, to=summed_to, code=code, year=year)

    def rollup(self, report: str, cell: int = RECEIVED) -> dict[str, Any]:
        query = "select * from candidate.fct_rollup where report_id = %(id)s and cell_id = %(cell)s"
        return self.one(query, id=self.ids[report], cell=cell)

    def continuity(self, agency_id: str, continuity: str = "carried_over_continuity") -> dict[str, Any]:
        query = (
            "select * from candidate.fct_continuity where agency_id = %(agency)s and continuity = %(continuity)s "
            "and coalesce(column_key, '') <> 'total'"
        )
        return self.one(query, agency=agency_id, continuity=continuity)


@pytest.fixture(scope="module")
def built(warehouse: WarehouseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    target = tmp_path_factory.mktemp("dbt")
    with warehouse.connect() as conn:
        ids = insert_reports(conn)
        run_stage("intermediate", warehouse.dsns.owner, 1, target)
        conn.execute("insert into audit.verdict select 1, report_id, 'accepted' from intermediate.int_current_report")
        run_stage("candidate", warehouse.dsns.owner, 1, target)
        yield Built(conn, warehouse.dsns.owner, target, ids)


def test_a_region_is_the_sum_of_its_organs_without_the_reports_that_contain_them(built: Built) -> None:
    own, city = built.region("division", "330300"), built.region("prefecture", "330300")
    reorganised = 5 + 3 + 4 + 1 + 6
    assert own["requests_received_new"] == 10 + 20 + 4 + 3 + reorganised  # not the 29 of the whole area
    assert city["requests_received_new"] == own["requests_received_new"] + 5 + 10 * len(TOWNS)
    assert (city["region_name"], city["region_level"]) == ("温州市", "prefecture")
    assert built.region("provincial", "330000")["requests_received_new"] == city["requests_received_new"] + 100 + 1


def test_at_each_level_every_report_counts_once(built: Built) -> None:
    sums = built.rows(
        "select summed_to, sum(requests_received_new) as requests, sum(reports) as reports "
        "from candidate.region_year where report_year = 2021 group by summed_to"
    )
    everything = built.one(
        "select sum(requests_received_new) as requests, count(*) as reports from candidate.agency_year "
        "where scope = 'own_organ' and report_year = 2021"
    )
    assert len(sums) == 4
    assert all({**line, "summed_to": None} == {**everything, "summed_to": None} for line in sums)


def test_what_stands_above_a_level_or_beside_it_keeps_its_own_line(built: Built) -> None:
    for code, requests in {"330000": 100, "339001": 1}.items():
        assert built.region("prefecture", code)["requests_received_new"] == requests


def test_rates_of_a_region_come_from_its_sums(built: Built) -> None:
    towns = sum(TOWNS)
    county = built.region("division", "330302")
    assert county["granted_in_full_share_of_dispositions"] == round(Decimal(towns + 5) / (10 * len(TOWNS) + 5), 6)
    assert (county["dispositions_at_least_30"], county["reconsiderations_at_least_30"]) == (True, False)
    assert county["corrected_share_of_reconsiderations"] is None  # nothing to divide by
    city = built.region("division", "330300")
    assert (city["denied_state_secret"], city["reports_lacking_figures"]) == (0, 1)


def test_a_region_says_who_was_due_and_on_time(built: Built) -> None:
    city = built.region("division", "330300", 2022)
    # a, b and c of the city, and five agencies that began in 2022; c is silent, b was late
    assert (city["reports_due"], city["reports_found"], city["reports_on_time"], city["reports_late"]) == (8, 7, 6, 1)
    assert city["on_time_share_of_reports_due"] == Decimal("0.75")
    nothing = built.region("division", "330302", 2022)
    assert (nothing["reports_due"], nothing["reports"], nothing["requests_received_new"]) == (11, 0, None)


def test_peers_with_equal_rates_share_their_place(built: Built) -> None:
    peers = built.rows(
        "select peers, granted_in_full_share_of_dispositions_percentile as percentile, "
        "corrected_share_of_litigation_percentile as nothing "
        "from candidate.agency_year_peers where level = 'township' order by agency_id"
    )
    expected = ["0", "0.1111", "0.3333", "0.3333", "0.3333", "0.5556", "0.6667", "0.7778", "0.8889", "1"]
    assert [peer["percentile"] for peer in peers] == list(map(Decimal, expected))
    assert {(peer["peers"], peer["nothing"]) for peer in peers} == {(10, None)}


def test_a_small_group_has_no_percentiles(built: Built) -> None:
    few = built.one("select * from candidate.agency_year_peers where level = 'provincial'")
    assert (few["peers"], few["granted_share_of_dispositions_percentile"]) == (1, None)


def test_an_area_that_is_the_sum_of_its_units(built: Built) -> None:
    county = built.rollup("county")
    assert (county["area_value"], county["units_sum"], county["outcome"]) == (5, 5, "agrees")
    units = built.rows("select agency_id from candidate.fct_rollup_units where area_report_id = %(id)s",
                       id=built.ids["county"])  # fmt: skip
    assert units == [{"agency_id": "organ"}]


def test_a_difference_names_the_unit_that_was_left_out(built: Built) -> None:
    city = built.rollup("city")
    assert (city["area_value"], city["units_sum"], city["difference"]) == (29, 10 + 20 + 4 + 5 + 7 + 3, -20)
    assert (city["outcome"], city["units_that_explain"]) == ("differs", ["b"])
    units = built.rows("select agency_id, scope, is_due, status from candidate.fct_rollup_units "
                       "where area_report_id = %(id)s order by agency_id", id=built.ids["city"])  # fmt: skip
    assert [tuple(unit.values()) for unit in units] == [
        *((unit, "own_organ", True, "counted") for unit in ("a", "b", "c")),
        ("city", "own_organ", False, "counted"),
        ("organ", "own_organ", True, "counted"),
        ("zone", "whole_area", True, "counted"),  # nobody below it reports, so it stands for itself
    ]


def test_a_missing_figure_is_not_zero(built: Built) -> None:
    city = built.rollup("city", DENIED)
    assert (city["outcome"], city["units_lacking_figure"], city["units_missing"]) == ("not_assessable", ["c"], 0)


def test_with_units_missing_only_too_large_a_sum_says_something(built: Built) -> None:
    city = built.rollup("city 2022")
    assert (city["units_missing"], city["units_sum"], city["outcome"]) == (2, 8 + 9 + 60, "differs")
    carried = built.rollup(
        "city 2022", FORM.cell_ids[CellKey("proactive_disclosure", "normative_documents", "in_force")]
    )
    assert (carried["area_value"], carried["units_sum"], carried["outcome"]) == (0, 11, "differs")
    statuses = built.rows("select agency_id from candidate.fct_rollup_units where area_report_id = %(id)s "
                          "and status = 'missing' order by 1", id=built.ids["city 2022"])  # fmt: skip
    assert [line["agency_id"] for line in statuses] == ["c", "organ"]


def test_this_year_follows_on_last_year(built: Built) -> None:
    kept, lost = built.continuity("a"), built.continuity("b")
    assert (kept["before_value"], kept["value"], kept["outcome"], kept["relation"]) == (2, 2, "holds", "same")
    assert (lost["expected"], lost["value"], lost["difference"], lost["outcome"]) == (1, 0, -1, "differs")
    assert "1 ≠ 0" in lost["message_zh"]
    assert "自然人" in lost["message_zh"]
    stock = built.continuity("a", "in_force_continuity")
    assert (stock["before_value"], stock["change"], stock["expected"], stock["value"]) == (10, 1, 11, 11)
    assert (stock["row_key"], stock["outcome"], kept["message_zh"]) == ("normative_documents", "holds", None)


@pytest.mark.parametrize(
    ("agency_id", "relation", "before", "now", "value"),
    [
        ("new", "rename", ["old"], ["new"], 5),
        ("both", "merge", ["one", "two"], ["both"], 7),
        ("whole", "split", ["whole"], ["left", "right"], 6),
    ],
)
def test_continuity_across_a_reorganisation(
    built: Built, agency_id: str, relation: str, before: list[str], now: list[str], value: int
) -> None:
    line = built.continuity(agency_id)
    assert (line["relation"], line["agencies_before"], line["agencies_now"]) == (relation, before, now)
    assert (line["before_value"], line["value"], line["outcome"]) == (value, value, "holds")


def test_a_merger_with_a_silent_predecessor_cannot_be_assessed(built: Built) -> None:
    line = built.continuity("half")
    assert (line["agencies_missing"], line["outcome"], line["message_zh"]) == (["silent"], "not_assessable", None)


def test_claims_stand_beside_their_tables(built: Built) -> None:
    claims = built.rows("select * from candidate.fct_claims order by agency_id, claim")
    seen = [(line["agency_id"], line["claim"], line["value"], line["table_value"], line["outcome"]) for line in claims]
    assert seen == [
        ("a", "n_requests_received", 10, 10, "matches"),
        ("b", "n_requests_received", 19, 20, "differs"),
        ("c", "n_proactive_items", 3, None, "not_assessable"),
        ("c", "n_requests_received", None, 4, "not_assessable"),
    ]
    assert claims[0]["table_cells"] == [FORM.cell_ids[CellKey("applications", "requests_received_new", "total")]]
    assert claims[0]["claim_zh"].startswith("收到")


def test_unit_tests_of_the_models_pass(built: Built) -> None:
    result = invoke(["test", "--select", "test_type:unit"], built.dsn, 1, built.target)
    assert [node.status for node in result.result.results] == ["pass"] * 7


def test_sources_that_nobody_loaded_for_over_a_year_are_stale(built: Built) -> None:
    def freshness() -> dict[str, str]:
        result = invoke(["source", "freshness"], built.dsn, 1, built.target)
        return {node.node.name: node.status for node in result.result.results}

    assert freshness() == {"ingest_run": "pass", "visible_report": "pass"}
    with_old_loads = "update raw.{} set {} = {} - interval '500 days'"
    for table, column in (("ingest_run", "completed_at"), ("report", "loaded_at")):
        built.conn.execute(with_old_loads.format(table, column, "now()" if table == "ingest_run" else column).encode())
    assert freshness() == {"ingest_run": "warn", "visible_report": "warn"}
