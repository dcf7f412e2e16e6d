"""Reviewed exceptions: what a row must say, and when it stops to apply."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gongkai.errors import GateError
from gongkai.quality.exceptions import exceptions_on, rules
from gongkai.settings import settings

HEADER = "rule,form,region,agency,first_year,last_year,reason,evidence,until\n"
GOOD = {
    "rule": "outcomes_sum",
    "form": "form_2019",
    "region": "3303*",
    "agency": "*",
    "first_year": "2019",
    "last_year": "2020",
    "reason": "模板缺列",
    "evidence": "https://www.example.gov.cn/notice",
    "until": "2027-12-31",
}


def write(folder: Path, **changed: str) -> Path:
    path = folder / "city.csv"
    path.write_text(HEADER + ",".join((GOOD | changed).values()) + "\n", encoding="utf-8")
    return folder


def test_a_row_applies_until_its_last_day(tmp_path: Path) -> None:
    write(tmp_path)
    (exception,) = exceptions_on(date(2027, 12, 31), tmp_path)
    assert exception.name == "city.csv:2"
    assert exceptions_on(date(2028, 1, 1), tmp_path) == []


def test_a_row_is_locked_with_patterns_of_sql(tmp_path: Path) -> None:
    (exception,) = exceptions_on(date(2027, 1, 1), write(tmp_path, agency="a_b%*"))
    line = exception.to_line()
    assert (line["region"], line["agency"], line["form"]) == ("3303%", r"a\_b\%%", r"form\_2019")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rule": "outcome_sum"}, "rule 'outcome_sum' is unknown"),
        ({"rule": "rejected_by_steward"}, "rule 'rejected_by_steward' is unknown"),
        ({"form": "form_1999"}, "form 'form_1999' is unknown"),
        ({"region": "*"}, "region or agency must be narrower"),
        ({"region": ""}, "region: String should have at least 1 character"),
        ({"first_year": "2021"}, "first_year comes after last_year"),
        ({"last_year": "soon"}, "last_year: Input should be a valid integer"),
        ({"reason": " "}, "reason: String should have at least 1 character"),
        ({"evidence": ""}, "evidence: String should have at least 1 character"),
        ({"until": "forever"}, "until: Input should be a valid date"),
        ({"until": "2027-12-31,more"}, "more: Extra inputs are not permitted"),
    ],
)
def test_a_row_that_cannot_be_right_is_named(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    write(tmp_path, **changed)
    with pytest.raises(GateError) as caught:
        exceptions_on(date(2027, 1, 1), tmp_path)
    assert "city.csv:2" in str(caught.value)
    assert said in str(caught.value)


def test_an_expired_row_must_be_right_too(tmp_path: Path) -> None:
    write(tmp_path, rule="nonsense", until="2020-01-01")
    with pytest.raises(GateError, match="nonsense"):
        exceptions_on(date(2027, 1, 1), tmp_path)


def test_the_first_line_names_the_columns(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("rule,form\nx,y\n", encoding="utf-8")
    with pytest.raises(GateError, match=r"old\.csv: the first line must be rule,form,region"):
        exceptions_on(date(2027, 1, 1), tmp_path)


def test_what_is_checked_in_can_be_right() -> None:
    assert {exception.rule for exception in exceptions_on(date(2020, 1, 1))} <= rules()
    assert (settings().project_dir / "expectations" / "exceptions").is_dir()
