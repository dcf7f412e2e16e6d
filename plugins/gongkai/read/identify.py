"""What kind of document some bytes are: by content first, by name last. Extensions of portals often lie."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import PurePosixPath

from gongkai.errors import UnreadableError
from gongkai.read.encoding import decode
from gongkai.read.package import check_members

HTML = "text/html"
TEXT = "text/plain"
MARKDOWN = "text/markdown"
CSV = "text/csv"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
OFD = "application/ofd"
ZIP = "application/zip"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
WPS = "application/vnd.ms-works"
OLE = "application/x-ole-storage"
RTF = "application/rtf"
MHTML = "multipart/related"
EML = "message/rfc822"
RAR = "application/vnd.rar"
SEVEN_ZIP = "application/x-7z-compressed"
GZIP = "application/gzip"
WORD_XML = "application/vnd.ms-wordml"
FLAT_ODT = "application/vnd.oasis.opendocument.text-flat-xml"
XML = "application/xml"
JSON = "application/json"

PICTURES = ("image/png", "image/jpeg", "image/tiff", "image/bmp", "image/webp", "image/gif")

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", RTF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"Rar!\x1a\x07", RAR),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"\x1f\x8b\x08", GZIP),
)
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams in an OLE file's directory, which is written in UTF-16.
OLE_STREAMS = (
    ("EncryptedPackage", DOCX),  # a password-protected Office file; the DOCX reader says so
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
)
ZIP_PARTS = (
    ("word/document.xml", DOCX),
    ("xl/workbook.xml", XLSX),
    ("ppt/presentation.xml", PPTX),
    ("OFD.xml", OFD),
)
MIMETYPE_OF_ZIP = {ODT.encode(): ODT, ODS.encode(): ODS}
HEAD = 4_096
TEXT_HEAD = 20_000
MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|table|tbody|tr|td|div|p|span|article|section|center|"
    r"h[1-6]|ul|ol|font|br|form|a|img|strong|b)(?:[\s/>:]|$)",
    re.IGNORECASE,
)
PAGE = re.compile(r"<(?:!doctype\s+html|html|body|table)[\s>]", re.IGNORECASE)
CELL = re.compile(r"</(?:td|tr|html|body)\s*>", re.IGNORECASE)
JSON_BEGIN = re.compile(r"(?:[\w.$]{1,100}\s*\()?(?:\s*\[)*\s*\{\s*\"[^\"]{0,200}\"\s*:")
MAIL_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}:[^\n]*\n(?:[ \t][^\n]*\n)*+")
OF_SEVERAL = re.compile(r"^Content-Type:\s*(?:multipart/(?!related)|text/(?!html))", re.IGNORECASE | re.MULTILINE)
OF_MAIL = re.compile(r"^(?:MIME-Version|Message-ID|Received):", re.IGNORECASE | re.MULTILINE)
XML_KINDS = (  # by what stands in the root element
    ("http://schemas.microsoft.com/office/word/2003/wordml", WORD_XML),
    ("http://schemas.microsoft.com/office/2006/xmlPackage", WORD_XML),
    (f'office:mimetype="{ODT}"', FLAT_ODT),
)
PREAMBLE = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
MARKDOWN_LINE = re.compile(r"^(?:#{1,6}[ \t]+\S|[ \t]*+(?:\|[ \t]*+)?:?-{3,}+:? *+[|\t]|\*\*\S)", re.MULTILINE)


def identify(data: bytes, name: str) -> str:
    """The media type of a document called `name`.

    Raises:
        UnreadableError: it is empty, or no kind of document known here.
    """
    if not data.strip(b"\x00\t\n\r\f "):
        raise UnreadableError("the file is empty", "empty")
    return _by_magic(data, name) or _by_text(data, name)


def _by_magic(data: bytes, name: str) -> str | None:
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_zip(data)
    if data.startswith(OLE_MAGIC):
        return _of_ole(data, name)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"BM") and data[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    return next((kind for magic, kind in MAGIC if data.startswith(magic)), None)


def _of_zip(data: bytes) -> str:
    check_members(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            names = set(package.namelist())
            mimetype = package.open("mimetype").read(100).strip() if "mimetype" in names else b""
    except Exception as error:  # zipfile raises many kinds of error on damaged input
        raise UnreadableError(f"the zip package is damaged or cut short ({error})", "damaged") from error
    for part, kind in ZIP_PARTS:
        if part in names:
            return kind
    if "[Content_Types].xml" in names and any(name.startswith("word/document") for name in names):
        return DOCX
    return MIMETYPE_OF_ZIP.get(mimetype, ZIP)


def _of_ole(data: bytes, name: str) -> str:
    from gongkai.read.ole import stream_names

    streams = stream_names(data)
    for stream, kind in OLE_STREAMS:
        if stream in streams if streams else stream.encode("utf-16-le") in data:
            return WPS if kind == DOC and _suffix(name) == ".wps" else kind
    return OLE


def _by_text(data: bytes, name: str) -> str:
    try:
        text = decode(data)
    except UnreadableError as error:
        suffix = PurePosixPath(name).suffix or "no suffix"
        raise UnreadableError(
            f"the file is neither text nor any kind of document known here ({suffix})", "damaged"
        ) from error
    if kind := _markup(text):
        return kind
    if _suffix(name) in (".csv", ".tsv") or _is_delimited(text):
        return CSV
    return MARKDOWN if _suffix(name) in (".md", ".markdown") or is_markdown(text) else TEXT


def _is_delimited(text: str) -> bool:
    """Whether most lines hold values between commas; tabs and bars are also what text made of a table has."""
    lines = [line for line in text[:TEXT_HEAD].splitlines() if line.strip()]
    return len(lines) >= 5 and sum(line.count(",") >= 2 for line in lines) >= 0.6 * len(lines)


def _markup(text: str) -> str | None:
    """HTML, other XML, a web archive or JSON; None for plain text."""
    begin = PREAMBLE.match(text, 0, HEAD)
    head = text[begin.end() if begin else 0 :][:HEAD]
    if head.startswith("<") and MARKUP.match(head):
        return HTML
    if JSON_BEGIN.match(head) and text.rstrip(" \t\r\n;)").endswith(("}", "]")):
        return JSON
    if kind := _mail(text):
        return kind
    if PAGE.search(text) and CELL.search(text):
        return HTML
    if text.lstrip().startswith(("<?xml", "<office:document", "<w:wordDocument", "<pkg:package")):
        return next((kind for mark, kind in XML_KINDS if mark in text[:TEXT_HEAD]), XML)
    return None


def _mail(text: str) -> str | None:
    """A web archive (a page saved as one file) or a mail; None for what does not begin with headers of mail."""
    text = text.lstrip().replace("\r\n", "\n")[:TEXT_HEAD]
    end = 0
    while header := MAIL_HEADER.match(text, end):
        end = header.end()
    if not OF_MAIL.search(text, 0, end):
        return None
    return EML if OF_SEVERAL.search(text, 0, end) else MHTML


def is_markdown(text: str) -> bool:
    """Whether a text carries marks of Markdown: headings, rule rows or bold paragraphs."""
    return MARKDOWN_LINE.search(text) is not None


def _suffix(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()
