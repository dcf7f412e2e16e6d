"""Every golden document gives the cells, the header facts, the verdict and the findings that are expected of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from gongkai.forms import all_forms
from tests.golden.corpus import corpus, missing_program, results_of
from tests.golden.expected import Golden, judge
from tests.golden.handmade import FOLDER, expectation_of, reviewed_by, write_expectation

HANDMADE = sorted(path for path in FOLDER.iterdir() if not path.name.endswith(".expected.json"))


@pytest.mark.parametrize("golden", corpus(), ids=lambda golden: golden.file)
def test_document_is_read_as_printed(golden: Golden) -> None:
    if program := missing_program(golden):
        pytest.skip(f"{program} is not installed")
    judgement = judge(golden, results_of(golden))
    assert judgement.differences == []


@pytest.mark.parametrize("path", HANDMADE, ids=lambda path: path.name)
def test_expectation_was_reviewed(path: Path) -> None:
    """The first run writes an expectation; it counts when somebody has compared it with the document and signed it."""
    expectation = expectation_of(path)
    if not expectation.exists():
        write_expectation(path)
    assert reviewed_by(path), f"compare {expectation.name} with the document by eye, then sign it under `reviewed`"


def test_the_corpus_covers_what_is_out_there() -> None:
    documents = corpus()
    assert len(documents) >= 200
    assert len(HANDMADE) >= 40
    assert {golden.era for golden in documents} >= {form.form for form in all_forms()}
    assert sum(golden.status == "not_a_report" for golden in documents) >= 9
    assert max(Counter(golden.file for golden in documents).values()) == 1
