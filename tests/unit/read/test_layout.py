"""What is concluded from where words stand on a page, whichever library found them there."""

from __future__ import annotations

import pytest

from gongkai.read.document import Grid, Paragraph
from gongkai.read.layout.lines import Word, pieces_in_columns
from gongkai.read.layout.pages import RUNNING, Pages
from gongkai.read.layout.ruled import RuledTable
from gongkai.read.layout.rulings import Rulings
from gongkai.read.limits import Limits

SIZE = 10.0  # points: the height of a character and the width of a full-width one
HEIGHT = 800.0


def word(text: str, x: float, top: float) -> Word:
    width = sum(SIZE / 2 if character.isascii() else SIZE for character in text)
    return Word(text, (x, top, x + width, top + SIZE))


def line(top: float, *words: tuple[str, float]) -> list[Word]:
    return [word(text, x, top) for text, x in words]


def pieces(*lines: list[Word]) -> list[list[str]]:
    return [[" ".join(word.text for word in piece) for piece in cells] for cells in pieces_in_columns(lines)]


def test_a_figure_close_to_its_label_is_a_cell_where_it_stands_in_a_column() -> None:
    assert pieces(
        line(100, ("规章", 50), ("0", 124), ("7", 164)),
        line(120, ("行政规范性文件", 50), ("12", 124), ("3", 164)),
        line(140, ("共", 50), ("3", 63), ("件", 70)),
    ) == [["规章", "0", "7"], ["行政规范性文件", "12", "3"], ["共 3 件"]]


def test_the_only_word_and_the_only_figures_of_a_line_are_cells_even_if_the_gap_is_small() -> None:
    assert pieces(line(100, ("行政事业性收费", 50), ("5", 125)), line(140, ("共收到申请", 50), ("5", 102.5))) == [
        ["行政事业性收费", "5"],
        ["共收到申请 5"],
    ]


def test_a_figure_in_brackets_is_no_cell() -> None:
    label = line(100, ("公开信息数（多种方式公开计", 50), ("1", 185))
    assert pieces(label, line(110, ("条）", 50)), line(120, ("规章", 50), ("7", 185)))[0] == [
        "公开信息数（多种方式公开计 1"
    ]


def test_text_that_overflows_its_cell_stays_in_it() -> None:
    """A header printed once more, too small for what it says: the rest is printed over the first label below."""
    table = RuledTable([(50, 100, 120, 130), (120, 100, 200, 130), (50, 130, 120, 160), (120, 130, 200, 160)])
    table.fill(
        [word("本列数据", 52, 102), word("的勾稽关", 52, 116), word("系为如下", 52, 130), word("申请人", 122, 110)]
    )
    table.fill([])
    texts = {(cell.row, cell.column): cell.text for cell in table.cells()}
    assert texts[1, 0] == "系为如下"  # nothing else is printed there: it may be a label
    table = RuledTable([(50, 100, 120, 130), (120, 100, 200, 130), (50, 130, 120, 160), (120, 130, 200, 160)])
    table.fill(
        [word(text, 52, top) for text, top in (("本列数据", 102), ("的勾稽关", 116), ("系为如下", 130))]
        + [word("申请人", 122, 110), word("予以公开", 52, 134), word("5", 150, 134)]
    )
    texts = {(cell.row, cell.column): cell.text for cell in table.cells()}
    assert texts == {(0, 0): "本列数据\n的勾稽关\n系为如下", (0, 1): "申请人", (1, 0): "予以公开", (1, 1): "5"}


def read(*pages: list[list[Word]]) -> tuple[list[list[str]], dict[str, str]]:
    """The paragraphs by page, and the properties."""
    collected = Pages(Limits())
    for number, lines in enumerate(pages, start=1):
        collected.add(number, HEIGHT, lines, rulings=Rulings())
    blocks, properties = collected.blocks()
    texts: list[list[str]] = [[] for _ in pages]
    for block in blocks:
        assert isinstance(block, Paragraph)
        texts[(block.where.page or 0) - 1].append(block.text)
    return texts, properties


def test_what_every_page_prints_is_no_text_of_the_report() -> None:
    head, foot = (
        line(20, ("乌有市财政局", 250)),
        line(770, ("第", 250), ("1", 262), ("页，共", 270), ("2", 302), ("页", 310)),
    )
    texts, properties = read([foot, head, line(200, ("总体情况", 50))], [foot, head, line(60, ("无", 50))])
    assert texts == [["总体情况"], ["无"]]
    assert properties == {RUNNING: "乌有市财政局"}


def test_a_title_below_a_running_head_that_says_the_same_stays() -> None:
    head, title = line(20, ("乌有市财政局年度报告", 250)), line(60, ("乌有市财政局年度报告", 200))
    texts, properties = read([title, head, line(200, ("总体情况", 50))], [head, line(60, ("无", 50))])
    assert texts == [["乌有市财政局年度报告", "总体情况"], ["无"]]
    assert properties == {RUNNING: "乌有市财政局年度报告"}


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        (("2022/1/20 17:03", "乌有市人民政府"), ("https://www.wuyou.gov.cn/art/1.html", "1/1")),
        (("1/20/22, 5:03 PM", "乌有市人民政府"), ("file:///C:/report.html", "1/1")),
        (("2022/1/20 下午5:03", "乌有市人民政府"), ("about:blank", "1/1")),
    ],
)
def test_what_a_browser_prints_is_no_text_of_the_report(head: tuple[str, str], foot: tuple[str, str]) -> None:
    edges = [line(top, *zip(words, (30, 300), strict=True)) for top, words in ((15, head), (780, foot))]
    blanks = [[Word(part, w.box) for w in edge for part in [w.text]] for edge in edges]
    assert read([*blanks, line(200, ("总体情况", 50))])[0] == [["总体情况"]]


