"""A candidate travels between tasks as JSON."""

from __future__ import annotations

import json

import pytest

from gongkai.warehouse.inputs import Candidate


@pytest.mark.parametrize("years", [None, (), (2019, 2023)])
def test_a_candidate_is_the_same_after_its_way_through_json(years: tuple[int, ...] | None) -> None:
    candidate = Candidate(3, {"reports": 7}, "hash", "run", years)
    assert Candidate.from_json(json.loads(json.dumps(candidate.to_json()))) == candidate


def test_a_candidate_written_before_years_were_kept_builds_all_of_them() -> None:
    assert Candidate.from_json({"publication_id": 3, "inputs": {}, "inputs_hash": "hash"}).years is None
