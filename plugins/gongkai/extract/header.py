"""Who reports, for which year, for which area, and when: read from at least two places where there are two."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from gongkai.extract.agency import Title, agency_elsewhere, as_printed, read_title
from gongkai.extract.codes import credit_code, index_number
from gongkai.extract.dates import period_years, published_on, with_digits
from gongkai.extract.report import Scope
from gongkai.extract.statements import Statements
from gongkai.read.document import Document

_TOWNSHIP = re.compile(r"(?:乡|镇|街道)(?:人民政府|办事处)?$|街道办$")
_AREA = re.compile(r"(?:省|市|县|区|州|盟|旗)(?:人民政府)?$")
_OFFICE_OF_AREA = re.compile(r"(?:人民政府|政府)(?:办公室|办公厅)$|政府办$|(?:省|市|县|区|州|盟|旗)(?:委)?办公室$")
_ZONE = re.compile(r"(?:开发区|园区|新区|高新区|示范区|集聚区|管委会)$")
_WHOLE_AREA = re.compile(
    r"(?:全省|全市|全县|全区|全州|全盟|全旗|本省|本市|本县|本区)[^,。;]{0,16}(?:公开|收到|申请|政府信息)|汇总|各(?:乡镇|镇街|区县|县区|县\(市|街道)[^。]{0,12}各部门"
)
_OWN_ORGAN = re.compile(
    r"(?:本机关(?!不掌握)|我办|本办|本单位)[^,。;]{0,16}(?:公开|收到|申请|政府信息)|办公室本级|\(本级\)"
)
_PROSE_YEAR = re.compile(r"(20[0-3]\d)年(?!\d|1?\d月)")


@dataclass(frozen=True, slots=True)
class Header:
    """The header facts.

    agency: normalised (NFKC, without blanks). agency_printed: with the blanks that the document prints in it.
    years: every year the document gives for itself, the chosen one first. index_number: 索引号.
    uscc: the unified social credit code.
    """

    agency: str | None
    year: int | None
    years: tuple[int, ...]
    scope: Scope
    title: str | None
    published_on: str | None
    agency_printed: str | None = None
    index_number: str | None = None
    uscc: str | None = None


def read_header(document: Document, year: int | None = None, agency: str | None = None) -> Header:
    """Read the header facts. `year` and `agency`, where the caller knows them, win over what is printed."""
    statements = Statements(document)
    title = read_title(statements)
    day, index = published_on(statements), index_number(statements)
    years = _years(statements, title, day)
    found_agency = agency or title.agency or agency_elsewhere(statements)
    return Header(
        agency=found_agency,
        year=year or (years[0] if years else None),
        years=tuple(years),
        scope=_scope(found_agency, statements),
        title=title.text,
        published_on=day,
        agency_printed=as_printed(found_agency, statements.lines) if found_agency else None,
        index_number=index,
        uscc=credit_code(statements, index),
    )


def _years(statements: Statements, title: Title, published: str | None) -> list[int]:
    """The years that the title and the statistical period give, the likeliest first.

    The most frequent one wins, then the one before the year of publication, then the title's. Where neither gives one,
    it is the year before publication if the prose names it, or else the year that the prose names most.
    """
    text = with_digits(statements.opening)
    given = Counter(period_years(text))
    if title.year is not None:
        given[title.year] += 1
    before_publication = int(published[:4]) - 1 if published else None
    if given:
        return sorted(given, key=lambda y: (-given[y], y != before_publication, y != title.year))
    named = Counter(int(year) for year in _PROSE_YEAR.findall(text))
    if before_publication is not None and before_publication in named:
        return [before_publication]
    return [year for year, _ in named.most_common(1)]


def _scope(agency: str | None, statements: Statements) -> Scope:
    if agency is None:
        return "unknown"
    if _OFFICE_OF_AREA.search(agency):
        return _scope_of_office(statements.opening)
    if _AREA.search(agency) and not _TOWNSHIP.search(agency) and not _ZONE.search(agency):
        return "whole_area"
    return "own_organ"


def _scope_of_office(text: str) -> Scope:
    """A government's office reports for itself or for its area; only the prose says which."""
    whole, own = len(_WHOLE_AREA.findall(text)), len(_OWN_ORGAN.findall(text))
    if whole == own:
        return "unknown"
    return "whole_area" if whole > own else "own_organ"
