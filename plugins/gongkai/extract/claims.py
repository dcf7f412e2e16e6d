"""Figures stated in the prose, with the words they stand in, and how they compare with the tables (advisory)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from gongkai.check import Finding, Number, total
from gongkai.check.finding import as_number
from gongkai.extract.labels import fold
from gongkai.extract.numbers import is_figure
from gongkai.extract.report import Claim
from gongkai.forms import CellKey
from gongkai.read.document import Document, Paragraph, Where

CLAIM_MATCHES_TABLE = "claim_matches_table"
_A_NUMBER = r"(?P<before>约|近|超过?|逾)?(?P<n>[\d,.]*\d万?)(?P<about>余|多)?"
_DIGIT = re.compile(r"\d")
_HEADING = re.compile(r"\s*[一二三四五六七八九十]{1,2}、")
_QUOTE_AROUND = 12
_WAN = 10_000
_LONGEST_SENTENCE = 2000


class ClaimedShare(NamedTuple):
    """A claim in percent: of which sum of cells, in which."""

    part: tuple[CellKey, ...]
    of: tuple[CellKey, ...]


class ClaimKind(NamedTuple):
    """One line of claims.yaml; `equals`: the sums of cells that the claim may be."""

    key: str
    zh: str
    en: str
    unit: str
    pattern: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    zero: re.Pattern[str] | None
    equals: tuple[tuple[CellKey, ...], ...]
    share: ClaimedShare | None


class _Prose(NamedTuple):
    """A paragraph, folded. Without a digit it states no figure, and is searched for "none" alone."""

    text: str
    where: Where
    has_digits: bool


@cache
def claim_kinds() -> tuple[ClaimKind, ...]:
    """Every kind of claim that is looked for, in the order of claims.yaml."""
    text = files("gongkai.extract").joinpath("claims.yaml").read_text(encoding="utf-8")
    return tuple(map(_compiled, yaml.safe_load(text)["claims"]))


def _compiled(entry: Mapping[str, Any]) -> ClaimKind:
    def pattern(name: str) -> re.Pattern[str] | None:
        return re.compile(entry[name].replace("N", _A_NUMBER)) if name in entry else None

    share = entry.get("share")
    return ClaimKind(
        entry["key"],
        entry["zh"],
        entry["en"],
        entry["unit"],
        pattern("pattern"),
        pattern("not_after"),
        pattern("zero"),
        tuple(map(_keys, entry.get("equals", ()))),
        ClaimedShare(_keys(share["part"]), _keys(share["of"])) if share else None,
    )


def _keys(names: Iterable[str]) -> tuple[CellKey, ...]:
    return tuple(CellKey(*name.split(".")) for name in names)


def read_claims(document: Document) -> tuple[Claim, ...]:
    """The first statement of each known kind, in the order of claims.yaml."""
    folded = ((fold(text), where) for text, where in _paragraphs(document))
    prose = [_Prose(text, where, _DIGIT.search(text) is not None) for text, where in folded]
    return tuple(claim for kind in claim_kinds() if (claim := _first(kind, prose)) is not None)


def _paragraphs(document: Document) -> Iterator[tuple[str, Where]]:
    """Running text; lines that a layout broke in mid-sentence are joined again."""
    pending, where = "", Where()
    for block in document.blocks:
        if not isinstance(block, Paragraph) or block.row_like:
            continue
        is_cell = any(map(is_figure, block.fields or (block.text,)))
        if pending and (is_cell or block.heading or _HEADING.match(block.text)):
            yield pending, where
            pending = ""
        if is_cell:  # of a table whose cells are paragraphs
            continue
        if not pending:
            where = block.where
        pending += block.text
        if block.text.rstrip().endswith(("。", "；", ";", "：", ":")) or len(pending) > _LONGEST_SENTENCE:
            yield pending, where
            pending = ""
    if pending:
        yield pending, where


def _first(kind: ClaimKind, prose: Iterable[_Prose]) -> Claim | None:
    for text, where, has_digits in prose:
        for match in kind.pattern.finditer(text) if kind.pattern and has_digits else ():
            if kind.not_after is None or not kind.not_after.search(text, 0, match.start()):
                return Claim(kind.key, _value(match, kind.unit), match["unit"], _quote(text, match), where)
        if kind.zero is not None and (none := kind.zero.search(text)):
            return Claim(kind.key, 0, kind.unit, _quote(text, none), where)
    return None


def _value(match: re.Match[str], unit: str) -> int | Decimal | None:
    """The number of a claim in its unit; None for an approximate one."""
    printed_unit = match["unit"]
    digits = match["n"].replace(",", "").rstrip(".")
    if unit == "元" and digits.endswith("万"):  # 万元 is a unit, 万条 a rounding
        digits, printed_unit = digits.rstrip("万"), "万元"
    if match["before"] or match["about"] or not re.fullmatch(r"\d+(?:\.\d+)?", digits):
        return None
    value = Decimal(digits) * (_WAN if printed_unit == f"万{unit}" else 1)
    return int(value) if value == value.to_integral_value() else value


def _quote(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - _QUOTE_AROUND) : match.end() + _QUOTE_AROUND]


def check_claims(claims: tuple[Claim, ...], numbers: Mapping[CellKey, Number | None]) -> Iterator[Finding]:
    """Advisory findings where a claim equals none of the sums it could mean."""
    kinds = {kind.key: kind for kind in claim_kinds()}
    for claim in claims:
        kind = kinds[claim.key]
        sums = [added for names in kind.equals if (added := total(names, numbers)) is not None]
        if kind.share is not None:
            sums = _shares(kind.share, claim.value, numbers)
        if claim.value is None or not sums or claim.value in sums:
            continue
        yield _mismatch(kind, claim, sums[0])


def _shares(share: ClaimedShare, claimed: Number | None, numbers: Mapping[CellKey, Number | None]) -> list[Number]:
    """The percentage in the tables, rounded as the claim is."""
    part, of = total(share.part, numbers), total(share.of, numbers)
    if claimed is None or part is None or not of:
        return []
    return [round(Decimal(100 * part) / of, -int(Decimal(claimed).as_tuple().exponent))]


def _mismatch(kind: ClaimKind, claim: Claim, added: Number) -> Finding:
    at = kind.share.part[0] if kind.share else kind.equals[0][0]
    said, printed = as_number(claim.value), as_number(added)
    return Finding(
        identity=CLAIM_MATCHES_TABLE,
        kind="advisory",
        table=at.table,
        row=at.row,
        column=at.column,
        left=claim.value,
        right=added,
        fault="unknown",
        suspect=None,
        message_zh=f"正文称{kind.zh}为 {said}（“{claim.quote}”），表中为 {printed}。",
        message_en=f"{kind.en}: the text says {said} (“{claim.quote}”), the table {printed}.",
    )
