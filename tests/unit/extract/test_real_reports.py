"""Five real reports as text, a real PDF and a real page. The figures were read by eye; what is not named is zero."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

import pytest

from gongkai.extract import Report, State, parse_bytes
from gongkai.forms import CellKey
from tests.support.shared import real_report


class Expected(NamedTuple):
    file: str
    agency: str
    year: int
    figures: Mapping[str, int | Decimal]
    money: tuple[str, str | None]


def requests(row: str, value: int, column: str = "natural_person") -> dict[str, int | Decimal]:
    return {f"applications.{row}.{column}": value, f"applications.{row}.total": value}


FIVE = [
    Expected(
        "000_2307943376f1b01c.txt",
        "温州市大数据发展管理局",
        2019,
        {
            "proactive_disclosure.centralised_procurement.procurement_projects": 1,
            "proactive_disclosure.centralised_procurement.procurement_amount": 4_662_039,
        },
        ("4662039元", "元"),
    ),
    Expected(
        "001_5ecea2b0e52d4c22.txt",
        "温州瓯江口产业集聚区管委会",
        2019,
        {
            "proactive_disclosure.normative_documents.made_this_year": 2,
            "proactive_disclosure.normative_documents.newly_disclosed_this_year": 2,
            "proactive_disclosure.normative_documents.total_disclosed": 2,
            "proactive_disclosure.licensing.items_prior_year": 5432,
            "proactive_disclosure.licensing.items_change": 1418,
            "proactive_disclosure.licensing.decisions": 6850,
            "proactive_disclosure.other_external_services.items_prior_year": 18950,
            "proactive_disclosure.other_external_services.items_change": 3320,
            "proactive_disclosure.other_external_services.decisions": 22270,
            "proactive_disclosure.penalty.items_prior_year": 75,
            "proactive_disclosure.penalty.items_change": 11,
            "proactive_disclosure.penalty.decisions": 86,
            "proactive_disclosure.coercion.items_prior_year": 25,
            "proactive_disclosure.coercion.items_change": 7,
            "proactive_disclosure.coercion.decisions": 32,
            "proactive_disclosure.centralised_procurement.procurement_projects": 246,
            "proactive_disclosure.centralised_procurement.procurement_amount": 27_378_300,
            **requests("requests_received_new", 2),
            **requests("granted_in_full", 1),
            **requests("other_disposition", 1),
            **requests("dispositions_total", 2),
        },
        ("2737.83万元", "万元"),
    ),
    Expected(
        "002_9ca5b3fc5e07fc94.txt",
        "温州市政务服务中心",
        2020,
        {
            "proactive_disclosure.centralised_procurement.procurement_projects": 20,
            "proactive_disclosure.centralised_procurement.procurement_amount": 13_329_640,
            **requests("requests_received_new", 7),
            **requests("granted_in_full", 1),
            **requests("unable_to_provide_not_held", 5),
            **requests("not_processed_petition_or_complaint", 1),
            **requests("dispositions_total", 7),
            "disputes.reconsideration.pending": 4,
            "disputes.reconsideration.total": 4,
        },
        ("13329640 元", "元"),
    ),
    Expected(
        "003_21fb96cdb2db20ce.txt",
        "温州市机关事务管理局",
        2019,
        {
            "proactive_disclosure.centralised_procurement.procurement_projects": 12,
            "proactive_disclosure.centralised_procurement.procurement_amount": 225_940,
            **requests("requests_received_new", 2),
            **requests("granted_in_full", 1),
            **requests("denied_internal_affairs", 1),
            **requests("dispositions_total", 2),
        },
        ("225940元", "元"),
    ),
    Expected(
        "004_d96056d888965bac.txt",
        "福州市大数据发展管理委员会",
        2019,
        {
            "proactive_disclosure.normative_documents.made_this_year": 1,
            "proactive_disclosure.normative_documents.newly_disclosed_this_year": 1,
            "proactive_disclosure.normative_documents.total_disclosed": 1,
        },
        ("0", None),
    ),
]


def read(name: str) -> Report:
    path = real_report(name)
    (result,) = parse_bytes(path.read_bytes(), path.name)
    assert result.status == "parsed"
    assert result.report is not None
    return result.report


def not_zero(report: Report) -> dict[str, int | Decimal | None]:
    return {str(key): cell.value for key, cell in report.cells.items() if cell.value != 0}


@pytest.mark.parametrize("expected", FIVE, ids=lambda expected: expected.agency)
def test_a_real_report_comes_out_whole(expected: Expected) -> None:
    report = read(expected.file)
    assert (report.form, report.agency, report.year) == ("form_2019", expected.agency, expected.year)
    assert len(report.cells) == 198
    assert not_zero(report) == dict(expected.figures)
    assert (report.verdict, report.findings) == ("accepted", ())
    money = report.cells[CellKey("proactive_disclosure", "centralised_procurement", "procurement_amount")]
    assert (money.text, money.unit) == expected.money


def test_every_figure_of_a_text_says_which_line_it_stands_on() -> None:
    path = real_report("003_21fb96cdb2db20ce.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    report = read(path.name)
    for cell in report.cells.values():
        assert cell.where is not None
        assert cell.where.line is not None
        assert lines[cell.where.line - 1].strip() == (cell.text or "").strip()


def test_a_figure_swallowed_by_a_page_break_is_inferred_and_nothing_is_shifted() -> None:
    report = read("002_9ca5b3fc5e07fc94.txt")
    inferred = {str(key): cell.value for key, cell in report.cells.items() if cell.state is State.INFERRED}
    assert sorted(key.split(".")[1] for key in inferred) == ["granted_in_full", "granted_in_part"]
    assert set(inferred.values()) == {0}
    printed = [cell for key, cell in report.cells.items() if key.row == "granted_in_full" and cell.text is not None]
    assert len(printed) == 6


def test_a_real_pdf_is_read_as_printed_with_its_errors() -> None:
    report = read("hongze_2023.pdf")
    assert (report.form, report.agency, report.year) == ("form_2021", "洪泽区人民政府", 2023)
    assert report.scope == "whole_area"
    assert not_zero(report) == {
        "proactive_disclosure.normative_documents.repealed_this_year": 5,
        "proactive_disclosure.normative_documents.in_force": 5,
        "proactive_disclosure.licensing.decisions": 550,
        "proactive_disclosure.penalty.decisions": 4119,
        "proactive_disclosure.coercion.decisions": 195,
        "proactive_disclosure.administrative_fees.fee_amount_wan_yuan": Decimal("7730.28"),
        **requests("requests_received_new", 21),
        **requests("granted_in_part", 4),
        **requests("denied_state_secret", 1),
        **requests("denied_process_information", 1),
        **requests("denied_enforcement_case_file", 1),
        **requests("unable_to_provide_not_held", 10),
        **requests("unable_to_provide_requires_creation", 3),
        **requests("not_processed_petition_or_complaint", 1),
        **requests("dispositions_total", 21),
        "disputes.reconsideration.upheld": 10,
        "disputes.reconsideration.corrected": 1,
        "disputes.litigation_after_reconsideration.upheld": 5,
    }
    assert report.verdict == "held"
    found = {(f.identity, f.row, f.left, f.right, f.fault) for f in report.findings}
    assert found == {
        ("outcomes_sum", "reconsideration", 11, 0, "publisher"),
        ("outcomes_sum", "litigation_after_reconsideration", 5, 0, "publisher"),
    }


def test_a_real_page_keeps_its_blanks_blank() -> None:
    report = read("shuyang_drc_2023.html")
    assert (report.form, report.agency, report.year) == ("form_2021", "沭阳县发展和改革局", 2023)
    assert report.published_on == "2024-01-17"
    assert (report.verdict, report.findings) == ("accepted", ())
    blanks = [key for key, cell in report.cells.items() if cell.state is State.BLANK]
    assert len(blanks) == 25 * 5
    assert {key.table for key in blanks} == {"applications"}
    assert {key.column for key in blanks}.isdisjoint({"natural_person", "total"})
    assert report.cells[CellKey("applications", "granted_in_full", "total")].value == 26
