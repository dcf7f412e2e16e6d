"""How printed labels are compared: folded, without blanks, notes in brackets, quotation marks and ordinals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Any, NamedTuple

from gongkai.forms import Column

_BLANKS = re.compile(r"[\s\u200b-\u200f\ufeff\u00ad]+")
_QUOTES = re.compile("[“”\"'‘’「」『』《》]")
_NOTE = re.compile(r"\([^()]*\)")
_NOTE_UNCLOSED = re.compile(r"\([^()]*$")
_OPEN_NOTE = re.compile(r"[(（][^()（）]*$")
_NOTE_UNOPENED = re.compile(r"^[^()]*\)")
_ORDINAL = re.compile(r"(?:\d+|[一二三四五六七八九十]+)[.、]")
_PAGE_MARK = re.compile(r"[-—–]\d+[-—–]")
_YEAR = "{year}"

_TRADITIONAL = re.compile(
    "[並個備傳內兩別刪動務區參員問單國圍執報場實審將專對導屬廢廣強後徑從復應採據數於時會條業構標機欄權歸決沒況減準滿濟無熱爲獲現當發確碼祕稱穩範糾"
    "納級組結絡統經維網線編總織繳繼續罰義聞聯職聽與舉華萬處號衆補見規訂計討訓訟訪設許訴詢試話該認說調談請論諮議護讀變負責費購輯輿轉辦這進過郵錄錯"
    "門開閱關際隱電頁項領頭題額類駁體點縣鎮廳黨財師們還運遠選讓藝術釋佈産顯檢驗識課]"
)
_PINYIN = re.compile(r"(?<=[\u4e00-\u9fff])\([a-z]{1,6}\)")  # what scripts of copied pages put between: 公(gong)開
_WORDS = (("檔案館", "档案馆"), ("檔案局", "档案局"), ("檔案", "文件"), ("資訊", "信息"))
_WIDE = tuple(zip("，（）：；！？％／－～．\u3000\xa0", ",():;!?%/-~.  ", strict=True))
"""What NFKC would do itself, but slowly: a text in which it finds nothing to do costs it a fiftieth."""

_SHORT = 200
"""Characters up to which a text may be a label, and is worth remembering."""

FUZZY_ENOUGH = 0.6
"""Share of matching characters above which a label that lost glyphs is still itself."""


def fold(text: str) -> str:
    """NFKC, without blanks and quotation marks: what two printings of one label have in common."""
    return _folded(text) if len(text) <= _SHORT else _folded.__wrapped__(text)


@lru_cache(maxsize=8_192)  # labels come back in each report, and each is folded for each form
def _folded(text: str) -> str:
    if _TRADITIONAL.search(text):
        text = simplified(text)
    if "(" in text:
        text = _PINYIN.sub("", text)
    for wide, narrow in _WIDE:
        text = text.replace(wide, narrow)
    return _QUOTES.sub("", _BLANKS.sub("", unicodedata.normalize("NFKC", text)))


def simplified(text: str) -> str:
    """A text in Traditional script, as mirrors of official pages have it, in Simplified script and in its own words."""
    for theirs, ours in _WORDS:
        text = text.replace(theirs, ours)
    return str(_converter().convert(text))


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def stem(text: str) -> str:
    """A folded text without notes in brackets (and so without bracketed ordinals) and without page marks."""
    return _stemmed(text) if len(text) <= _SHORT else _stemmed.__wrapped__(text)


@lru_cache(maxsize=8_192)  # as with what is folded
def _stemmed(text: str) -> str:
    text = _PAGE_MARK.sub("", fold(text))
    previous = None
    while previous != text:
        previous, text = text, _NOTE.sub("", text)
    return _NOTE_UNOPENED.sub("", _NOTE_UNCLOSED.sub("", text)) if "(" in text or ")" in text else text


def without_open_note(text: str) -> str:
    """A text as printed without the note at its end that is not closed: a page break, or a cell too small, cut it."""
    return _OPEN_NOTE.sub("", text)


def after_ordinal(text: str) -> str:
    """What follows the last ordinal of a stem: the last label in a run of labels."""
    return _ORDINAL.split(text)[-1]


@cache
def stems(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The stems of a label and its variants, longest first; the ordinals that some print are not part of one."""
    return tuple(sorted({stem(label) for label in labels}, key=len, reverse=True))


