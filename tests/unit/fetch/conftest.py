from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from gongkai.archive import Archive
from gongkai.fetch import FetchRecord, Link, Wanted, fetch_documents
from gongkai.roster import Portal
from gongkai.settings import settings
from tests.support.simulator import STARTS, Simulator, Site, running
from tests.support.simulator.vendors import detail


def portal_of(server: Simulator, start: str, **changes: object) -> Portal:
    """A row of the roster for a listing on the simulator, by vendor or path; it is asked without manners."""
    row = {
        "portal_id": "sim",
        "name": "模拟门户",
        "region_code": "990100",
        "module": "auto",
        "url": server.address + STARTS.get(start, start),
        "interval": 0,
        "official_hosts": (server.host,),
        "private_hosts": (server.host,),
    }
    return Portal.model_validate(row | changes)


def links_to(server: Simulator, numbers: Iterable[int], vendor: str = "generic") -> list[Link]:
    site = server.site
    return [
        Link(
            url=server.address + detail(vendor, number),
            title=site.title(number),
            agency=None,
            year=site.year,
            listed_on=site.published_on(number).isoformat(),
            portal="sim",
        )
        for number in numbers
    ]


def fetched(portal: Portal, wanted: Iterable[Wanted], archive: Archive) -> dict[str, list[FetchRecord]]:
    """The records by the listed address; each link comes to its end once."""
    found: dict[str, list[FetchRecord]] = {}
    for records in fetch_documents(portal, wanted, archive, cms="generic"):
        listed = records[0].page_url or records[0].url
        assert listed not in found
        found[listed] = records
    return found


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(str(tmp_path / "archive"))


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with running(Site()) as server:
        yield server


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    """A test may set variables of the environment."""
    settings.cache_clear()
    yield
    settings.cache_clear()
