"""Rows of a roster as far as a name lets one guess them, for a data engineer to look through."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from gongkai.roster.model import Agency, Portal, Region

_DATES = ("valid_from", "valid_to", "source")
PORTAL_COLUMNS = tuple(Portal.model_fields)
AGENCY_COLUMNS = (*(field.alias or name for name, field in Agency.model_fields.items() if name not in _DATES), *_DATES)
_ORGANS = (
    (re.compile(r"(?:镇|乡|街道|街道办事处)(?:人民政府)?$"), "township"),
    (re.compile(r"人民政府$"), "government_office"),
    (re.compile(r"(?:管委会|管理委员会)$"), "special_zone"),
    (re.compile(r"(?:医院|学校|大学|中心)$"), "public_institution"),
)


def region_of(name: str, regions: Iterable[Region]) -> Region | None:
    """The region whose name an agency's name begins with: the longest, if only one region has that name.

    A region is also named after those above it, 温州市鹿城区 and 浙江省温州市鹿城区. The same is done in SQL for names
    that reports print, in ``int_unconfirmed_agency``.
    """
    by_code = {region.region_code: region for region in regions}
    found: dict[int, set[str]] = defaultdict(set)
    for region in by_code.values():
        for full_name in _full_names(region, by_code):
            if name.startswith(full_name):
                found[len(full_name)].add(region.region_code)
    longest = found[max(found)] if found else set()
    return by_code[longest.pop()] if len(longest) == 1 else None


def _full_names(region: Region, by_code: Mapping[str, Region]) -> set[str]:
    """Its name, alone and behind the names of those above it, of which any may be left out."""
    names, above = {region.name}, by_code.get(region.parent_code or "")
    while above is not None and above.level != "national":
        names |= {above.name + name for name in names}
        above = by_code.get(above.parent_code or "")
    return names


def draft_agency(agency_id: str, name: str, region: Region | None, known: Mapping[str, str]) -> dict[str, str]:
    """A row of ``agencies.csv``; `known` are columns that are no guess. What nothing says stays blank."""
    organ = next((organ for pattern, organ in _ORGANS if pattern.search(name)), "department")
    return {
        "agency_id": agency_id,
        "name": name,
        "region_code": region.region_code if region else "",
        "level": "township" if organ == "township" else region.level if region else "",
        "organ_type": organ,
        "scope": "whole_area" if organ == "government_office" else "own_organ",
        **known,
    }
