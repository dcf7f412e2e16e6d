"""The ten questions of a dashboard (`dashboard/*.sql`), timed as a reader asks them: alone, and in four sessions."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import psycopg

from gongkai.archive import Archive
from tests.support.warehouse import WarehouseUnderTest

FOLDER = Path(__file__).parent / "dashboard"
SESSIONS = 4
ALONE, TOGETHER = 60, 60
"""Times that each question is asked by one session."""

Answers = dict[str, list[float]]
"""Milliseconds of every answer, by question."""


class Choice(NamedTuple):
    """What a user might have clicked on."""

    agency: str
    region: str
    province: str
    year: int


def questions() -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.sql"))}


def choices(conn: psycopg.Connection) -> list[Choice]:
    """Agencies of all kinds, each with its division, its province and one of its years."""
    query = """
        SELECT agency_id, agency.region_code, left(agency.region_code, 2) || '0000', report_year
        FROM marts.agency_year JOIN marts.dim_agency AS agency USING (agency_id)
        ORDER BY md5(agency_id || report_year) LIMIT 500"""
    return [Choice(*row) for row in conn.execute(query)]


def ask(conn: psycopg.Connection, choices: Sequence[Choice], times: int, random: Random) -> Answers:
    """Every question so many times, each about something else. A reader gets all rows of the answer."""
    found: Answers = {name: [] for name in questions()}
    for _ in range(times):
        for name, query in questions().items():
            values = random.choice(choices)._asdict()
            began = time.perf_counter()
            conn.execute(query, values).fetchall()
            found[name].append(1000 * (time.perf_counter() - began))
    return found


def alone(warehouse: WarehouseUnderTest) -> Answers:
    with warehouse.connect("bi_reader") as conn:
        chosen = choices(conn)
        ask(conn, chosen, 3, Random(0))  # a cold cache is not what is measured
        return ask(conn, chosen, ALONE, Random(1))


def down_to_bytes(warehouse: WarehouseUnderTest) -> list[float]:
    """Milliseconds of the way from one figure to where it stands and to the bytes of a document, of 60 kB here."""
    with tempfile.TemporaryDirectory() as folder, warehouse.connect("bi_reader") as conn:
        archive = Archive(folder)
        stored = archive.put(Random(0).randbytes(60_000), "text/html")
        took = []
        for choice in choices(conn)[:ALONE]:
            began = time.perf_counter()
            conn.execute(questions()["provenance"], choice._asdict()).fetchall()
            archive.get(stored.sha256)
            took.append(1000 * (time.perf_counter() - began))
        return took


def together(warehouse: WarehouseUnderTest) -> Answers:
    """The answers of all sessions."""
    answers: list[Answers] = []

    def session(number: int) -> None:
        with warehouse.connect("bi_reader") as conn:
            answers.append(ask(conn, choices(conn), TOGETHER, Random(number)))

    threads = [threading.Thread(target=session, args=(number,)) for number in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {name: [took for each in answers for took in each[name]] for name in questions()}


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def rows(single: Mapping[str, Sequence[float]], four: Mapping[str, Sequence[float]]) -> Iterator[tuple[str, str, str]]:
    """A question, its median and 95th percentile alone, its 95th percentile in four sessions."""
    for name in single:
        median = statistics.median(single[name])
        cost = f"{median:.1f} ms"
        beside = f"p95 {percentile(single[name], 0.95):.1f} ms alone, {percentile(four[name], 0.95):.1f} ms in four"
        yield f"ask: {name}", cost, f"{beside} sessions"
