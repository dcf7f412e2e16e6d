"""How much of a document a reader is willing to take in. Files come from anywhere, so every size has a bound."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.errors import UnreadableError
from gongkai.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one reading.

    pages: of a PDF. expanded_bytes: of the input, and of all that is unpacked from it. table_cells: places in the
    tables of one document, a merged cell counted as often as it is wide. blocks: paragraphs and tables of one document.
    elements: of the markup of one document. depth: how deep they may nest. members: files in one archive.
    archive_bytes: of all of them together, unpacked. nesting: archives within archives.
    """

    pages: int = 300
    expanded_bytes: int = 50_000_000
    table_cells: int = 100_000
    blocks: int = 100_000
    elements: int = 300_000
    depth: int = 1_000
    ocr_seconds: float = 600.0
    members: int = 2_000
    archive_bytes: int = 200_000_000
    nesting: int = 3

    @classmethod
    def from_settings(cls, settings: Settings) -> Limits:
        """The limits that the settings ask for; those without a setting of their own stay at their defaults."""
        return cls(
            pages=settings.page_limit,
            expanded_bytes=settings.file_size_limit,
            ocr_seconds=settings.ocr_seconds,
            archive_bytes=4 * settings.file_size_limit,
        )

    def check_size(self, size: int) -> None:
        """Refuse an input, or an unpacked part of one, that is too large.

        Raises:
            UnreadableError: it is.
        """
        if size > self.expanded_bytes:
            raise UnreadableError(
                f"the document is larger than the limit of {self.expanded_bytes} bytes once unpacked; "
                "raise GONGKAI_FILE_SIZE_LIMIT if it is a real report",
                "too_large",
            )

    def check_blocks(self, count: int) -> None:
        """Refuse a document of too many paragraphs.

        Raises:
            UnreadableError: it has.
        """
        if count > self.blocks:
            raise UnreadableError(
                f"the document has more than {self.blocks} paragraphs, as no annual report has; save the report alone",
                "too_large",
            )

    def check_cells(self, count: int) -> None:
        """Refuse a document of too many table cells.

        Raises:
            UnreadableError: it has.
        """
        if count > self.table_cells:
            raise UnreadableError(
                f"the tables have more than {self.table_cells} cells, as no annual report has; save the report alone",
                "too_large",
            )

    def check_elements(self, count: int) -> None:
        """Refuse markup whose tree would fill the memory.

        Raises:
            UnreadableError: it has too many tags.
        """
        if count > self.elements * 2:  # each has two tags at most
            raise UnreadableError(
                f"the markup has more than {self.elements} elements, as no annual report has; save the report alone",
                "too_large",
            )

    def check_depth(self, depth: int) -> None:
        """Refuse a document whose elements nest too deep, where a parser would cut it short without a word.

        Raises:
            UnreadableError: they do.
        """
        if depth > self.depth:
            raise UnreadableError(
                f"elements nest more than {self.depth} deep; open the document in a browser or Word, and save it anew"
            )
