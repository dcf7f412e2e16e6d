"""Who owes a report and where it is published: agencies, portals and regions as CSV files."""

from gongkai.roster.load import Roster, load_roster
from gongkai.roster.model import Agency, AgencyAlias, AgencyChange, Portal, Region
from gongkai.roster.names import normalise_name
from gongkai.roster.regions import normalise_region_code, statutory_regions

__all__ = [
    "Agency",
    "AgencyAlias",
    "AgencyChange",
    "Portal",
    "Region",
    "Roster",
    "load_roster",
    "normalise_name",
    "normalise_region_code",
    "statutory_regions",
]
