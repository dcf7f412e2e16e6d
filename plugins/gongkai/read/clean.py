"""The text of a paragraph or cell without what only the layout put there."""

from __future__ import annotations

import re
import unicodedata

# Zero-width marks, the soft hyphen, byte order marks and control characters; readers deal with tabs and line ends.
INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffe\uffff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)


# Fonts that draw a radical and the character it is with one glyph make PDF writers name either of them.
_RADICALS = (
    "⺁⺒⺓⺜⺝⺟⺠⺩⺬⺶⺽⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "厂巳幺日月母民王示羊臼虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)
_OF_KANGXI = "".join(map(chr, range(0x2F00, 0x2FD6)))
_TO_CHARACTERS = str.maketrans(_RADICALS[0] + _OF_KANGXI, _RADICALS[1] + unicodedata.normalize("NFKC", _OF_KANGXI))
_RADICAL = re.compile("[\u2e80-\u2fd5]")


def without_radicals(text: str) -> str:
    """A text in which characters stand for the radicals that look the same."""
    return text.translate(_TO_CHARACTERS) if _RADICAL.search(text) else text


def clean(text: str) -> str:
    """One piece of text: runs of blanks of any kind are one blank, none at the ends, nothing invisible."""
    if text.isalnum():
        return text  # most cells: a figure or a label, without marks or blanks
    return " ".join(without_radicals(INVISIBLE.sub("", text)).split())
