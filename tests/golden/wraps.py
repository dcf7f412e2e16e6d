"""What a drawn document is packed into, or turned into by another program, before it is read."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import NamedTuple

SOFFICE, CHROMIUM = "soffice", "chromium"
_SECONDS = 120
_NOTICE = "关于做好年度报告公布工作的通知\n请各单位于1月31日前公布。\n".encode()


class Wrap(NamedTuple):
    """`wrap` takes the bytes and their file name; `needs`: the program that does it."""

    wrap: Callable[[bytes, str], bytes]
    extension: str
    container: str
    needs: str | None = None


def program(name: str) -> str | None:
    """The path of a program, None where it is not installed."""
    return shutil.which(name)


def _zip(data: bytes, name: str) -> bytes:
    """The report in a folder, beside a notice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("附件/通知.txt", _NOTICE)
        archive.writestr(f"附件/{name}", data)
    return buffer.getvalue()


def _seven_zip(data: bytes, name: str) -> bytes:
    import py7zr

    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as archive:
        archive.writestr(data, name)
    return buffer.getvalue()


def _gzip(data: bytes, _name: str) -> bytes:
    return gzip.compress(data)


def _mht(data: bytes, _name: str) -> bytes:
    whole = MIMEMultipart("related")
    whole["From"], whole["Subject"] = "<Saved by a browser>", "年度报告"
    whole.attach(MIMEText(data.decode(), "html", "utf-8"))
    return whole.as_bytes()


def _json(data: bytes, _name: str) -> bytes:
    return json.dumps({"code": 0, "data": {"id": 7, "content": data.decode()}}).encode()


def _in_gb18030(data: bytes, _name: str) -> bytes:
    return data.decode("utf-8-sig").encode("gb18030")


def _in_utf_16(data: bytes, _name: str) -> bytes:
    return data.decode("utf-8-sig").encode("utf-16")


def _same(data: bytes, _name: str) -> bytes:
    return data


def _by_office(to: str) -> Callable[[bytes, str], bytes]:
    def convert(data: bytes, name: str) -> bytes:
        with tempfile.TemporaryDirectory(prefix="gongkai-golden-") as folder:
            source = Path(folder, name)
            source.write_bytes(data)
            profile = f"-env:UserInstallation=file://{folder}/profile"
            command = [program(SOFFICE) or SOFFICE, profile, "--headless", "--convert-to", to, "--outdir", folder]
            subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=_SECONDS)
            return source.with_suffix(f".{to}").read_bytes()

    return convert


def _printed_by_chromium(*more: str) -> Callable[[bytes, str], bytes]:
    def convert(data: bytes, name: str) -> bytes:
        with tempfile.TemporaryDirectory(prefix="gongkai-golden-") as folder:
            source, target = Path(folder, name), Path(folder, "report.pdf")
            source.write_bytes(data)
            options = ["--headless", "--no-sandbox", "--disable-gpu", *more, f"--user-data-dir={folder}/profile"]
            command = [program(CHROMIUM) or CHROMIUM, *options, f"--print-to-pdf={target}", source.as_uri()]
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
            return target.read_bytes()

    return convert


WRAPS = {
    "zip": Wrap(_zip, "zip", "archive"),
    "7z": Wrap(_seven_zip, "7z", "archive"),
    "gzip": Wrap(_gzip, "gz", "archive"),
    "mht": Wrap(_mht, "mht", "mht"),
    "json": Wrap(_json, "json", "json"),
    "gb18030": Wrap(_in_gb18030, "txt", "text"),
    "utf_16": Wrap(_in_utf_16, "txt", "text"),
    "called_doc": Wrap(_same, "doc", "wrong ending"),
    "called_xls": Wrap(_same, "xls", "wrong ending"),
    "called_html": Wrap(_same, "html", "wrong ending"),
    "office_doc": Wrap(_by_office("doc"), "doc", "doc", SOFFICE),
    "office_rtf": Wrap(_by_office("rtf"), "rtf", "rtf", SOFFICE),
    "office_odt": Wrap(_by_office("odt"), "odt", "odt", SOFFICE),
    "office_ods": Wrap(_by_office("ods"), "ods", "ods", SOFFICE),
    "office_xls": Wrap(_by_office("xls"), "xls", "xls", SOFFICE),
    "office_pdf": Wrap(_by_office("pdf"), "pdf", "pdf", SOFFICE),
    "chromium_pdf": Wrap(_printed_by_chromium("--no-pdf-header-footer"), "pdf", "pdf", CHROMIUM),
    "chromium_print": Wrap(_printed_by_chromium(), "pdf", "pdf", CHROMIUM),
}
