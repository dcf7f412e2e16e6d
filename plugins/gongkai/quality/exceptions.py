"""Reviewed exceptions: findings that hold for many reports and are right all the same, as rows of CSV files.

``expectations/exceptions/README.md`` says what the columns mean.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gongkai.errors import GateError
from gongkai.extract.anomalies import HOLDING
from gongkai.forms import all_forms
from gongkai.quality.suites import verdict_suites
from gongkai.settings import settings

ANY = "*"
_BEIJING = ZoneInfo("Asia/Shanghai")


class ReviewedException(BaseModel):
    """One row. `name` is its file and line; the patterns have ``*`` for any characters."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str
    rule: str
    form: str
    region: str = Field(min_length=1)
    agency: str = Field(min_length=1)
    first_year: int = Field(ge=2008, le=2100)
    last_year: int = Field(ge=2008, le=2100)
    reason: str = Field(min_length=1)
    evidence: str = Field(min_length=1)
    until: date

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.rule not in (known := rules()):
            raise ValueError(f"rule {self.rule!r} is unknown; known: {', '.join(sorted(known))}")
        if self.form not in (forms := [ANY, *(form.form for form in all_forms())]):
            raise ValueError(f"form {self.form!r} is unknown; known: {', '.join(forms)}")
        if self.first_year > self.last_year:
            raise ValueError("first_year comes after last_year")
        if self.region == self.agency == ANY:
            raise ValueError("region or agency must be narrower than *; what holds everywhere is a change of the form")
        return self

    def to_line(self) -> dict[str, Any]:
        """As it is locked with a publication: the patterns are those of SQL's LIKE."""
        patterns = {name: _like(getattr(self, name)) for name in ("form", "region", "agency")}
        return self.model_dump(mode="json") | patterns


def rules() -> frozenset[str]:
    """What can be excused: identities of the forms, rules of the suites, anomalies that hold a report."""
    of_suites = (expected["meta"].get("identity") for suite in verdict_suites() for expected in suite["expectations"])
    return frozenset(HOLDING).union(name for name in of_suites if name)


def today() -> date:
    """The day in Beijing, which decides whether an exception has expired."""
    return datetime.now(_BEIJING).date()


def exceptions_on(day: date, folder: Path | None = None) -> list[ReviewedException]:
    """The exceptions that apply on a day, by file and line, of `folder` (default ``expectations/exceptions``).

    Raises:
        GateError: a row cannot be right, expired or not; the message names file, line and column.
    """
    folder = folder or settings().project_dir / "expectations" / "exceptions"
    every = [exception for path in sorted(folder.glob("*.csv")) for exception in _read(path)]
    return [exception for exception in every if day <= exception.until]


def _read(path: Path) -> Iterator[ReviewedException]:
    expected = [name for name in ReviewedException.model_fields if name != "name"]
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="more")
        if reader.fieldnames != expected:
            raise GateError(f"{path}: the first line must be {','.join(expected)}")
        for row in reader:
            name = f"{path.name}:{reader.line_num}"
            try:
                yield ReviewedException.model_validate({"name": name, **row})
            except ValidationError as error:
                problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}" for e in error.errors())
                raise GateError(
                    f"{path.parent / name}: {problems}. Correct the line; nothing was published."
                ) from error


def _like(pattern: str) -> str:
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace(ANY, "%")
