"""What Word keeps outside the text: which paragraphs are headings, and the automatic numbers of lists, such as 一、."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

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


class _Style(NamedTuple):
    """What one style says. `number`: the list and level of its paragraphs. `based_on`: the id of another style."""

    is_heading: bool
    hides: bool
    number: etree._Element | None
    based_on: str


_PLAIN = _Style(False, False, None, "")


class Styles:
    """What the styles of one document, from its ``styles.xml``, say of their text (None: it has no styles).

    Of hundreds of styles a report has a handful: each is looked at when text has it.
    """

    def __init__(self, root: etree._Element | None) -> None:
        self._root = root
        self._known: dict[str, _Style] = {}
        styles = root.iterchildren(f"{W}style") if root is not None else ()
        self._unread = {style.get(f"{W}styleId", ""): style for style in styles}

    @property
    def hide_text(self) -> bool:
        """Whether any style may hide the text that has it."""
        return self._root is not None and next(self._root.iter(f"{W}vanish"), None) is not None

    def _of(self, style_id: str) -> _Style:
        if (style := self._unread.pop(style_id, None)) is not None:
            self._known[style_id] = _read_style(style)
        return self._known.get(style_id, _PLAIN)

    def hides(self, run: etree._Element) -> bool:
        """Whether a run with these properties is hidden by its style."""
        return self._of(_string(run, "rStyle")).hides

    def is_heading(self, properties: etree._Element | None) -> bool:
        """Whether a paragraph with these properties is a heading."""
        return _is_outlined(properties) or self._of(_style(properties)).is_heading

    def number(self, properties: etree._Element | None) -> etree._Element | None:
        """The list and level of a paragraph with these properties, its own or its style's."""
        own = child(properties, "numPr") if properties is not None else None
        style = _style(properties)
        for _ in range(DEEPEST_STYLE):
            if own is not None or not style:
                break
            own, style = self._of(style).number, self._of(style).based_on
        return own


def _read_style(style: etree._Element) -> _Style:
    parts = {part.tag: part for part in style.iterchildren(*OF_STYLE, reversed=True)}  # the first of each kind
    name, parent, properties, run = map(parts.get, OF_STYLE)
    hidden = child(run, "vanish") if run is not None else None
    return _Style(
        is_heading=_given(name).lower().startswith(("heading ", "title")) or _is_outlined(properties),
        hides=hidden is not None and hidden.get(f"{W}val", "1") not in OFF,
        number=child(properties, "numPr") if properties is not None else None,
        based_on=_given(parent),
    )


class Numbering:
    """Counts through the lists of one document.

    `part` gives its ``numbering.xml`` (None: it has no lists); it is asked for when a paragraph has a number.
    """

    def __init__(self, part: Callable[[], etree._Element | None], styles: Styles) -> None:
        self._styles = styles
        self._part: Callable[[], etree._Element | None] | None = part
        self._kind: dict[str, str] = {}  # list -> the kind it is of; lists of a kind count on together
        self._levels: dict[str, dict[int, Level]] = {}
        self._restarts: dict[str, dict[int, int]] = {}  # list -> the counters it begins with
        self._counters: dict[str, dict[int, int]] = {}

    def _load(self) -> None:
        root, self._part = self._part() if self._part else None, None
        if root is None:
            return
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
        self._load()
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
    return _given(child(element, name))


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of that name in Word's namespace; several times as fast as `find`, which takes a path."""
    return next(element.iterchildren(f"{W}{name}"), None)


def _given(element: etree._Element | None) -> str:
    return element.get(f"{W}val", "") if element is not None else ""


def _value(element: etree._Element, name: str, default: int) -> int:
    return to_number(_string(element, name), default)


def to_number(value: str, default: int) -> int:
    """A whole number of at most six digits as Word writes it, or the default."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else default
