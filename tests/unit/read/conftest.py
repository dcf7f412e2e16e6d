"""What the tests of the readers share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared" / "reports"


@pytest.fixture(scope="session")
def shared_report() -> Callable[[str], bytes]:
    """The bytes of a real report by the beginning of its name; the test is skipped where there are none."""

    def find(prefix: str) -> bytes:
        found = sorted(SHARED.glob(prefix + "*"))
        if not found:
            pytest.skip("the real reports are not part of this checkout")
        return found[0].read_bytes()

    return find
