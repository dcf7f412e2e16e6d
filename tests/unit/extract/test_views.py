"""Where each line is a cell, an empty one counts when the report does not balance without it; blanks part figures."""

from __future__ import annotations

from random import Random

import pytest

from gongkai.extract.views import views_of
from gongkai.forms import Form, all_forms
from gongkai.read.document import Paragraph
from gongkai.read.limits import Limits
from gongkai.read.text import read
from gongkai.settings import settings
from tests.support.edited import draw, read_back
from tests.support.figures import balanced_figures

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


@pytest.mark.parametrize("form", all_forms(), ids=lambda form: form.form)
@pytest.mark.parametrize("name", ["blanks.txt", "breaks.html"])
def test_figures_that_single_blanks_part(form: Form, name: str) -> None:
    figures = balanced_figures(form, Random(5), density=0.6)
    report = read_back(draw(form, figures, lambda tables: None)[name], name)
    assert {key: cell.value for key, cell in report.cells.items()} == figures
    assert report.verdict == "accepted"


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("1. 属于国家秘密 0 0 12", ("1. 属于国家秘密", "0", "0", "12")),
        ("统计指标 单位 本级 合计", ("统计指标", "单位", "本级", "合计")),
        ("0 0 4 0 4", ("0", "0", "4", "0", "4")),
        ("- 5 -", ()),
        ("第 3 页", ()),
        ("全年收到申请 3 件，均已办结 3 件。", ()),
    ],
)
def test_what_single_blanks_part(line: str, fields: tuple[str, ...]) -> None:
    text = line + "\n" + "规章 0 0 0\n" * 8
    _, parted = views_of(read(text.encode(), Limits.from_settings(settings())))
    assert isinstance(parted.blocks[0], Paragraph)
    assert parted.blocks[0].fields == fields
