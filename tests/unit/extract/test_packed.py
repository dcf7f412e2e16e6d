"""Reports in archives: each comes out, leads back to its member, and what is no report spoils nothing."""

from __future__ import annotations

from random import Random

from gongkai.demo.render import render
from gongkai.extract import ParseResult, parse_bytes, result_from_json
from gongkai.forms import form_by_id
from tests.support.figures import as_text, balanced_figures
from tests.unit.read.packed import zip_of

FORM = form_by_id("form_2021")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
NOTICE = "<html><body><p>关于报送年报的通知</p></body></html>".encode()


def report(agency: str, layout: str) -> bytes:
    figures = as_text(FORM, balanced_figures(FORM, Random(agency)))
    return render(FORM, figures, agency=agency, year=2021, layout=layout)


def parse(members: dict[str, bytes]) -> list[ParseResult]:
    return parse_bytes(zip_of(members), "all.zip")


def test_every_report_comes_out_and_leads_back_to_its_member() -> None:
    inner = zip_of({"乙.xlsx": report("乌有市民政局", "xlsx")})
    results = parse({"甲.docx": report("乌有市财政局", "docx"), "图.png": PNG, "通知.html": NOTICE, "b.zip": inner})
    assert [(r.file, r.status, r.report and r.report.agency) for r in results] == [
        ("all.zip!/甲.docx", "parsed", "乌有市财政局"),
        ("all.zip!/b.zip!/乙.xlsx", "parsed", "乌有市民政局"),
    ]
    assert {r.document for r in results} == {"all.zip"}
    assert len({r.sha256 for r in results}) == 1
    second = results[1].to_json()
    assert {cell["where"]["member"] for cell in second["cells"]} == {"b.zip!/乙.xlsx"}
    assert result_from_json(second).to_json() == second


def test_what_may_have_been_a_report_is_named_beside_one() -> None:
    results = parse({"甲.html": report("乌有市财政局", "html_cms_a"), "乙.docx": report("乌有市民政局", "docx")[:900]})
    assert [(r.file, r.status) for r in results] == [("all.zip!/甲.html", "parsed"), ("all.zip!/乙.docx", "unreadable")]
    assert "damaged" in (results[1].error or "")


def test_an_archive_without_a_report_is_one_result() -> None:
    (result,) = parse({"通知.html": NOTICE, "图.png": PNG})
    assert (result.file, result.status, result.media_type) == ("all.zip", "not_a_report", "application/zip")
    assert result.error == "no report among the files in the archive (通知.html: not_a_report; 图.png: unreadable)"
    (empty,) = parse({})
    assert (empty.status, empty.error) == ("not_a_report", "the archive holds no documents")


def test_an_archive_beyond_the_limits_is_unreadable() -> None:
    (result,) = parse({f"{n}.txt": b"a" for n in range(2_001)})
    assert (result.file, result.status) == ("all.zip", "unreadable")
