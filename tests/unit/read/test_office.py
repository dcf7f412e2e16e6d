"""Documents that LibreOffice turns into .docx; a stand-in takes its place where only our side of it matters."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read import Document, Limits, identify, readers_for
from gongkai.read.identify import DOC, ODT, RTF, WORD_XML, WPS
from gongkai.read.word import office
from gongkai.settings import Settings
from tests.unit.read.packed import zip_of
from tests.unit.read.samples import docx, grids, rows, texts

ROW = rb"\trowd\cellx2000\cellx4000 %b\cell %b\cell\row"
RICH_TEXT = rb"{\rtf1\ansi \u24180?\u25253? \par" + ROW % (b"a", b"1") + ROW % (b"b", b"2") + rb"\pard c\par}"
needs_libreoffice = pytest.mark.skipif(
    not any(map(shutil.which, office.PROGRAMS)),
    reason="LibreOffice is not installed: apt-get install libreoffice-writer",
)


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where private folders are made; it must be empty in the end."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, *, seconds: float = 60) -> None:
    """Let a shell script stand in for LibreOffice; ``$out`` is where the .docx belongs."""
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nfor source; do out=$before; before=$source; done\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(office, "settings", lambda: Settings(soffice=str(program), file_seconds=seconds))


def read(data: bytes, name: str = "x.doc") -> Document:
    (reader,) = readers_for(identify(data, name))
    assert reader.name == office.NAME
    return reader(data, Limits())


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


def wait_for(condition: object) -> None:
    deadline = time.monotonic() + 30
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_without_libreoffice_the_message_names_it_and_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnsupportedError, match=r"LibreOffice.*apt-get install libreoffice-writer"):
        read(RICH_TEXT)


def test_what_it_saves_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temp: Path) -> None:
    (tmp_path / "made.docx").write_bytes(docx("<w:p><w:r><w:t>正文</w:t></w:r></w:p>"))
    use(monkeypatch, tmp_path, f'mkdir -p "$out"; cp "{tmp_path}/made.docx" "$out/document.docx"')
    document = read(RICH_TEXT)
    assert (document.reader, document.media_type, texts(document)) == ("office.docx", RTF, ["正文"])
    assert list(temp.iterdir()) == []


def test_macros_and_the_network_are_forbidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temp: Path) -> None:
    use(
        monkeypatch,
        tmp_path,
        f'cp "$HOME/profile/user/registrymodifications.xcu" "{tmp_path}"; echo "$@" > "{tmp_path}/said"',
    )
    with pytest.raises(UnreadableError, match="could not open"):
        read(RICH_TEXT)
    profile = (tmp_path / "registrymodifications.xcu").read_text()
    assert 'oor:name="DisableMacrosExecution" oor:op="fuse"><value>true' in profile
    assert "ooInetProxyType" in profile
    assert f"-env:UserInstallation=file://{temp}" in (tmp_path / "said").read_text()


def test_what_it_says_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, tmp_path, "echo Warning: no java; echo source file could not be loaded >&2; exit 1")
    with pytest.raises(UnreadableError, match=r"document \(source file could not be loaded\);"):
        read(RICH_TEXT)


def test_a_result_beyond_the_limits_is_cut_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temp: Path) -> None:
    use(monkeypatch, tmp_path, 'mkdir -p "$out"; head -c 9000000 /dev/zero > "$out/document.docx"')
    (reader,) = readers_for(RTF)
    with pytest.raises(UnreadableError, match="limit"):
        reader(RICH_TEXT, Limits(expanded_bytes=2_000_000))
    assert list(temp.iterdir()) == []


def test_one_that_hangs_is_killed_with_all_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temp: Path
) -> None:
    use(monkeypatch, tmp_path, f'sleep 600 & echo $! > "{tmp_path}/pid"; wait', seconds=0.5)
    with pytest.raises(UnreadableError, match=r"more than 0\.5 s"):
        read(RICH_TEXT)
    wait_for(lambda: is_gone(int((tmp_path / "pid").read_text())))
    assert list(temp.iterdir()) == []


def test_it_dies_with_the_reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temp: Path) -> None:
    use(
        monkeypatch,
        tmp_path,
        f'sleep 600 & echo $! > "{tmp_path}/pid.part"; mv "{tmp_path}/pid.part" "{tmp_path}/pid"; wait',
    )
    reading = f"from gongkai.read.word.office import Limits, read; read({RICH_TEXT!r}, Limits())"
    environment = {**os.environ, "GONGKAI_SOFFICE": str(tmp_path / "soffice"), "TMPDIR": str(temp)}
    reader = subprocess.Popen([sys.executable, "-c", reading], env=environment)
    wait_for((tmp_path / "pid").exists)
    assert list(temp.iterdir())
    reader.send_signal(signal.SIGKILL)
    reader.wait()
    wait_for(lambda: is_gone(int((tmp_path / "pid").read_text())))
    wait_for(lambda: not list(temp.iterdir()))


def ole(stream: bytes) -> bytes:
    """An OLE file whose only stream is a WordDocument."""
    import io

    from xlwt.CompoundDoc import XlsDoc

    buffer = io.BytesIO()
    XlsDoc().save(buffer, stream)
    entry, name = "Workbook".encode("utf-16-le"), "WordDocument".encode("utf-16-le")
    place = buffer.getvalue().index(entry)
    data = bytearray(buffer.getvalue())
    data[place : place + len(name)] = name
    data[place + 64] = len(name) + 2
    return bytes(data)


def test_passwords_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, tmp_path, "exit 1")
    locked = ole(b"\xec\xa5\xc1\x00\x00\x00\x00\x00\x00\x00\x00\x01" + bytes(5000))
    assert (identify(locked, "x.doc"), identify(locked, "x.wps")) == (DOC, WPS)
    odt = zip_of(
        {"mimetype": ODT.encode(), "META-INF/manifest.xml": b"<x><m:encryption-data/></x>", "content.xml": b""}
    )
    for data in (locked, odt):
        with pytest.raises(UnreadableError, match="password"):
            read(data)
    with pytest.raises(UnreadableError, match="could not open"):
        read(ole(b"\xec\xa5\xc1\x00" + bytes(5000)))


def test_kinds_by_content() -> None:
    word = b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="%s"/>'
    assert identify(word % b"http://schemas.microsoft.com/office/word/2003/wordml", "x.doc") == WORD_XML
    flat = f'<?xml version="1.0"?><office:document office:mimetype="{ODT}"/>'
    assert identify(flat.encode(), "x.xml") == f"{ODT}-flat-xml"


@needs_libreoffice
def test_rich_text_through_libreoffice(temp: Path) -> None:
    document = read(RICH_TEXT)
    assert texts(document) == ["年报", "c"]
    assert rows(grids(document)[0]) == [["a", "1"], ["b", "2"]]
    assert list(temp.iterdir()) == []


@needs_libreoffice
@pytest.mark.parametrize(("suffix", "media_type"), [("doc", DOC), ("odt", ODT)])
def test_documents_of_libreoffice(tmp_path: Path, suffix: str, media_type: str) -> None:
    (tmp_path / "x.rtf").write_bytes(RICH_TEXT)
    program = office.find_program()
    assert program is not None
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run([program, profile, "--headless", "--convert-to", suffix, "x.rtf"], cwd=tmp_path, check=True)
    document = read((tmp_path / f"x.{suffix}").read_bytes(), "x")
    assert (document.media_type, texts(document)) == (media_type, ["年报", "c"])
    assert rows(grids(document)[0]) == [["a", "1"], ["b", "2"]]


@needs_libreoffice
def test_damage_is_named() -> None:
    with pytest.raises(UnreadableError, match="LibreOffice could not open"):
        read(ole(bytes(5000)))
