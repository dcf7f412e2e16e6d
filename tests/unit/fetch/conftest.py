from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep

import pytest

from gongkai.fetch import PoliteClient


@dataclass
class Answer:
    """One scripted answer; `slow` sends the body a byte at a time until the client gives up."""

    status: int = 200
    body: bytes = b"<html><p>page</p></html>"
    headers: dict[str, str] = field(default_factory=dict)
    slow: bool = False


class ScriptedServer(ThreadingHTTPServer):
    """Answers each path with its script, one answer a request; the last one stays. Everything else is 404."""

    daemon_threads = True

    def __init__(self) -> None:
        self.script: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answers(self, path: str, *answers: Answer) -> str:
        self.script[path] = list(answers)
        return self.address + path

    def times(self, path: str) -> int:
        return self.asked.count(path)


class Handler(BaseHTTPRequestHandler):
    server: ScriptedServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        script = self.server.script.get(self.path, [Answer(404)])
        answer = script.pop(0) if len(script) > 1 else script[0]
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for piece in (bytes([byte]) for byte in answer.body) if answer.slow else (answer.body,):
                self.wfile.write(piece)
                if answer.slow:
                    sleep(0.02)
        except (BrokenPipeError, ConnectionResetError):
            return

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as scripted:
        thread = Thread(target=scripted.serve_forever, daemon=True)
        thread.start()
        yield scripted
        scripted.shutdown()
        thread.join()


@pytest.fixture
def slept() -> list[float]:
    """The pauses that a client has made."""
    return []


ClientMaker = Callable[..., PoliteClient]


@pytest.fixture
def make_client(slept: list[float]) -> Iterator[ClientMaker]:
    """Clients that note their pauses instead of making them."""
    made: list[PoliteClient] = []

    def make(**limits: object) -> PoliteClient:
        given = {"interval": 1.0, "seconds": 5.0, "size_limit": 1_000_000, "user_agent": "gongkai-test", **limits}
        made.append(PoliteClient(sleep=slept.append, **given))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for client in made:
        client.__exit__()
