"""The unified social credit code of a body (统一社会信用代码, GB 32100-2015)."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PATTERN = rf"[1-9A-HJ-NPQRTUWXY][{ALPHABET}]\d{{6}}[{ALPHABET}]{{10}}"


def check_character(code: str) -> str:
    """The character that makes the first 17 of `code` a credit code (GB 32100-2015, 4.5).

    >>> check_character("91350100M000100Y4")
    '3'
    """
    weighted = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return ALPHABET[(31 - weighted % 31) % 31]


def is_credit_code(code: str) -> bool:
    """Whether the last of 18 characters, all of the alphabet, is the check character of the others."""
    return code[17] == check_character(code)
