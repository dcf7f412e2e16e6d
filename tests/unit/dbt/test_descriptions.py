"""Every mart and every column of one says what it is in Chinese and in English; every contract is enforced."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gongkai.settings import settings
from gongkai.warehouse.dbt.dictionary import both_languages, docs_blocks, marts

MARTS = settings().project_dir / "dbt_project" / "models" / "marts"
MODELS = list(marts(settings().project_dir / "dbt_project"))
BLOCKS = docs_blocks(settings().project_dir / "dbt_project", {})

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2}")


def test_every_mart_has_its_model() -> None:
    assert {model["name"] for model in MODELS} == {path.stem for path in MARTS.glob("*.sql")}


@pytest.mark.parametrize("model", MODELS, ids=[model["name"] for model in MODELS])
def test_mart_is_described_in_both_languages(model: dict[str, Any]) -> None:
    described = {model["name"]: model} | {f"{model['name']}.{c['name']}": c for c in model["columns"]}
    for where, thing in described.items():
        zh, en = both_languages(thing, BLOCKS, where)
        assert HAN.search(zh), where
        assert LATIN.search(en), where


@pytest.mark.parametrize("model", MODELS, ids=[model["name"] for model in MODELS])
def test_mart_carries_its_publication_and_a_key(model: dict[str, Any]) -> None:
    columns = [column["name"] for column in model["columns"]]
    assert columns[0] == "publication_id"
    key = model["constraints"][0]
    assert key["type"] == "primary_key"
    assert set(key["columns"]) <= set(columns)
    assert "publication_id" in key["columns"]


@pytest.mark.parametrize("model", MODELS, ids=[model["name"] for model in MODELS])
def test_figures_say_their_unit_or_that_they_are_a_share(model: dict[str, Any]) -> None:
    for column in model["columns"]:
        if column["data_type"] == "numeric":
            zh, en = both_languages(column, BLOCKS, column["name"])
            assert "单位" in zh or "0至1" in zh, column["name"]
            assert re.search(r"\bunit\b|0 to 1", en), column["name"]
