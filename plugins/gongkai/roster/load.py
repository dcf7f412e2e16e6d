"""Reads the folder of CSV files that is a roster, and checks that the files agree with each other."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from gongkai.errors import SettingsError
from gongkai.roster.model import Agency, AgencyAlias, AgencyChange, Portal, Region
from gongkai.roster.names import normalise_name
from gongkai.roster.regions import statutory_regions

DEMO_PORTAL = "GONGKAI_DEMO_PORTAL"

_Row = TypeVar("_Row", bound=BaseModel)


@dataclass(frozen=True)
class Roster:
    """Who owes a report and where it is published. `aliases` hold every agency's own name, too."""

    agencies: tuple[Agency, ...]
    portals: tuple[Portal, ...]
    aliases: tuple[AgencyAlias, ...]
    changes: tuple[AgencyChange, ...]
    regions: tuple[Region, ...]
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
    """Read ``agencies.csv`` and ``portals.csv``, and if they are there ``agency_changes.csv`` and ``regions.csv``.

    The columns are the fields of :mod:`gongkai.roster.model`. `demo_portal` is the base address that ``{demo_portal}``
    in a portal's url stands for; without it, the environment variable GONGKAI_DEMO_PORTAL is.

    Raises:
        SettingsError: a file is missing or a row is wrong; the message names file, line and column.
    """
    agencies = tuple(_read(folder / "agencies.csv", Agency))
    portals = tuple(_read(folder / "portals.csv", Portal))
    changes = tuple(_read(folder / "agency_changes.csv", AgencyChange, optional=True))
    own_regions = tuple(_read(folder / "regions.csv", Region, optional=True))
    roster = Roster(
        agencies=agencies,
        portals=portals,
        aliases=tuple(_aliases(agencies, folder)),
        changes=changes,
        regions=(*statutory_regions(), *own_regions),
        demo_portal=demo_portal or os.environ.get(DEMO_PORTAL),
    )
    _check_references(roster, folder)
    return roster


def _read(path: Path, model: type[_Row], *, optional: bool = False) -> Iterator[_Row]:
    if optional and not path.exists():
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(line for line in file if not line.startswith("#"))
            for number, row in enumerate(reader, start=1):
                yield _row(path, number, row, model)
    except OSError as error:
        raise SettingsError(f"GONGKAI_ROSTER_DIR: cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8: save it as 'CSV UTF-8' ({error.reason})") from error


def _row(path: Path, number: int, row: dict[str, str], model: type[_Row]) -> _Row:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        problems = "; ".join(
            f"column {'.'.join(map(str, problem['loc'])) or '?'}: {problem['msg']}" for problem in error.errors()
        )
        raise SettingsError(f"{path}, row {number} ({next(iter(row.values()))}): {problems}") from error


def _aliases(agencies: Iterable[Agency], folder: Path) -> Iterator[AgencyAlias]:
    owners: dict[str, str] = {}
    for agency in agencies:
        for name in dict.fromkeys(map(normalise_name, (agency.name, *agency.aliases))):
            if name in owners:
                raise SettingsError(
                    f"{folder / 'agencies.csv'}: {name} names both {owners[name]} and {agency.agency_id}; keep one"
                )
            owners[name] = agency.agency_id
            yield AgencyAlias(name_normalised=name, agency_id=agency.agency_id)


def _check_references(roster: Roster, folder: Path) -> None:
    agencies = [agency.agency_id for agency in roster.agencies]
    portals = [portal.portal_id for portal in roster.portals]
    regions = [(region.region_code, region.valid_from) for region in roster.regions]
    problems = [f"{key} stands twice" for key, count in Counter([*agencies, *portals, *regions]).items() if count > 1]
    region_codes = {code for code, _ in regions}
    for agency in roster.agencies:
        problems += _unknown(f"agency {agency.agency_id}", "region_code", agency.region_code, region_codes)
        problems += _unknown(f"agency {agency.agency_id}", "parent", agency.parent_agency_id, agencies)
        problems += _unknown(f"agency {agency.agency_id}", "portal", agency.portal, portals)
    for portal in roster.portals:
        problems += _unknown(f"portal {portal.portal_id}", "region_code", portal.region_code, region_codes)
    for region in roster.regions:
        problems += _unknown(f"region {region.region_code}", "parent_code", region.parent_code, region_codes)
    for change in roster.changes:
        problems += _unknown(f"change of {change.agency_id}", "agency_id", change.agency_id, agencies)
        problems += _unknown(f"change of {change.agency_id}", "predecessor_id", change.predecessor_id, agencies)
    if problems:
        raise SettingsError(f"{folder}: {'; '.join(problems)}")


def _unknown(where: str, column: str, value: str | None, known: Iterable[str]) -> list[str]:
    return [] if value is None or value in known else [f"{where}: {column} {value} is unknown"]