def test_figures_in_the_margin_of_every_page_stay() -> None:
    row = line(770, ("0", 300), ("12", 350))
    assert read([line(200, ("一", 50)), row], [line(200, ("二", 50)), row])[0] == [["一", "0 12"], ["二", "0 12"]]


def test_a_page_number_written_first_does_not_upset_the_order() -> None:
    rows = [line(100 + 60 * n, ("公开", 50)) for n in range(4)]
    figures = [line(100 + 60 * n, ("5", 300)) for n in range(4)]
    written = [line(780, ("1", 290)), *(each for pair in zip(rows, figures, strict=True) for each in pair)]
    assert read(written)[0] == [["公开", "5"] * 4]


def test_a_long_label_beside_its_figure_at_the_top_is_read_as_written() -> None:
    label = ["申请人无", "正当理由", "逾期不补", "正、行政", "机关不再", "处理"]
    written: list[list[Word]] = []
    for row in range(4):
        written += [line(100 + 80 * row + 12 * n, (text, 50)) for n, text in enumerate(label)]
        written.append(line(100 + 80 * row, ("5", 300)))
    assert read(written)[0] == [[*label, "5"] * 4]


def test_a_grid_is_placed_among_the_lines_by_height() -> None:
    table = RuledTable([(50, 100, 120, 130), (120, 100, 200, 130)])
    table.fill([word("规章", 52, 110), word("5", 150, 110)])
    pages = Pages(Limits())
    pages.add(1, HEIGHT, [line(300, ("下", 50)), line(40, ("上", 50))], [table])
    assert [type(block) for block in pages.blocks()[0]] == [Paragraph, Grid, Paragraph]


PROSE = "本报告由本机关编制并向社会公布，全文分为六个部分，如有疑问请与本机关联系"


def large(top: float, text: str, x: float = 50) -> list[Word]:
    """A line of a title, twice as large as the prose."""
    return [Word(text, (x, top, x + 2 * SIZE * len(text), top + 2 * SIZE))]


def test_a_title_that_the_page_was_too_narrow_for_is_one_heading() -> None:
    first, rest = "乌有市自然资源和规划局二〇二一年政府信", "息公开工作年度报告"
    collected = Pages(Limits())
    collected.add(1, HEIGHT, [large(100, first), large(130, rest, 140), line(170, (PROSE, 50)), line(190, (PROSE, 50))])
    blocks, _ = collected.blocks()
    assert [(block.text, block.heading) for block in blocks if isinstance(block, Paragraph)] == [
        (first + rest, True),
        (PROSE, False),
        (PROSE, False),
    ]


def test_lines_that_end_where_their_author_wanted_stay_apart_and_a_row_of_figures_is_no_heading() -> None:
    row = [Word("行政许可", (50, 200, 130, 220)), Word("5", (400, 200, 410, 220))]
    lines = [large(100, "乌有市财政局"), large(130, "年度报告"), line(170, (PROSE, 50)), row]
    collected = Pages(Limits())
    collected.add(1, HEIGHT, lines)
    blocks, _ = collected.blocks()
    assert [(block.text, block.heading) for block in blocks if isinstance(block, Paragraph)] == [
        ("乌有市财政局", True),
        ("年度报告", True),
        (PROSE, False),
        ("行政许可 5", False),
    ]


def test_dots_that_follow_each_other_are_a_line() -> None:
    rulings = Rulings()
    for n in range(41):
        for x, y in ((50 + 2 * n, 100), (50 + 2 * n, 120), (50, 100 + n / 2), (90, 100 + n / 2), (130, 100 + n / 2)):
            rulings.add((x - 0.3, y - 0.3, x + 0.3, y + 0.3))
    (boxes,) = rulings.tables()
    assert [tuple(map(round, box)) for box in boxes] == [(50, 100, 90, 120), (90, 100, 130, 120)]


def test_each_table_of_a_page_keeps_its_own_edges() -> None:
    """Two tables whose inner lines stand two points apart, as on a scan that is a little askew."""
    rulings = Rulings()
    for top, inner in ((100, 300), (300, 302)):
        for y in (top, top + 20, top + 40):
            rulings.add((50, y - 0.3, 500, y + 0.3))
        for x in (50, inner, 500):
            rulings.add((x - 0.3, top, x + 0.3, top + 40))
    assert sorted({round(box[2]) for box in boxes} for boxes in rulings.tables()) == [{300, 500}, {302, 500}]


def test_the_gap_between_frames_is_no_cell() -> None:
    table = RuledTable([(50, 100, 90, 120), (90, 100, 92, 120), (92, 100, 130, 120), (50, 120, 130, 122)])
    table.fill([word("规章", 52, 105), word("5", 100, 105)])
    assert [cell.text for cell in table.cells()] == ["规章", "5"]


def test_an_empty_cell_where_something_unread_stands_is_told() -> None:
    table = RuledTable([(50, 100, 120, 130), (120, 100, 200, 130)])
    table.fill([word("规章", 52, 110)])
    assert table.leaves_open([(150, 110)])
    assert not table.leaves_open([(70, 110)])
    assert not table.leaves_open([(300, 110)])


def test_a_figure_of_a_remark_in_brackets_does_not_upset_the_order() -> None:
    """The figures stand beside the first line of their labels, and the second line holds one in brackets."""
    written: list[list[Word]] = []
    for row in range(4):
        top = 100 + 40 * row
        written += [line(top, ("回应热点数", 50)), line(top + 12, ("（同一热点计", 50), ("1", 112), ("次）", 119))]
        written += [line(top, ("次", 300), ("7", 350))]
    assert read(written)[0] == [["回应热点数", "（同一热点计 1 次）", "次 7"] * 4]
