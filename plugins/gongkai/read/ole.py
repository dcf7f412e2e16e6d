"""OLE files, the container of the old binary Office formats: their streams by name."""

from __future__ import annotations

from io import BytesIO

import olefile


def stream_names(data: bytes) -> frozenset[str]:
    """The names in the root of an OLE file, without those of files embedded in it; none where it is damaged."""
    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            return frozenset(path[0] for path in ole.listdir())
    except Exception:  # olefile raises many kinds of error on damaged input
        return frozenset()


def read_stream(data: bytes, *names: str) -> bytes:
    """The content of the first stream of these names that there is; nothing where there is none, or it is damaged."""
    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            name = next((name for name in names if ole.exists(name)), None)
            return bytes(ole.openstream(name).read()) if name else b""
    except Exception:  # olefile raises many kinds of error on damaged input
        return b""
