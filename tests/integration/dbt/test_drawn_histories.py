"""Histories drawn at random: what the facts said on a day, as_of says of that day ever after, and no report is lost.

Documents come in any order of publication, are copied, read again, and corrected by stewards, over some days.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random, SystemRandom
from typing import Any

import pytest
from psycopg import Connection

from gongkai.forms import CellKey, form_by_id
from gongkai.quality import gate
from gongkai.quality.marts import FACTS
from gongkai.warehouse.dbt.run import invoke, run_stage
from gongkai.warehouse.lock import write_lock
from gongkai.warehouse.publication import publish, write_diff
from tests.integration.dbt import raw_rows as raw
from tests.integration.warehouse.candidates import candidate
from tests.support.warehouse import WarehouseUnderTest

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]

SEED = int(os.environ.get("GONGKAI_TEST_SEED", SystemRandom().randrange(10**6)))
"""Of all histories; a failure names it, and the variable gives it again."""

AGENCIES = 60
DAYS = (date(2022, 4, 1), date(2022, 4, 2), date(2022, 4, 5))
FORM = form_by_id("form_2021")
ROWS = ("requests_received_new", "granted_in_full", "dispositions_total")
CELL = CellKey("applications", "granted_in_full", "natural_person")

Facts = set[tuple[Any, ...]]
_FACT = "SELECT agency_id, report_year, scope, cell_id, {figure}, state FROM {schema}.{mart}"


@dataclass
class History:
    """What has become of one agency-year: its documents by name, with the figure last read in each."""

    agency: str
    drawn_by: Random
    documents: dict[str, int] = field(default_factory=dict)
    is_read_again: bool = False

    def go_on(self, conn: Connection, day: date) -> None:
        """One or no event."""
        at = datetime(day.year, day.month, day.day, self.drawn_by.randrange(1, 15), tzinfo=UTC)
        events = [lambda *_: None]
        if not self.is_read_again:
            events += [self._new_document, self._new_document]
        if self.documents:
            events += [self._correct] if self.is_read_again else [self._copy, self._correct]
        if len(self.documents) == 1:  # whose copy a document was under an earlier parser is not kept
            events += [self._read_again]
        self.drawn_by.choice(events)(conn, at)

    def _new_document(self, conn: Connection, at: datetime) -> None:
        self._put(conn, at, f"{self.agency}-{len(self.documents)}", self.drawn_by.choice((0, 5, 7, 9)))

    def _copy(self, conn: Connection, at: datetime) -> None:
        """Other bytes, perhaps at another address, of the same figures."""
        same = self.drawn_by.choice(list(self.documents.values()))
        self._put(conn, at, f"{self.agency}-{len(self.documents)}", same)

    def _put(self, conn: Connection, at: datetime, document: str, figure: int) -> None:
        published = self.drawn_by.choice((None, date(2022, 1, self.drawn_by.randrange(1, 28))))
        raw.listed(conn, 2021, f"{self.agency}局", document, fetched_at=at - timedelta(minutes=5))
        self._load(conn, at, document, figure, published_on=published)

    def _read_again(self, conn: Connection, at: datetime) -> None:
        """By a newer parser, which may read another figure."""
        self.is_read_again = True
        (document,) = self.documents
        self._load(conn, at, document, self.drawn_by.choice((5, 7)), parser_version=f"2.{at:%m%d}")

    def _load(self, conn: Connection, at: datetime, document: str, figure: int, **more: Any) -> None:
        sheet = raw.granted("form_2021", figure)
        if self.drawn_by.random() < 0.1:
            sheet.missing(str(CELL), "lost")
        raw.report(conn, 2021, f"{self.agency}局", document, sheet, **{"loaded_at": at, "published_on": None, **more})
        self.documents[document] = figure

    def _correct(self, conn: Connection, at: datetime) -> None:
        document = self.drawn_by.choice(list(self.documents))
        decision = {"sha256": raw.sha(document), "action": "correct", "cell_id": FORM.cell_ids[CELL], "reason": "slip"}
        figures = {"printed_value": self.documents[document], "corrected_value": self.drawn_by.choice((0, 3))}
        raw.insert(conn, "raw.decision", decision | figures | {"decided_by": "wang", "decided_at": at})


@dataclass(frozen=True)
class Told:
    """The connection of the owner, and what the facts said at the end of each day."""

    conn: Connection
    then: dict[date, Facts]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        return self.conn.execute(statement.encode()).fetchall()


def facts(conn: Connection, schema: str) -> Facts:
    queries = (_FACT.format(figure=figure, mart=mart, schema=schema) for mart, figure in FACTS.items())
    return {row for query in queries for row in conn.execute(query.encode())}


@pytest.fixture(scope="module")
def told(warehouse: WarehouseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    target, dsn = tmp_path_factory.mktemp("dbt"), warehouse.dsns.owner
    histories = [History(f"a{n}", Random(SEED + n)) for n in range(AGENCIES)]
    judge = "INSERT INTO audit.verdict SELECT 1, report_id, 'accepted_as_printed' FROM intermediate.int_current_report"
    with warehouse.connect() as conn:
        raw.run(conn, 2021)
        region = {"region_code": "330300", "name": "温州市", "valid_from": date(1981, 1, 1), "is_statutory": True}
        raw.insert(conn, "raw.region", region)
        for history in histories:
            raw.agency(conn, history.agency, f"{history.agency}局")
        then = {}
        for day in DAYS[:-1]:
            for history in histories:
                history.go_on(conn, day)
            models = ["+" + mart for mart in FACTS]
            invoke(["build", "--select", *models, "--exclude-resource-type", "test", "unit_test"], dsn, 1, target)
            conn.execute(f"DELETE FROM audit.verdict; {judge}".encode())
            invoke(["run", "--select", *FACTS], dsn, 1, target)
            then[day] = facts(conn, "candidate")
        for history in histories:
            history.go_on(conn, DAYS[-1])
        run_stage("intermediate", dsn, 1, target)
        conn.execute(f"DELETE FROM audit.verdict; {judge}".encode())
        run_stage("candidate", dsn, 1, target)
        then[DAYS[-1]] = facts(conn, "candidate")
        write_lock(conn, 1, [])
        write_diff(conn, 1)
        gate(dsn, 1, coverage_floor=0.5, changed_share=0)
        publish(conn, candidate(1))
        yield Told(conn, then)


def test_as_of_a_day_is_what_the_facts_said_then(told: Told) -> None:
    totals = {cell_id for (cell_id,) in told.query("SELECT cell_id FROM marts.dim_form_cell WHERE is_total")}
    for day, then in told.then.items():
        query = f"SELECT agency_id, report_year, scope, cell_id, value, state FROM marts.as_of('{day}')"
        # what one copy lost and another shows counts as known since the first; or as lost since then, where a document
        # that was found later came between the two, so that they are no longer copies of each other
        said = set(told.query(query))
        lost = {row[:4] for row in then | said if row[5] == "lost"}
        known = {row for row in said if row[:4] not in lost}
        expected = {row for row in then if row[3] not in totals and row[:4] not in lost}
        assert known == expected, f"{day}, seed {SEED}: {sorted(known ^ expected, key=str)[:6]}"
    assert len({frozenset(then) for then in told.then.values()}) == len(DAYS)


def test_every_report_ends_in_one_place(told: Told) -> None:
    """Read again since; else an edition: the current one, which is published, or one beside or behind it."""
    loaded = told.query("SELECT report_id, sha256, loaded_at, parser_version FROM raw.report")
    newest = {sha256: max(row[2:] for row in loaded if row[1] == sha256) for _, sha256, *_ in loaded}
    told_of = dict(told.query("SELECT report_id, relation FROM marts.fct_editions"))
    assert set(told_of) == {row[0] for row in loaded if row[2:] == newest[row[1]]}, f"seed {SEED}"
    current = {report_id for report_id, relation in told_of.items() if relation == "current"}
    agency_of = dict(told.query("SELECT report_id, agency_printed FROM raw.report"))
    assert Counter(agency_of[report_id] for report_id in current) == Counter(set(agency_of.values())), f"seed {SEED}"
    published = {report_id for (report_id,) in told.query("SELECT report_id FROM marts.agency_year")}
    covered = {report_id for (report_id,) in told.query("SELECT report_id FROM marts.fct_coverage WHERE published")}
    assert published == covered == current, f"seed {SEED}"
    assert {"current", "same_figures", "replaced"} <= set(told_of.values()), f"seed {SEED}"
    assert len(loaded) > len(told_of), f"nothing was read again, seed {SEED}"