def holds(text: str, labels: tuple[str, ...]) -> bool:
    """Whether one of the labels stands in a stemmed text."""
    return any(label in text for label in stems(labels))


def ends_with(text: str, labels: tuple[str, ...]) -> bool:
    """Whether a stemmed text ends with one of the labels."""
    return text.endswith(stems(labels))


def similarity(text: str, labels: tuple[str, ...]) -> float:
    """How alike the last label of a stemmed text is to the nearest of `labels`: 0 to 1."""
    tail = after_ordinal(text)
    return max(_likeness(tail[-3 * len(label) :], label) for label in stems(labels))


@lru_cache(maxsize=16_384)  # the same labels stand side by side in every report
def _likeness(text: str, label: str) -> float:
    return SequenceMatcher(None, text, label, autojunk=False).ratio()


def is_like(text: str, labels: tuple[str, ...]) -> bool:
    """Whether a stemmed text may be one of the labels with some glyphs lost."""
    glyphs = set(text)
    near = any(len(glyphs & set(label)) >= FUZZY_ENOUGH / 2 * len(set(label)) for label in stems(labels))
    return near and similarity(text, labels) >= FUZZY_ENOUGH


class _Patterns(NamedTuple):
    """The labels of some columns as patterns: of each column, and of all together."""

    of: tuple[tuple[str, re.Pattern[str]], ...]
    any: re.Pattern[str]


@cache
def _patterns(columns: tuple[Column, ...]) -> _Patterns:
    every = [label for column in columns for label in column.labels]
    return _Patterns(tuple((column.key, _any_of(column.labels)) for column in columns), _any_of(every))


def _any_of(labels: Iterable[str]) -> re.Pattern[str]:
    folded = sorted((stem(label) for label in labels), key=len, reverse=True)
    return re.compile("|".join(re.escape(label).replace(re.escape(_YEAR), r"20\d\d") for label in folded))


def column_named(text: str, columns: tuple[Column, ...]) -> str | None:
    """The key of the column whose label a stemmed text is."""
    return next((key for key, pattern in _patterns(columns).of if pattern.fullmatch(text)), None)


def columns_in(text: str, columns: tuple[Column, ...]) -> list[str]:
    """The keys of the columns whose labels stand in a stemmed text, in printed order, however it is cut into cells."""
    patterns = _patterns(columns)
    found = (column_named(match[0], columns) for match in patterns.any.finditer(text))
    return [key for key in found if key is not None]


def find_columns(text: str, columns: tuple[Column, ...]) -> tuple[tuple[str, ...], int, int] | None:
    """The last place in a stemmed text where all column labels stand side by side, in any order.

    Returns:
        The column keys in printed order, where the run of labels begins and where it ends; None without such a place.
    """
    patterns = _patterns(columns)
    found, end = None, 0
    for match in patterns.any.finditer(text):
        if match.start() < end:
            continue  # within the run of labels found last
        order, end_of_run = _consume(text, match.start(), dict(patterns.of))
        if order is not None:
            found, end = (order, match.start(), end_of_run), end_of_run
    return found


def _consume(text: str, at: int, missing: dict[str, re.Pattern[str]]) -> tuple[tuple[str, ...] | None, int]:
    order: list[str] = []
    while missing:
        for key, pattern in missing.items():
            if match := pattern.match(text, at):
                order.append(key)
                at = match.end()
                del missing[key]
                break
        else:
            return None, at
    return tuple(order), at
