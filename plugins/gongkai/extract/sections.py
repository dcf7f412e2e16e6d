"""The headings of a report's sections, and reports that consist of nothing else (those of 2008 to 2018).

A report without a table is taken for one only on strong evidence: a title with agency and year, several of the form's
own sections with prose under them, and figures in that prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from gongkai.extract.header import Header
from gongkai.extract.labels import fold, stem, stems
from gongkai.extract.report import ReportSection
from gongkai.forms import Form, all_forms, form_by_id, form_for_year
from gongkai.read.document import Document, Paragraph

_NUMBERED = re.compile(r"^[#*\s]*(?:第?\(?([一二三四五六七八九十]{1,3})\)?(?:部分)?[、.,:：)]?)(.+)$")
_LONGEST_HEADING = 50
_ALIKE = 0.8
"""Share of matching characters from which a printed heading is one of the form's."""

_LAST_YEAR_WITHOUT_TABLES = 2018
"""From 2019 on the tables are statutory: a report that shows none has lost them."""

_LEAST_SECTIONS = 3
_LEAST_PROSE = 30
"""Characters under a heading that make it a section and not an item of a list."""

_FIGURE_IN_PROSE = re.compile(r"\d+(?:\.\d+)?万?余?(?:条|件|次|篇|份|人次|人|元)|(?:未|没有)(?:收到|发生)")
_ABOUT_REPORTS = re.compile(
    r"信息公开.*报.*(?:通知|通报|公告|方案|办法|模板|格式|范本|提纲|解读|新闻|要求|评估|考核|会议|目录|汇编)(?:\(.*\))?$"
)
"""How titles end that speak of reports and are none of one."""

_PART_OF_A_YEAR = re.compile(
    r"(?:季度|半年|月份|月报|\d[-—至]\d{1,2}月).*(?:统计表|报表|情况表)|(?:统计表|报表).*(?:季度|半年|月份)"
)


def read_sections(document: Document, form: Form) -> tuple[ReportSection, ...]:
    """The headings of the form's sections in printed order, each section once."""
    found: dict[str, ReportSection] = {}
    for section, _ in _headings(document, form):
        found.setdefault(section.key, section)
    return tuple(found.values())


def _headings(document: Document, form: Form) -> Iterator[tuple[ReportSection, int]]:
    """Each heading with the place of its block."""
    for at, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph) or len(block.text) > _LONGEST_HEADING or block.row_like:
            continue
        if (match := _NUMBERED.match(fold(block.text))) and (key := _section_named(stem(match[2]), form.form)):
            yield ReportSection(key, match[1], block.text.strip().strip("#* "), block.where), at


@lru_cache(4096)
def _section_named(text: str, form_id: str) -> str | None:
    text = text.rstrip(".。:：")
    labels = {label: s.key for s in form_by_id(form_id).sections for label in stems((s.zh, *s.variants))}
    if text in labels:
        return labels[text]
    near = [label for label in labels if _may_be_alike(text, label)]
    alike = {label: SequenceMatcher(None, text, label, autojunk=False).ratio() for label in near}
    best = max(alike, key=alike.__getitem__, default="")
    return labels[best] if alike.get(best, 0) >= _ALIKE else None


def _may_be_alike(text: str, label: str) -> bool:
    """A bound on how alike two texts are, which costs little."""
    return 2 * len(set(text) & set(label)) >= _ALIKE * max(len(set(text)), len(set(label)))


def form_without_tables(document: Document, header: Header) -> Form | None:
    """The form of a report that has no table, None where the evidence for such a report is not strong."""
    if header.year is None or not 0 < header.year <= _LAST_YEAR_WITHOUT_TABLES:
        return None
    form = form_for_year(header.year)
    if form is None or header.agency is None or header.title is None or set(header.years) != {header.year}:
        return None
    if _is_about_reports(document):
        return None
    sections = _with_prose(document, form)
    later = (_with_prose(document, other) for other in all_forms() if other.years.first > header.year)
    return form if len(sections) >= max(_LEAST_SECTIONS, *map(len, later)) else None


def is_of_part_of_a_year(document: Document) -> bool:
    """A sheet of statistics for a quarter, half a year or a month, which some collect in the form of the yearly one."""
    return any(_PART_OF_A_YEAR.search(text) for text in _titles(document))


def _is_about_reports(document: Document) -> bool:
    """A notice, a template or news: its title ends by saying so."""
    return any(_ABOUT_REPORTS.search(text) for text in _titles(document))


def _titles(document: Document) -> list[str]:
    """The first short lines of a document, and what its format calls its title."""
    short = [text for block in document.blocks[:_LONGEST_HEADING] if isinstance(block, Paragraph)
             and len(text := fold(block.text)) <= 2 * _LONGEST_HEADING]  # fmt: skip
    return [*short, *([fold(document.title)] if document.title else [])]


def _with_prose(document: Document, form: Form) -> set[str]:
    """The sections that say something; none where no figure is said at all."""
    places = list(_headings(document, form))
    ends = [*(at for _, at in places[1:]), len(document.blocks)]
    keys, prose = set(), ""
    for (section, at), end in zip(places, ends, strict=False):
        text = "".join(fold(b.text) for b in document.blocks[at + 1 : end] if isinstance(b, Paragraph))
        if len(text) >= _LEAST_PROSE:
            keys.add(section.key)
            prose += text
    return keys if _FIGURE_IN_PROSE.search(prose) else set()
