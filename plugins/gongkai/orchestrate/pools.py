"""The pools that bound how many tasks of a step run at once, whatever the number of workers."""

from __future__ import annotations

from urllib.parse import urlsplit

from gongkai.settings import settings

FETCH = "gongkai_fetch"
PARSE = "gongkai_parse"
LOAD = "gongkai_load"
PUBLISH = "gongkai_publish"


def pools() -> dict[str, tuple[int, str]]:
    """Name of each pool -> its slots, and what it is for."""
    return {
        FETCH: (16, "portals visited at once; the pause between two requests to one host is a setting of its own"),
        PARSE: (16, "batches of documents read at once; a core each"),
        LOAD: (4, "batches copied into Postgres at once"),
        PUBLISH: (1, "steps of a publication; one publication is made at a time"),
        **{fetch_pool(group): (slots, f"portals of {group} visited at once") for group, slots in host_groups().items()},
    }


def host_groups() -> dict[str, int]:
    """The domains whose portals have a pool of their own, and its slots; see GONGKAI_HOST_GROUPS."""
    return settings().groups


def fetch_pool(group: str | None) -> str:
    """The pool of a host group; None: of the hosts that are in none."""
    return FETCH if group is None else f"{FETCH}.{group}"


def group_of(url: str) -> str | None:
    """The host group that an address is in: the longest domain that its host is, or lies below."""
    host = f".{urlsplit(url).hostname or ''}"
    return max((group for group in host_groups() if host.endswith(f".{group}")), key=len, default=None)
