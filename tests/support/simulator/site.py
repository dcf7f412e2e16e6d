"""What is on the simulated portal: agencies, their reports, and which of them are in what trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from gongkai.demo.render import LAYOUTS, render
from gongkai.forms import form_for_year

_PLACE = "乌有市第000000局"


@dataclass
class Site:
    """`agencies` reports of one year, numbered from 1, `per_page` on a page of the listing.

    trouble: number of a report -> what happens to it, see :mod:`tests.support.simulator.trouble`.
    revised: reports whose bytes have been replaced. unlisted: reports that are no longer listed.
    twice: reports that are listed a second time, under another address. small: pages of one line instead of reports.
    """

    agencies: int = 45
    year: int = 2021
    per_page: int = 20
    trouble: Mapping[int, str] = field(default_factory=dict)
    revised: set[int] = field(default_factory=set)
    unlisted: set[int] = field(default_factory=set)
    twice: set[int] = field(default_factory=set)
    small: bool = False

    def listed(self) -> list[int]:
        """The numbers in the order of the listing; a second address of a report is its negative number."""
        numbers = [number for number in range(1, self.agencies + 1) if number not in self.unlisted]
        return numbers + [-number for number in numbers if number in self.twice]

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.listed()) // self.per_page))

    def page(self, at: int) -> list[int]:
        """The numbers on a page, from 0."""
        return self.listed()[at * self.per_page : (at + 1) * self.per_page]

    def title(self, number: int) -> str:
        return f"{agency(number)}{self.year}年政府信息公开工作年度报告"

    def published_on(self, number: int) -> date:
        return date(self.year + 1, 1, 1) + timedelta(days=abs(number) % 90)

    def report(self, number: int, layout: str = "html_cms_a") -> bytes:
        """The bytes of a report."""
        number = abs(number)
        if self.small:
            return f"<html><body><p>{self.title(number)}</p></body></html>".encode()
        if layout == "html_cms_a":
            mark = "<!-- 更正 -->" if number in self.revised else ""
            return _template(self.year).replace(_PLACE, agency(number)).replace("</body>", f"{mark}</body>").encode()
        return _rendered(self.year, layout, agency(number))


def agency(number: int) -> str:
    return f"乌有市第{abs(number):06}局"


@cache
def _template(year: int) -> str:
    return _rendered(year, "html_cms_a", _PLACE).decode()


@cache
def _rendered(year: int, layout: str, name: str) -> bytes:
    form = form_for_year(year)
    assert form is not None
    return render(form, dict.fromkeys(form.cell_ids, "0"), agency=name, year=year, layout=layout)


def extension(layout: str) -> str:
    return LAYOUTS[layout].extension
