"""Word processors' other formats (.doc, .wps, .rtf, .odt), made into .docx by LibreOffice where it is installed.

LibreOffice runs without a window, with a profile of its own that forbids macros and the network, in a private folder
that is removed; it and all it started are killed when this process stops waiting or dies.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read.document import Document
from gongkai.read.identify import OLE_MAGIC, identify
from gongkai.read.limits import Limits
from gongkai.read.ole import read_stream
from gongkai.read.package import Package, is_encrypted
from gongkai.read.word import docx
from gongkai.settings import settings

NAME = "office.docx"
PROGRAMS = ("soffice", "libreoffice")
MISSING = (
    "documents of this kind (.doc, .wps, .rtf, .odt) are read through LibreOffice, which is not installed here: "
    "apt-get install libreoffice-writer (or set GONGKAI_SOFFICE to the program), or save it as .docx"
)
# Runs the program, in a group of processes of its own. If the reader is killed, standard input closes, and with that
# the folder and the whole group go.
GUARD = """
exec 3<&0 </dev/null
folder=$1 blocks=$2
shift 2
( read -r _; rm -rf -- "$folder"; kill -KILL 0 ) <&3 >/dev/null &
exec 3<&-
ulimit -f "$blocks"
"$@" 2>&1
"""
FLAGS, ENCRYPTED = 11, 0x01  # of the head of a .doc: a byte, and the bit of it that says so
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{}
</oor:items>
"""
ITEM = '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
FORBIDDEN = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),  # never fetch what a document links to
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),  # nothing listens there
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
"""Macros, updates of links, and every way out to the network."""


def read(data: bytes, limits: Limits) -> Document:
    """The document as LibreOffice saves it as .docx; places are those of that file.

    Raises:
        UnreadableError: damaged, encrypted, beyond the limits, or LibreOffice failed.
        UnsupportedError: LibreOffice is not installed; the message says how to get it.
    """
    program = find_program()
    if program is None:
        raise UnsupportedError(MISSING)
    if _is_locked(data, limits):
        raise UnreadableError("the document is protected by a password", "locked")
    converted = _converted(data, program, limits)
    return replace(docx.read(converted, limits), reader=NAME, media_type=identify(data, ""))


def find_program() -> str | None:
    """The LibreOffice that the settings name, or the one on PATH; None if there is none."""
    if chosen := settings().soffice:
        return shutil.which(chosen)
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def _is_locked(data: bytes, limits: Limits) -> bool:
    """Whether a password is needed; LibreOffice would fail without a word about it."""
    if data.startswith(OLE_MAGIC):
        head = read_stream(data, "WordDocument")
        return len(head) > FLAGS and bool(head[FLAGS] & ENCRYPTED)
    return data.startswith(b"PK") and is_encrypted(Package(data, limits))


def _converted(data: bytes, program: str, limits: Limits) -> bytes:
    with TemporaryDirectory(prefix="gongkai-office-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "profile" / "user").mkdir(parents=True)
        items = "\n".join(ITEM.format(*item) for item in FORBIDDEN)
        (folder / "profile" / "user" / "registrymodifications.xcu").write_text(PROFILE.format(items))
        source = folder / "document"
        source.write_bytes(data)
        said = _run(program, folder, source, limits)
        target = folder / "out" / "document.docx"
        if not target.is_file():
            complaint = " ".join(line for line in said.splitlines() if not line.startswith("Warning:"))
            raise UnreadableError(
                f"LibreOffice could not open the document ({complaint[-200:] or 'it said nothing'}); "
                "open it in Word or WPS, and save it as .docx"
            )
        limits.check_size(target.stat().st_size)
        return target.read_bytes()


def _run(program: str, folder: Path, source: Path, limits: Limits) -> str:
    """Convert, and return what LibreOffice said.

    Raises:
        UnreadableError: it took too long.
    """
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(folder / "out"),
        str(source),
    ]
    blocks = 2 * limits.expanded_bytes // 512
    seconds = settings().file_seconds
    lifeline, ours = os.pipe()
    try:
        with subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(folder), str(blocks), *command],
            stdin=lifeline,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(folder),
                "TMPDIR": str(folder),
                "LANG": "C.UTF-8",
            },
        ) as guard:
            try:
                return guard.communicate(timeout=seconds)[0].decode("utf-8", "replace")
            finally:
                os.killpg(guard.pid, signal.SIGKILL)
    except subprocess.TimeoutExpired as error:
        raise UnreadableError(
            f"LibreOffice took more than {seconds:g} s; open the document in Word or WPS, and save it as .docx"
        ) from error
    finally:
        os.close(lifeline)
        os.close(ours)
