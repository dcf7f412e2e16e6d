"""Pages whose body came as JSON, from an interface of the portal: an HTML string somewhere within."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gongkai.errors import UnreadableError
from gongkai.read import text
from gongkai.read.clean import clean
from gongkai.read.document import Document
from gongkai.read.encoding import decode
from gongkai.read.html import reader as html
from gongkai.read.identify import JSON
from gongkai.read.limits import Limits

NAME = "json"
CALLED = re.compile(r"\s*[\w.$]{1,100}\s*\((.*)\)\s*;?\s*", re.DOTALL)
ESCAPED = re.compile(r"&lt;(?:p|div|table|span|br)\b", re.IGNORECASE)
TAG = re.compile(r"</?(?:p|div|table|td|span|br)\b[^>]*>", re.IGNORECASE)
LONGEST_FACT = 1_000


def read(data: bytes, limits: Limits) -> Document:
    """The largest HTML string within, or else the largest text of several lines; the facts beside it are properties.

    Raises:
        UnreadableError: no JSON, or beyond the limits.
    """
    body, beside = _body(_parsed(decode(data), limits))
    read_body = html.read if TAG.search(body) else text.read
    document = read_body(body.encode("utf-8", "replace"), limits)
    facts = {name.lower(): clean(value)[:LONGEST_FACT] for name, value in beside.items() if isinstance(value, str)}
    return replace(
        document,
        reader=NAME,
        media_type=JSON,
        title=document.title or facts.get("title") or None,
        properties={**facts, **document.properties},
    )


def _parsed(source: str, limits: Limits) -> Any:
    limits.check_elements(source.count("[") + source.count("{") + source.count(","))
    called = CALLED.fullmatch(source)
    try:
        return json.loads(called[1] if called else source)
    except RecursionError as error:
        raise UnreadableError("the JSON nests too deep; save the HTML that it holds as a page of its own") from error
    except ValueError as error:
        raise UnreadableError(f"the JSON is damaged ({error})", "damaged") from error


def _body(value: Any) -> tuple[str, dict[str, Any]]:
    """The string that is the page, and the object that it stands in."""
    strings = [(_unescaped(string), beside) for string, beside in _strings(value)]
    pages = [found for found in strings if TAG.search(found[0])] or [found for found in strings if "\n" in found[0]]
    body, beside = max(pages, key=lambda found: len(found[0]), default=("", {}))
    return body, {name: fact for name, fact in beside.items() if not isinstance(fact, str) or len(fact) < LONGEST_FACT}


def _strings(root: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    waiting: list[tuple[Any, dict[str, Any]]] = [(root, {})]
    while waiting:
        value, beside = waiting.pop()
        if isinstance(value, str):
            yield value, beside
        elif isinstance(value, dict):
            waiting += [(part, value) for part in value.values()]
        elif isinstance(value, list):
            waiting += [(part, beside) for part in value]


def _unescaped(string: str) -> str:
    """HTML that was escaped once more to travel inside JSON."""
    if "<" in string or not ESCAPED.search(string):
        return string
    from html import unescape

    return unescape(string)
