"""``gongkai diff``, run as a person would: its exit status, its JSON, its tables."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gongkai.demo.draft import Prose
from gongkai.forms import CellKey, form_by_id
from tests.support.reports import drawn, extension

CHANGED = CellKey("proactive_disclosure", "licensing", "decisions")
BLANK = CellKey("proactive_disclosure", "penalty", "decisions")
REPEATED = "本单位将政务公开列入年度重点工作,逐级落实责任,定期通报各处室公开情况并督促整改。"


def gongkai(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gongkai.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("years")

    def put(name: str, layout: str, **facts: Any) -> None:
        (folder / f"{name}.{extension(layout)}").write_bytes(drawn("form_2021", layout=layout, **facts))

    prose = {year: Prose(paragraphs={"overview": [f"{year}年概况如下。", REPEATED]}) for year in (2021, 2022)}
    put("this", "html_cms_a", year=2022, seed=4, prose=prose[2022])
    put("same", "docx", year=2022, seed=4, prose=prose[2022])
    put("changed", "pdf", year=2022, seed=4, changes={CHANGED: 7}, texts={BLANK: ""}, prose=prose[2022])
    put("last", "pdf", year=2021, seed=6, prose=prose[2021])
    (folder / "notice.txt").write_text("关于报送年度报告的通知\n", encoding="utf-8")
    return folder


def compared(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
    done = gongkai("diff", *arguments, "--format", "json")
    return done.returncode, json.loads(done.stdout)


def test_one_report_in_two_formats_is_the_same(folder: Path) -> None:
    status, found = compared(folder / "this.html", folder / "same.docx")
    assert status == 0
    assert found["same"] is True
    assert found["cells"] == found["facts"] == found["not_comparable"] == []
    assert found["compared"] == len(form_by_id("form_2021").cell_ids)
    assert found["continuity"] is None
    assert found["prose"] is None


def test_cells_that_differ_are_named_and_a_blank_is_no_zero(folder: Path) -> None:
    status, found = compared(folder / "this.html", folder / "changed.pdf")
    assert status == 1
    cells = {cell["b"]["cells"][0]: cell for cell in found["cells"]}
    assert set(cells) == {str(CHANGED), str(BLANK)}
    assert cells[str(CHANGED)]["change"] == 7
    assert form_by_id("form_2021").rows_of_cells[CHANGED].zh in cells[str(CHANGED)]["label_zh"]
    assert cells[str(BLANK)]["b"]["state"] == "blank"
    assert cells[str(BLANK)]["change"] is None


def test_two_years_are_held_together(folder: Path) -> None:
    status, found = compared(folder / "last.pdf", folder / "this.html")
    assert status == 1
    assert {"fact": "year", "a": 2021, "b": 2022} in found["facts"]
    assert {finding["identity"] for finding in found["continuity"]} >= {
        "carried_over_continuity",
        "in_force_continuity",
    }
    assert all(finding["kind"] == "advisory" for finding in found["continuity"])
    assert 0 < found["prose"]["share"] <= 1
    assert any(passage.startswith(REPEATED[1:20]) or REPEATED[:20] in passage for passage in found["prose"]["passages"])


def test_the_years_the_wrong_way_round_say_nothing_of_continuity(folder: Path) -> None:
    status, found = compared(folder / "this.html", folder / "last.pdf")
    assert status == 1
    assert found["continuity"] is None


def test_tables_for_people(folder: Path) -> None:
    done = gongkai("diff", folder / "last.pdf", folder / "this.html", "--format", "table")
    assert done.returncode == 1
    for words in ("年度 year: 2021 → 2022", "跨年衔接", "carried_over_continuity", "正文重复", "增减"):
        assert words in done.stdout


@pytest.mark.parametrize("other", ["notice.txt", "nowhere.pdf"])
def test_a_file_without_a_report_is_wrong_usage_and_named(folder: Path, other: str) -> None:
    done = gongkai("diff", folder / "this.html", folder / other)
    assert done.returncode == 2
    assert other in done.stderr
    assert done.stdout == ""
