"""Who owes a report and where it is published: agencies, portals and regions as CSV files."""

from gongkai.roster.check import check_roster
from gongkai.roster.files import Problem
from gongkai.roster.load import Roster, load_roster
from gongkai.roster.model import Agency, AgencyAlias, AgencyChange, FormerAddress, Portal, Region
from gongkai.roster.names import normalise_name
from gongkai.roster.regions import national_regions, normalise_region_code, region_as_of, regions_on

__all__ = [
    "Agency",
    "AgencyAlias",
    "AgencyChange",
    "FormerAddress",
    "Portal",
    "Problem",
    "Region",
    "Roster",
    "check_roster",
    "load_roster",
    "national_regions",
    "normalise_name",
    "normalise_region_code",
    "region_as_of",
    "regions_on",
]
