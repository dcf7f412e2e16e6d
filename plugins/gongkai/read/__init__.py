"""Reading: bytes in, a :class:`Document` of blocks with positions out.

Readers know file formats and nothing of the law. ``identify`` says what the bytes are, ``readers_for`` which readers
take them, in the order of cost; ``unsupported_message`` what to do when none does.
"""

from gongkai.read.archives.container import documents_in, is_container
from gongkai.read.document import Block, Document, Grid, GridCell, Paragraph, Where
from gongkai.read.identify import identify
from gongkai.read.limits import Limits
from gongkai.read.registry import Reader, readers_for
from gongkai.read.unsupported import unsupported_message

__all__ = [
    "Block",
    "Document",
    "Grid",
    "GridCell",
    "Limits",
    "Paragraph",
    "Reader",
    "Where",
    "documents_in",
    "identify",
    "is_container",
    "readers_for",
    "unsupported_message",
]
