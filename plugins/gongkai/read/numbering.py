"""The automatic numbers of Word's lists, such as 一、 or （一）: they stand nowhere in the text of their paragraphs."""

from __future__ import annotations

import re

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DIGITS = "〇一二三四五六七八九"
CHINESE = frozenset(
    (
        "chineseCounting",
        "chineseCountingThousand",
        "ideographDigital",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "japaneseDigitalTenThousand",
    )
)
PLACE = re.compile(r"%([1-9])")
LARGEST = 99  # numbers beyond are no headings of a report
Level = tuple[int, str, str]  # start, format, text with %1 … %9 for the levels' numbers


class Numbering:
    """Counts through the lists of one document, from its ``numbering.xml`` (None: it has no lists)."""

    def __init__(self, root: etree._Element | None) -> None:
        self._lists: dict[str, dict[int, Level]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        if root is not None:
            self._load(root)

    def _load(self, root: etree._Element) -> None:
        abstract = {
            definition.get(f"{W}abstractNumId"): _levels(definition) for definition in root.findall(f"{W}abstractNum")
        }
        for instance in root.findall(f"{W}num"):
            reference = instance.find(f"{W}abstractNumId")
            number = instance.get(f"{W}numId")
            if reference is not None and number is not None:
                self._lists[number] = abstract.get(reference.get(f"{W}val"), {})

    def next_number(self, properties: etree._Element | None) -> str:
        """The number before the paragraph with these properties; empty if it has none. Counts it."""
        mark = properties.find(f"{W}numPr") if properties is not None else None
        number = mark.find(f"{W}numId") if mark is not None else None
        if mark is None or number is None:
            return ""
        list_id = number.get(f"{W}val", "")
        levels = self._lists.get(list_id, {})
        depth = _value(mark, "ilvl", 0)
        if depth not in levels:
            return ""
        counters = self._counters.setdefault(list_id, {})
        counters[depth] = counters.get(depth, levels[depth][0] - 1) + 1
        for deeper in [level for level in counters if level > depth]:
            del counters[deeper]
        return _label(levels, counters, depth)


def _levels(definition: etree._Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for level in definition.findall(f"{W}lvl"):
        depth = level.get(f"{W}ilvl", "")
        if depth.isdigit():
            levels[int(depth)] = (_value(level, "start", 1), _string(level, "numFmt"), _string(level, "lvlText"))
    return levels


def _label(levels: dict[int, Level], counters: dict[int, int], depth: int) -> str:
    if levels[depth][1] in ("bullet", "none"):
        return ""

    def number(place: re.Match[str]) -> str:
        level = int(place.group(1)) - 1
        start, style, _ = levels.get(level, (1, "decimal", ""))
        return _written(counters.get(level, start), style)

    return PLACE.sub(number, levels[depth][2])


def _written(number: int, style: str) -> str:
    if style not in CHINESE or not 0 < number <= LARGEST:
        return str(number)
    tens, ones = divmod(number, 10)
    begin = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return begin + (DIGITS[ones] if ones else "")


def _string(element: etree._Element, name: str) -> str:
    found = element.find(f"{W}{name}")
    return found.get(f"{W}val", "") if found is not None else ""


def _value(element: etree._Element, name: str, default: int) -> int:
    value = _string(element, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else default
