from __future__ import annotations

import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen, run

import httpx
import pytest
from lxml import html

from gongkai.demo.portal import running_portal


@pytest.fixture(scope="module")
def portal() -> Iterator[httpx.Client]:
    with running_portal() as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def links(page: httpx.Response) -> dict[str, str]:
    assert page.status_code == 200
    return {link.text_content(): link.get("href") for link in html.fromstring(page.content).iterfind(".//a")}


def test_the_listing_goes_over_pages(portal: httpx.Client) -> None:
    path, titles = "/wuyou/2019/index.html", []
    for _ in range(3):
        page = portal.get(path)
        titles += html.fromstring(page.content).xpath("//ul[@class='list']//a/@title")
        path = f"/wuyou/2019/{links(page).get('下一页', '')}"
    assert path == "/wuyou/2019/"
    assert len(titles) == len(set(titles)) == 22


def test_every_link_of_a_year_leads_somewhere(portal: httpx.Client) -> None:
    kinds = set()
    pages = [f"/wuyou/{year}/{name}.html" for year in (2019, 2020, 2021) for name in ("index", "index_2", "index_3")]
    for page in pages:
        for href in html.fromstring(portal.get(page).content).xpath("//ul[@class='list']//a/@href"):
            answer = portal.get(href)
            assert answer.status_code == 200
            kinds.add(answer.headers["Content-Type"])
    assert {"text/html", "text/html; charset=utf-8", "text/html; charset=ISO-8859-1", "application/pdf"} <= kinds


def test_a_year_without_reports_has_an_empty_listing(portal: httpx.Client) -> None:
    page = portal.get("/fuzhou/2021/index.html")
    assert page.status_code == 200
    assert "暂无内容" in page.text


def test_the_front_page_says_what_is_real(portal: httpx.Client) -> None:
    assert "虚构" in portal.get("/").text
    assert "Disallow: /internal/" in portal.get("/robots.txt").text


def test_what_is_not_there_is_not_found(portal: httpx.Client) -> None:
    assert portal.get("/etc/passwd").status_code == 404
    assert portal.get("/../../etc/passwd").status_code == 404


def test_head_answers_without_a_body(portal: httpx.Client) -> None:
    answer = portal.head("/wuyou/2019/index.html")
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["Content-Length"]) > 1000


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "gongkai.demo.portal", *arguments]


def test_the_program_says_when_it_is_ready_and_stops_when_told(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    begun = time.monotonic()
    with Popen(command("--port", "0", "--ready-file", str(ready)), stderr=PIPE) as process:
        try:
            while not ready.exists() and time.monotonic() - begun < 20:
                time.sleep(0.05)
            answer = httpx.get(f"{ready.read_text().strip()}/wenzhou/2020/index.html", trust_env=False)
            assert "温州市政务服务中心" in answer.text
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run(command("--port", port), capture_output=True, text=True, check=False, timeout=30)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"cannot listen on 127.0.0.1:{port}: ")
    assert ended.stderr.count("\n") == 1
