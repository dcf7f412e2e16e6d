"""What can happen to a report on its way: one function a trouble, by its name."""

from __future__ import annotations

import gzip
import socket
import struct
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.support.simulator.site import extension

if TYPE_CHECKING:
    from tests.support.simulator.server import Handler

ATTACHED = {"pdf": "pdf", "docx": "docx", "txt": "text_lines"}
"""Pages that only point to a file, by kind, with its layout."""
SAID = {
    "soft_404": "<html><head><title>提示</title></head><body><p>抱歉，您访问的页面不存在或已删除！</p></body></html>",
    "challenge": "<html><head><script>document.cookie='__jsl_clearance=1|0|x';</script></head><body></body></html>",
    "login": "<html><body><form>用户名 <input name=u> 密码 <input type='password' name=p></form></body></html>",
    "unended": "<html><body><table><tr><td>乌有市第一局2021年政府信息公开工作年度报告</td></tr>",
    "empty": "",
}
"""Pages that come with status 200 and are none."""


def slow(handler: Handler, number: int) -> None:
    body = handler.site.report(number)
    handler.head(200, len(body))
    for piece in range(0, len(body), 20_000):
        handler.wfile.write(body[piece : piece + 20_000])
        handler.wfile.flush()
        time.sleep(0.05)


def hang(handler: Handler, number: int) -> None:
    """Half of it, and then nothing until the client gives up."""
    body = handler.site.report(number)
    handler.head(200, len(body))
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.connection.settimeout(30)
    handler.connection.recv(1)
    handler.close_connection = True


def busy(handler: Handler, number: int) -> None:
    _at_first(handler, number, lambda: handler.answer(429, b"", {"Retry-After": "1"}))


def error(handler: Handler, number: int) -> None:
    _at_first(handler, number, lambda: handler.answer(500, b"error"))


def broken(handler: Handler, number: int) -> None:
    handler.answer(500, b"error")


def away(handler: Handler, number: int) -> None:
    handler.answer(503, b"", {"Retry-After": "86400"})


def gone(handler: Handler, number: int) -> None:
    handler.answer(404, b"<html><body>404</body></html>")


def reset(handler: Handler, number: int) -> None:
    """The connection is reset in the middle of the body, once."""

    def cut() -> None:
        body = handler.site.report(number)
        handler.head(200, len(body))
        handler.wfile.write(body[: len(body) // 2])
        handler.wfile.flush()
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        handler.close_connection = True

    _at_first(handler, number, cut)


def short(handler: Handler, number: int) -> None:
    """Less than Content-Length says, every time."""
    body = handler.site.report(number)
    handler.head(200, len(body))
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def cut_chunks(handler: Handler, number: int) -> None:
    """In chunks, and the last one never comes."""
    body = handler.site.report(number)
    _begin_chunks(handler)
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
    handler.close_connection = True


def trickle(handler: Handler, number: int) -> None:
    """A byte now and then, for ever."""
    _begin_chunks(handler)
    try:
        while True:
            handler.wfile.write(b"1\r\n \r\n")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        handler.close_connection = True


def _begin_chunks(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html; charset=utf-8")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()


def bomb(handler: Handler, number: int) -> None:
    """A few kilobytes that unfold into many megabytes."""
    handler.answer(200, gzip.compress(bytes(30_000_000)), {"Content-Encoding": "gzip"})


def folded(handler: Handler, number: int) -> None:
    handler.answer(200, gzip.compress(handler.site.report(number)), {"Content-Encoding": "gzip"})


def gbk(handler: Handler, number: int) -> None:
    """In GBK, while the server says UTF-8."""
    handler.answer(200, handler.site.report(number).decode().encode("gb18030"))


def refresh(handler: Handler, number: int) -> None:
    handler.answer(200, f'<html><head><meta http-equiv="refresh" content="0;url=/moved/{number}.html"></html>'.encode())


def script(handler: Handler, number: int) -> None:
    page = f'<html><head><script>window.location.href = "/moved/{number}.html";</script></head><body></body></html>'
    handler.answer(200, page.encode())


def chinese(handler: Handler, number: int) -> None:
    """To an address in Chinese, as it is, which no header may hold."""
    location = f"/moved/年报/{number}.html".encode().decode("latin-1")
    handler.answer(301, b"", {"Location": location})


def moved(handler: Handler, number: int) -> None:
    handler.answer(301, b"", {"Location": f"{handler.server.moved_to}/moved/{number}.html"})


def inwards(handler: Handler, number: int) -> None:
    handler.answer(302, b"", {"Location": "http://169.254.169.254/latest/meta-data/"})


def inwards_by_name(handler: Handler, number: int) -> None:
    handler.answer(302, b"", {"Location": "http://localhost:1/"})


def to_a_file(handler: Handler, number: int) -> None:
    handler.answer(302, b"", {"Location": "file:///etc/passwd"})


def forbidden(handler: Handler, number: int) -> None:
    handler.answer(302, b"", {"Location": "/internal/report.html"})


def circle(handler: Handler, number: int) -> None:
    handler.answer(302, b"", {"Location": handler.path})


def large(handler: Handler, number: int) -> None:
    handler.answer(200, b"<html><body>" + b"x" * 3_000_000 + b"</body></html>")


def pointer(handler: Handler, number: int) -> None:
    """A page without a report, whose attachments are one: the report, and a picture of it that nobody wants."""
    kind = handler.site.trouble[number]
    name = f"{number}.{extension(ATTACHED[kind])}"
    base, name = ("<base href='/files/'>", name) if kind == "docx" else ("", f"/files/{name}")
    links = f"<a href='{name}'>下载</a><a href='/files/p.png'>图解</a>"
    handler.answer(200, f"<html><head>{base}</head><body><p>见附件</p>{links}</body></html>".encode())


def said(handler: Handler, number: int) -> None:
    handler.answer(200, SAID[handler.site.trouble[number]].encode())


def _at_first(handler: Handler, number: int, trouble: Callable[[], None]) -> None:
    if handler.server.times(handler.path) == 1:
        trouble()
    else:
        handler.report(number)


TROUBLES: dict[str, Callable[[Handler, int], None]] = {
    **{function.__name__: function for function in (
        slow, hang, busy, error, broken, away, gone, reset, short, cut_chunks, trickle, bomb, folded, gbk, refresh,
        script, chinese, moved, inwards, inwards_by_name, to_a_file, forbidden, circle, large,
    )},
    **dict.fromkeys(ATTACHED, pointer),
    **dict.fromkeys(SAID, said),
}  # fmt: skip

ENDS: dict[str, str | None] = {
    "slow": None, "busy": None, "error": None, "reset": None, "moved": None, "folded": None, "gbk": None,
    "refresh": None, "script": None, "chinese": None, "cut_chunks": "truncated", "trickle": "timeout",
    "bomb": "too_large", **dict.fromkeys(ATTACHED),
    "hang": "timeout", "broken": "http_status", "away": "http_status", "gone": "http_status", "short": "truncated",
    "inwards": "address", "inwards_by_name": "address", "to_a_file": "http_status", "forbidden": "robots",
    "circle": "redirect", "large": "too_large", "soft_404": "soft_404", "challenge": "challenge", "login": "login",
    "unended": "truncated", "empty": "empty",
}  # fmt: skip
"""What each trouble comes to: a class of error, or None where it passes."""
