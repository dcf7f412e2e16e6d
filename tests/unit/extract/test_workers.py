"""Files are read in worker processes that start in a moment and know the settings of the day."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from gongkai.commands.parse import json_line
from gongkai.demo.render import render
from gongkai.extract import State, parse_bytes, parse_files
from gongkai.extract.workers import parse_isolated, write_files
from gongkai.forms import form_by_id
from gongkai.settings import settings
from tests.support.figures import as_text, balanced_figures
from tests.unit.read.test_any_bytes import DOCX, OFD, PDF, spoiled

FORM = form_by_id("form_2021")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three reports, and a file that is none."""
    folder = tmp_path_factory.mktemp("reports")
    files = [folder / f"{n}.html" for n in range(3)]
    for n, file in enumerate(files):
        figures = as_text(FORM, balanced_figures(FORM, Random(n)))
        file.write_bytes(render(FORM, figures, agency=f"乌有市第{n}局", year=2023, layout="html_cms_a"))
    (folder / "empty.html").write_bytes(b"")
    return [*files, folder / "empty.html"]


def test_workers_write_what_they_read(files: list[Path]) -> None:
    read = list(parse_files(files, jobs=2))
    written = list(write_files(files, json_line, jobs=2))
    assert [one.text for one in written] == [json_line(result) for result in read]
    assert [one.result.status for one in written] == ["parsed", "parsed", "parsed", "unreadable"]
    assert [one.result.report for one in written] == [None] * 4


def test_a_report_comes_whole_from_its_worker(files: list[Path]) -> None:
    (sent,) = parse_files(files[:1])
    (read,) = parse_bytes(files[0].read_bytes(), str(files[0]))
    assert sent == read
    assert sent.report is not None
    assert {type(cell.state) for cell in sent.report.cells.values()} == {State}


def test_workers_know_the_settings_of_the_day(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when others were started before the settings changed."""
    assert [result.status for result in parse_files(files[:1])] == ["parsed"]
    monkeypatch.setenv("GONGKAI_FILE_SIZE_LIMIT", "10")
    settings.cache_clear()
    try:
        (result,) = parse_files(files[:1])
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert "GONGKAI_FILE_SIZE_LIMIT" in (result.error or "")


def test_a_file_that_cannot_be_read_in_time_is_written_too(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_FILE_SECONDS", "0.000001")
    settings.cache_clear()
    try:
        (one,) = write_files(files[:1], json_line)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert one.result.status == "unreadable"
    assert "GONGKAI_FILE_SECONDS" in one.text


def laughing_pdf(levels: int, calls: int) -> bytes:
    """A page whose drawing calls another `calls` times, and that again, `levels` deep: calls ** levels in all."""
    page = "/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< {page} /Resources << /XObject << /X 5 0 R >> >> >>",
        "<< /Length 5 >>\nstream\n/X Do\nendstream",
    ]
    for level in range(levels):
        drawing = "0 0 m 9 9 l S\n" if level == levels - 1 else "/X Do\n" * calls
        head = f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Length {len(drawing)}"
        objects.append(f"<< {head} /Resources << /XObject << /X {6 + level} 0 R >> >> >>\nstream\n{drawing}endstream")
    body, places = "%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode()


def test_a_pdf_that_pdfium_would_draw_for_ever_costs_only_itself(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = files[0].read_bytes()
    monkeypatch.setenv("GONGKAI_FILE_SECONDS", "1")
    settings.cache_clear()
    began = time.monotonic()
    try:
        (hung,), (read,) = parse_isolated([("hang.pdf", laughing_pdf(9, 10)), ("good.html", good)])
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert time.monotonic() - began < 30
    assert (hung.status, hung.problem, read.status) == ("unreadable", "exhausted", "parsed")
    assert "GONGKAI_FILE_SECONDS" in (hung.error or "")


SPOILED = st.sampled_from([("a.pdf", PDF), ("a.ofd", OFD), ("a.docx", DOCX)]).flatmap(
    lambda sample: st.tuples(st.just(sample[0]), spoiled(sample[1]))
)


@given(items=st.lists(SPOILED, min_size=20, max_size=30))
@of_hypothesis(max_examples=4, deadline=None, phases=[Phase.generate])  # to shrink hundreds of files takes minutes
def test_spoiled_files_in_workers_cost_no_other(files: list[Path], items: list[tuple[str, bytes]]) -> None:
    """Should the library that reads one crash, that one says so; each file has its results, and the last is read."""
    *results, (last,) = parse_isolated([*items, ("good.html", files[0].read_bytes())], jobs=2)
    assert last.status == "parsed"
    assert [{one.document for one in found} for found in results] == [{name} for name, _ in items]
    assert not [one.error for found in results for one in found if "please report this file" in (one.error or "")]
