from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gongkai.errors import SettingsError
from gongkai.roster import Roster, load_roster, normalise_name

AGENCIES = "agency_id,name,aliases,uscc,region_code,level,organ_type,scope,parent,portal,valid_from,valid_to,source\n"
PORTALS = "portal_id,name,region_code,module,url,note\n"
FINANCE = "czj,乌有市财政局,市财政局|乌有财政,,330300,prefecture,department,own_organ,,city,2015-01-01,2020-06-30,\n"
CITY = "city,门户,330300,generic,{demo_portal}/{year}/index.html,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "agencies.csv").write_text(f"# who\n{AGENCIES}{FINANCE}", encoding="utf-8")
    (tmp_path / "portals.csv").write_text(f"{PORTALS}{CITY}", encoding="utf-8")
    return tmp_path


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def refused(folder: Path, *words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_roster(folder)
    for word in words:
        assert word in str(caught.value)


def test_rows_become_agencies_with_their_aliases(folder: Path) -> None:
    roster = load_roster(folder)
    (agency,) = roster.agencies
    assert (agency.name, agency.valid_to, agency.uscc) == ("乌有市财政局", date(2020, 6, 30), None)
    assert agency.aliases == ("市财政局", "乌有财政")
    assert {alias.name_normalised for alias in roster.aliases} == {"乌有市财政局", "市财政局", "乌有财政"}
    assert roster.agency_id(" 乌有市 财政局\u3000") == "czj"
    assert roster.agency_id("乌有市审计局") is None


@pytest.mark.parametrize(("year", "count"), [(2014, 0), (2015, 1), (2019, 1), (2020, 0)])
def test_a_report_is_expected_of_who_exists_at_the_end_of_its_year(folder: Path, year: int, count: int) -> None:
    roster = load_roster(folder)
    assert len(roster.expected(year)) == len(roster.expected(year, "city")) == count
    assert roster.expected(year, "another") == ()


def test_addresses_are_filled_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def address(roster: Roster) -> str:
        return roster.listing_url(roster.portal("city"), 2019)

    assert address(load_roster(folder, "http://127.0.0.1:1/")) == "http://127.0.0.1:1/2019/index.html"
    monkeypatch.setenv("GONGKAI_DEMO_PORTAL", "http://127.0.0.1:2")
    assert address(load_roster(folder)) == "http://127.0.0.1:2/2019/index.html"
    monkeypatch.delenv("GONGKAI_DEMO_PORTAL")
    with pytest.raises(SettingsError, match="GONGKAI_DEMO_PORTAL"):
        address(load_roster(folder))


def test_an_unknown_portal_names_those_known(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"'town'.*known: city"):
        load_roster(folder).portal("town")


def test_changes_and_own_regions_are_read(folder: Path) -> None:
    append(folder / "agencies.csv", FINANCE.replace("czj,乌有市财政局,市财政局|乌有财政", "new,乌有市财税局,"))
    (folder / "agency_changes.csv").write_text(
        "agency_id,predecessor_id,relation,changed_on\nnew,czj,merge,2020-07-01\n", encoding="utf-8"
    )
    (folder / "regions.csv").write_text(
        "region_code,name,level,parent_code,valid_from,valid_to,is_statutory,source\n"
        "330300-Z1,某开发区,county,330300,2015-01-01,,false,ours\n",
        encoding="utf-8",
    )
    roster = load_roster(folder)
    assert (roster.changes[0].relation, roster.changes[0].predecessor_id) == ("merge", "czj")
    assert roster.regions[-1].region_code == "330300-Z1"
    assert not roster.regions[-1].is_statutory


def test_a_wrong_word_names_file_row_and_column(folder: Path) -> None:
    append(folder / "agencies.csv", FINANCE.replace("czj", "xxx").replace("department", "departement"))
    refused(folder, "agencies.csv:4: column organ_type", "'department'", "'departement'")


def test_a_credit_code_has_a_check_character(folder: Path) -> None:
    append(
        folder / "agencies.csv", "a,甲局,,91350100M000100Y43,350100,county,department,own_organ,,city,2015-01-01,,\n"
    )
    assert load_roster(folder).agencies[1].uscc == "91350100M000100Y43"
    append(
        folder / "agencies.csv", "b,乙局,,91350100M000100Y44,350100,county,department,own_organ,,city,2015-01-01,,\n"
    )
    refused(folder, "agencies.csv:5: column uscc", "it should be 3 (GB 32100)")


@pytest.mark.parametrize(
    ("words", "title", "wanted"),
    [
        ("", "法治政府建设年度报告", True),
        ("信息公开|政务公开", "某局2021年 信息\u3000公开年度报告", True),
        ("信息公开|政务公开", "某局2021年政务公开年报", True),
        ("信息公开|政务公开", "某局2021年法治政府建设年度报告", False),
    ],
)
def test_a_portal_may_want_only_titles_with_certain_words(folder: Path, words: str, title: str, wanted: bool) -> None:
    (folder / "portals.csv").write_text(
        f"portal_id,name,region_code,module,url,title_words\ncity,门户,330300,trs,https://a.gov.cn/,{words}\n",
        encoding="utf-8",
    )
    assert load_roster(folder).portal("city").wants(title) is wanted


def test_former_addresses_say_until_when_and_why(folder: Path) -> None:
    former = folder / "former_addresses.csv"
    former.write_text("portal_id,url,valid_to,reason\ncity,http://old.example/nb,2019-06-30,新网站\n", encoding="utf-8")
    (address,) = load_roster(folder).former_addresses
    assert (address.portal_id, address.valid_to, address.reason) == ("city", date(2019, 6, 30), "新网站")
    append(former, "town,http://old.example/nb,2019-06-30,新网站\n")
    refused(folder, "former_addresses.csv:3: portal_id town is unknown")


def test_only_the_first_problems_are_named(folder: Path) -> None:
    append(folder / "agencies.csv", "xxx,某局\n" * 3)
    refused(folder, "agencies.csv:4", "more (`gongkai roster check` tells all)")


def test_a_wrong_date_is_refused(folder: Path) -> None:
    append(folder / "agencies.csv", FINANCE.replace("czj", "xxx").replace("2015-01-01", "2021-01-01"))
    refused(folder, "agencies.csv:4", "valid_to is before valid_from")


def test_a_short_row_is_refused(folder: Path) -> None:
    append(folder / "agencies.csv", "xxx,某局\n")
    refused(folder, "agencies.csv:4: column region_code")


def test_a_column_too_many_is_refused(folder: Path) -> None:
    append(folder / "portals.csv", CITY.replace("city", "town").rstrip("\n") + ",extra,columns\n")
    refused(folder, "portals.csv:3", "column (without a heading)")


def test_one_name_for_two_agencies_is_refused(folder: Path) -> None:
    append(folder / "agencies.csv", FINANCE.replace("czj,", "other,"))
    refused(folder, "agencies.csv:4: 乌有市财政局 names both czj (line 3) and other")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("330300", "330399", "region_code 330399 is unknown"),
        (",,city,", ",nobody,city,", "parent nobody is unknown"),
        (",,city,", ",,town,", "portal town is unknown"),
    ],
)
def test_what_an_agency_names_must_exist(folder: Path, old: str, new: str, message: str) -> None:
    row = FINANCE.replace("czj,乌有市财政局,市财政局|乌有财政", "other,乌有市审计局,")
    append(folder / "agencies.csv", row.replace(old, new))
    refused(folder, f"agencies.csv:4: {message}")


def test_two_portals_of_one_id_are_refused(folder: Path) -> None:
    append(folder / "portals.csv", CITY)
    refused(folder, "city stands twice")


def test_a_portal_must_be_a_web_address(folder: Path) -> None:
    append(folder / "portals.csv", CITY.replace("city", "town").replace("{demo_portal}", "file:///etc"))
    refused(folder, "portals.csv:3: column url")


def test_a_missing_folder_names_the_setting(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "GONGKAI_ROSTER_DIR", "agencies.csv")


def test_a_file_in_gbk_says_how_to_save_it(folder: Path) -> None:
    (folder / "agencies.csv").write_bytes(f"{AGENCIES}{FINANCE}".encode("gbk"))
    refused(folder, "agencies.csv is not UTF-8")


def test_names_are_compared_without_widths_and_blanks() -> None:
    assert normalise_name("乌有市（本级）\u00a0财政局\u200b\n") == "乌有市(本级)财政局"
