"""``gongkai roster check``: every kind of mistake, with file and line, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gongkai.cli import cli
from gongkai.errors import SettingsError

AGENCIES = "agency_id,name,aliases,uscc,region_code,level,organ_type,scope,parent,portal,valid_from,valid_to,source\n"
CITY = "szf,乌有市人民政府,,,330300,prefecture,government_office,whole_area,,city,2008-05-01,,\n"
BUREAU = "czj,乌有市财政局,财政局,91350100M000100Y43,330300,prefecture,department,own_organ,szf,city,2015-01-01,,\n"
PORTALS = "portal_id,name,region_code,module,url,note\ncity,门户,330300,generic,https://a.example.gov.cn/nb/,\n"
CHANGES = "agency_id,predecessor_id,relation,changed_on\n"
REGIONS = "region_code,name,level,parent_code,valid_from,valid_to,is_statutory,source\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "agencies.csv", f"# who\n{AGENCIES}{CITY}{BUREAU}")
    write(tmp_path, "portals.csv", PORTALS)
    return tmp_path


def write(folder: Path, file: str, text: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")


def append(folder: Path, file: str, text: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as target:
        target.write(text)


def check(*folder: Path) -> Result:
    return CliRunner().invoke(cli, ["roster", "check", *map(str, folder)])


def found(folder: Path, place: str, zh: str, en: str) -> None:
    result = check(folder)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line for line in lines if line.startswith(f"{place}: ") and zh in line], result.stdout
    assert [line for line in lines if line.startswith("    ") and en in line], result.stdout


def test_a_good_roster_has_no_problems(folder: Path) -> None:
    result = check(folder)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 problems" in result.stderr


def test_the_roster_of_the_demo_is_good() -> None:
    assert check().exit_code == 0


def test_a_folder_without_files_cannot_be_checked(tmp_path: Path) -> None:
    result = check(tmp_path)
    assert isinstance(result.exception, SettingsError)  # which main() makes exit status 2
    assert "agencies.csv" in str(result.exception)


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        (
            "x,某局,,,330399,county,department,own_organ,,,2015-01-01,,",
            "330399 不存在",
            "330399 is unknown",
        ),
        ("x,某局,,,330300,county,department,own_organ,no,,2015-01-01,,", "parent no 不存在", "parent no is unknown"),
        ("x,某局,,,330300,county,department,own_organ,,no,2015-01-01,,", "portal no 不存在", "portal no is unknown"),
        ("czj,某局,,,330300,county,department,own_organ,,,2015-01-01,,", "重复", "agency_id czj stands twice"),
        (
            "x,财政局,,,330300,county,department,own_organ,,,2015-01-01,,",
            "第 4 行 czj",
            "names both czj (line 4)",
        ),
        ("x,某局,,91350100M000100Y44,330300,county,department,own_organ,,,2015-01-01,,", "uscc 列", "GB 32100"),
        ("x,某局,,,330300,county,bureau,own_organ,,,2015-01-01,,", "不是规定的词", "it says 'bureau'"),
        ("x,某局,,,330300,county,department,own_organ,,,2015-13-01,,", "不是日期", "it says '2015-13-01'"),
        ("x,某局,,91350100M000100Y43,330300,county,department,own_organ,,,2015-01-01,,", "相同", "is also that of czj"),
        ("x,某局,,,330103,county,department,own_organ,,,2015-01-01,,", "先于该机构撤销", "330103 ended before"),
        (
            "x,某局,,,330300,county,department,own_organ,czj,,2009-01-01,2010-01-01,",
            "不重叠",
            "never existed at",
        ),
    ],
)
def test_mistakes_in_an_agency(folder: Path, row: str, zh: str, en: str) -> None:
    append(folder, "agencies.csv", f"{row}\n")
    found(folder, "agencies.csv:5", zh, en)


def test_a_district_that_ended_with_its_agency_is_no_mistake(folder: Path) -> None:
    append(folder, "agencies.csv", "x,某局,,,330103,county,department,own_organ,,,2015-01-01,2021-03-31,\n")
    assert check(folder).exit_code == 0


@pytest.mark.parametrize(
    ("module", "url", "zh", "en"),
    [
        ("nobody", "https://a.example.gov.cn/nb/", "可用：auto", "known: auto, hanweb"),
        ("generic", "https://a.example.gov.cn/art/2023/t20240227_3008186.htm", "一份文件", "looks like one document"),
        ("generic", "https://a.example.gov.cn/nb.pdf", "一份文件", "looks like one document"),
        ("generic", "https://a.example.gov.cn/nb/2023/", "写死了年份 2023", "url holds the year 2023"),
    ],
)
def test_mistakes_in_a_portal(folder: Path, module: str, url: str, zh: str, en: str) -> None:
    append(folder, "portals.csv", f"town,门户,330300,{module},{url},\n")
    found(folder, "portals.csv:3", zh, en)


@pytest.mark.parametrize("url", ["https://a.example.gov.cn/{year}/", "https://a.example.gov.cn/col/col1229440220/"])
def test_addresses_that_last(folder: Path, url: str) -> None:
    append(folder, "portals.csv", f"town,门户,330300,auto,{url},\n")
    assert check(folder).exit_code == 0


def test_a_region_may_not_stand_in_the_time_of_another(folder: Path) -> None:
    write(folder, "regions.csv", f"{REGIONS}330103,新区,county,330100,2021-04-01,,false,ours\n")
    assert check(folder).exit_code == 0
    append(folder, "regions.csv", "330104,新区,county,330100,2021-03-31,,false,ours\n")
    found(folder, "regions.csv:3", "与江干区", "330104 overlaps in time with 江干区")


def test_circles(folder: Path) -> None:
    write(folder, "agencies.csv", f"{AGENCIES}{CITY.replace('area,,city', 'area,czj,city')}{BUREAU}")
    found(folder, "agencies.csv:2", "上级机构成环", "the parents run in a circle")
    write(folder, "agencies.csv", f"{AGENCIES}{CITY}{BUREAU}")
    write(folder, "agency_changes.csv", f"{CHANGES}szf,czj,split,2019-01-01\nczj,szf,split,2019-01-01\n")
    found(folder, "agency_changes.csv:2", "前身机构成环", "the predecessors run in a circle")


@pytest.mark.parametrize(("relation", "exit_code"), [("rename", 1), ("merge", 1), ("split", 0)])
def test_a_predecessor_ends_unless_it_was_split(folder: Path, relation: str, exit_code: int) -> None:
    write(folder, "agency_changes.csv", f"{CHANGES}szf,czj,{relation},2019-01-01\n")
    result = check(folder)
    assert (result.exit_code, "is still valid on 2019-01-01" in result.stdout) == (exit_code, exit_code == 1)
