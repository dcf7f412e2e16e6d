"""The index number of a page (索引号), and the unified social credit code that it often holds (GB 32100-2015)."""

from __future__ import annotations

import re

from gongkai.extract.statements import Statements

_INDEX_LABELS = ("索引号", "信息索引号", "公开索引号", "索引码", "索引")
_INDEX = re.compile(r"[0-9A-Za-z][0-9A-Za-z/_.\-〔〕\[\]()]{5,39}")
_CODE_LABELS = ("统一社会信用代码",)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE = re.compile(rf"(?<![0-9A-Z])[1-9A-HJ-NPQRTUWXY][{_ALPHABET}]\d{{6}}[{_ALPHABET}]{{10}}(?![0-9A-Z])")


def index_number(statements: Statements) -> str | None:
    """The index number as printed."""
    for value in statements.stated(_INDEX_LABELS):
        if (match := _INDEX.match(value)) and any(character.isdigit() for character in match[0]):
            return match[0]
    return None


def credit_code(statements: Statements, index: str | None) -> str | None:
    """The unified social credit code in the index number or stated by its name, if its check digit is right."""
    for text in (index or "", *statements.stated(_CODE_LABELS)):
        for match in _CODE.finditer(text.upper()):
            if is_credit_code(match[0]):
                return match[0]
    return None


def is_credit_code(code: str) -> bool:
    """Whether the last of 18 characters is the check digit of the others (GB 32100-2015, 4.5)."""
    values = [_ALPHABET.index(character) for character in code]
    weighted = sum(value * pow(3, place, 31) for place, value in enumerate(values[:17]))
    return values[17] == (31 - weighted % 31) % 31
