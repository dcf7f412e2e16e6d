"""What Word keeps outside the text: which paragraphs are headings, and the automatic numbers of lists, such as 一、."""

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
OF_STYLE = tuple(f"{W}{name}" for name in ("name", "basedOn", "pPr", "rPr"))
PLACE = re.compile(r"%([1-9])")
OFF = ("0", "false", "off")
DEEPEST_STYLE = 10  # styles based on each other, which may go in a circle
LARGEST = 99  # numbers beyond are no headings of a report
Level = tuple[int, str, str]  # start, format, text with %1 … %9 for the levels' numbers


class Styles:
    """What the styles of one document, from its ``styles.xml``, say of their text (None: it has no styles)."""

    def __init__(self, root: etree._Element | None) -> None:
        self._headings: set[str] = set()
        self._hidden: set[str] = set()
        self._numbers: dict[str, etree._Element] = {}
        self._based_on: dict[str, str] = {}
        for style in root.iterchildren(f"{W}style") if root is not None else ():
            self._load(style)

    @property
    def hide_text(self) -> bool:
        """Whether any style hides the text that has it."""
        return bool(self._hidden)

    def _load(self, style: etree._Element) -> None:
        style_id = style.get(f"{W}styleId", "")
        parts = {part.tag: part for part in style.iterchildren(*OF_STYLE, reversed=True)}  # the first of each kind
        name, parent, properties, run = map(parts.get, OF_STYLE)
        if _given(name).lower().startswith(("heading ", "title")) or _is_outlined(properties):
            self._headings.add(style_id)
        number = properties.find(f"{W}numPr") if properties is not None else None
        if number is not None:
            self._numbers[style_id] = number
        if based_on := _given(parent):
            self._based_on[style_id] = based_on
        hidden = run.find(f"{W}vanish") if run is not None else None
        if hidden is not None and hidden.get(f"{W}val", "1") not in OFF:
            self._hidden.add(style_id)

    def hides(self, run: etree._Element) -> bool:
        """Whether a run with these properties is hidden by its style."""
        return _string(run, "rStyle") in self._hidden

    def is_heading(self, properties: etree._Element | None) -> bool:
        """Whether a paragraph with these properties is a heading."""
        return _is_outlined(properties) or _style(properties) in self._headings

    def number(self, properties: etree._Element | None) -> etree._Element | None:
        """The list and level of a paragraph with these properties, its own or its style's."""
        own = properties.find(f"{W}numPr") if properties is not None else None
        style = _style(properties)
        for _ in range(DEEPEST_STYLE):
            if own is not None or not style:
                break
            own, style = self._numbers.get(style), self._based_on.get(style, "")
        return own


class Numbering:
    """Counts through the lists of one document, from its ``numbering.xml`` (None: it has no lists)."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._kind: dict[str, str] = {}  # list -> the kind it is of; lists of a kind count on together
        self._levels: dict[str, dict[int, Level]] = {}
        self._restarts: dict[str, dict[int, int]] = {}  # list -> the counters it begins with
        self._counters: dict[str, dict[int, int]] = {}
        if root is not None:
            self._load(root)

    def _load(self, root: etree._Element) -> None:
        for definition in root.findall(f"{W}abstractNum"):
            self._levels[definition.get(f"{W}abstractNumId", "")] = _levels(definition)
        for instance in root.findall(f"{W}num"):
            number = instance.get(f"{W}numId", "")
            self._kind[number] = _string(instance, "abstractNumId")
            starts = {
                to_number(change.get(f"{W}ilvl", ""), 0): _value(change, "startOverride", 1)
                for change in instance.findall(f"{W}lvlOverride")
                if change.find(f"{W}startOverride") is not None
            }
            if starts:
                self._restarts[number] = {level: start - 1 for level, start in starts.items()}

    def next_number(self, properties: etree._Element | None) -> str:
        """The number before the paragraph with these properties; empty if it has none. Counts it."""
        mark = self._styles.number(properties)
        if mark is None:
            return ""
        number, depth = _string(mark, "numId"), _value(mark, "ilvl", 0)
        kind = self._kind.get(number, "")
        levels = self._levels.get(kind, {})
        if depth not in levels:
            return ""
        counters = self._counters.setdefault(kind, {})
        counters.update(self._restarts.pop(number, {}))
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


def _is_outlined(properties: etree._Element | None) -> bool:
    """Whether paragraph properties give a level of the outline (9 means body text)."""
    return properties is not None and _value(properties, "outlineLvl", 9) < 9


def _style(properties: etree._Element | None) -> str:
    return _string(properties, "pStyle") if properties is not None else ""


def _string(element: etree._Element, name: str) -> str:
    return _given(element.find(f"{W}{name}"))


def _given(element: etree._Element | None) -> str:
    return element.get(f"{W}val", "") if element is not None else ""


def _value(element: etree._Element, name: str, default: int) -> int:
    return to_number(_string(element, name), default)


def to_number(value: str, default: int) -> int:
    """A whole number of at most six digits as Word writes it, or the default."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else default
