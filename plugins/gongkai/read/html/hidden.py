"""Where a page keeps a body that a script shows later: in strings of scripts, text areas, hidden fields, templates."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote

from lxml import etree

LITERAL = re.compile(r""" "(?:[^"\\\n]|\\.)*+" | '(?:[^'\\\n]|\\.)*+' | `(?:[^`\\]|\\.)*+` """, re.VERBOSE | re.DOTALL)
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r?\n)|(.))", re.DOTALL)
PLAIN_ESCAPES: Mapping[str, str] = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "", "v": " ", "0": ""}
TAG = re.compile(r"<\s*/?\s*[a-zA-Z][^<>]{0,2000}>")
LEAST_TAGS = 20
CONTAINERS = ("textarea", "xmp", "template", "noscript")


def hidden_bodies(root: etree._Element) -> Iterator[tuple[str, int | None]]:
    """Markup that the page holds as text, with the line it begins in, the likeliest place first."""
    for element in root.iter("script"):
        script = element.text or ""
        kind = (element.get("type") or "").lower()
        if "template" in kind or "html" in kind or kind == "text/plain":
            yield from _marked_up(script, element)
        else:
            yield from _marked_up("".join(_literals(script)), element)
    for element in root.iter(*CONTAINERS):
        yield from _marked_up(_inner(element), element)
    for element in root.iter("input"):
        yield from _marked_up(element.get("value") or "", element)


def _inner(element: etree._Element) -> str:
    inner = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return (element.text or "") + "".join(inner)


def _marked_up(text: str, element: etree._Element) -> Iterator[tuple[str, int | None]]:
    markup = _decoded(text)
    if markup.count("<") > LEAST_TAGS and len(TAG.findall(markup)) > LEAST_TAGS:
        yield markup, element.sourceline  # type: ignore[misc]  # the stubs do not know it


def _literals(script: str) -> Iterator[str]:
    """The strings of a script that hold markup, without their quotes."""
    for match in LITERAL.finditer(script):
        text = ESCAPE.sub(_unescape, match[0][1:-1])
        if TAG.search(_decoded(text)):
            yield text


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code:
        return chr(int(code, 16))
    return "" if match[3] else PLAIN_ESCAPES.get(match[4], match[4])


def _decoded(text: str) -> str:
    """Text without the one encoding that scripts and attributes wrap markup in."""
    steps: tuple[tuple[str, Callable[[str], str]], ...] = (("%3C", unquote), ("&lt;", html.unescape))
    for mark, decode in steps:
        if "<" not in text and mark in text.replace("%3c", "%3C"):
            return decode(text)
    return text
