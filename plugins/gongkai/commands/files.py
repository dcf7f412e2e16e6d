"""Files that commands write."""

from __future__ import annotations

from pathlib import Path

import click


def write_file(to: Path, data: bytes) -> None:
    """Write what was asked for with ``--to``.

    Raises:
        click.UsageError: it cannot be written there.
    """
    try:
        to.write_bytes(data)
    except OSError as error:
        raise click.UsageError(f"cannot write {to}: {error.strerror}; give another file with --to") from error
