"""Who reports, for which year, for which area, and when: read from at least two places where there are two."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from gongkai.extract.labels import fold
from gongkai.extract.report import Scope
from gongkai.read.document import Document, Grid, Paragraph

_LINES_SEARCHED = 80
_TITLE_LINES = 4
_NAME = r"[^\s,，。.;；:：!！?？()（）<>《》|>]"
_REPORT = r"(?:政府|政务)?信息公开(?:工作)?(?:告)?(?:年度)?(?:工作)?(?:报告|年报|年度报)"
_TITLE_NAME_FIRST = re.compile(
    rf"(?P<agency>{_NAME}{{3,40}}?)(?:关于)?(?P<year>20\d\d)年?+度?+(?:{_NAME}{{0,6}}?){_REPORT}"
)
_TITLE_YEAR_FIRST = re.compile(rf"(?P<year>20\d\d)年?+度?+(?P<agency>{_NAME}{{3,40}}?)(?:的)?{_REPORT}")
_TITLE_YEAR_ONLY = re.compile(rf"^(?P<year>20\d\d)年?度?{_REPORT}")
_PERIOD = re.compile(r"自?(?P<year>20\d\d)年1月1日起?,?(?:至|到|—|-)(?P<last>20\d\d)年12月31日")
_CONTACT = re.compile(
    rf"(?:请|可|或)(?:直接)?(?:与|向|同)(?P<agency>{_NAME}{{4,40}}?)(?:办公室|政务公开|党政办|联系|信息公开)"
)
_COMPILED_BY = re.compile(rf"由(?P<agency>{_NAME}{{4,40}}?)(?:办公室)?(?:负责)?(?:编制|编写)")
_ISSUER = re.compile(rf"(?:发布机构|发文机关|公开机构|信息来源)[::]?(?P<agency>{_NAME}{{4,40}})$")
_DATE = re.compile(
    r"(?:发布日期|发布时间|公开日期|发文日期|生成日期|成文日期|日期)[::]?(?P<y>20\d\d)[-年./](?P<m>\d{1,2})[-月./](?P<d>\d{1,2})"
)
_PLAIN_DATE = re.compile(r"(?P<y>20\d\d)[-年./](?P<m>\d{1,2})[-月./](?P<d>\d{1,2})")
_DATE_PROPERTIES = ("publishtime", "pubdate", "publishdate", "publish_date", "date")
_AGENCY_ENDINGS = re.compile(
    r"(?:局|委员会|管委会|委|厅|部|署|院|中心|政府|办公室|办公厅|办事处|办|处|站|所|会|社|队|馆|校|学院|大学|集团|公司|行|庭|园区)$"
)
_TOWNSHIP = re.compile(r"(?:乡|镇|街道)(?:人民政府|办事处)$|街道办$")
_AREA = re.compile(r"(?:省|市|县|区|州|盟|旗|自治区)人民政府$")
_OFFICE_OF_AREA = re.compile(r"人民政府(?:办公室|办公厅)$")


@dataclass(frozen=True, slots=True)
class Header:
    """The header facts. `years`: every year the document gives for itself, with how often it does."""

    agency: str | None
    year: int | None
    years: tuple[int, ...]
    scope: Scope
    title: str | None
    published_on: str | None


def read_header(document: Document, year: int | None = None, agency: str | None = None) -> Header:
    """Read the header facts. `year` and `agency`, where the caller knows them, win over what is printed."""
    texts = _opening_texts(document)
    title, title_agency, title_year = _title(document, texts)
    years = _years(texts, title_year)
    found_agency = agency or title_agency or _agency_in_preamble(texts)
    return Header(
        agency=found_agency,
        year=year or (years[0] if years else None),
        years=tuple(dict.fromkeys(years)),
        scope=_scope(found_agency),
        title=title,
        published_on=_published_on(document, texts),
    )


def _opening_texts(document: Document) -> list[str]:
    texts: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            texts.append(block.text)
        elif isinstance(block, Grid):
            texts.extend("".join(cell.text for cell in row) for row in list(block.rows())[:12])
        if len(texts) >= _LINES_SEARCHED:
            break
    return [folded for text in texts if (folded := fold(text))]


def _title(document: Document, texts: Sequence[str]) -> tuple[str | None, str | None, int | None]:
    year_only = None
    for candidate in _title_candidates(document, texts):
        for pattern in (_TITLE_NAME_FIRST, _TITLE_YEAR_FIRST):
            match = pattern.search(candidate)
            if match and (name := _clean_name(match["agency"])):
                return match[0], name, int(match["year"])
        if year_only is None and (match := _TITLE_YEAR_ONLY.match(candidate)):
            year_only = match
    if year_only is None:
        return None, None, None
    return year_only[0], None, int(year_only["year"])


def _title_candidates(document: Document, texts: Sequence[str]) -> Iterable[str]:
    """Single lines first, then neighbours joined: a title often takes two or three lines."""
    short = [text for text in texts if len(text) <= 60]
    yield from short
    if document.title:
        yield fold(document.title)
    for n in range(len(short)):
        for length in range(2, _TITLE_LINES):
            yield "".join(short[n : n + length])


def _clean_name(name: str) -> str | None:
    name = re.sub(r"^(?:首页|当前位置|名称|标题|关于|信息公开年报|.*>)+", "", name).strip("-—_、·的")
    return name if len(name) >= 3 and _AGENCY_ENDINGS.search(name) else None


def _agency_in_preamble(texts: Sequence[str]) -> str | None:
    """The name that the preamble gives, by whom to ask and who compiled it; the most frequent one in the text."""
    opening = "".join(texts)
    names = [
        name
        for pattern in (_CONTACT, _COMPILED_BY)
        for match in pattern.finditer(opening)
        if (name := _clean_name(match["agency"]))
    ]
    issuers = [name for text in texts if (m := _ISSUER.search(text)) and (name := _clean_name(m["agency"]))]
    counted = Counter({name: opening.count(name) for name in (*names, *issuers)})
    return counted.most_common(1)[0][0] if counted else None


def _years(texts: Sequence[str], title_year: int | None) -> list[int]:
    """The years named, most frequent first; the title breaks a tie."""
    opening = "".join(texts)
    found = Counter(int(match["year"]) for match in _PERIOD.finditer(opening))
    if title_year is not None:
        found[title_year] += 1
    return sorted(found, key=lambda y: (-found[y], y != title_year))


def _scope(agency: str | None) -> Scope:
    if agency is None or _OFFICE_OF_AREA.search(agency):
        return "unknown"
    if _AREA.search(agency) and not _TOWNSHIP.search(agency):
        return "whole_area"
    return "own_organ"


def _published_on(document: Document, texts: Sequence[str]) -> str | None:
    for name in _DATE_PROPERTIES:
        if match := _PLAIN_DATE.search(fold(document.properties.get(name, ""))):
            return _iso(match)
    for text in texts:
        if match := _DATE.search(text):
            return _iso(match)
    return None


def _iso(match: re.Match[str]) -> str | None:
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
    except ValueError:
        return None
