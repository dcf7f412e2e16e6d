"""Report years as the command line takes them."""

from __future__ import annotations

import re

import click

FIRST, LAST = 2008, 2100  # the first reports were on 2008, the year in which the Regulations took effect
YEAR = click.IntRange(FIRST, LAST)


class YearSpan(click.ParamType[tuple[int, int]]):
    """``2021``, or ``2019..2021``: the first and the last year."""

    name = "FROM..TO"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        found = re.fullmatch(r"(\d{4})(?:\.\.(\d{4}))?", value)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not FIRST <= first <= last <= LAST:
            self.fail(f"{value!r} is neither a year nor FROM..TO, for instance 2019..2021", param, ctx)
        return first, last
