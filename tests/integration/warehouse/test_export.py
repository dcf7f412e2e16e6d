"""A publication as files: whole, of one publication, the same bytes again, safe in a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import pytest
from frictionless import Package
from psycopg import Connection
from python_calamine import CalamineWorkbook

from gongkai.errors import SettingsError, WarehouseError
from gongkai.warehouse import export as exporting
from gongkai.warehouse.export import export
from gongkai.warehouse.publication import publish
from tests.integration.warehouse.candidates import build
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres

FORMULA = '=HYPERLINK("http://evil.example","点击")'


@pytest.fixture(scope="module")
def conn(warehouse: WarehouseUnderTest) -> Any:
    with warehouse.connect() as conn:
        texts = (FORMULA, "乙,局", "-", "=\n1+1", "＝1+1")
        publish(conn, build(conn, 1, {(text, 2019 + n): 5 + n for n, text in enumerate(texts)}))
        yield conn


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def exported(conn: Connection, warehouse: WarehouseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "publication"
    said: list[str] = []
    assert export(conn, warehouse.dsns.owner, 1, folder, say=said.append).publication_id == 1
    assert "agency_year: 5 rows" in said
    return folder


def test_every_mart_is_there_in_every_format(conn: Connection, exported: Path) -> None:
    marts = conn.execute("SELECT jsonb_object_keys(row_counts) FROM published.publication WHERE publication_id = 1")
    wanted = {f"{mart}.{kind}" for (mart,) in marts for kind in ("csv", "parquet", "xlsx")}
    assert {path.name for path in exported.iterdir()} == wanted | {"datapackage.json", "SHA256SUMS"}


def test_a_csv_opens_in_a_spreadsheet_and_starts_no_formula(exported: Path) -> None:
    assert (exported / "agency_year.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = {row["report_year"]: row for row in rows_of(exported / "agency_year.csv")}
    assert rows["2019"]["agency_id"] == "'" + FORMULA
    assert rows["2020"]["agency_id"] == "乙,局"
    assert rows["2021"]["agency_id"] == "-"  # a stroke alone is no formula
    assert (rows["2022"]["agency_id"], rows["2023"]["agency_id"]) == ("'=\n1+1", "'＝1+1")
    assert rows["2020"]["requests_received"] == "6"


def test_a_workbook_holds_texts_and_numbers_and_no_formula(exported: Path) -> None:
    path = exported / "agency_year.xlsx"
    heading, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    found = {row[heading.index("agency_id")]: row[heading.index("requests_received")] for row in rows}
    assert found == {FORMULA: 5, "乙,局": 6, "-": 7, "=\n1+1": 8, "＝1+1": 9}
    with ZipFile(path) as package:
        assert not any(b"<f>" in package.read(name) or b"<f " in package.read(name) for name in package.namelist())


def test_parquet_keeps_everything_as_it_is(exported: Path) -> None:
    query = "SELECT agency_id, requests_received, share FROM read_parquet(?) ORDER BY report_year"
    rows = duckdb.execute(query, [str(exported / "agency_year.parquet")]).fetchall()
    assert rows == [(FORMULA, 5, 0.5), ("乙,局", 6, 0.5), ("-", 7, 0.5), ("=\n1+1", 8, 0.5), ("＝1+1", 9, 0.5)]


def test_the_package_describes_each_file_in_both_languages(exported: Path) -> None:
    package = json.loads((exported / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["path"]: resource for resource in package["resources"]}
    assert len(resources) == len(package["resources"]) == len(list(exported.iterdir())) - 2
    for name, resource in resources.items():
        data = (exported / name).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert resource["bytes"] == len(data)
    schema = resources["agency_year.csv"]["schema"]
    assert schema["primaryKey"] == ["agency_id", "report_year", "scope"]
    types = {field["name"]: field["type"] for field in schema["fields"]}
    assert list(types) == list(rows_of(exported / "agency_year.csv")[0])
    assert (types["agency_id"], types["requests_received"], types["share"]) == ("string", "integer", "number")


def test_the_package_is_valid_by_the_judgement_of_frictionless(exported: Path) -> None:
    package = Package(str(exported / "datapackage.json"))
    tables = [resource for resource in package.resources if resource.format == "csv"]
    assert len(tables) == 3
    for table in tables:
        report = table.validate()  # header, types, primary key, bytes and hash
        assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "message"])
        assert report.tasks[0].stats["rows"] == 5
    fields = {field.name: field.custom for field in tables[0].schema.fields}
    assert fields["share"]["description_zh"]


def test_a_mart_that_no_sheet_holds_has_no_workbook(
    conn: Connection, warehouse: WarehouseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_ROWS_OF_A_SHEET", 2)
    export(conn, warehouse.dsns.owner, 1, tmp_path / "large")
    assert {path.suffix for path in (tmp_path / "large").iterdir()} == {".csv", ".parquet", ".json", ""}
    package = json.loads((tmp_path / "large" / "datapackage.json").read_text(encoding="utf-8"))
    assert len(package["resources"]) == 6


def test_the_checksums_are_those_of_the_files(exported: Path) -> None:
    lines = (exported / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert set(sums) == {path.name for path in exported.iterdir()} - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((exported / name).read_bytes()).hexdigest() == digest


def test_an_export_is_of_one_publication_whatever_is_published_meanwhile(
    conn: Connection, warehouse: WarehouseUnderTest, exported: Path, tmp_path: Path
) -> None:
    numbers = iter(range(2, 100))

    def publish_another(_: str) -> None:
        with warehouse.connect() as other:
            number = next(numbers)
            publish(other, build(other, number, {("丙", 2022): number}))

    folder = tmp_path / "live"
    assert export(conn, warehouse.dsns.owner, None, folder, ("csv",), publish_another).publication_id == 1
    assert next(numbers) > 3
    for path in folder.glob("*.csv"):
        assert {row["publication_id"] for row in rows_of(path)} == {"1"}, path
        assert path.read_bytes() == (exported / path.name).read_bytes()


def test_what_cannot_be_exported_is_said_and_leaves_nothing(
    conn: Connection, warehouse: WarehouseUnderTest, exported: Path, tmp_path: Path
) -> None:
    dsn = warehouse.dsns.owner
    with pytest.raises(SettingsError, match="empty folder"):
        export(conn, dsn, 1, exported)
    with pytest.raises(WarehouseError, match="no publication 99; known: 1"):
        export(conn, dsn, 99, tmp_path / "new")
    with pytest.raises(RuntimeError):
        export(conn, dsn, 1, tmp_path / "new", say=_fail)
    assert list(tmp_path.iterdir()) == []


def _fail(_: str) -> None:
    raise RuntimeError("the disk is full")
