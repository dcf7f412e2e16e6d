"""The simulated portals for the real stack: one of each vendor with its share of troubles, and two polite ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from tests.support.simulator import STARTS, Simulator, Site, running
from tests.support.simulator.site import agency
from tests.support.simulator.trouble import ENDS
from tests.support.simulator.vendors import detail

YEAR = 2022
GROUP = "127.0.0.2"
"""The host group of the simulated portals; the demo portal is in none."""
INTERVAL = 0.3
REPORTS, POLITE_REPORTS, PER_PAGE = 12, 5, 5
_DELAY = 0.3
"""Seconds before an answer: time enough to be killed in."""
_NOT_HERE = ("large", "bomb", "slow")
"""Troubles that a limit makes, and the one that all the other reports have."""


@dataclass(frozen=True)
class Simulated:
    """A portal of the roster and the simulator that serves it; `interval` as in portals.csv."""

    start: str
    server: Simulator
    interval: float = 0

    @property
    def portal_id(self) -> str:
        return f"{'polite-' if self.interval else ''}{self.start}".replace("_", "-")

    def row(self) -> dict[str, str]:
        """The row of portals.csv."""
        return {
            **{"portal_id": self.portal_id, "name": "模拟", "region_code": "330300", "module": "auto"},
            **{"url": self.server.address + STARTS[self.start], "interval": str(self.interval)},
            **{"official_hosts": self.server.host, "private_hosts": self.server.host},
        }

    def ends(self) -> dict[str, str | None]:
        """The listed addresses, and the class of error that each comes to."""
        site = self.server.site
        numbers = range(1, site.agencies + 1)
        return {self.server.address + detail(self.start, n): ENDS[site.trouble[n]] for n in numbers}


def simulated_portals(servers: ExitStack) -> list[Simulated]:
    """Served until the stack of servers is closed."""

    def served(agencies: int, troubles: Iterable[str]) -> Simulator:
        trouble = dict.fromkeys(range(1, agencies + 1), "slow") | dict(enumerate(troubles, start=2))
        site = Site(agencies, year=YEAR, per_page=PER_PAGE, trouble=trouble)
        return servers.enter_context(running(site, ip=GROUP, delay=_DELAY))

    troubles = [name for name in ENDS if name not in _NOT_HERE]
    every = [Simulated(start, served(REPORTS, troubles[at :: len(STARTS)])) for at, start in enumerate(STARTS)]
    polite = served(POLITE_REPORTS, ())
    return [*every, *(Simulated(start, polite, INTERVAL) for start in ("generic", "trs"))]


def agencies_of(simulated: list[Simulated]) -> Iterator[dict[str, str]]:
    """Rows of agencies.csv: each report's agency, at one of the portals that list it; expected for one year."""
    for number in range(1, REPORTS + 1):
        yield {
            **{"agency_id": f"sim{number}", "name": agency(number), "region_code": "330300", "level": "prefecture"},
            **{"organ_type": "department", "scope": "own_organ", "source": "fiction"},
            **{"portal": simulated[number % len(simulated)].portal_id},
            **{"valid_from": f"{YEAR}-01-01", "valid_to": f"{YEAR}-12-31"},
        }
