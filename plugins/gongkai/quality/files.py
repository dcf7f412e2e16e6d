"""Reads the checked-in suites."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from gongkai.errors import GateError
from gongkai.quality.suites import Suite
from gongkai.settings import settings

_ACT = "run `python -m gongkai.quality.generate`"


def load_suites(wanted: Iterable[Suite], folder: Path | None = None) -> list[Suite]:
    """These suites as the files of `folder` hold them (default: ``expectations/`` of the project).

    Raises:
        GateError: a file is missing, is no suite, or lacks an expectation: what is not expected passes in silence.
    """
    folder = folder or settings().project_dir / "expectations"
    return [_load(folder / f"{suite['name']}.json", suite) for suite in wanted]


def _load(path: Path, wanted: Suite) -> Suite:
    try:
        suite: Suite = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise GateError(f"{path} is missing: {_ACT} and review the diff") from error
    except ValueError as error:
        raise GateError(f"{path} is not JSON ({error}): {_ACT}") from error
    found = suite.get("expectations") if isinstance(suite, dict) else None
    names = {expected["meta"]["name"] for expected in found or ()}
    if lacking := [name for each in wanted["expectations"] if (name := each["meta"]["name"]) not in names]:
        raise GateError(f"{path} lacks {', '.join(lacking)}, and would pass what breaks it: {_ACT}")
    return suite
