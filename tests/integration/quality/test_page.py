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
from tests.integration.quality.candidate import TOTALS, Candidate
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

# What is live: without the last agency, with one that the candidate has lost, and with another figure for the second.
LIVE = """
    CREATE TABLE public.live AS TABLE candidate.agency_year;
    CREATE VIEW marts.agency_year AS TABLE public.live;
    COMMENT ON COLUMN marts.agency_year.{0} IS '新收申请 | New requests';
    INSERT INTO published.publication VALUES (1, 'live', now(), NULL, '{{}}', 'h', '{{}}', '{{}}', NULL);
    INSERT INTO published.pointer (publication_id) VALUES (1);
    DELETE FROM public.live WHERE agency_id = 'agency-5';
    INSERT INTO public.live (agency_id, report_year, scope) VALUES ('unconfirmed:<b>失', 2021, 'own_organ');
    UPDATE public.live SET {0} = {0} + 1000 WHERE agency_id = 'agency-2';
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
        candidate.run(LIVE.format(TOTALS[0]))
        write_diff(conn, 2)
        with pytest.raises(GateError):
            gate(dsn, 2, coverage_floor=0.9, changed_share=0.05)
        return gate_page(conn, 2)


def text_of(page: str, section: str) -> str:
    (heading,) = lxml.html.fromstring(page).xpath(f"//*[@id='{section}']")
    return " ".join(" ".join(heading.getparent().itertext()).split())


def test_it_names_what_failed_and_what_was_seen(page: str) -> None:
    failed = text_of(page, "failed")
    assert IDENTITY.zh in failed
    assert IDENTITY.en in failed
    assert "dim_year 不为空" in failed


def test_it_names_the_reports_that_are_held_and_the_place(page: str) -> None:
    held = text_of(page, "held")
    assert "<script>局</script>" in held
    assert FORM.table(IDENTITY.table).zh in held


def test_it_shows_what_would_change_and_by_how_much(page: str) -> None:
    changes = text_of(page, "changes")
    assert "1 新增 new 1 不再发布 gone 1 有变 changed" in changes
    assert "不再发布的机关年度 Agency-years that are gone 机关 Agency 年度 Year 范围 Scope <b>失 2021 本机关" in changes
    rows = lxml.html.fromstring(page).xpath("//section[h2[@id='changes']]//tr[contains(., '新收申请')]")
    ((agency, year, _, figure, before, after),) = [[cell.text_content().strip() for cell in row] for row in rows]
    assert (agency, year, figure.split()) == ("agency-2", str(FORM.years.first), ["新收申请", "New", "requests"])
    assert int(before.replace(",", "")) - int(after.replace(",", "")) == 1000
    assert "no agency-year of the live publication is lost" in text_of(page, "failed")


def test_it_shows_the_publications_before(page: str) -> None:
    rows = lxml.html.fromstring(page).xpath("//section[h2[@id='trend']]//tbody/tr")
    assert [[cell.text_content().split()[0] for cell in row.xpath("th|td")[:4]] for row in rows] == [
        ["2", "✗", "5", "1"],
        ["1", "✓", "5", "1"],
    ]


def test_it_asks_for_nothing_and_runs_nothing(page: str) -> None:
    root = lxml.html.fromstring(page)
    assert root.xpath("//script | //link | //img | //iframe | //object") == []
    assert root.xpath("//@src | //@style | //@onclick") == []
    assert all(link.startswith("#") for link in root.xpath("//@href"))
    assert "default-src 'none'" in root.xpath("//meta[@http-equiv]/@content")[0]
    assert re.findall(r"url\(|@import", page) == []


def test_a_number_that_was_never_checked_is_an_error(page: str, warehouse: WarehouseUnderTest, tmp_path: Path) -> None:
    with warehouse.connect() as conn:
        with pytest.raises(WarehouseError, match="publications list"):
            write_gate_page(conn, 9, tmp_path / "x" / "page.html")
        assert list(tmp_path.iterdir()) == []
        write_gate_page(conn, 2, tmp_path / "x" / "page.html")
    assert (tmp_path / "x" / "page.html").read_text(encoding="utf-8") == page


def test_a_pass_that_gave_no_verdict_has_its_page_too(warehouse: WarehouseUnderTest) -> None:
    with warehouse.connect() as conn:
        Layer(conn)
        with pytest.raises(GateError):
            verdicts(warehouse.dsns.owner, 3)
        said = gate_page(conn, 3)
    assert "int_current_report 不为空" in text_of(said, "failed")
    assert "无法作出结论" in text_of(said, "held")
    assert "未作比较" in text_of(said, "changes")
