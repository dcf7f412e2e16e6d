"""How the listings of each CMS vendor are read: one small module a vendor, told apart by the page itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

from gongkai.errors import SettingsError
from gongkai.fetch.page import ListingPage, Page
from gongkai.fetch.vendors import generic, hanweb, lonsun, trs, vsb

AUTO = "auto"
"""The module of a portal whose vendor is to be found out from its page."""


class Vendor(Protocol):
    """What each module of this package offers."""

    def recognises(self, page: Page) -> bool:
        """Whether the page was made by this vendor's CMS."""

    def read(self, page: Page) -> ListingPage:
        """The entries of a page of a listing, and where the next one is."""


VENDORS: Mapping[str, Vendor] = {
    module.__name__.rpartition(".")[2]: cast("Vendor", module) for module in (hanweb, trs, lonsun, vsb, generic)
}
"""In the order they are asked; `generic` reads everything."""

MODULES = (AUTO, *VENDORS)
"""What the column `module` of ``portals.csv`` may say."""


def detect(page: Page) -> str:
    """The name of the vendor whose page this is."""
    return next(name for name, vendor in VENDORS.items() if vendor.recognises(page))


def vendor(name: str) -> Vendor:
    """The vendor of a name.

    Raises:
        SettingsError: there is none.
    """
    if name not in VENDORS:
        raise SettingsError(f"portals.csv: module {name!r} is unknown; known: {', '.join(MODULES)}")
    return VENDORS[name]
