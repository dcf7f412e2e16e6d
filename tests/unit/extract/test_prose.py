"""The sentences of a report: the same from every layout, without its tables, labels and page furniture."""

from __future__ import annotations

import pytest

from gongkai.demo.draft import Prose
from gongkai.demo.render import LAYOUTS
from gongkai.extract.labels import fold
from gongkai.extract.prose import read_prose
from gongkai.forms import form_by_id
from tests.support.reports import drawn, extension

SAID = (
    "本单位将政务公开列入年度重点工作，逐级落实责任，定期通报各处室公开情况并督促整改，全年主动公开政府信息312条，"
    "其中政策解读18条、财政信息40条。",
    "部分栏目更新间隔较长，个别附件不便下载；下一步将固定每月校核日期。",
)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form", ["form_2019", "form_2021"])
def test_every_layout_gives_the_sentences_and_nothing_of_the_tables(form: str, layout: str) -> None:
    prose = Prose(paragraphs={"overview": SAID[:1], "problems": SAID[1:], "other_matters": []})
    year = form_by_id(form).years.first
    found = read_prose(drawn(form, layout=layout, year=year, prose=prose), f"report.{extension(layout)}")
    joined = "".join(found)
    for said in SAID:
        assert fold(said) in joined
    for table in form_by_id(form).tables:
        for _, _, row, _ in table.cells():
            assert len(row.zh) < 6 or fold(row.zh) not in joined


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 broken", b"\x00\x01\x02" * 500, "关于报送的通知".encode()])
def test_what_is_no_prose_or_cannot_be_read_has_no_sentences(data: bytes) -> None:
    assert read_prose(data, "report") == ()
