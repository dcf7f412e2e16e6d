"""The page of a gate: what was checked, what failed, whose reports; safe, and asking for nothing from anywhere."""

from __future__ import annotations

import re
from pathlib import Path

import lxml.html
import pytest

from gongkai.errors import GateError, WarehouseError
from gongkai.forms import all_forms
from gongkai.quality import gate, verdicts
from gongkai.quality.page import gate_page, write_gate_page
from gongkai.warehouse.diff import write_diff
from tests.integration.quality.candidate import Candidate
from tests.integration.quality.figures import balanced, spoil
from tests.integration.quality.layer import Layer
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres

FORM = all_forms()[-1]
IDENTITY = FORM.equations[0].identity

# What the loader would have written of the reports in the layer.
AS_LOADED = """
    INSERT INTO raw.document (sha256, media_type) SELECT sha256, 'text/html' FROM intermediate.int_current_report;
    INSERT INTO raw.report (report_id, sha256, parser_version, ordinal, ingest_year, form, report_year, agency_printed,
                            scope, verdict)
    OVERRIDING SYSTEM VALUE
    SELECT report_id, sha256, '1', ordinal, report_year, form, report_year, '<script>局</script>', scope, 'accepted'
    FROM intermediate.int_current_report
"""


@pytest.fixture(scope="module")
def page(warehouse: WarehouseUnderTest) -> str:
    """One spoilt report of an agency with a hostile name, four good ones, and a gate that refuses."""
    dsn = warehouse.dsns.owner
    with warehouse.connect() as conn:
        layer = Layer(conn)
        spoilt = spoil(FORM.equations[0], balanced(FORM, 1))
        reports = layer.add(FORM, [spoilt, *[balanced(FORM, seed) for seed in range(4)]])
        conn.execute(AS_LOADED)
        for number in (1, 2):
            verdicts(dsn, number)
        candidate = Candidate(layer, 2, reports)
        candidate.run("DELETE FROM candidate.dim_year")
        write_diff(conn, 2)
        with pytest.raises(GateError):
            gate(dsn, 2, coverage_floor=0.9, changed_share=0.05)
        return gate_page(conn, 2)


def text_of(page: str, section: str) -> str:
    (heading,) = lxml.html.fromstring(page).xpath(f"//*[@id='{section}']")
    return " ".join(heading.getparent().text_content().split())


def test_it_names_what_failed_and_what_was_seen(page: str) -> None:
    failed = text_of(page, "failed")
    assert IDENTITY.zh in failed
    assert IDENTITY.en in failed
    assert "dim_year 不为空" in failed


def test_it_names_the_reports_that_are_held_and_the_place(page: str) -> None:
    held = text_of(page, "held")
    assert "<script>局</script>" in held
    assert FORM.table(IDENTITY.table).zh in held


def test_it_shows_the_publications_before(page: str) -> None:
    rows = lxml.html.fromstring(page).xpath("//section[h2[@id='trend']]//tbody/tr")
    assert [[cell.text_content().split()[0] for cell in row.xpath("th|td")[:4]] for row in rows] == [
        ["2", "未发布", "5", "1"],
        ["1", "未发布", "5", "1"],
    ]


def test_it_asks_for_nothing_and_runs_nothing(page: str) -> None:
    root = lxml.html.fromstring(page)
    assert root.xpath("//script | //link | //img | //iframe | //object") == []
    assert root.xpath("//@src | //@href | //@style | //@onclick") == []
    assert "default-src 'none'" in root.xpath("//meta[@http-equiv]/@content")[0]
    assert re.findall(r"url\(|@import", page) == []


def test_a_number_that_was_never_checked_is_an_error(page: str, warehouse: WarehouseUnderTest, tmp_path: Path) -> None:
    with warehouse.connect() as conn:
        with pytest.raises(WarehouseError, match="publications list"):
            write_gate_page(conn, 9, tmp_path / "x" / "page.html")
        assert list(tmp_path.iterdir()) == []
        write_gate_page(conn, 2, tmp_path / "x" / "page.html")
    assert (tmp_path / "x" / "page.html").read_text(encoding="utf-8") == page
