"""The words around a result."""

from __future__ import annotations

import pytest

from gongkai.read.document import Where
from gongkai.show.words import Words, place


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (None, Words("", "")),
        (Where(page=3, table=2, row=4, column=0), Words("第3页第2个表第5行第1列", "page 3, table 2, row 5, column 1")),
        (Where(line=40, column=2), Words("文本第40行第3列", "line 40, column 3")),
        (Where(member="a.html", table=1, row=0), Words("内含文件“a.html”第1个表第1行", "in it a.html, table 1, row 1")),
    ],
)
def test_places_count_from_one(where: Where | None, said: Words) -> None:
    assert place(where) == said
