"""PDFs written by hand to hurt a reader: each is read or refused, soon, and takes no process down."""

from __future__ import annotations

import zlib

import pytest

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read import Document, Limits, readers_for

TEXT = b"BT /F1 12 Tf 72 700 Td (hello 12) Tj ET"
LOOP = (
    b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>/Length 5>>stream\n/X Do\nendstream"
)


def written(box: bytes = b"[0 0 595 842]", content: bytes = TEXT, *, page: bytes = b"", more: bytes = b"") -> bytes:
    """A PDF of one page; `page` goes into its dictionary, `more` is object 6."""
    packed = zlib.compress(content)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox%b/Resources<</Font<</F1 4 0 R>>/XObject<</X 6 0 R>>>>/Contents 5 0 R%b>>"
        % (box, page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed),
        more or b"null",
    ]
    data, offsets = b"%PDF-1.7\n", []
    for number, thing in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, thing)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return data + b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
        len(objects) + 1,
        len(data),
    )


HOSTILE = {
    "endless_box": written(b"[0 0 1e9 1e9]"),
    "inverted_box": written(b"[0 0 -5 -5]"),
    "box_without_size": written(b"[0 0 0 0]"),
    "box_of_no_numbers": written(b"[0 0 nan inf]"),
    "form_within_itself": written(content=b"/X Do " + TEXT, more=LOOP),
    "saved_states": written(content=b"q " * 100_000 + TEXT),
    "nested_arrays": written(page=b"/Foo " + b"[" * 20_000 + b"]" * 20_000),
    "endless_coordinates": written(
        content=b"1e38 1e38 m -1e38 5 l S 0 0 1e30 1e30 re S BT 1e20 0 0 1e20 1e30 0 Tm " + TEXT
    ),
    "endless_font": written(content=b"BT /F1 1e9 Tf (hello 12) Tj /F1 1e-9 Tf (12) Tj ET"),
    "endless_text": written(content=b"BT /F1 12 Tf (" + b"12 " * 100_000 + b") Tj ET"),
    "endless_words": written(content=b"BT /F1 1 Tf " + b"1 0 Td (1) Tj " * 40_000 + b"ET"),
    "bomb_of_lines": written(content=b"0 0 m 500 1 l S\n" * 200_000 + TEXT),
    "dense_grid": written(
        content=b"".join(b"%d 0 m %d 800 l S 0 %d m 595 %d l S " % (n, n, n, n) for n in range(590)) + TEXT
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("reader", readers_for("application/pdf")[:2], ids=lambda reader: reader.name)
def test_hostile_pdfs_are_read_or_refused(name: str, reader: object) -> None:
    assert callable(reader)
    try:
        document = reader(HOSTILE[name], Limits())
    except (UnreadableError, UnsupportedError):
        return
    assert isinstance(document, Document)
    assert len(document.blocks) < 1_000
