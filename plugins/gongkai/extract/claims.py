"""Figures stated in the prose, with the words they stand in, and how they compare with the tables (advisory)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from gongkai.check import Finding, Number, total
from gongkai.check.finding import as_number
from gongkai.extract.labels import fold
from gongkai.extract.report import Claim
from gongkai.forms import CellKey
from gongkai.read.document import Document, Paragraph, Where

CLAIM_MATCHES_TABLE = "claim_matches_table"
_QUOTE_AROUND = 12
_WAN = 10_000
_LONGEST_SENTENCE = 2000


class _Pattern(NamedTuple):
    key: str
    zh: str
    en: str
    unit: str
    pattern: re.Pattern[str]
    zero: re.Pattern[str] | None
    equals: tuple[tuple[CellKey, ...], ...]


@cache
def _patterns() -> tuple[_Pattern, ...]:
    text = files("gongkai.extract").joinpath("claims.yaml").read_text(encoding="utf-8")
    return tuple(
        _Pattern(
            entry["key"],
            entry["zh"],
            entry["en"],
            entry["unit"],
            re.compile(entry["pattern"]),
            re.compile(entry["zero"]) if "zero" in entry else None,
            tuple(tuple(CellKey(*name.split(".")) for name in names) for names in entry.get("equals", ())),
        )
        for entry in yaml.safe_load(text)["claims"]
    )


def read_claims(document: Document) -> tuple[Claim, ...]:
    """The first statement of each known kind, in the order of claims.yaml."""
    prose = [(fold(text), where) for text, where in _paragraphs(document)]
    return tuple(claim for kind in _patterns() if (claim := _first(kind, prose)) is not None)


def _paragraphs(document: Document) -> Iterator[tuple[str, Where]]:
    """Running text; lines that a layout broke in mid-sentence are joined again."""
    pending, where = "", Where()
    for block in document.blocks:
        if not isinstance(block, Paragraph) or block.row_like:
            continue
        if not pending:
            where = block.where
        pending += block.text
        if block.text.rstrip().endswith(("。", "；", ";", "：", ":")) or len(pending) > _LONGEST_SENTENCE:
            yield pending, where
            pending = ""
    if pending:
        yield pending, where


def _first(kind: _Pattern, prose: list[tuple[str, Where]]) -> Claim | None:
    for text, where in prose:
        if match := kind.pattern.search(text):
            value = None if match["about"] else _value(match["n"])
            return Claim(kind.key, value, match["unit"], _quote(text, match), where)
        if kind.zero is not None and (match := kind.zero.search(text)):
            return Claim(kind.key, 0, kind.unit, _quote(text, match), where)
    return None


def _value(text: str) -> int | Decimal | None:
    digits = text.replace(",", "").rstrip("万.")
    if not re.fullmatch(r"\d+(?:\.\d+)?", digits):
        return None
    value = Decimal(digits) * (_WAN if "万" in text else 1)
    return int(value) if value == value.to_integral_value() else value


def _quote(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - _QUOTE_AROUND) : match.end() + _QUOTE_AROUND]


def check_claims(claims: tuple[Claim, ...], numbers: Mapping[CellKey, Number | None]) -> Iterator[Finding]:
    """Advisory findings where a claim equals none of the sums it could mean."""
    kinds = {kind.key: kind for kind in _patterns()}
    for claim in claims:
        kind = kinds[claim.key]
        sums = [added for names in kind.equals if (added := total(names, numbers)) is not None]
        if claim.value is None or not sums or claim.value in sums:
            continue
        at = kind.equals[0][0]
        said, printed = as_number(claim.value), as_number(sums[0])
        yield Finding(
            identity=CLAIM_MATCHES_TABLE,
            kind="advisory",
            table=at.table,
            row=at.row,
            column=at.column,
            left=claim.value,
            right=sums[0],
            fault="unknown",
            suspect=None,
            message_zh=f"正文称{kind.zh}为 {said}（“{claim.quote}”），表中为 {printed}。",
            message_en=f"{kind.en}: the text says {said} (“{claim.quote}”), the table {printed}.",
        )
