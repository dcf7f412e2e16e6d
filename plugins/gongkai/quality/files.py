"""Reads the checked-in suites."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from gongkai.errors import GateError
from gongkai.quality.suites import Suite
from gongkai.settings import settings


def load_suites(names: Iterable[str], folder: Path | None = None) -> list[Suite]:
    """The suites of `folder` (default: ``expectations/`` of the project) with these names.

    Raises:
        GateError: a file is missing, is no suite, or holds no expectation: an empty suite would pass in silence.
    """
    folder = folder or settings().project_dir / "expectations"
    return [_load(folder / f"{name}.json") for name in names]


def _load(path: Path) -> Suite:
    try:
        suite: Suite = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise GateError(f"{path} is missing: run `python -m gongkai.quality.generate` and review the diff") from error
    except ValueError as error:
        raise GateError(f"{path} is not JSON ({error}): run `python -m gongkai.quality.generate`") from error
    if not isinstance(suite, dict) or not suite.get("expectations"):
        raise GateError(
            f"{path} holds no expectation and would pass anything: run `python -m gongkai.quality.generate`"
        )
    return suite
