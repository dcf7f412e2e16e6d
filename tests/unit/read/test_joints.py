"""Table rows that a page break cut in two are put together; rows that only follow each other are not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gongkai.read.document import Grid, GridCell, Where
from gongkai.read.layout.joints import joined


def grid(page: int, rows: Sequence[Sequence[str]]) -> Grid:
    cells = [
        GridCell(
            row, column, text, Where(page=page, bbox=(40.0 * column, 20.0 * row, 40.0 * column + 40, 20.0 * row + 20))
        )
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    ]
    return Grid(tuple(cells), Where(page=page))


def texts(above: Sequence[Sequence[str]], below: Sequence[Sequence[str]]) -> list[list[list[str]]]:
    blocks = joined([grid(1, above), grid(2, below)])
    return [[[cell.text for cell in row] for row in block.rows()] for block in blocks if isinstance(block, Grid)]


def test_a_label_goes_on_below_its_figures() -> None:
    assert texts([["本年新收政府", "1", "2"]], [["信息公开申请", "", ""], ["予以公开", "3", "4"]]) == [
        [["本年新收政府\n信息公开申请", "1", "2"]],
        [["予以公开", "3", "4"]],
    ]


def test_a_row_of_blanks_stays_one_where_zeros_are_left_blank() -> None:
    above, below = [["予以公开", "", "2"], ["部分公开", "1", "2"]], [["属于国家秘密", "", ""], ["重复申请", "3", ""]]
    assert texts(above, below) == [above, below]


def test_a_header_goes_on_in_several_cells() -> None:
    assert texts([["结", "结", "总"]], [["果维持", "果纠正", "计"], ["1", "2", "3"]]) == [
        [["结\n果维持", "结\n果纠正", "总\n计"]],
        [["1", "2", "3"]],
    ]


def test_half_of_a_label_that_another_column_prints_is_no_header_printed_once_more() -> None:
    assert texts([["结果", "其他", "尚未"]], [["维持", "结果", "审结"], ["1", "2", "3"]]) == [
        [["结果\n维持", "其他\n结果", "尚未\n审结"]],
        [["1", "2", "3"]],
    ]


def test_a_header_that_is_printed_once_more_or_has_figures_below_stays() -> None:
    for below in (["信息内容", "制发件数"], ["规章", "5"], ["规章", ""]):
        assert texts([["信息内容", "制发件数"]], [below]) == [[["信息内容", "制发件数"]], [below]]


def test_a_label_goes_on_below_a_header_that_is_printed_once_more() -> None:
    header = ["申请人情况", "自然人", "总计"]
    assert texts([header, ["本年新收政府", "1", "2"]], [header, ["信息公开申请", "", ""], ["予以公开", "3", "4"]]) == [
        [header, ["本年新收政府\n信息公开申请", "1", "2"]],
        [header, ["予以公开", "3", "4"]],
    ]


def test_a_heading_of_rows_that_follow_is_no_rest_of_a_label() -> None:
    rows = [["3.补正后申请内容仍不明确", "1", "2"]], [["（五）不予处理", "", ""], ["1.信访举报投诉类申请", "3", "4"]]
    assert texts(*rows) == list(rows)


@pytest.mark.parametrize(
    ("begun", "rest"), [("（\n三", "）\n不予公开"), ("（", "三）不予\n公开"), ("（三）不予", "公开")]
)
def test_a_heading_beside_rows_goes_on_below_while_each_row_keeps_its_figures(begun: str, rest: str) -> None:
    above, below = [[begun, "1.属于国家秘密", "1"]], [[rest, "2.其他法律行政法规禁止公开", ""], ["", "3.重复申请", "2"]]
    assert texts(above, below) == [
        [[f"{begun}\n{rest}", "1.属于国家秘密", "1"]],
        [["", "2.其他法律行政法规禁止公开", ""], ["", "3.重复申请", "2"]],
    ]


def test_both_a_heading_and_the_label_beside_it_may_be_cut() -> None:
    assert texts(
        [["（", "1.本机关不", "/"]], [["四）无法提供", "掌握相关政府信息", ""], ["", "2.没有现成信息", "3"]]
    ) == [
        [["（\n四）无法提供", "1.本机关不\n掌握相关政府信息", "/"]],
        [["", "2.没有现成信息", "3"]],
    ]


def test_the_next_heading_beside_rows_is_no_rest_of_the_one_before() -> None:
    rows = [["（三）不予公开", "8.属于行政查询事项", "1"]], [["（四）无法提供", "1.本机关不掌握", "2"]]
    assert texts(*rows) == list(rows)


def test_an_emptied_row_is_no_header_printed_once_more() -> None:
    header = ["申请人情况", "自然人", "总计"]
    assert texts([header, ["", "", ""], ["2.申请人逾期未按", "1", "2"]], [header, ["收费通知", "", ""]]) == [
        [header, ["", "", ""], ["2.申请人逾期未按\n收费通知", "1", "2"]],
        [header],
    ]
