"""Answers with status 200 that are not what was asked for: guards' pages, "not found", logins, halves of files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import lxml.html
from lxml.etree import LxmlError

from gongkai.errors import UnreadableError
from gongkai.read.encoding import decode

_TAIL = 2048
"""Bytes at the end of a file in which its end mark stands; some servers add a few."""
_LONG = 1500
"""A page with more text than this is a page, whatever words stand in it."""

_CHALLENGE = re.compile(
    r"__jsl_clearance|acw_sc__v2|\$_ts\s*=|SafeLine|_waf_|/cdn-cgi/challenge|cf-chl|"
    r"人机验证|安全验证|滑动验证|访问验证|浏览器安全检查|请开启\s*JavaScript|正在验证",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"(?:页面|网页)(?:不存在|未找到|已删除|已被删除|找不到)|(?:找不到|没有找到|未找到).{0,10}(?:页面|网页|文件)|"
    r"(?:该|此|访问的|查看的|浏览的).{0,8}(?:不存在|已删除|已被删除|已下线)|^404\b|404\s*(?:错误|error)|not\s+found",
    re.IGNORECASE,
)
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_PASSWORD = re.compile(r"""<input[^>]{0,300}type\s*=\s*["']?password""", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "noscript"})
_BEGIN = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)
_END = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
_HEAD = 200_000
"""Characters of a page that are looked at: what is longer is no such page."""


class Problem(NamedTuple):
    """Why an answer is not taken: one word of :data:`gongkai.fetch.job.ERROR_CLASSES`, and what to do."""

    error_class: str
    message: str


def problem_with(body: bytes, url: str) -> Problem | None:
    """What is wrong with an answer; None if it may well be what was asked for."""
    if not body.strip(b"\x00\t\n\r\f "):
        return Problem("empty", f"{url} answered with nothing; look at the page by hand")
    if missing := _missing_end(body):
        return Problem("truncated", f"{url} is cut short: {missing}; try again later")
    return _pretence(body, url) if len(body) < _HEAD and b"<" in body[:1024] else None


def _missing_end(body: bytes) -> str | None:
    if b"%PDF-" in body[:1024]:
        return None if b"%%EOF" in body[-_TAIL:] else "a PDF without %%EOF"
    if body.startswith(b"PK\x03\x04"):
        return None if b"PK\x05\x06" in body[-(1 << 16) :] else "a zip package without its directory"
    if _BEGIN.match(body) and not _END.search(body):
        return "a page that ends neither its body nor itself"
    return None


def _pretence(body: bytes, url: str) -> Problem | None:
    try:
        page = decode(body)
        is_long = sum(map(len, _CHINESE.findall(page))) > _LONG  # nearly all pages, long before they are parsed
        text = "" if is_long else _visible(page)
    except (UnreadableError, LxmlError, ValueError):
        return None
    if is_long or len(text) > _LONG:
        return None
    if _CHALLENGE.search(page):
        return Problem("challenge", f"{url} wants to see a browser first; ask the publisher, or fetch it by hand")
    if _PASSWORD.search(page):
        return Problem("login", f"{url} asks for a password; look for the public address of the page")
    if _GONE.search(text):
        return Problem("soft_404", f"{url} says that the page is gone; look for its new address")
    return None


def _visible(page: str) -> str:
    root = lxml.html.document_fromstring(page)
    seen = (part for element in root.iter() for part in _texts(element))
    return " ".join(" ".join(seen).split())


def _texts(element: lxml.html.HtmlElement) -> Iterator[str]:
    if isinstance(element.tag, str) and element.tag not in _UNSEEN:
        yield element.text or ""
    yield element.tail or ""
