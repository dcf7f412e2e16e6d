"""The page of ``gongkai check`` in a real browser: it is drawn, complains of nothing and asks nobody for anything."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from gongkai.forms import CellKey
from gongkai.show.page import page
from tests.support.reports import drawn, read

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH (apt-get install chromium)"),
]
ADDRESS = "http://check.test/page.html"
SUSPECT_GROUND = (0xFD, 0xEA, 0xEA)
"""--bad-ground of page.css."""
ITS_OWN_CALLS = ("accounts.google.com", "clients2.google.com", "www.google.com")
"""Hosts that Chromium itself asks when it starts, whatever page it shows; the proxy refuses them."""


class _Proxy(ThreadingHTTPServer):
    """Serves one page under :data:`ADDRESS`, whatever else is asked for is refused; all requests are kept."""

    def __init__(self, page: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.page = page
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, _Proxy)
        self.server.asked.append(self.path)
        known = self.path == ADDRESS
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if known:
            self.wfile.write(self.server.page)

    def do_CONNECT(self) -> None:
        assert isinstance(self.server, _Proxy)
        self.server.asked.append(self.path)
        self.send_error(403)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output quiet."""


@contextmanager
def serving(page: bytes) -> Iterator[_Proxy]:
    with _Proxy(page) as proxy:
        thread = Thread(target=proxy.serve_forever)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()


def look_at(page: bytes, folder: Path) -> tuple[Image.Image, list[str], list[str]]:
    """A screenshot of the page, what the browser's console said, and every address that was asked for."""
    picture = folder / "page.png"
    with serving(page) as proxy:
        command = [
            str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--window-size=1400,2600", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-default-apps", "--disable-extensions",
            "--disable-client-side-phishing-detection", "--disable-features=OptimizationHints,MediaRouter,Translate",
            f"--user-data-dir={folder / 'profile'}", f"--proxy-server=http://127.0.0.1:{proxy.server_address[1]}",
            "--proxy-bypass-list=<-loopback>", "--enable-logging=stderr", f"--screenshot={picture}", ADDRESS,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    asked = [address for address in proxy.asked if not any(host in address for host in ITS_OWN_CALLS)]
    return Image.open(io.BytesIO(picture.read_bytes())).convert("RGB"), console, asked


def test_the_page_is_drawn_and_complains_of_nothing_and_asks_nobody(tmp_path: Path) -> None:
    spoiled = CellKey("applications", "granted_in_full", "natural_person")
    results = [read(drawn("form_2021", changes={spoiled: 2}))]
    picture, console, asked = look_at(page(results), tmp_path)
    colours = {colour: count for count, colour in picture.getcolors(1 << 24) or ()}
    assert console == []
    assert asked == [ADDRESS]
    assert colours.get(SUSPECT_GROUND, 0) > 200  # the style was let in, and the cell is marked
    assert len(colours) > 20


def test_a_page_that_asks_elsewhere_and_fails_would_be_noticed(tmp_path: Path) -> None:
    bad = b"<!DOCTYPE html><img src='http://elsewhere.test/x.png'><script>console.error('no')</script>"
    _, console, asked = look_at(bad, tmp_path)
    assert console
    assert "http://elsewhere.test/x.png" in asked
