"""Both stages on synthetic reports of both forms: what the marts say, and what they must not say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection
from psycopg.rows import dict_row

from gongkai.check.report import COUNT_IS_WHOLE
from gongkai.errors import WarehouseError
from gongkai.forms import CellKey, form_by_id
from gongkai.quality.marts import KEYS
from gongkai.warehouse.dbt.run import run_stage
from tests.integration.dbt import raw_rows as raw
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres

PUBLICATION = 7
ELSEWHERE = ("fct_claims", "fct_continuity", "fct_rollup", "fct_rollup_units")
"""Marts that these reports leave empty; test_comparisons.py fills them."""

SINCE = date(1981, 1, 1)
REGIONS = [
    ("330000", "浙江省", None, SINCE), ("330300", "温州市", "330000", SINCE), ("330302", "鹿城区", "330300", SINCE),
    ("330383", "龙港市", "330300", date(2019, 8, 1)), ("320106", "鼓楼区", "320100", SINCE),
    ("350102", "鼓楼区", "350100", SINCE), ("350100", "福州市", None, SINCE), ("320100", "南京市", None, SINCE),
]  # fmt: skip
UNCONFIRMED = {
    (2019, "浙江省 温州市某中心"): "330300",
    (2019, "温州市鹿城区某局"): "330302",
    (2019, "浙江省鹿城区某局"): "330302",
    (2019, "鼓楼区某局"): None,  # which one?
    (2019, "福州市鼓楼区某局"): "350102",
    (2019, "龙港市某局"): "330383",
    (2016, "龙港市某所"): None,  # there was none yet
    (2019, "某某公司"): None,
}
"""Names in listings that are not on the roster, and the region that each begins with."""


class Built:
    """A candidate, and queries on it."""

    def __init__(self, conn: Connection, warehouse: WarehouseUnderTest, target: Path, ids: dict[str, int]) -> None:
        self.conn, self.dsn, self.target, self.ids = conn, warehouse.dsns.owner, target, ids

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, values).fetchall()

    def one(self, query: str, **values: Any) -> dict[str, Any]:
        (row,) = self.rows(query, **values)
        return row


def insert_reports(conn: Connection) -> dict[str, int]:
    """Report ids by a word that says what is special about each."""
    for year in (2012, 2016, 2019, 2021):
        raw.run(conn, year)
    raw.run(conn, 2022, status="running")
    raw.agency(conn, "old", "旧局", valid_to=date(2020, 6, 30))
    raw.agency(conn, "jia", "甲局")
    raw.agency(conn, "area", "某市政府办公室", scope="whole_area", organ_type="government_office")
    for agency_id in ("held", "printed", "silent", "broken", "refused", "mirrored", "fixed", "rejected"):
        raw.agency(conn, agency_id, f"{agency_id}局")
    change = {"agency_id": "jia", "predecessor_id": "old", "relation": "rename", "changed_on": date(2020, 7, 1)}
    raw.insert(conn, "raw.agency_change", change)
    for code, name, parent, begin in REGIONS:
        raw.insert(conn, "raw.region", {"region_code": code, "name": name, "parent_code": parent, "valid_from": begin,
                                        "level": "county", "is_statutory": True})  # fmt: skip
    for year, name in UNCONFIRMED:
        raw.listed(conn, year, name, None)

    def put(word: str, year: int, name: str, sheet: raw.Sheet, **more: Any) -> tuple[str, int]:
        raw.listed(conn, year, name, word)
        raw.read(conn, year, word, "parsed")
        return word, raw.report(conn, year, name, word, sheet, **more)

    ids = dict([
        put("old_2019", 2019, "旧局", form_2019()),
        put("jia_2021", 2021, "甲局", form_2021()),
        put("area_2021", 2021, "某市政府办公室", raw.granted("form_2021", 30), scope="whole_area",
            published_on=date(2022, 4, 1)),
        put("held_2021", 2021, "held局", unbalanced(), verdict="held"),
        put("printed_2021", 2021, "printed局", unbalanced(), verdict="held"),
        put("fixed_2021", 2021, "fixed局", unbalanced()),
        put("rejected_2021", 2021, "rejected局", raw.granted("form_2021", 2)),
        put("stray_2021", 2021, "名录外局", raw.granted("form_2021", 1)),
        put("sheet_2016", 2016, "甲局", sheet_2016()),
        put("prose_2012", 2012, "甲局", prose_2012()),
        put("running_2022", 2022, "甲局", raw.granted("form_2021", 9)),
    ])  # fmt: skip
    raw.listed(conn, 2021, "mirrored局", "mirrored", official=False)
    raw.read(conn, 2021, "mirrored", "parsed")
    raw.listed(conn, 2021, "broken局", "broken")
    raw.read(conn, 2021, "broken", "unreadable", "the file is truncated")
    raw.read(conn, 2022, "broken", "parsed")  # by a run under way: nobody sees that yet
    raw.listed(conn, 2021, "refused局", None)
    correct = {"sha256": raw.sha("fixed_2021"), "action": "correct", "cell_id": cell_2021("granted_in_full", "total"),
               "printed_value": 3, "corrected_value": 2, "reason": "slip", "decided_by": "steward"}  # fmt: skip
    raw.insert(conn, "raw.decision", correct)
    reject = {"sha256": raw.sha("rejected_2021"), "action": "reject", "reason": "wrong file", "decided_by": "steward"}
    raw.insert(conn, "raw.decision", reject)
    issue = {"report_id": ids["held_2021"], "identity": "dispositions_sum", "kind": "derived", "fault": "publisher",
             "table_key": "applications", "column_key": "total", "left_value": 3, "right_value": 2, "ordinal": 1,
             "suspect_row": "granted_in_full", "suspect_column": "total", "suspect_printed": 3, "suspect_balances": 2,
             "message_zh": "不平衡", "message_en": "does not balance"}  # fmt: skip
    raw.insert(conn, "raw.issue", issue)
    # the parser's word on a figure that was corrected since, and that the suites judge anew
    whole = {"report_id": ids["fixed_2021"], "ordinal": 1, "identity": COUNT_IS_WHOLE, "kind": "derived"}
    raw.insert(conn, "raw.issue", whole | {"fault": "unknown", "message_zh": "应为整数", "message_en": "not whole"})
    return ids


def cell_2021(row: str, column: str) -> int:
    return form_by_id("form_2021").cell_ids[CellKey("applications", row, column)]


def form_2019() -> raw.Sheet:
    sheet = raw.Sheet("form_2019")
    sheet.applications("requests_received_new", natural_person=40, commercial_enterprise=5)
    sheet.applications("requests_carried_over_from_prior_year", natural_person=2)
    sheet.applications("granted_in_full", natural_person=30, commercial_enterprise=5)
    sheet.applications("denied_state_secret", natural_person=3)
    sheet.applications("other_disposition", natural_person=4)
    sheet.applications("dispositions_total", natural_person=37, commercial_enterprise=5)
    sheet.applications("requests_carried_forward_to_next_year", natural_person=5)
    sheet.figures |= {"disputes.reconsideration.upheld": 3, "disputes.reconsideration.corrected": 1,
                      "disputes.reconsideration.pending": 2, "disputes.reconsideration.total": 6}  # fmt: skip
    amount = "proactive_disclosure.centralised_procurement.procurement_amount"
    sheet.figures[amount], sheet.texts[amount], sheet.units[amount] = Decimal("27378300.00"), "2737.83万元", "万元"
    sheet.figures["proactive_disclosure.licensing.items_change"] = -2
    return sheet


def form_2021() -> raw.Sheet:
    sheet = raw.granted("form_2021", 12)
    sheet.missing("applications.denied_state_secret.natural_person", "blank", "")
    sheet.missing("proactive_disclosure.rules.in_force", "not_applicable", "—")
    sheet.absent.add("disputes.litigation_direct.upheld")
    sheet.figures["proactive_disclosure.administrative_fees.fee_amount_wan_yuan"] = Decimal("12.5")
    return sheet


def sheet_2016() -> raw.Sheet:
    sheet = raw.Sheet("stat_2014")
    for row, value in {"requests_received": 9, "requests_letter": 9, "dedicated_budget": Decimal("1.5")}.items():
        sheet.figures[f"statistics.{row}.value"] = value
    sheet.missing("statistics.denied_privacy.value", "not_applicable")
    return sheet


def prose_2012() -> raw.Sheet:
    """A report without any table: none of its cells was loaded."""
    sheet = raw.Sheet("free_2008")
    sheet.absent |= {str(key) for key in sheet.form.cell_ids}
    return sheet


def unbalanced() -> raw.Sheet:
    sheet = raw.granted("form_2021", 2)
    sheet.figures["applications.granted_in_full.total"] = 3
    return sheet


@pytest.fixture(scope="module")
def built(warehouse: WarehouseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    target = tmp_path_factory.mktemp("dbt")
    with warehouse.connect() as conn:
        ids = insert_reports(conn)
        run_stage("intermediate", warehouse.dsns.owner, PUBLICATION, target)
        for word, report_id in ids.items():
            verdict = {"held_2021": "held", "rejected_2021": "held", "printed_2021": "accepted_as_printed"}
            if word != "running_2022":
                given = {"publication_id": PUBLICATION, "report_id": report_id}
                raw.insert(conn, "audit.verdict", given | {"verdict": verdict.get(word, "accepted")})
        raw.insert(conn, "audit.verdict", {"publication_id": 6, "report_id": ids["held_2021"], "verdict": "accepted"})
        for column in ("total", "natural_person"):
            raw.insert(conn, "audit.violation", {"publication_id": PUBLICATION, "report_id": ids["held_2021"],
                       "identity": "dispositions_sum", "kind": "derived", "table_key": "applications",
                       "column_key": column, "left_value": 3, "right_value": 2, "suite": "x"})  # fmt: skip
        run_stage("candidate", warehouse.dsns.owner, PUBLICATION, target)
        yield Built(conn, warehouse, target, ids)


def test_a_year_whose_run_is_not_complete_is_invisible(built: Built) -> None:
    years = built.rows("select distinct report_year from intermediate.int_current_report order by 1")
    assert [row["report_year"] for row in years] == [2012, 2016, 2019, 2021]
    assert not built.rows("select 1 from candidate.fct_coverage where report_year = 2022")


def test_wide_tables_hold_the_figures_of_both_forms(built: Built) -> None:
    natural = "select * from intermediate.int_applications_by_column where report_id = %(id)s and column_key = %(key)s"
    old = built.one(natural, id=built.ids["old_2019"], key="natural_person")
    assert (old["requests_received_new"], old["other_disposition"], old["dispositions_total"]) == (40, 4, 37)
    assert old["other_residual"] is None  # the form of 2019 has no such row
    new = built.one(natural, id=built.ids["jia_2021"], key="natural_person")
    assert (new["requests_received_new"], new["denied_state_secret"]) == (12, None)
    assert (new["other_disposition"], new["other_residual"]) == (None, 0)
    by_row = "select * from intermediate.int_{}_by_row where report_id = %(id)s and row_key = %(key)s"
    line = built.one(by_row.format("disputes"), id=built.ids["jia_2021"], key="litigation_direct")
    assert (line["upheld"], line["corrected"], line["total"]) == (None, 0, 0)  # a cell that was never loaded
    line = built.one(by_row.format("proactive_disclosure"), id=built.ids["old_2019"], key="licensing")
    assert (line["items_change"], line["decisions"], line["in_force"]) == (-2, 0, None)


def test_a_correction_counts_and_a_rejection_holds(built: Built) -> None:
    query = "select granted_in_full from intermediate.int_applications_by_column where report_id = %(id)s"
    corrected = built.one(query + " and column_key = 'total'", id=built.ids["fixed_2021"])
    assert corrected["granted_in_full"] == 2
    problem = built.one("select * from intermediate.int_reading_problem")
    assert (problem["report_id"], problem["identity"]) == (built.ids["rejected_2021"], "rejected_by_steward")


def test_facts_hold_parts_only_and_no_zeros(built: Built) -> None:
    rows = built.rows("select flow, disposition, applicant, requests from candidate.fct_applications"
                      " where report_id = %(id)s order by cell_id", id=built.ids["old_2019"])  # fmt: skip
    assert [tuple(row.values()) for row in rows] == [
        ("received", "requests_received_new", "natural_person", 40),
        ("received", "requests_received_new", "commercial_enterprise", 5),
        ("carried_over", "requests_carried_over_from_prior_year", "natural_person", 2),
        ("disposed", "granted_in_full", "natural_person", 30),
        ("disposed", "granted_in_full", "commercial_enterprise", 5),
        ("disposed", "denied_state_secret", "natural_person", 3),
        ("disposed", "other_disposition", "natural_person", 4),
        ("carried_forward", "requests_carried_forward_to_next_year", "natural_person", 5),
    ]
    disputes = built.rows("select procedure, outcome, cases from candidate.fct_disputes where report_year = 2019")
    assert {(row["outcome"], row["cases"]) for row in disputes} == {("upheld", 3), ("corrected", 1), ("pending", 2)}


def test_a_missing_figure_has_a_line_with_its_state(built: Built) -> None:
    query = "select * from candidate.{} where report_id = %(id)s and {} is null"
    blank = built.one(query.format("fct_applications", "requests"), id=built.ids["jia_2021"])
    assert (blank["disposition"], blank["disposition_group"]) == ("denied_state_secret", "denied")
    assert (blank["state"], blank["raw_text"]) == ("blank", "")
    lost = built.one(query.format("fct_disputes", "cases"), id=built.ids["jia_2021"])
    assert (lost["procedure"], lost["outcome"], lost["state"]) == ("litigation_direct", "upheld", "lost")
    none = built.one(query.format("fct_proactive_disclosure", "value"), id=built.ids["jia_2021"])
    assert (none["item"], none["state"], none["raw_text"]) == ("rules", "not_applicable", "—")


def test_indicators_stand_apart_from_their_totals(built: Built) -> None:
    rows = built.rows("select * from candidate.fct_statistics where report_id = %(id)s order by cell_id",
                      id=built.ids["sheet_2016"])  # fmt: skip
    assert [(row["indicator"], row["value"], row["total"], row["unit"], row["amount_yuan"]) for row in rows] == [
        ("requests_received", None, 9, "件", None),
        ("requests_letter", 9, None, "件", None),
        ("denied_privacy", None, None, "件", None),
        ("dedicated_budget", Decimal("1.5"), None, "万元", 15000),
    ]
    assert [(row["state"], row["is_total"]) for row in rows] == [
        *(("value", True), ("value", False), ("not_applicable", False), ("value", False)),
    ]
    assert rows[0]["url"] == "http://portal/2016/sheet_2016"
    line = built.one("select * from intermediate.int_statistics_by_column where report_id = %(id)s",
                     id=built.ids["sheet_2016"])  # fmt: skip
    assert (line["column_key"], line["requests_letter"], line["denied_privacy"]) == ("value", 9, None)


def test_a_report_without_tables_is_published_without_figures(built: Built) -> None:
    year = built.one("select * from candidate.agency_year where report_id = %(id)s", id=built.ids["prose_2012"])
    assert (year["form"], year["report_year"], year["dispositions_total"]) == ("free_2008", 2012, None)
    assert not built.rows("select 1 from candidate.fct_statistics where report_id = %(id)s", id=year["report_id"])


def test_every_fact_leads_back_to_the_byte(built: Built) -> None:
    amount = built.one("select * from candidate.fct_proactive_disclosure where measure = 'procurement_amount'")
    assert (amount["value"], amount["amount_yuan"], amount["unit"]) == (27378300, 27378300, "元")
    assert (amount["raw_text"], amount["printed_unit"]) == ("2737.83万元", "万元")
    assert amount["sha256"] == raw.sha("old_2019")
    assert amount["url"] == "http://portal/2019/old_2019"
    assert amount["locator"] == {"table": 1, "row": amount["cell_id"] % 1000, "reader": "html"}
    fees = built.one("select * from candidate.fct_proactive_disclosure where item = 'administrative_fees'")
    assert (fees["value"], fees["unit"], fees["amount_yuan"]) == (Decimal("12.5"), "万元", 125000)


def test_held_reports_are_in_no_figure_but_in_findings_and_coverage(built: Built) -> None:
    for word in ("held_2021", "rejected_2021"):
        for mart in ("agency_year", "fct_applications", "fct_proactive_disclosure", "fct_disputes"):
            assert not built.rows(f"select 1 from candidate.{mart} where report_id = %(id)s", id=built.ids[word])
        covered = built.one("select * from candidate.fct_coverage where report_id = %(id)s", id=built.ids[word])
        assert (covered["held"], covered["accepted"], covered["published"]) == (True, False, False)
        assert covered["outcome"] == "held"
    total, natural, rejected = built.rows(
        "select * from candidate.fct_findings where verdict = 'held' order by report_id, finding_number"
    )
    assert (total["found_by"], total["fault"], total["verdict"]) == ("both", "publisher", "held")
    assert (total["left_value"], total["right_value"], total["difference"]) == (3, 2, 1)
    assert (total["suspect_printed"], total["suspect_balances"]) == (3, 2)
    assert total["suspect_cell_id"] == cell_2021("granted_in_full", "total")
    assert total["suspect_locator"]["row"] == total["suspect_cell_id"] % 1000
    assert (natural["found_by"], natural["fault"], natural["column_key"]) == ("gate", "unknown", "natural_person")
    assert natural["message_zh"] == "各类办理结果之和等于办理结果总计：左边 3，右边 2"
    assert (rejected["identity"], rejected["report_id"]) == ("rejected_by_steward", built.ids["rejected_2021"])
    assert rejected["message_en"] == "a steward has rejected the report"


def test_agency_year_has_totals_groups_and_rates(built: Built) -> None:
    query = "select * from candidate.agency_year where report_id = %(id)s"
    year = built.one(query, id=built.ids["old_2019"])
    assert (year["publication_id"], year["agency_id"], year["scope"]) == (PUBLICATION, "old", "own_organ")
    assert (year["requests_received_new"], year["requests_to_handle"]) == (45, 47)
    assert year["requests_received_new_from_organisations"] == 5
    assert (year["granted_total"], year["denied_total"], year["other_disposition_total"]) == (35, 3, 4)
    assert (year["dispositions_total"], year["dispositions_at_least_30"]) == (42, True)
    assert year["granted_share_of_dispositions"] == Decimal("0.833333")
    assert year["corrected_share_of_reconsiderations"] == Decimal("0.166667")
    assert year["corrected_share_of_concluded_reconsiderations"] == Decimal("0.25")
    assert year["corrected_share_of_litigation"] is None  # no litigation, no rate
    assert (year["litigation_total"], year["disputes_total"], year["reconsiderations_at_least_30"]) == (0, 6, False)
    assert (year["procurement_amount_yuan"], year["administrative_fees_yuan"]) == (27378300, None)
    assert (year["cells_of_form"], year["cells_missing"]) == (198, 0)


def test_a_missing_part_makes_its_sums_null_and_nothing_else(built: Built) -> None:
    year = built.one("select * from candidate.agency_year where report_id = %(id)s", id=built.ids["jia_2021"])
    assert year["denied_total"] == 0  # the total column is there; only natural persons are blank
    assert year["litigation_direct_upheld"] is None
    assert year["litigation_upheld"] is None
    assert (year["litigation_total"], year["rules_in_force"], year["rules_made"]) == (0, None, 0)
    assert (year["administrative_fees_yuan"], year["cells_missing"]) == (125000, 3)
    assert year["dispositions_at_least_30"] is False


def test_reports_accepted_as_printed_and_corrected_ones_say_so(built: Built) -> None:
    printed = built.one("select * from candidate.agency_year where agency_id = 'printed'")
    assert (printed["verdict"], printed["granted_in_full"]) == ("accepted_as_printed", 3)
    decided = built.rows("select * from candidate.fct_applications where decision_id is not null")
    assert decided == []  # the corrected cell is a total, which stands in agency_year only
    assert built.one("select * from candidate.agency_year where agency_id = 'fixed'")["granted_in_full"] == 2


def test_coverage_says_what_became_of_every_agency(built: Built) -> None:
    rows = built.rows("select * from candidate.fct_coverage where report_year = 2021")
    outcomes = {row["agency_id"]: row["outcome"] for row in rows}
    assert outcomes == {
        **{"jia": "accepted", "area": "accepted", "fixed": "accepted", "printed": "accepted_as_printed"},
        **{"held": "held", "rejected": "held", "silent": "not_found", "refused": "fetch_failed"},
        **{"broken": "unreadable", "mirrored": "unofficial", "unconfirmed:名录外局": "accepted"},
    }
    by_agency = {row["agency_id"]: row for row in rows}
    assert {row["agency_id"] for row in rows if not row["expected"]} == {"unconfirmed:名录外局"}
    assert by_agency["broken"]["error"] == "the file is truncated"
    assert (by_agency["broken"]["fetched"], by_agency["broken"]["parsed"]) == (True, False)
    assert by_agency["refused"]["error"] == "404 not found"
    assert (by_agency["refused"]["found"], by_agency["refused"]["fetched"]) == (True, False)
    assert (by_agency["mirrored"]["fetched"], by_agency["mirrored"]["published"]) == (True, False)
    assert (by_agency["silent"]["found"], by_agency["silent"]["late"]) == (False, None)
    assert (by_agency["area"]["deadline"], by_agency["area"]["late"]) == (date(2022, 3, 31), True)
    assert (by_agency["jia"]["deadline"], by_agency["jia"]["late"]) == (date(2022, 1, 31), False)
    earlier = built.rows("select * from candidate.fct_coverage where report_year = 2019 and agency_id = 'old'")
    assert [row["published"] for row in earlier] == [True]


def test_dimensions(built: Built) -> None:
    jia = built.one("select * from candidate.dim_agency where agency_id = 'jia'")
    assert (jia["predecessor_ids"], jia["on_roster"]) == (["old"], True)
    stray = built.one("select * from candidate.dim_agency where agency_id = 'unconfirmed:名录外局'")
    assert (stray["name"], stray["region_code"], stray["on_roster"]) == ("名录外局", None, False)
    year = built.one("select * from candidate.dim_year where report_year = 2018")
    assert (year["form"], year["department_deadline"]) == ("stat_2014", date(2019, 3, 31))
    year = built.one("select * from candidate.dim_year where report_year = 2020")
    assert (year["form"], year["department_deadline"]) == ("form_2019", date(2021, 1, 31))
    assert (year["government_deadline"], year["is_ingested"]) == (date(2021, 3, 31), False)
    cells = built.one("select count(*) as cells, count(distinct concept) as concepts from candidate.dim_form_cell")
    assert cells["cells"] == 496


def test_the_region_of_an_unconfirmed_agency_is_that_of_its_name(built: Built) -> None:
    rows = built.rows("select name, region_code from candidate.dim_agency where not on_roster and name <> '名录外局'")
    assert {row["name"]: row["region_code"] for row in rows} == {
        name: region for (_, name), region in UNCONFIRMED.items()
    }


def test_every_mart_is_commented_and_carries_the_publication(built: Built) -> None:
    uncommented = built.rows("""
        select relname, attname from pg_class
        join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
        where relnamespace = 'candidate'::regnamespace and relkind = 'r'
        and (col_description(pg_class.oid, attnum) is null or obj_description(pg_class.oid) is null)
    """)
    assert uncommented == []
    marts = [row["tablename"] for row in built.rows("select * from pg_tables where schemaname = 'candidate'")]
    assert set(marts) == set(KEYS)
    for mart in marts:
        numbers = built.rows(f"select distinct publication_id from candidate.{mart}")
        assert numbers == ([] if mart in ELSEWHERE else [{"publication_id": PUBLICATION}]), mart


def test_a_failing_node_is_named_with_what_the_database_said(built: Built) -> None:
    bad = {"sha256": raw.sha("jia_2021"), "parser_version": "2", "ordinal": 0, "ingest_year": 2021, "report_year": 2021,
           "form": "form_1999", "scope": "unknown", "verdict": "held"}  # fmt: skip
    report_id = raw.insert(built.conn, "raw.report", bad, "report_id")
    with pytest.raises(WarehouseError, match=r"nothing was published.*relationships_stg_report_form.*Got 1 result"):
        run_stage("intermediate", built.dsn, PUBLICATION, built.target)
    built.conn.execute("delete from raw.report where report_id = %s", (report_id,))


def test_a_database_that_is_not_there(built: Built, tmp_path: Path) -> None:
    dsn = built.dsn.rpartition("/")[0] + "/nowhere"
    with pytest.raises(WarehouseError, match="nowhere"):
        run_stage("intermediate", dsn, PUBLICATION, tmp_path)
