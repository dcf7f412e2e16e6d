"""The pages of dbt are one file, made without a warehouse, that loads nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gongkai.warehouse.dbt.docs import write_docs

pytestmark = pytest.mark.postgres


def test_one_file_describes_every_mart_and_loads_nothing(tmp_path: Path) -> None:
    page = write_docs(tmp_path / "site").read_text(encoding="utf-8")
    assert "model.gongkai.region_year" in page
    assert "exposure.gongkai.research" in page
    assert json.dumps("按时公布占应公布之比").strip('"') in page
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=.https?:", page)
