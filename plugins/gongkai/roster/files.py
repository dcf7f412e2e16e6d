"""Reads the CSV files of a roster: rows with their lines, and what is wrong with a line, in both languages."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from gongkai.errors import SettingsError
from gongkai.roster.model import Agency, AgencyChange, FormerAddress, Portal, Region

AGENCIES, CHANGES, PORTALS = "agencies.csv", "agency_changes.csv", "portals.csv"
ADDRESSES, REGIONS = "former_addresses.csv", "regions.csv"

_Row = TypeVar("_Row", bound=BaseModel)

# kinds of pydantic's errors; others are told in English alone
_CHINESE = {
    "missing": "缺少该列",
    "extra_forbidden": "多出的列",
    "string_pattern_mismatch": "不合格式",
    "string_too_short": "不能为空",
    "literal_error": "不是规定的词",
    "date_from_datetime_parsing": "不是日期（年-月-日）",
    "bool_parsing": "应为 true 或 false",
    "float_parsing": "不是数字",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line of a file. A roster with one that is `fatal` is refused; others are for a person."""

    file: str
    line: int
    zh: str
    en: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.en}"


@dataclass(frozen=True, slots=True)
class Line(Generic[_Row]):
    """A row and where it stands."""

    file: str
    number: int
    row: _Row

    def problem(self, zh: str, en: str, *, fatal: bool = True) -> Problem:
        return Problem(self.file, self.number, zh, en, fatal)


@dataclass(frozen=True, slots=True)
class Files:
    """The rows of a roster's files that can be read, and what is wrong with the others."""

    agencies: Sequence[Line[Agency]]
    changes: Sequence[Line[AgencyChange]]
    portals: Sequence[Line[Portal]]
    addresses: Sequence[Line[FormerAddress]]
    regions: Sequence[Line[Region]]
    problems: Sequence[Problem]


def read_files(folder: Path) -> Files:
    """Read every file of the folder; all but ``agencies.csv`` and ``portals.csv`` may be missing.

    Raises:
        SettingsError: a file cannot be read at all.
    """
    problems: list[Problem] = []
    return Files(
        agencies=tuple(_lines(folder / AGENCIES, Agency, problems)),
        changes=tuple(_lines(folder / CHANGES, AgencyChange, problems, optional=True)),
        portals=tuple(_lines(folder / PORTALS, Portal, problems)),
        addresses=tuple(_lines(folder / ADDRESSES, FormerAddress, problems, optional=True)),
        regions=tuple(_lines(folder / REGIONS, Region, problems, optional=True)),
        problems=problems,
    )


def _lines(path: Path, model: type[_Row], problems: list[Problem], *, optional: bool = False) -> Iterator[Line[_Row]]:
    if optional and not path.exists():
        return
    for number, row in _rows(path):
        try:
            yield Line(path.name, number, model.model_validate(row))
        except ValidationError as error:
            problems += [_problem(path, number, detail) for detail in error.errors()]


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows under the heading, each with the number of its last line; lines that begin with # are comments."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            kept = [(number, line) for number, line in enumerate(file, start=1) if not line.startswith("#")]
        reader = csv.DictReader((line for _, line in kept), restkey="(without a heading)")
        for row in reader:
            yield kept[reader.line_num - 1][0], row
    except OSError as error:
        raise SettingsError(f"GONGKAI_ROSTER_DIR: cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8: save it as 'CSV UTF-8' ({error.reason})") from error
    except csv.Error as error:
        raise SettingsError(f"{path} is no CSV file: {error}") from error


def _problem(path: Path, number: int, detail: Any) -> Problem:
    column = ".".join(map(str, detail["loc"])) or "?"
    said = str(detail["msg"]).removeprefix("Value error, ")
    en = f"column {column}: {said}"
    zh = f"{column} 列：{_CHINESE.get(detail['type'], said)}"
    if isinstance(value := detail["input"], str) and value:
        en, zh = f"{en} (it says {value!r})", f"{zh}（现为“{value}”）"
    return Problem(path.name, number, zh, en)
