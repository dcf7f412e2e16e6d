from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from datetime import date
from subprocess import run

import pytest

from gongkai.demo.figures import cell_key
from gongkai.demo.render import LAYOUTS
from gongkai.demo.samples import Sample, demo_roster, notices, samples
from gongkai.extract import parse_bytes
from gongkai.forms import CellKey

YEARS = (2019, 2020, 2021)


def sample(agency_id: str, year: int) -> Sample:
    (found,) = (one for one in samples() if one.agency.agency_id == agency_id and one.year == year)
    return found


def test_many_agencies_publish_each_year() -> None:
    agencies = Counter(one.year for one in samples())
    assert set(agencies) == set(YEARS)
    assert min(agencies.values()) >= 24
    assert len({(one.agency.agency_id, one.year) for one in samples()}) == len(samples())


def test_invented_figures_belong_to_invented_places() -> None:
    regions = {region.region_code: region for region in demo_roster().regions}
    real = [one for one in samples() if one.agency.source != "fiction"]
    assert {one.agency.agency_id: one.year for one in real} == {
        "wenzhou-dsj": 2019,
        "wenzhou-ojk": 2019,
        "wenzhou-zwfw": 2020,
        "wenzhou-jgsw": 2019,
        "fuzhou-dsj": 2019,
    }
    for one in samples():
        if one.agency.source == "fiction":
            assert one.agency.region_code.startswith("99")
            assert not regions[one.agency.region_code].is_statutory


def test_each_year_uses_its_form() -> None:
    assert {(one.year, one.form.form) for one in samples()} == {
        (2019, "form_2019"),
        (2020, "form_2019"),
        (2021, "form_2021"),
    }


def test_layouts_and_containers_are_mixed() -> None:
    for year in YEARS:
        of_year = [one for one in samples() if one.year == year]
        assert {one.container for one in of_year} == {"page", "attachment", "file"}
        assert len({one.layout for one in of_year}) >= 7


def test_four_reports_do_not_balance_each_in_its_own_way() -> None:
    broken = {(one.agency.agency_id, one.year): one.breaks for one in samples() if one.breaks}
    assert broken == {
        ("wuyou-jsj", 2019): ("applications_balance",),
        ("wuyou-zrj", 2020): ("dispositions_sum",),
        ("wuyou-gxq", 2021): ("dispositions_sum", "applicants_sum"),
        ("zixu-xzf", 2021): ("outcomes_sum",),
    }


def test_counts_are_not_negative() -> None:
    for one in samples():
        for key, column in one.form.columns_of_cells.items():
            assert column.may_be_negative or not one.figures[key].startswith("-"), (one.title, key)


def number(one: Sample, address: str) -> int:
    return int(one.figures[cell_key(address)])


def test_what_is_carried_forward_arrives_next_year() -> None:
    pairs = 0
    by_key = {(one.agency.agency_id, one.year): one for one in samples()}
    for (agency_id, year), after in by_key.items():
        before = by_key.get((agency_id, year - 1))
        if before is None or before.breaks or after.breaks:
            continue
        pairs += 1
        forward = number(before, "applications.requests_carried_forward_to_next_year.total")
        assert forward == number(after, "applications.requests_carried_over_from_prior_year.total")
    assert pairs > 40


def test_a_successor_takes_over_what_its_predecessor_carried() -> None:
    before, after = sample("wuyou-gxj", 2020), sample("wuyou-szjj", 2021)
    forward = number(before, "applications.requests_carried_forward_to_next_year.total")
    assert forward == number(after, "applications.requests_carried_over_from_prior_year.total")


def test_prose_and_tables_agree() -> None:
    for one in samples():
        if one.agency.source == "fiction" and not one.breaks:
            received = one.figures[CellKey("applications", "requests_received_new", "total")]
            overview = "".join(one.prose.paragraphs["overview"])
            assert f"申请{received}件" in overview or (received == "0" and "没有收到政府信息公开申请" in overview)


def test_real_figures() -> None:
    service = sample("wenzhou-zwfw", 2020)
    assert service.figures[cell_key("proactive_disclosure.centralised_procurement.procurement_amount")] == "13329640 元"
    assert number(service, "disputes.reconsideration.pending") == 4
    zone = sample("wenzhou-ojk", 2019)
    assert sum(text != "0" for text in zone.figures.values()) == 25
    assert len(zone.figures) == 198


def test_some_are_late_and_some_do_not_publish() -> None:
    roster = demo_roster()
    deadlines = {"own_organ": (1, 31), "whole_area": (3, 31)}
    late = {
        one.agency.agency_id for one in samples() if one.published_on > date(one.year + 1, *deadlines[one.agency.scope])
    }
    assert late == {"wuyou-slj", "wuyou-sjj", "zixu-xzf"}
    published = {(one.agency.agency_id, one.year) for one in samples()}
    expected = {(agency.agency_id, year) for year in YEARS for agency in roster.expected(year)}
    assert expected - published == {("wuyou-swj", 2020), ("zixu-qqz", 2021)}
    assert published <= expected
    assert len(notices()) == 1


def test_every_file_reads_back_as_it_was_printed() -> None:
    for one in samples():
        (result,) = parse_bytes(one.render(), f"report.{LAYOUTS[one.layout].extension}")
        if one.share < 1:
            assert (one.agency.agency_id, result.status) == ("wuyou-tyj", "unreadable")
            continue
        report = result.report
        assert report is not None, (one.title, result.error)
        assert (report.agency, report.year, report.form) == (one.agency.name, one.year, one.form.form)
        held = {finding.identity for finding in report.findings if finding.kind != "advisory"}
        assert (one.title, held) == (one.title, set(one.breaks))
        wrong = {
            key: (text, report.cells[key].value)
            for key, text in one.figures.items()
            if text.lstrip("-").isdigit() and report.cells[key].value != int(text)
        }
        assert (one.title, wrong) == (one.title, {})


def fingerprint() -> str:
    some = [one for one in samples() if one.year == 2021]
    return hashlib.sha256(b"".join(one.render() for one in some)).hexdigest()


def test_the_content_is_the_same_in_every_process() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import test_samples; print(test_samples.fingerprint())"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    other = run(
        [sys.executable, "-c", code, os.path.dirname(__file__)],  # noqa: PTH120
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == fingerprint()


@pytest.mark.parametrize("year", YEARS)
def test_reports_are_dated_after_their_year(year: int) -> None:
    assert all(one.published_on.year == year + 1 for one in samples() if one.year == year)
