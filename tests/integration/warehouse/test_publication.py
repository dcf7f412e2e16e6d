"""Publishing: all or nothing, numbered, reversible, and never two publications in one statement."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from click.testing import CliRunner
from psycopg import Connection

from gongkai.cli import cli
from gongkai.errors import WarehouseError
from gongkai.warehouse import connection, inputs, partitions
from gongkai.warehouse.diff import diff_between
from gongkai.warehouse.passed import forget_pass
from gongkai.warehouse.publication import Publication, publications, publish, rollback, status, write_diff
from gongkai.warehouse.retirement import retire
from tests.integration.warehouse.candidates import build, candidate, passed
from tests.support.crash import Work, cut_off, exchanges, killed
from tests.support.warehouse import WarehouseUnderTest

LIVE = "SELECT agency_id, report_year, requests_received FROM marts.agency_year ORDER BY 1, 2"
FIRST = {("a", 2020): 1, ("b", 2020): 2, ("b", 2021): 3}
SECOND = {("a", 2020): 1, ("b", 2021): 30, ("c", 2021): 4}


def reset(conn: Connection) -> None:
    """A warehouse in which nothing was ever published."""
    for schema in ("marts", "candidate", "retired"):
        conn.execute(f"DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}".encode())
    tables = conn.execute("SELECT format('published.%I', relname) FROM pg_class WHERE relkind = 'p' "
                          "AND relnamespace = 'published'::regnamespace").fetchall()  # fmt: skip
    for (table,) in tables:
        conn.execute(f"DROP TABLE {table}".encode())
    conn.execute("TRUNCATE published.publication, published.pointer, audit.verdict, audit.diff, audit.comparison")
    conn.execute("GRANT USAGE ON SCHEMA marts TO bi_reader")


@pytest.fixture
def conn(warehouse: WarehouseUnderTest) -> Iterator[Connection]:
    with warehouse.connect() as conn:
        reset(conn)
        yield conn


def live(conn: Connection) -> dict[tuple[str, int], int]:
    return {(agency, year): value for agency, year, value in conn.execute(LIVE.encode())}


def statuses(conn: Connection) -> dict[int, str]:
    return {p.publication_id: p.status for p in publications(conn)}


def test_publications_follow_each_other_and_can_be_taken_back(conn: Connection) -> None:
    first = publish(conn, build(conn, 1, FIRST), reason="the first")
    assert (first.publication_id, first.status, first.reason) == (1, "live", "the first")
    assert first.row_counts == {"agency_year": 3, "fct_coverage": 3, "fct_findings": 3}
    assert live(conn) == FIRST
    publish(conn, build(conn, 2, SECOND))
    assert live(conn) == SECOND
    assert statuses(conn) == {1: "superseded", 2: "live"}
    assert rollback(conn, 1).status == "live"
    assert live(conn) == FIRST
    publish(conn, build(conn, 3, SECOND))
    assert statuses(conn) == {1: "superseded", 2: "superseded", 3: "live"}
    with pytest.raises(WarehouseError, match="no publication 7; known: 1, 2, 3"):
        rollback(conn, 7)
    assert live(conn) == SECOND


def test_the_same_rows_have_the_same_hash(conn: Connection) -> None:
    build(conn, 1, FIRST)
    conn.execute("UPDATE candidate.agency_year SET report_id = 1")
    first = publish(conn, passed(conn, 1))
    build(conn, 2, dict(reversed(FIRST.items())))
    conn.execute("UPDATE candidate.agency_year SET report_id = 1")
    second = publish(conn, passed(conn, 2))
    assert first.content_hashes["agency_year"] == second.content_hashes["agency_year"]
    build(conn, 3, SECOND)
    assert publish(conn, candidate(3)).content_hashes["agency_year"] != first.content_hashes["agency_year"]


def test_views_carry_the_newest_comments_and_are_open_to_the_reader(
    conn: Connection, warehouse: WarehouseUnderTest
) -> None:
    publish(conn, build(conn, 1, FIRST))
    publish(conn, build(conn, 2, SECOND))
    comments = conn.execute(
        "SELECT obj_description('marts.agency_year'::regclass), col_description('marts.agency_year'::regclass, 7)"
    ).fetchone()
    assert comments == ('年度汇总 one row a report, by "publication" 2', "占比 share's base")
    with warehouse.connect("bi_reader") as reader:
        assert live(reader) == SECOND


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ADD COLUMN surprise int", "agency_year.surprise was not there and is integer"),
        ("DROP COLUMN share", "agency_year.share was numeric and is not there"),
        ("ALTER COLUMN share TYPE text", "agency_year.share was numeric and is text"),
        ("ALTER COLUMN report_year DROP NOT NULL", "agency_year.report_year was integer not null and is integer"),
    ],
)
def test_a_changed_column_is_refused(conn: Connection, change: str, said: str) -> None:
    publish(conn, build(conn, 1, FIRST))
    build(conn, 2, SECOND)
    conn.execute("ALTER TABLE candidate.agency_year DROP CONSTRAINT agency_year_pkey")
    conn.execute(f"ALTER TABLE candidate.agency_year {change}".encode())
    with pytest.raises(WarehouseError, match=said) as refusal:
        publish(conn, candidate(2))
    assert "migration" in str(refusal.value)
    assert live(conn) == FIRST
    assert statuses(conn) == {1: "live"}


def test_a_missing_mart_foreign_rows_and_an_empty_candidate_are_refused(conn: Connection) -> None:
    with pytest.raises(WarehouseError, match="holds no tables"):
        publish(conn, candidate(1))
    publish(conn, build(conn, 1, FIRST))
    build(conn, 1, SECOND)
    with pytest.raises(WarehouseError, match="agency_year holds rows of another number than 2"):
        publish(conn, candidate(2))
    build(conn, 2, SECOND)
    conn.execute("DROP TABLE candidate.fct_findings")
    with pytest.raises(WarehouseError, match="fct_findings is missing"):
        publish(conn, candidate(2))
    assert live(conn) == FIRST


def test_numbers_are_taken_once(conn: Connection) -> None:
    opened = build(conn, 1, FIRST)
    publish(conn, opened)
    assert publish(conn, opened).publication_id == 1  # a task that was killed after its work was done
    other = build(conn, 2, SECOND)
    publish(conn, other)
    build(conn, 1, FIRST)
    with pytest.raises(WarehouseError, match="Candidate 1 comes too late"):
        publish(conn, opened)


def test_two_publications_at_once_are_refused(
    conn: Connection, warehouse: WarehouseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "LOCK_SECONDS", 0.2)
    opened = build(conn, 1, FIRST)
    with warehouse.connect() as other:
        inputs.take_lock(other)
        with pytest.raises(WarehouseError, match="Another publication is under way"):
            publish(conn, opened)
    publish(conn, opened)


def test_a_statement_sees_one_publication(conn: Connection, warehouse: WarehouseUnderTest) -> None:
    """Readers join three marts while new publications are attached and the pointer goes back and forth."""
    publish(conn, build(conn, 1, FIRST))
    seen: Counter[tuple[int, ...]] = Counter()
    stop = threading.Event()
    query = """
        SELECT array_agg(DISTINCT publication_id) FROM (
            SELECT publication_id FROM marts.agency_year UNION ALL SELECT publication_id FROM marts.fct_coverage
            UNION ALL SELECT publication_id FROM marts.fct_findings) AS everything
    """

    def read() -> None:
        with warehouse.connect("bi_reader") as reader:
            while not stop.is_set():
                row = reader.execute(query.encode(), prepare=False).fetchone()
                assert row is not None
                seen[tuple(row[0] or ())] += 1

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(2, 22):
        publish(conn, build(conn, number, SECOND))
        for _ in range(10):
            rollback(conn, number - 1)
            rollback(conn, number)
    stop.set()
    for thread in threads:
        thread.join()
    assert len(seen) > 5
    assert {len(numbers) for numbers in seen} == {1}, "no statement saw nothing, none saw two publications"


def test_a_users_own_view_and_an_open_transaction_stay_good(conn: Connection, warehouse: WarehouseUnderTest) -> None:
    publish(conn, build(conn, 1, FIRST))
    conn.execute("CREATE VIEW public.of_a_user AS SELECT sum(requests_received) FROM marts.agency_year")
    with warehouse.connect("bi_reader") as reader, reader.transaction():
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert live(reader) == FIRST
        publish(conn, build(conn, 2, SECOND))
        assert live(reader) == FIRST
    assert conn.execute("SELECT * FROM public.of_a_user").fetchone() == (sum(SECOND.values()),)
    conn.execute("DROP VIEW public.of_a_user")


@pytest.mark.parametrize("crash", [killed, cut_off])
@pytest.mark.parametrize("published", [0, 1])
def test_a_crash_at_any_moment_leaves_one_publication_and_can_be_repeated(
    conn: Connection, warehouse: WarehouseUnderTest, crash: Callable[[Work, int], None], published: int
) -> None:
    """Before each single exchange with Postgres, of the first publication and of one that replaces another."""
    number, rows = published + 1, [FIRST, SECOND][published]

    def prepare() -> None:
        reset(conn)
        for earlier in range(1, number):
            publish(conn, build(conn, earlier, FIRST))
        build(conn, number, rows)

    def work() -> Publication:
        with closing(warehouse.connect()) as own:
            return publish(own, candidate(number))

    def shown() -> dict[tuple[str, int], int] | None:
        is_there = conn.execute("SELECT to_regclass('marts.agency_year')").fetchone() != (None,)
        return live(conn) if is_there else None

    prepare()
    steps = exchanges(work)
    whole = publications(conn)
    assert steps > 40
    outcomes = Counter[bool]()
    for step in range(1, steps + 1):
        prepare()
        before = shown()
        crash(work, step)
        has_gone_live = statuses(conn).get(number) == "live"
        assert shown() == (rows if has_gone_live else before), f"before exchange {step}"
        outcomes[has_gone_live] += 1
        work()
        assert shown() == rows, f"before exchange {step}"
        for again, once in zip(publications(conn), whole, strict=True):
            assert (again.status, again.row_counts, again.content_hashes) == (
                *(once.status, once.row_counts, once.content_hashes),
            )
        assert attached(conn) == {(mart, n) for mart in whole[0].row_counts for n in range(1, number + 1)}
    assert outcomes[True] > 0
    assert outcomes[False] > 0


def attached(conn: Connection) -> set[tuple[str, int]]:
    """The marts and numbers of all partitions."""
    rows = conn.execute("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' "
                        "AND relnamespace = 'published'::regnamespace").fetchall()  # fmt: skip
    return {(mart, int(number)) for mart, _, number in (name.partition("__p") for (name,) in rows)}


def test_only_what_passed_the_gate_goes_live(conn: Connection) -> None:
    publish(conn, build(conn, 1, FIRST))
    build(conn, 2, SECOND)
    conn.execute("UPDATE candidate.agency_year SET requests_received = 31 WHERE requests_received = 30")
    with pytest.raises(WarehouseError, match=r"Candidate 2 is not what passed the gate \(agency_year\)"):
        publish(conn, candidate(2))
    build(conn, 2, SECOND)
    forget_pass(conn, 2)
    with pytest.raises(WarehouseError, match="Candidate 2 has not passed the gate"):
        publish(conn, candidate(2))
    assert live(conn) == FIRST
    assert statuses(conn) == {1: "live"}
    publish(conn, build(conn, 2, SECOND))
    build(conn, 3, FIRST)
    rollback(conn, 1)
    with pytest.raises(WarehouseError, match="was compared with publication 2, and 1 is live now"):
        publish(conn, candidate(3))
    assert statuses(conn) == {1: "live", 2: "superseded"}


def test_what_a_killed_publication_left_gives_way_to_a_newer_candidate(conn: Connection) -> None:
    publish(conn, build(conn, 1, FIRST))
    build(conn, 2, SECOND)
    partitions.attach(conn, 2)
    publish(conn, build(conn, 2, {("z", 2021): 9}))
    assert live(conn) == {("z", 2021): 9}


def test_the_diff_names_new_gone_and_changed(conn: Connection) -> None:
    build(conn, 1, FIRST)
    assert write_diff(conn, 1).new == 3
    publish(conn, candidate(1))
    build(conn, 2, SECOND)
    for _ in range(2):  # written again, not twice
        diff = write_diff(conn, 2)
    assert (diff.new, diff.gone, diff.changed, diff.figures) == (1, 1, 1, 1)
    assert diff.rows["agency_year"] == (3, 3)
    rows = conn.execute(
        "SELECT kind, agency_id, report_year, item, before, after FROM audit.diff WHERE publication_id = 2 ORDER BY 1"
    ).fetchall()
    assert rows == [
        ("changed", "b", 2021, "requests_received", 3, 30),
        ("gone", "b", 2020, None, None, None),
        ("new", "c", 2021, None, None, None),
    ]


def test_two_publications_are_compared_whichever_is_live(conn: Connection) -> None:
    for number, rows in ((1, FIRST), (2, SECOND), (3, FIRST)):
        publish(conn, build(conn, number, rows))
    changes = [change[:5] for change in diff_between(conn, 1, 2)]
    assert changes == [
        ("changed", "b", 2021, "own_organ", "requests_received"),
        ("gone", "b", 2020, "own_organ", None),
        ("new", "c", 2021, "own_organ", None),
    ]
    assert {change.kind: (change.before, change.after) for change in diff_between(conn, 2, 1)}["changed"] == (30, 3)
    assert list(diff_between(conn, 1, 3)) == []
    retire(conn, 1)
    with pytest.raises(WarehouseError, match="publication 1 are not at hand"):
        list(diff_between(conn, 1, 3))


def test_the_commands_show_a_publication_and_what_it_changed(
    conn: Connection, warehouse: WarehouseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "dsns", lambda: warehouse.dsns)
    publish(conn, build(conn, 1, FIRST))
    build(conn, 2, SECOND)
    write_diff(conn, 2)
    publication = publish(conn, candidate(2), "the city asked for it")

    def output(*arguments: str) -> str:
        done = CliRunner().invoke(cli, ["publications", *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    shown = output("show", "2")
    for said in ("the city asked for it", publication.content_hashes["agency_year"], "1 of 4 (25.00%)"):
        assert said in shown
    assert "requests_received" in output("diff", "2")
    assert "requests_received" in output("diff", "1", "2")
    assert "superseded" in output("list")
    done = CliRunner().invoke(cli, ["publications", "show", "7"])
    assert "There is no publication 7; known: 1, 2" in str(done.exception)


def test_status_counts_the_live_publication(conn: Connection) -> None:
    assert status(conn) == {"publication": None, "agency_years": 0, "held": 0, "findings": 0, "years": {}}
    publish(conn, build(conn, 1, FIRST))
    assert status(conn) == {
        "publication": 1,
        "agency_years": 3,
        "held": 0,
        "findings": 3,
        "years": {
            "2020": {"published": 2, "held": 0, "expected": 2},
            "2021": {"published": 1, "held": 0, "expected": 1},
        },
    }
