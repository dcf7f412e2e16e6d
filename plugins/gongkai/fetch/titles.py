"""What the line of a listing says: whether it names a report, on which year, of whom, published when."""

from __future__ import annotations

import re
from datetime import date

from gongkai.roster import normalise_name

_REPORT = re.compile(r"年度?报告?")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_YEAR_WORD = re.compile(r"(?<!\d)(20\d\d)年")
_YEAR_IN_URL = re.compile(r"[?&](?:year|nd|nf|fbtime)=(20\d\d)(?!\d)", re.IGNORECASE)
_AGENCY = re.compile(r"^(?!关于)(.{2,60}?)(?:关于)?20\d\d年")
_DATE = re.compile(r"(?<!\d)(20\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)")


def names_a_report(title: str) -> bool:
    """Whether a title is that of an annual report, or of something about one."""
    return bool(_REPORT.search(normalise_name(title)))


def report_year(title: str, url: str, listed_on: str | None) -> int | None:
    """The year a report is on: as the title says, or the address, or else the year before it was published."""
    plain = normalise_name(title)
    for found in (_YEAR_WORD.search(plain), _YEAR.search(plain), _YEAR_IN_URL.search(url)):
        if found:
            return int(found[1])
    return int(listed_on[:4]) - 1 if listed_on else None


def agency_named(title: str) -> str | None:
    """The agency that a title begins with."""
    found = _AGENCY.match(normalise_name(title))
    return found[1] if found else None


def date_in(text: str) -> str | None:
    """The first date in a text, as an ISO date."""
    for found in _DATE.finditer(text):
        try:
            return date(*map(int, found.groups())).isoformat()
        except ValueError:
            continue
    return None
