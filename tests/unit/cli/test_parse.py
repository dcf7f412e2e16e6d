"""``gongkai parse`` and ``gongkai check``, run as a person would: a process, its output, its exit status."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gongkai.demo.render import render
from gongkai.forms import CellKey, form_by_id
from tests.support.figures import as_text, balanced_figures

FORM = form_by_id("form_2021")
KEYS = {
    "file", "sha256", "media_type", "status", "error", "form", "agency", "year", "scope", "title",
    "published_on", "agency_printed", "index_number", "uscc", "cells", "sections",
    "claims", "findings", "verdict", "parser",
}  # fmt: skip


def gongkai(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gongkai.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def objects(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two good reports, one that does not balance, and five files that give no report."""
    folder = tmp_path_factory.mktemp("reports")
    figures = balanced_figures(FORM, Random(1))

    def draw(layout: str, changes: dict[CellKey, int] | None = None) -> bytes:
        text = as_text(FORM, {**figures, **(changes or {})})
        return render(FORM, text, agency="乌有市财政局", year=2021, layout=layout)

    (folder / "good.docx").write_bytes(draw("docx"))
    (folder / "mislabelled.pdf").write_bytes(draw("html_cms_gbk"))
    key = CellKey("applications", "granted_in_full", "natural_person")
    (folder / "unbalanced.html").write_bytes(draw("html_cms_a", {key: figures[key] + 2}))
    (folder / "truncated.pdf").write_bytes(draw("pdf")[:2000])
    (folder / "notice.txt").write_text("关于做好年度报告编制工作的通知\n请各单位于1月31日前报送。\n", encoding="utf-8")
    (folder / "empty.html").write_bytes(b"")
    (folder / "~$good.docx").write_bytes(bytes(162))  # what Word keeps while the document is open
    (folder / "old.doc").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2048))
    (folder / "junk.bin").write_bytes(Random(3).randbytes(4000))
    return folder


def test_every_file_has_a_line_and_bad_ones_stop_no_other(folder: Path) -> None:
    done = gongkai("parse", folder, "--format", "json")
    results = {Path(found["file"]).name: found for found in objects(done.stdout)}
    assert done.returncode == 1
    assert {name: found["status"] for name, found in results.items()} == {
        "good.docx": "parsed",
        "mislabelled.pdf": "parsed",
        "unbalanced.html": "parsed",
        "truncated.pdf": "unreadable",
        "notice.txt": "not_a_report",
        "empty.html": "unreadable",
        "old.doc": "unsupported",
        "junk.bin": "unreadable",
    }
    assert all(set(found) == KEYS for found in results.values())
    errors = done.stderr.splitlines()
    assert len(errors) == 5
    for name in ("truncated.pdf", "notice.txt", "empty.html", "old.doc", "junk.bin"):
        (line,) = (line for line in errors if name in line)
        assert str(results[name]["error"]) in line
        assert results[name]["cells"] == []


def test_a_good_file_ends_with_zero_and_says_all_the_contract_asks_for(folder: Path) -> None:
    done = gongkai("parse", folder / "good.docx", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    (found,) = objects(done.stdout)
    assert (found["form"], found["agency"], found["year"], found["verdict"]) == (
        "form_2021",
        "乌有市财政局",
        2021,
        "accepted",
    )
    assert len(found["cells"]) == 200
    assert set(found["cells"][0]) == {"table", "row", "column", "value", "text", "state", "unit", "where", "reader"}


def test_a_finding_names_the_cell_its_printed_and_its_balancing_figure(folder: Path) -> None:
    done = gongkai("check", folder / "unbalanced.html", "--format", "json")
    assert done.returncode == 0
    (found,) = objects(done.stdout)
    assert list(found)[:5] == ["file", "agency", "year", "verdict", "findings"]
    assert found["verdict"] == "held"
    identities = {finding["identity"]: finding for finding in found["findings"] if finding["kind"] != "advisory"}
    assert set(identities) == {"dispositions_sum", "applicants_sum"}
    suspect = identities["applicants_sum"]["suspect"]
    assert (suspect["row"], suspect["column"]) == ("granted_in_full", "natural_person")
    assert suspect["printed"] - suspect["balances"] == 2
    assert identities["applicants_sum"]["fault"] == "publisher"


def test_csv_is_a_line_a_cell(folder: Path) -> None:
    done = gongkai("parse", folder / "good.docx", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 200
    assert {row["agency"] for row in rows} == {"乌有市财政局"}


def test_a_bad_file_stops_no_other_in_tables_and_csv(folder: Path) -> None:
    paths = [folder / name for name in ("empty.html", "good.docx")]
    done = gongkai("parse", *paths, "--format", "csv")
    assert done.returncode == 1
    assert len(list(csv.DictReader(io.StringIO(done.stdout)))) == 200
    shown = gongkai("parse", *paths, "--format", "table")
    assert shown.returncode == 1
    assert "乌有市财政局 2021" in shown.stdout


def test_a_check_has_a_summary_and_says_what_to_do_with_files_without_a_report(folder: Path) -> None:
    done = gongkai("check", folder, "--format", "table")
    assert done.returncode == 1
    summary, findings = done.stdout.split("\n乌有市财政局 2021", 1)
    assert [line.split()[1:5] for line in summary.splitlines() if line.startswith(" 乌有市财政局")] == [
        ["2021", "通过", "accepted", "0"],
        ["2021", "通过", "accepted", "0"],
        ["2021", "待核", "held", "2"],
    ]
    assert "原文如此" in findings
    for status in ("unreadable", "unsupported", "not_a_report"):
        assert status in findings
    assert "未找到法定表格" in findings
    assert "另存为" in findings


@pytest.mark.parametrize(("ending", "start"), [("xlsx", b"PK"), ("html", b"<!DOCTYPE html>")])
def test_a_check_is_written_to_a_file(folder: Path, tmp_path: Path, ending: str, start: bytes) -> None:
    to = tmp_path / f"check.{ending}"
    done = gongkai("check", folder / "unbalanced.html", folder / "notice.txt", "--to", to)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "notice.txt: not_a_report" in done.stderr
    assert to.read_bytes().startswith(start)


@pytest.mark.parametrize(
    "options",
    [["--format", "xlsx"], ["--format", "html"], ["--to", "x.txt"], ["--format", "json", "-o", "x.html"],
     ["--to", "/nowhere/x.html"]],
)  # fmt: skip
def test_a_check_with_nowhere_to_write_is_wrong_usage(folder: Path, options: list[str]) -> None:
    done = gongkai("check", folder / "good.docx", *options)
    assert done.returncode == 2
    assert "--to" in done.stderr


def test_tables_for_people(folder: Path) -> None:
    done = gongkai("check", folder / "unbalanced.html", "--format", "table")
    assert "乌有市财政局 2021" in done.stdout
    assert "各类办理结果之和等于办理结果总计" in done.stdout
    assert "The dispositions add up to their total" in done.stdout


def test_a_file_that_is_not_there_is_its_own_outcome(folder: Path) -> None:
    done = gongkai("parse", folder / "nowhere.pdf", folder / "good.docx", "--format", "json")
    assert done.returncode == 1
    assert sorted(found["status"] for found in objects(done.stdout)) == ["parsed", "unreadable"]


@pytest.mark.parametrize("arguments", [["parse"], ["parse", "--format", "yaml", "x"], ["no-such-command"]])
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    assert gongkai(*arguments).returncode == 2


def test_a_wrong_setting_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_FILE_SECONDS", "soon")
    done = gongkai("parse", folder / "good.docx")
    assert done.returncode == 2
    assert "GONGKAI_FILE_SECONDS" in done.stderr
