"""``gongkai portal try`` against the simulator."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest
from click.testing import CliRunner, Result

from gongkai.cli import cli
from gongkai.roster import Agency, Portal, Region, regions_on
from gongkai.roster.draft import draft_agency, region_of
from tests.support.simulator import STARTS, Simulator, Site, running


def tried(url: str, *options: str) -> Result:
    return CliRunner(env={"GONGKAI_REQUEST_INTERVAL": "0"}).invoke(cli, ["portal", "try", url, *options])


def rows(output: str, file: str) -> list[dict[str, str]]:
    """The rows printed for a file of the roster."""
    block = output.partition(f"# for {file}")[2].partition("\n")[2].partition("\n\n")[0]
    return list(csv.DictReader(StringIO(block)))


def test_a_new_portal_is_listed_read_and_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with running(Site(25)) as server:
        result = tried(server.address + STARTS["trs"], "--private")
        documents = [asked.path for asked in server.asked if "/t20220120_" in asked.path]
    assert result.exit_code == 0, result.output
    assert "25 reports listed; CMS: trs" in result.output
    assert len(documents) == 3
    assert "乌有市第000001局" in result.output
    (portal,) = rows(result.output, "portals.csv")
    assert (portal["module"], portal["url"]) == ("trs", server.address + STARTS["trs"])
    Portal.model_validate(portal | {"region_code": "990100"})
    agencies = rows(result.output, "agencies.csv")
    assert len(agencies) == 25
    Agency.model_validate(agencies[0] | {"region_code": "990100", "level": "prefecture"})


def test_a_page_that_lists_nothing_is_said_to(simulator: Simulator) -> None:
    result = tried(simulator.address + "/gk/1.html", "--private")
    assert result.exit_code == 1
    assert "lists no report (CMS: generic): give the page whose links name the reports" in result.output
    assert "portals.csv" not in result.output


@pytest.mark.parametrize("start", STARTS)
def test_every_vendor(start: str) -> None:
    with running(Site(31)) as server:
        result = tried(server.address + STARTS[start], "--private")
    assert result.exit_code == 0, result.output
    assert f"31 reports listed; CMS: {start.partition('_')[0]}" in result.output
    assert "… and 1 more" in result.output
    assert "by year: 2021: 31" in result.output
    assert len(rows(result.output, "agencies.csv")) == 31


def test_what_is_not_read_is_said(simulator: Simulator) -> None:
    simulator.site.trouble = {1: "challenge"}
    result = tried(simulator.address + STARTS["generic"], "--private", "--year", "2021", "--pages", "1")
    assert result.exit_code == 1
    assert "/gk/1.html: challenge: " in result.output


def test_a_private_address_is_refused_unless_it_is_said(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_CONTACT", "data@example.org")
    result = tried(simulator.address + STARTS["generic"])
    assert "is a private address" in str(result.exception)
    assert simulator.asked == []


@pytest.mark.parametrize("url", ["ftp://portal.example/", "portal.example", "http://["])
def test_no_address(url: str) -> None:
    result = tried(url)
    assert result.exit_code == 2
    assert "is not an http or https address" in result.output


def region(name: str) -> Region | None:
    return region_of(name, regions_on(date(2026, 11, 1)))


def test_the_region_of_an_agency_is_that_of_its_name() -> None:
    named = region("温州市大数据发展管理局")
    assert named is not None
    assert named.region_code == "330300"
    assert region("鼓楼区人民政府") is None  # there are several
    assert region("某局") is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("福州市鼓楼区人民政府", "350102"),
        ("福建省福州市鼓楼区教育局", "350102"),
        ("浙江省龙港市财政局", "330383"),
        ("北京市朝阳区卫生健康委员会", "110105"),
        ("苏州工业园区管理委员会", "320571"),
    ],
)
def test_names_of_regions_above_tell_apart_those_of_one_name(name: str, code: str) -> None:
    named = region(name)
    assert named is not None
    assert named.region_code == code


@pytest.mark.parametrize(
    ("name", "organ_type", "level", "scope"),
    [
        ("温州市人民政府", "government_office", "prefecture", "whole_area"),
        ("温州市财政局", "department", "prefecture", "own_organ"),
        ("温州市某某镇人民政府", "township", "township", "own_organ"),
        ("温州市某某产业集聚区管委会", "special_zone", "prefecture", "own_organ"),
    ],
)
def test_what_a_name_says_of_an_agency(name: str, organ_type: str, level: str, scope: str) -> None:
    row = draft_agency("a", name, region(name), {"portal": "p", "valid_from": "2021-01-01"})
    assert (row["organ_type"], row["level"], row["scope"]) == (organ_type, level, scope)
    assert Agency.model_validate(row).region_code == "330300"
