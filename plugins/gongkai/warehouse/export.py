"""A publication as files: CSV, Parquet and xlsx of every mart, with a data package that describes them.

DuckDB reads the rows of one publication and writes the files; whatever is published meanwhile does not show.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from psycopg import Connection

from gongkai.errors import SettingsError, WarehouseError
from gongkai.warehouse.partitions import has_years, rows_of, shapes
from gongkai.warehouse.publication import Publication, publications
from gongkai.warehouse.years import kept_years

if TYPE_CHECKING:
    import duckdb

FileFormat = Literal["csv", "parquet", "xlsx"]
FORMATS: tuple[FileFormat, ...] = ("csv", "parquet", "xlsx")

_EXTENSIONS = ("postgres_scanner", "excel")
_MEMORY = "1GB"
_ROWS_OF_A_SHEET = 1_048_575  # below the heading; what Excel holds
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel takes Chinese for the local code page
_STARTS_A_FORMULA = r"[=+\-@＝＋－＠\t\r\n]"  # full-width ones too, which some spreadsheets fold
_MEDIA_TYPES: dict[FileFormat, str] = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# DuckDB's type -> that of a field of a data package (specs.frictionlessdata.io/table-schema)
_FIELD_TYPES = {
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "datetime",
}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a mart: its DuckDB type, and its description in both languages."""

    name: str
    type: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Mart:
    """A mart of the publication that is exported.

    keys: the columns that identify a row, where it has such. which: the condition on the published mart.
    """

    name: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    keys: tuple[str, ...]
    rows: int
    which: str


def export(
    conn: Connection,
    dsn: str,
    publication_id: int | None,
    to: Path,
    formats: Sequence[FileFormat] = FORMATS,
    say: Say = lambda _: None,
) -> Publication:
    """Write a publication to a folder, whole or not at all.

    Args:
        conn, dsn: the owner of the warehouse, who may read every publication.
        publication_id: which one; None for the one that is live now.
        to: a folder that does not exist yet, or an empty one.
        formats: kinds of file to write. A mart of more rows than a sheet holds has no xlsx.
        say: told what was written.

    Raises:
        SettingsError: the folder holds something, or cannot be written.
        WarehouseError: there is no such publication, or it is retired.
    """
    publication = _choose(publications(conn), publication_id)
    with _folder_to_be(to) as folder:
        duck = _duckdb(dsn)
        kept, marts = kept_years(conn, publication.publication_id), shapes(conn, "published", "p")
        try:
            resources = []
            for name in sorted(publication.row_counts):
                which = rows_of(publication.publication_id, kept, by_year=has_years(name, marts[name]))
                mart = _describe(conn, duck, name, which, publication)
                resources += [_write(duck, mart, publication, folder, kind) for kind in formats if _fits(mart, kind)]
                say(f"{name}: {mart.rows} rows")
        finally:
            duck.close()
        _write_package(publication, resources, folder)
    return publication


def _choose(known: Sequence[Publication], wanted: int | None) -> Publication:
    for publication in known:
        if publication.publication_id == wanted and publication.status == "retired":
            raise WarehouseError(f"Publication {wanted} is retired; `gongkai publications rollback` brings it back.")
        if publication.publication_id == wanted or (wanted is None and publication.status == "live"):
            return publication
    if wanted is None:
        raise WarehouseError("Nothing is published yet: `gongkai demo`, or `gongkai ingest --year Y`.")
    numbers = ", ".join(str(publication.publication_id) for publication in reversed(known)) or "none"
    raise WarehouseError(f"There is no publication {wanted}; known: {numbers}. See `gongkai publications list`.")


@contextmanager
def _folder_to_be(to: Path) -> Iterator[Path]:
    """A folder beside the one that is wanted, which takes its place when all is written."""
    try:
        if to.exists() and (not to.is_dir() or any(to.iterdir())):
            raise SettingsError(f"--to {to}: exists and is not an empty folder; name another one")
        to.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{to.name}-", dir=to.parent))
    except OSError as error:
        raise SettingsError(f"--to {to}: cannot write there ({error.strerror})") from error
    try:
        yield folder
        folder.chmod(0o755)
        folder.replace(to)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _duckdb(dsn: str) -> duckdb.DuckDBPyConnection:
    """DuckDB joined to the warehouse, read only, with the extensions of its wheels; nothing is downloaded."""
    import duckdb

    duck = duckdb.connect(config={"autoinstall_known_extensions": "false", "memory_limit": _MEMORY})
    for name in _EXTENSIONS:
        duck.execute(f"LOAD {_quoted(str(_extension(name)))}")
    duck.execute(f"ATTACH {_quoted(dsn)} AS warehouse (TYPE postgres, READ_ONLY)")
    return duck


def _extension(name: str) -> Path:
    found = find_spec(f"duckdb_extension_{name}")
    if found is None or not found.submodule_search_locations:
        raise WarehouseError(f"DuckDB's extension {name} is not installed; `make setup` installs it.")
    return next(Path(found.submodule_search_locations[0]).rglob("*.duckdb_extension"))


