"""Real reports beside a checkout of the project, where somebody has put them; they are not ours to copy."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "reports"


def real_report(name: str) -> Path:
    """The path of a real report; skips the test where the folder is not there."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"no real reports at {FOLDER}")
    return path
