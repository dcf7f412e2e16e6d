from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from gongkai.fetch import PoliteClient, RequestError
from gongkai.fetch.client import ATTEMPTS, LONGEST_PAUSE
from tests.unit.fetch.conftest import Answer, ClientMaker, ScriptedServer


def failure(client: PoliteClient, url: str) -> RequestError:
    with pytest.raises(RequestError) as caught:
        client.get(url)
    return caught.value


def test_an_answer_says_when_and_how_long(server: ScriptedServer, make_client: ClientMaker) -> None:
    url = server.answers("/a", Answer(body="报告".encode(), headers={"Content-Type": "text/plain"}))
    answer = make_client().get(url)
    assert (answer.url, answer.status, answer.content_type, answer.body.decode()) == (url, 200, "text/plain", "报告")
    assert abs(answer.fetched_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert answer.duration_ms >= 0


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(
    server: ScriptedServer, make_client: ClientMaker, slept: list[float], status: int
) -> None:
    url = server.answers("/a", Answer(status), Answer(status), Answer())
    assert make_client().get(url).status == 200
    assert len(slept) == 2


def test_the_server_says_how_long_to_wait(server: ScriptedServer, make_client: ClientMaker, slept: list[float]) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    busy = [Answer(429, headers={"Retry-After": "7"}), Answer(503, headers={"Retry-After": then})]
    make_client().get(server.answers("/a", *busy, Answer()))
    assert slept[0] == 7
    assert 35 < slept[1] <= 40


def test_nobody_waits_for_hours(server: ScriptedServer, make_client: ClientMaker, slept: list[float]) -> None:
    url = server.answers("/a", Answer(503, headers={"Retry-After": str(int(LONGEST_PAUSE) + 1)}))
    error = failure(make_client(), url)
    assert (error.error_class, error.status, slept) == ("http_status", 503, [])


def test_giving_up(server: ScriptedServer, make_client: ClientMaker) -> None:
    error = failure(make_client(), server.answers("/a", Answer(503)))
    assert (error.error_class, error.status) == ("http_status", 503)
    assert server.times("/a") == ATTEMPTS


@pytest.mark.parametrize("status", [204, 400, 403, 404, 410])
def test_what_will_not_pass_is_asked_once(server: ScriptedServer, make_client: ClientMaker, status: int) -> None:
    error = failure(make_client(), server.answers("/a", Answer(status, b"")))
    assert (error.error_class, error.status) == ("http_status", status)
    assert str(status) in str(error)
    assert server.times("/a") == 1


def test_a_file_too_large_is_refused(server: ScriptedServer, make_client: ClientMaker) -> None:
    error = failure(make_client(size_limit=1000), server.answers("/a", Answer(body=b"x" * 1001)))
    assert error.error_class == "too_large"
    assert "GONGKAI_FILE_SIZE_LIMIT" in str(error)


def test_a_bomb_is_stopped_while_it_unfolds(server: ScriptedServer, make_client: ClientMaker) -> None:
    import gzip

    bomb = Answer(body=gzip.compress(b"0" * 5_000_000), headers={"Content-Encoding": "gzip"})
    assert failure(make_client(), server.answers("/a", bomb)).error_class == "too_large"


def test_a_trickle_is_cut_off(server: ScriptedServer, make_client: ClientMaker) -> None:
    url = server.answers("/a", Answer(body=b"x" * 1000, slow=True))
    error = failure(make_client(seconds=0.2), url)
    assert error.error_class == "timeout"
    assert "GONGKAI_REQUEST_SECONDS" in str(error)


def test_an_empty_answer_is_a_failure(server: ScriptedServer, make_client: ClientMaker) -> None:
    assert failure(make_client(), server.answers("/a", Answer(body=b""))).error_class == "empty"


def test_nobody_listens(make_client: ClientMaker, slept: list[float]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/a"
    assert failure(make_client(), url).error_class == "connection"
    assert len(slept) == ATTEMPTS - 1


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/a", "javascript:alert(1)", "//x", "http://[", "http://"]
)
def test_only_the_web(make_client: ClientMaker, url: str) -> None:
    assert failure(make_client(), url).error_class == "address"


def test_redirects_are_followed(server: ScriptedServer, make_client: ClientMaker) -> None:
    server.answers("/b", Answer(body=b"there"))
    url = server.answers("/a", Answer(302, headers={"Location": "b"}))
    answer = make_client().get(url)
    assert (answer.url, answer.body) == (f"{server.address}/b", b"there")


@pytest.mark.parametrize(
    ("location", "error_class"), [("/a", "redirect"), ("file:///etc/passwd", "address"), ("http://[", "redirect")]
)
def test_redirects_have_limits(
    server: ScriptedServer, make_client: ClientMaker, location: str, error_class: str
) -> None:
    url = server.answers("/a", Answer(301, headers={"Location": location}))
    assert failure(make_client(), url).error_class == error_class


def test_robots_txt_is_obeyed_and_asked_for_once(server: ScriptedServer, make_client: ClientMaker) -> None:
    server.answers("/robots.txt", Answer(body=b"User-agent: *\nDisallow: /private/\n"))
    public, private = server.answers("/a", Answer()), server.answers("/private/a", Answer())
    client = make_client()
    assert client.get(public).status == 200
    error = failure(client, private)
    assert error.error_class == "robots"
    assert server.asked == ["/robots.txt", "/a"]


def test_redirects_do_not_lead_round_robots_txt(server: ScriptedServer, make_client: ClientMaker) -> None:
    server.answers("/robots.txt", Answer(body=b"User-agent: *\nDisallow: /private/\n"))
    url = server.answers("/a", Answer(302, headers={"Location": "/private/a"}))
    assert failure(make_client(), url).error_class == "robots"


def test_rules_for_us_alone(server: ScriptedServer, make_client: ClientMaker) -> None:
    server.answers("/robots.txt", Answer(body=b"User-agent: gongkai-test\nDisallow: /\n"))
    url = server.answers("/a", Answer())
    assert failure(make_client(), url).error_class == "robots"
    assert make_client(user_agent="another").get(url).status == 200


def test_without_an_answer_about_robots_nothing_is_fetched(server: ScriptedServer, make_client: ClientMaker) -> None:
    server.answers("/robots.txt", Answer(503))
    error = failure(make_client(), server.answers("/a", Answer()))
    assert (error.error_class, error.status) == ("http_status", 503)
    assert server.times("/a") == 0


class FakeClock:
    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def far_client(clock: FakeClock, asked: list[tuple[float, str]], robots: str = "") -> PoliteClient:
    """A client whose hosts are anywhere and answer at once."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((clock.now, str(request.url)))
        if request.url.path == "/robots.txt":
            return httpx.Response(200, text=robots) if robots else httpx.Response(404)
        if request.url.path == "/inwards":
            return httpx.Response(302, headers={"Location": "http://127.0.0.1:9/admin"})
        return httpx.Response(200, text="page")

    return PoliteClient(
        interval=2.0,
        seconds=5.0,
        size_limit=1000,
        user_agent="gongkai-test",
        transport=httpx.MockTransport(answer),
        sleep=clock.sleep,
        clock=lambda: clock.now,
    )


def test_requests_to_a_host_keep_their_distance() -> None:
    clock, asked = FakeClock(), list[tuple[float, str]]()
    with far_client(clock, asked) as client:
        for url in ("http://a.example/1", "http://a.example/2", "http://b.example/1", "http://a.example/3"):
            client.get(url)
    assert asked == [
        (0.0, "http://a.example/robots.txt"),
        (2.0, "http://a.example/1"),
        (4.0, "http://a.example/2"),
        (4.0, "http://b.example/robots.txt"),
        (6.0, "http://b.example/1"),
        (6.0, "http://a.example/3"),
    ]


def test_a_longer_crawl_delay_wins() -> None:
    clock, asked = FakeClock(), list[tuple[float, str]]()
    with far_client(clock, asked, "User-agent: *\nCrawl-delay: 9\n") as client:
        client.get("http://a.example/1")
        client.get("http://a.example/2")
    assert [at for at, _ in asked] == [0.0, 2.0, 11.0]


def test_no_far_page_leads_into_this_machine() -> None:
    with far_client(FakeClock(), []) as client:
        error = failure(client, "http://a.example/inwards")
    assert error.error_class == "redirect"
    assert "127.0.0.1" in str(error)


def test_this_machine_needs_no_manners(server: ScriptedServer, make_client: ClientMaker, slept: list[float]) -> None:
    client, url = make_client(interval=60.0), server.answers("/a", Answer())
    for _ in range(3):
        client.get(url)
    assert slept == []


def test_a_proxy_is_not_asked_about_this_machine(
    server: ScriptedServer, make_client: ClientMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert make_client().get(server.answers("/a", Answer())).status == 200
