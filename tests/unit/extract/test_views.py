"""Where each line is a cell, an empty one counts when the report does not balance without it."""

from __future__ import annotations

import pytest

from gongkai.extract.views import views_of
from gongkai.read.document import Paragraph
from gongkai.read.limits import Limits
from gongkai.read.text import read
from gongkai.settings import settings

LINES = "\t项目\n\t甲\n\t乙\n\n\t第一\n项\n\t1\n\t\n\n\t\n\t第二项\n\t\n\t\n\n完\n"
BARS = "项目\n|\n甲\n|\n乙\n|\n第一项\n|\n1\n|\n\n|\n第二项\n|\n\n|\n\n|\n完\n"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (LINES, [("第一项", "1", ""), ("", "第二项", "", "")]),
        (BARS, [("第一项", "1", ""), ("第二项", "", "")]),
    ],
)
def test_cells_become_rows(text: str, rows: list[tuple[str, ...]]) -> None:
    document, in_rows = views_of(read(text.encode(), Limits.from_settings(settings())))
    found = [block.fields for block in in_rows.blocks if isinstance(block, Paragraph) and block.row_like]
    assert found == rows
    assert not any(isinstance(block, Paragraph) and block.row_like for block in document.blocks)
    assert in_rows.blocks[-1] == document.blocks[-1]


def test_text_without_empty_cells_is_read_once() -> None:
    text = "\t第一项\n\t1\n\n完\n"
    assert len(list(views_of(read(text.encode(), Limits.from_settings(settings()))))) == 1
