"""Years and days as reports write them: with digits lost, in Chinese numerals, in many formats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from gongkai.extract.statements import Statements

_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_LETTER_FOR_ZERO = re.compile(r"2[Oo○〇](\d\d)(?=年)")
_CHINESE_YEAR = re.compile(r"二[〇○零Oo0][〇○零Oo0一二三][〇○零Oo0一二三四五六七八九](?=年)")
_CHINESE_DAY = re.compile(r"(?<=年)([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日")
_TO = "[至到—–~-]+"
# the marks of year, month and day are lost with some fonts: 201711日至20171231日; the period of 2008 began on 1 May
_PERIOD = re.compile(rf"(?P<first>20[0-3]\d)年?0?[15]月?0?1日?起?,?(?:{_TO})(?P<last>20[0-3]\d)?年?12月?31日?")
_DAY = re.compile(r"(?P<y>20[0-3]\d)(?:[-年./](?P<m>\d{1,2})[-月./](?P<d>\d{1,2})|(?P<mm>[01]\d)(?P<dd>[0-3]\d)(?!\d))")
_ONLY_A_DAY = re.compile(r"20[0-3]\d[-年./]\d{1,2}[-月./]\d{1,2}日?")
# fmt: off
_PUBLISHED = (
    "发布日期", "发布时间", "公开日期", "公开时间", "发文日期",
    "生成日期", "成文日期", "更新时间", "日期", "时间",
)
# fmt: on
_PROPERTIES = ("publishtime", "pubdate", "publishdate", "publish_date", "date", "publicationdate", "firstpublishedtime")


def with_digits(text: str) -> str:
    """A folded text with the Chinese numerals of its dates as digits: 二〇二一年一月二十日 is 2021年1月20日."""
    text = _LETTER_FOR_ZERO.sub(lambda match: f"20{match[1]}", text)
    if "二" not in text:
        return text
    text = _CHINESE_YEAR.sub(lambda match: match[0].replace("O", "0").replace("o", "0").translate(_NUMERALS), text)
    return _CHINESE_DAY.sub(lambda match: f"{_count(match[1])}月{_count(match[2])}日", text)


def _count(numeral: str) -> int:
    """十二 is 12, 二十 is 20, 三 is 3."""
    tens, ten, ones = numeral.rpartition("十")
    one = int(ones.translate(_NUMERALS)) if ones else 0
    return one + 10 * (int(tens.translate(_NUMERALS)) if tens else 1) if ten else one


def period_years(text: str) -> Iterator[int]:
    """The years of each statistical period named: once where both ends agree."""
    for match in _PERIOD.finditer(text):
        yield from {int(year) for year in match.groups() if year}


def published_on(statements: Statements) -> str | None:
    """The day of publication in ISO form: of the page's own properties, stated, or of the signature."""
    properties: Mapping[str, str] = statements.document.properties
    stated = (properties[name] for name in _PROPERTIES if name in properties)
    signed = (line for line in map(with_digits, reversed(statements.closing)) if _ONLY_A_DAY.fullmatch(line))
    for source in (stated, statements.rest_behind(_PUBLISHED), signed):
        for text in source:
            if (match := _DAY.match("".join(with_digits(text).split()))) and (day := _iso(match)):
                return day
    return None


def _iso(match: re.Match[str]) -> str | None:
    try:
        return date(int(match["y"]), int(match["m"] or match["mm"]), int(match["d"] or match["dd"])).isoformat()
    except ValueError:
        return None
