"""Where the members of a 7z archive go instead of to disk."""

from __future__ import annotations

from io import BytesIO

from py7zr.io import Py7zIO, WriterFactory


class Members(WriterFactory):
    """Keeps the members that py7zr unpacks, as (name, bytes)."""

    def __init__(self) -> None:
        self.found: list[tuple[str, bytes]] = []

    def create(self, filename: str) -> Py7zIO:
        return _Member(filename, self.found)


class _Member(Py7zIO):
    def __init__(self, name: str, found: list[tuple[str, bytes]]) -> None:
        self._name = name
        self._found = found
        self._content = BytesIO()

    def write(self, s: bytes | bytearray) -> int:
        return self._content.write(s)

    def read(self, size: int | None = None) -> bytes:
        return self._content.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._content.seek(offset, whence)

    def flush(self) -> None:
        """Nothing is held back."""

    def size(self) -> int:
        return len(self._content.getbuffer())

    def close(self) -> None:
        self._found.append((self._name, self._content.getvalue()))
