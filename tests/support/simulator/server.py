"""Serves a simulated site in threads of its own."""

from __future__ import annotations

import hashlib
import re
import ssl
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from tests.support.simulator.site import Site
from tests.support.simulator.trouble import ATTACHED, TROUBLES
from tests.support.simulator.vendors import listing, number_of

_ROBOTS = "User-agent: *\nDisallow: /internal/\n"
_FILE = re.compile(r"/files/(\d+)\.\w+$")
_MOVED = re.compile(r"/moved/(?:%E5%B9%B4%E6%8A%A5/)?(\d+)\.html$")


class Asked(NamedTuple):
    """A request as the server saw it; `at` in seconds of a clock that only runs forward."""

    at: float
    path: str
    conditional: bool
    user_agent: str


class Simulator(ThreadingHTTPServer):
    """One host. `asked` is the log of its requests; `delay`: seconds before each answer; `moved_to`: another host."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        site: Site,
        robots: str = _ROBOTS,
        port: int = 0,
        *,
        ip: str = "127.0.0.1",
        delay: float = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.site, self.robots, self.delay, self.tls = site, robots, delay, tls
        self.asked: list[Asked] = []
        self.moved_to = ""
        self._times: Counter[str] = Counter()
        self._lock = Lock()
        super().__init__((ip, port), Handler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def host(self) -> str:
        return "{}:{}".format(*self.server_address[:2])

    @property
    def address(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}"

    def note(self, asked: Asked) -> None:
        with self._lock:
            self.asked.append(asked)
            self._times[asked.path] += 1

    def times(self, path: str) -> int:
        """How often an address was asked for."""
        return self._times[path]

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: clients that go away are part of the play."""


class Handler(BaseHTTPRequestHandler):
    server: Simulator
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each page waits 40 ms for a delayed acknowledgement

    @property
    def site(self) -> Site:
        return self.server.site

    def do_GET(self) -> None:
        agent, conditional = self.headers.get("User-Agent", ""), "If-None-Match" in self.headers
        self.server.note(Asked(time.monotonic(), self.path, conditional, agent))
        time.sleep(self.server.delay)
        parts = urlsplit(self.path)
        if parts.path == "/robots.txt":
            self.answer(200 if self.server.robots else 404, self.server.robots.encode(), {"Content-Type": "text/plain"})
        elif page := listing(self.site, parts.path, dict(parse_qsl(parts.query))):
            self.answer(200, page.text.encode(page.encoding), {"Content-Type": page.content_type})
        elif (number := number_of(parts.path)) is not None:
            TROUBLES.get(self.site.trouble.get(number, ""), Handler.report)(self, number)
        elif found := _MOVED.match(parts.path):
            self.report(int(found[1]))
        elif found := _FILE.match(parts.path):
            number = int(found[1])
            self.answer(200, self.site.report(number, ATTACHED[self.site.trouble[number]]))
        else:
            self.answer(404, "<html><body>没有这个页面</body></html>".encode())

    def report(self, number: int) -> None:
        """The report itself."""
        self.answer(200, self.site.report(number))

    def answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        etag = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.head(status, len(body), {"ETag": etag, **(headers or {})} if status in (200, 304) else headers)
        self.wfile.write(body)

    def head(self, status: int, length: int, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **(headers or {})}.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: `asked` is the log."""


@contextmanager
def running(site: Site, robots: str = _ROBOTS, **named: Any) -> Iterator[Simulator]:
    """The site in this process, in threads of its own."""
    with Simulator(site, robots, **named) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
