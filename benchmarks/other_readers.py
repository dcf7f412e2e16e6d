"""The other libraries, each as a function from a file to rows of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

Row = list[str | None]


class Reader(NamedTuple):
    """`package`: as installed, for its version. `endings`: of the files that it is asked to read."""

    package: str
    read: Callable[[Path], Iterator[Row]]
    endings: frozenset[str]

    @property
    def title(self) -> str:
        return f"{self.package} {version(self.package)}"


def _pdfplumber(path: Path) -> Iterator[Row]:
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            for table in page.extract_tables():
                yield from table


def _camelot(path: Path) -> Iterator[Row]:
    import camelot

    for table in camelot.read_pdf(str(path), pages="all"):
        yield from table.df.values.tolist()


def _img2table(path: Path) -> Iterator[Row]:
    from img2table.document import PDF

    for tables in PDF(str(path), pdf_text_extraction=True).extract_tables().values():
        for table in tables:
            for cells in table.content.values():
                yield [cell.value for cell in cells]


def _pymupdf(path: Path) -> Iterator[Row]:
    import pymupdf

    with pymupdf.open(path) as document:
        for page in document:
            for table in page.find_tables().tables:
                yield from table.extract()


def _markitdown(path: Path) -> Iterator[Row]:
    from markitdown import MarkItDown

    yield from _rows_of_text(MarkItDown().convert(str(path)).text_content)


def _kreuzberg(path: Path) -> Iterator[Row]:
    import kreuzberg

    result = kreuzberg.extract_file_sync(str(path))
    if not result.tables:
        yield from _rows_of_text(result.content)
    for table in result.tables:
        yield from table.cells


def _pandas(path: Path) -> Iterator[Row]:
    import pandas

    match path.suffix:
        case ".html":
            tables = pandas.read_html(path, header=None)
        case ".csv":
            tables = [pandas.read_csv(path, header=None, dtype=str, names=range(20))]
        case _:
            tables = list(pandas.read_excel(path, sheet_name=None, header=None, dtype=str).values())
    for table in tables:
        yield from table.astype(object).where(table.notna(), "").astype(str).values.tolist()


def _rows_of_text(text: str) -> Iterator[Row]:
    for line in text.splitlines():
        mark = "|" if "|" in line else "\t"
        if mark in line:
            yield list(line.strip(" |").split(mark))


PDF_READERS = tuple(
    Reader(package, read, frozenset({".pdf"}))
    for package, read in (
        ("pdfplumber", _pdfplumber),
        ("camelot-py", _camelot),
        ("img2table", _img2table),
        ("pymupdf", _pymupdf),
    )
)
_TEXTS = frozenset({".html", ".docx", ".xlsx", ".csv", ".txt", ".md"})
OTHER_READERS = (
    Reader("markitdown", _markitdown, _TEXTS | {".pdf"}),
    Reader("kreuzberg", _kreuzberg, _TEXTS | {".pdf"}),
    Reader("pandas", _pandas, frozenset({".html", ".xlsx", ".csv"})),
)
