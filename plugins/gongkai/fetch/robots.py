"""robots.txt, one a host, as RFC 9309 has it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser


class Robots:
    """What the hosts allow. `get` fetches a robots.txt; None means that the host has none."""

    def __init__(self, get: Callable[[str], bytes | None], user_agent: str) -> None:
        self._get = get
        self._agent = user_agent
        self._known: dict[str, RobotFileParser] = {}

    def allow(self, url: str) -> bool:
        """Whether the address may be fetched; a host without a robots.txt allows everything."""
        return self._rules(url).can_fetch(self._agent, url)

    def crawl_delay(self, url: str) -> float:
        """Seconds between requests that a host whose rules are known asks for; 0 if it does not."""
        rules = self._known.get(_site(url))
        return float(rules.crawl_delay(self._agent) or 0) if rules else 0.0

    def _rules(self, url: str) -> RobotFileParser:
        site = _site(url)
        if site not in self._known:
            text = self._get(f"{site}/robots.txt") or b""
            rules = RobotFileParser()
            rules.parse(text.decode("utf-8", "replace").splitlines())
            self._known[site] = rules
        return self._known[site]


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
