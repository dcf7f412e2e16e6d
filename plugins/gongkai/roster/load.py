"""The roster: what the files of its folder say, once they agree with each other."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel

from gongkai.errors import SettingsError
from gongkai.roster.check import fatal_problems
from gongkai.roster.files import Line, read_files
from gongkai.roster.model import Agency, AgencyAlias, AgencyChange, FormerAddress, Portal, Region
from gongkai.roster.names import normalise_name
from gongkai.roster.regions import national_regions

DEMO_PORTAL = "GONGKAI_DEMO_PORTAL"

_NAMED = 5
"""Problems that a message names."""

_Row = TypeVar("_Row", bound=BaseModel)


@dataclass(frozen=True)
class Roster:
    """Who owes a report and where it is published. `aliases` hold every agency's own name, too."""

    agencies: tuple[Agency, ...]
    portals: tuple[Portal, ...]
    aliases: tuple[AgencyAlias, ...]
    changes: tuple[AgencyChange, ...]
    regions: tuple[Region, ...]
    former_addresses: tuple[FormerAddress, ...] = ()
    demo_portal: str | None = None

    @cached_property
    def _agency_ids(self) -> dict[str, str]:
        return {alias.name_normalised: alias.agency_id for alias in self.aliases}

    def agency_id(self, name: str) -> str | None:
        """Whose name this is, as printed."""
        return self._agency_ids.get(normalise_name(name))

    def portal(self, portal_id: str) -> Portal:
        """A portal by its id.

        Raises:
            SettingsError: the roster has no such portal.
        """
        for portal in self.portals:
            if portal.portal_id == portal_id:
                return portal
        known = ", ".join(portal.portal_id for portal in self.portals)
        raise SettingsError(f"no portal is called {portal_id!r} in the roster; known: {known}")

    def expected(self, year: int, portal_id: str | None = None) -> tuple[Agency, ...]:
        """The agencies that owe a report for the year, on one portal or on all."""
        return tuple(
            agency
            for agency in self.agencies
            if agency.expected_for(year) and (portal_id is None or agency.portal == portal_id)
        )

    def listing_url(self, portal: Portal, year: int) -> str:
        """Where the portal lists the reports of a year.

        Raises:
            SettingsError: the address names the demo portal, and nobody said where that runs.
        """
        return self.located(portal, year).url

    def located(self, portal: Portal, year: int) -> Portal:
        """The portal with the real addresses of a year.

        Raises:
            SettingsError: the address names the demo portal, and nobody said where that runs.
        """
        if "{demo_portal}" in portal.url and not self.demo_portal:
            raise SettingsError(
                f"{DEMO_PORTAL}: portal {portal.portal_id} is the bundled one; start it with"
                " 'python -m gongkai.demo.portal' and set this to its address"
            )
        base = (self.demo_portal or "").rstrip("/")
        host = urlsplit(base).netloc
        return portal.model_copy(
            update={
                "url": portal.url.replace("{demo_portal}", base).replace("{year}", str(year)),
                "official_hosts": tuple(name.replace("{demo_portal}", host) for name in portal.official_hosts),
                "private_hosts": tuple(name.replace("{demo_portal}", host) for name in portal.private_hosts),
            }
        )


def load_roster(folder: Path, demo_portal: str | None = None) -> Roster:
    """Read ``agencies.csv`` and ``portals.csv``, and what there is of the other files of :mod:`gongkai.roster.files`.

    The columns are the fields of :mod:`gongkai.roster.model`. `demo_portal` is the base address that ``{demo_portal}``
    in a portal's url stands for; without it, the environment variable GONGKAI_DEMO_PORTAL is.

    Raises:
        SettingsError: a file is missing or a row is wrong; the message names file, line and column.
    """
    files = read_files(folder)
    if problems := fatal_problems(files):
        said = "; ".join(map(str, problems[:_NAMED]))
        rest = f"; and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
        raise SettingsError(f"{folder}: {said}{rest} (`gongkai roster check` tells all)")
    agencies = _rows(files.agencies)
    return Roster(
        agencies=agencies,
        portals=_rows(files.portals),
        aliases=tuple(alias for agency in agencies for alias in agency.names()),
        changes=_rows(files.changes),
        regions=(*national_regions(), *_rows(files.regions)),
        former_addresses=_rows(files.addresses),
        demo_portal=demo_portal or os.environ.get(DEMO_PORTAL),
    )


def _rows(lines: Iterable[Line[_Row]]) -> tuple[_Row, ...]:
    return tuple(line.row for line in lines)
