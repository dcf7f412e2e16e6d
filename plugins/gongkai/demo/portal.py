"""Serves the bundled portal over HTTP: ``python -m gongkai.demo.portal --host 127.0.0.1 --port 8765``."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

from gongkai.demo.site import Resource, build_site


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], site: Mapping[str, Resource]) -> None:
        self.site = site
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "gongkai-demo"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each page waits 40 ms for a delayed acknowledgement

    def do_GET(self) -> None:
        resource = self.server.site.get(unquote(urlsplit(self.path).path))
        if resource is None:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", "没有这个页面\n".encode())
        else:
            self._answer(HTTPStatus.OK, resource.content_type, resource.body)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a request is no event here."""


def _address(server: _Server) -> str:
    host, port = server.server_address[:2]
    return f"http://{host!s}:{port}"


@contextmanager
def running_portal(host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """The portal in this process, in threads of its own; gives its base address.

    Raises:
        OSError: the port is taken.
    """
    with _Server((host, port), build_site()) as server:
        thread = Thread(target=server.serve_forever, name="demo-portal", daemon=True)
        thread.start()
        try:
            yield _address(server)
        finally:
            server.shutdown()
            thread.join()


def serve(host: str = "127.0.0.1", port: int = 0, ready_file: Path | None = None) -> None:
    """Serve until interrupted. Once the port is open, `ready_file` holds the base address.

    Raises:
        OSError: the port is taken.
    """
    with _Server((host, port), build_site()) as server:
        if ready_file is not None:
            partial = ready_file.with_name(f"{ready_file.name}.part")
            partial.write_text(f"{_address(server)}\n", encoding="utf-8")
            partial.replace(ready_file)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


def main(arguments: list[str] | None = None) -> int:
    """The command line; exit status 1 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m gongkai.demo.portal", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--ready-file", type=Path, help="written with the base address once the portal answers")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        serve(options.host, options.port, options.ready_file)
    except OSError as error:
        print(
            f"cannot listen on {options.host}:{options.port}: {error.strerror}; choose another --port", file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
