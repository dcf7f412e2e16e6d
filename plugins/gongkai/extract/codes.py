"""The index number of a page (索引号), and the unified social credit code that it often holds (GB 32100-2015)."""

from __future__ import annotations

import re

from gongkai.extract.statements import Statements
from gongkai.roster.credit_code import PATTERN, is_credit_code

_INDEX_LABELS = ("索引号", "信息索引号", "公开索引号", "索引码", "索引")
_INDEX = re.compile(r"[0-9A-Za-z][0-9A-Za-z/_.\-〔〕\[\]()]{5,39}")
_CODE_LABELS = ("统一社会信用代码",)
_CODE = re.compile(rf"(?<![0-9A-Z]){PATTERN}(?![0-9A-Z])")


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
