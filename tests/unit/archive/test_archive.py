from __future__ import annotations

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import run
from uuid import uuid4

import pytest

from gongkai.archive import Archive
from gongkai.errors import SettingsError, UnreadableError

DATA = "政府信息公开工作年度报告".encode()
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["path", "file", "memory"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    urls = {"path": str(tmp_path / "a"), "file": (tmp_path / "a").as_uri(), "memory": f"memory://{uuid4().hex}/a"}
    return Archive(urls[request.param])


def test_what_is_put_comes_back_by_its_hash(archive: Archive) -> None:
    stored = archive.put(DATA, "text/plain")
    assert (stored.sha256, stored.size, stored.media_type, stored.new) == (SHA256, len(DATA), "text/plain", True)
    assert stored.uri.endswith(f"/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}")
    assert archive.get(SHA256) == DATA
    assert archive.exists(SHA256)


def test_the_same_bytes_are_kept_once(archive: Archive) -> None:
    first, second = archive.put(DATA, "text/plain"), archive.put(DATA, "text/html")
    assert (first.new, second.new, first.uri) == (True, False, second.uri)
    assert list(archive.iter()) == [SHA256]


def test_iter_lists_documents_only(archive: Archive) -> None:
    assert list(archive.iter()) == []
    hashes = {archive.put(str(n).encode(), "text/plain").sha256 for n in range(5)}
    archive.put_parsed("1.0", SHA256, ["{}"])
    assert set(archive.iter()) == hashes


def test_what_is_missing_says_so(archive: Archive) -> None:
    assert not archive.exists(SHA256)
    with pytest.raises(UnreadableError, match="not in the archive"):
        archive.get(SHA256)
    with pytest.raises(UnreadableError, match="is not a SHA-256"):
        archive.get("../../etc/passwd")


def test_parsed_lines_belong_to_a_parser_version(archive: Archive) -> None:
    assert archive.get_parsed("1.0", SHA256) is None
    lines = ['{"agency": "乌有市财政局"}', "{}"]
    uri = archive.put_parsed("1.0+form/2019", SHA256, lines)
    assert uri.endswith(f"/parsed/1.0+form_2019/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}.jsonl")
    assert archive.get_parsed("1.0+form/2019", SHA256) == lines
    assert archive.get_parsed("1.1", SHA256) is None
    archive.put_parsed("1.0+form/2019", SHA256, ["[]"])
    assert archive.get_parsed("1.0+form/2019", SHA256) == ["[]"]


def test_a_changed_file_is_not_handed_out(tmp_path: Path) -> None:
    archive = Archive(str(tmp_path))
    archive.put(DATA, "text/plain")
    (tmp_path / SHA256[:2] / SHA256[2:4] / SHA256).write_bytes(DATA[:-1])
    with pytest.raises(UnreadableError, match="has changed since it was archived"):
        archive.get(SHA256)


def test_many_may_put_the_same_at_once(tmp_path: Path) -> None:
    url = str(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda n: Archive(url).put(bytes([n % 4]) * 200_000, "text/plain"), range(40)))
    archive = Archive(url)
    assert {len(archive.get(one.sha256)) for one in stored} == {200_000}
    assert len(list(archive.iter())) == 4
    assert not list(tmp_path.rglob("*.part"))


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(str(tmp_path))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match=r"GONGKAI_ARCHIVE_URL.*No space left"):
        archive.put(DATA, "text/plain")
    assert not archive.exists(SHA256)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_folder_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="GONGKAI_ARCHIVE_URL"):
        Archive(str(tmp_path / "file" / "archive")).put(DATA, "text/plain")


def test_an_unknown_protocol_names_the_setting() -> None:
    with pytest.raises(SettingsError, match=r"GONGKAI_ARCHIVE_URL.*gopher"):
        Archive("gopher://example/archive")


def test_the_archive_needs_no_heavy_library() -> None:
    code = "import gongkai.archive, sys; sys.exit(bool({'pandas', 'airflow', 'lxml'} & set(sys.modules)))"
    assert run([sys.executable, "-c", code], check=False).returncode == 0
