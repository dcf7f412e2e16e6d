"""Rows of a roster as far as a name lets one guess them, for a data engineer to look through."""

from __future__ import annotations

import re
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
    """The region whose name an agency's name begins with: the longest, if only one region has that name."""
    found = [region for region in regions if name.startswith(region.name)]
    longest = max((len(region.name) for region in found), default=0)
    named = [region for region in found if len(region.name) == longest]
    return named[0] if len(named) == 1 else None


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