_COMMENTS = """
    SELECT attname, coalesce(col_description(attrelid, attnum), ''), obj_description(attrelid, 'pg_class')
    FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_KEYS = """
    SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indexrelid
    WHERE indrelid = %s::regclass AND indisprimary ORDER BY attnum
"""


def _describe(
    conn: Connection, duck: duckdb.DuckDBPyConnection, name: str, which: str, publication: Publication
) -> Mart:
    comments = conn.execute(_COMMENTS, (f"marts.{name}",)).fetchall()
    types = {row[0]: row[1] for row in duck.execute(f"DESCRIBE {_rows(name, which)}").fetchall()}
    keys = conn.execute(_KEYS, (f"published.{name}__p{publication.publication_id}",)).fetchall()
    fields = tuple(Field(column, types[column], *_both(comment)) for column, comment, _ in comments)
    about = comments[0][2] or ""
    return Mart(name, *_both(about), fields, tuple(key for (key,) in keys), publication.row_counts[name], which)


def _both(comment: str) -> tuple[str, str]:
    """A comment's Chinese and English part."""
    zh, _, en = comment.partition(" | ")
    return zh, en or zh


def _rows(mart: str, which: str) -> str:
    return f"SELECT * FROM warehouse.published.{_name(mart)} WHERE {which}"  # noqa: S608 - numbers and a quoted name


def _fits(mart: Mart, kind: FileFormat) -> bool:
    return kind != "xlsx" or mart.rows <= _ROWS_OF_A_SHEET


def _write(
    duck: duckdb.DuckDBPyConnection, mart: Mart, publication: Publication, folder: Path, kind: FileFormat
) -> dict[str, Any]:
    path = folder / f"{mart.name}.{kind}"
    columns = ", ".join(f"{_shown(field, kind)} AS {_name(field.name)}" for field in mart.fields)
    options = {"csv": "FORMAT csv, HEADER true", "parquet": "FORMAT parquet", "xlsx": "FORMAT xlsx, HEADER true"}[kind]
    rows = f"SELECT {columns} FROM ({_rows(mart.name, mart.which)}) ORDER BY ALL"  # noqa: S608 - names are quoted
    duck.execute(f"COPY ({rows}) TO {_quoted(str(path))} ({options})")
    if kind == "csv":
        _prepend(_BYTE_ORDER_MARK, path)
    return _resource(mart, path, kind)


def _shown(field: Field, kind: FileFormat) -> str:
    """How a column is written. Parquet keeps texts and lists as they are."""
    column = _name(field.name)
    if field.type == "TIMESTAMP WITH TIME ZONE":
        return f"make_timestamp(epoch_us({column}))"  # in UTC, wherever the file is made
    if kind == "parquet":
        return column
    if field.type.endswith("[]"):
        column = f"array_to_string({column}, '|')"
    elif field.type != "VARCHAR":
        return column
    # A text that a spreadsheet would take for a formula gets an apostrophe before it; in xlsx, text is text.
    risky = rf"regexp_matches({column}, '^{_STARTS_A_FORMULA}') AND length({column}) > 1"
    return f"CASE WHEN {risky} THEN '''' || {column} ELSE {column} END" if kind == "csv" else column


def _prepend(mark: bytes, path: Path) -> None:
    marked = path.with_suffix(".marked")
    with path.open("rb") as source, marked.open("wb") as target:
        target.write(mark)
        shutil.copyfileobj(source, target)
    marked.replace(path)


def _resource(mart: Mart, path: Path, kind: FileFormat) -> dict[str, Any]:
    """A file as the data package lists it; the CSV with its schema."""
    resource: dict[str, Any] = {
        "name": mart.name if kind == "csv" else f"{mart.name}-{kind}",
        "path": path.name,
        "format": kind,
        "mediatype": _MEDIA_TYPES[kind],
        "description": mart.en,
        "description_zh": mart.zh,
        "rows": mart.rows,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{_sha256(path)}",
    }
    if kind == "csv":
        fields = [
            {"name": f.name, "type": _FIELD_TYPES.get(f.type, "string"), "description": f.en, "description_zh": f.zh}
            for f in mart.fields
        ]
        resource |= {"profile": "tabular-data-resource", "encoding": "utf-8"}
        resource["schema"] = {"fields": fields, "primaryKey": list(mart.keys), "missingValues": [""]}
    return resource


def _write_package(publication: Publication, resources: Sequence[dict[str, Any]], folder: Path) -> None:
    """``datapackage.json``, and ``SHA256SUMS`` for ``sha256sum --check``."""
    package = {
        "name": f"gongkai-publication-{publication.publication_id}",
        "title": "Annual reports on open government information",
        "title_zh": "政府信息公开工作年度报告",
        "version": str(publication.publication_id),
        "created": publication.published_at.isoformat(),
        "inputs_hash": publication.inputs_hash,
        "content_hashes": publication.content_hashes,
        "resources": list(resources),
    }
    described = folder / "datapackage.json"
    described.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    lines = [f"{_sha256(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
