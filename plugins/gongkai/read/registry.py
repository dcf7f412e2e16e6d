"""Which reader takes which kind of document."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from gongkai.read.document import Document
from gongkai.read.identify import (
    CSV,
    DOC,
    DOCX,
    FLAT_ODT,
    HTML,
    JSON,
    MARKDOWN,
    MHTML,
    ODS,
    ODT,
    OFD,
    PDF,
    PICTURES,
    RTF,
    TEXT,
    WORD_XML,
    WPS,
    XLS,
    XLSX,
)
from gongkai.read.limits import Limits


class Reader(Protocol):
    """Turns bytes of one kind into a document. `name` is the :attr:`Document.reader` of what it returns."""

    @property
    def name(self) -> str: ...

    def __call__(self, data: bytes, limits: Limits) -> Document:
        """Read the document.

        Raises:
            UnreadableError: damaged, encrypted or beyond the limits.
            UnsupportedError: sound, but nothing that this reader can read (a scan).
        """
        ...


@dataclass(frozen=True, slots=True)
class ModuleReader:
    """A reader that imports its module, and the libraries behind it, when it is first used."""

    name: str
    module: str

    def __call__(self, data: bytes, limits: Limits) -> Document:
        limits.check_size(len(data))
        document: Document = import_module(self.module).read(data, limits)
        return document


_TEXT = ModuleReader("text", "gongkai.read.text")
_OFFICE = ModuleReader("office.docx", "gongkai.read.word.office")
_SHEET = ModuleReader("sheet", "gongkai.read.sheet.reader")
_SCAN = ModuleReader("scan.ocr", "gongkai.read.scan.reader")
_READERS: dict[str, tuple[Reader, ...]] = {
    HTML: (ModuleReader("html", "gongkai.read.html.reader"),),
    MHTML: (ModuleReader("mht", "gongkai.read.html.mail_page"),),
    JSON: (ModuleReader("json", "gongkai.read.html.json_page"),),
    TEXT: (_TEXT,),
    MARKDOWN: (_TEXT,),
    CSV: (ModuleReader("csv", "gongkai.read.sheet.delimited"), _TEXT),
    **dict.fromkeys((DOC, WPS, RTF, ODT, FLAT_ODT, WORD_XML), (_OFFICE,)),
    XLSX: (_SHEET,),
    XLS: (_SHEET,),
    ODS: (_SHEET,),
    DOCX: (ModuleReader("docx", "gongkai.read.word.docx"),),
    OFD: (ModuleReader("ofd", "gongkai.read.ofd.reader"), _SCAN),
    PDF: (
        ModuleReader("pdf.text", "gongkai.read.pdf.text"),
        ModuleReader("pdf.tables", "gongkai.read.pdf.tables"),
        _SCAN,
    ),
    **dict.fromkeys(PICTURES, (_SCAN,)),
}


def readers_for(media_type: str) -> tuple[Reader, ...]:
    """The readers of a kind of document, the cheapest first; none for a kind that cannot be read."""
    return _READERS.get(media_type, ())
