"""What a file that cannot be read says: what is wrong, where, and what to do with a fetched one and with one's own."""

from __future__ import annotations

import io
import zipfile
from typing import get_args

import pytest

from gongkai.errors import Problem, UnreadableError
from gongkai.extract import ParseResult
from gongkai.extract.ladder import parse_bytes
from gongkai.show.words import advice_zh

CUT_SHORT = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def locked_member() -> bytes:
    """A ZIP archive whose only member says that it is encrypted."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("report.txt", "x" * 40)
    data = bytearray(buffer.getvalue())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def archive_of(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("within/report.pdf", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "problem", "what", "fetched", "own", "own_zh"),
    [
        (CUT_SHORT, "a.pdf", "damaged", "the PDF is cut short", "fetch it again", "save it anew", "重新保存"),
        (b"", "a.pdf", "empty", "the file is empty", "fetch it again", "save or export it anew", "重新保存"),
        (
            archive_of(CUT_SHORT),
            "a.zip",
            "damaged",
            "the PDF is cut short",
            "fetch it again",
            "save it anew",
            "重新保存",
        ),
        (locked_member(), "a.zip", "locked", "by a password", "ask the agency", "save a copy without", "另存一份"),
    ],
)
def test_an_office_is_not_told_to_fetch_its_own_file(
    data: bytes, name: str, problem: Problem, what: str, fetched: str, own: str, own_zh: str
) -> None:
    (of_portal,) = parse_bytes(data, f"https://www.example.gov.cn/{name}")
    (of_office,) = parse_bytes(data, f"/reports/{name}")
    assert (of_portal.status, of_portal.problem) == (of_office.status, of_office.problem) == ("unreadable", problem)
    for result, advice, other in ((of_portal, fetched, own), (of_office, own, fetched)):
        assert result.error is not None
        assert what in result.error
        assert advice in result.error
        assert other not in result.error
    assert own_zh in advice_zh(of_office)
    assert ("下载" in advice_zh(of_portal)) or ("索取" in advice_zh(of_portal))
    assert "下载" not in advice_zh(of_office)
    assert "索取" not in advice_zh(of_office)


@pytest.mark.parametrize("problem", get_args(Problem))
@pytest.mark.parametrize("file", ["/reports/a.pdf", "https://www.example.gov.cn/a.pdf"])
def test_every_problem_has_advice_in_chinese(problem: Problem, file: str) -> None:
    assert "请" in advice_zh(ParseResult(file, None, None, "unreadable", "…", None, "1", problem))


def test_an_error_that_is_shown_as_it_stands_tells_what_to_do() -> None:
    assert str(UnreadableError("the PDF is cut short", "damaged")).startswith("the PDF is cut short; fetch it again")
