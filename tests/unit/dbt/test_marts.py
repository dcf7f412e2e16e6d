"""What every mart must have, read from the project's files: keys that lead somewhere, an exposure, sources, guards."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from gongkai.quality.marts import KEYS
from gongkai.settings import settings
from gongkai.warehouse.dbt.dictionary import both_languages, docs_blocks, marts

DBT = settings().project_dir / "dbt_project"
MODELS = {model["name"]: model for model in marts(DBT)}
BLOCKS = docs_blocks(DBT, {})
EACH = pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))

LEADS_TO = {
    "agency_id": {"dim_agency"},
    "parent_agency_id": {"dim_agency"},
    "area_report_id": {"agency_year"},
    "report_id": {"agency_year", "fct_editions"},
    "cell_id": {"dim_form_cell"},
    "suspect_cell_id": {"dim_form_cell"},
    "report_year": {"dim_year"},
    "decision_id": {"fct_decisions"},
    "region_code": {"dim_region"},
}
"""Columns that name a row of another mart, and the mart whose key they are."""

NOWHERE = {
    ("fct_editions", "report_id"),  # its own key
    ("fct_revisions", "report_id"),  # earlier readings, which no mart lists
}

SOURCE = re.compile("表[一二三四]|国办|条例|dim_form_cell|指标表|统计|同上|见 unit|同 value|_percentile|列名|所印")


def yaml_of(name: str) -> Any:
    return yaml.safe_load((DBT / name).read_text(encoding="utf-8"))


def columns(model: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {column["name"]: column for column in model["columns"]}


def test_the_gate_knows_every_mart() -> None:
    assert set(KEYS) == set(MODELS)


def test_contracts_are_enforced_and_descriptions_kept_for_all_marts() -> None:
    of_marts = yaml_of("dbt_project.yml")["models"]["gongkai"]["marts"]
    assert of_marts["+contract"] == {"enforced": True}
    assert of_marts["+persist_docs"] == {"relation": True, "columns": True}
    assert not [path for path in (DBT / "models" / "marts").glob("*.sql") if "contract" in path.read_text("utf-8")]


@EACH
def test_the_key_is_that_of_the_gate_not_null_and_tested(model: dict[str, Any]) -> None:
    (key,) = (c["columns"] for c in model["constraints"] if c["type"] == "primary_key")
    for name in key:
        assert {"type": "not_null"} in columns(model)[name]["constraints"], name
    tested = [set(test["unique_together"]["arguments"]["columns"]) for test in model["data_tests"]
              if "unique_together" in test]  # fmt: skip
    assert set(key) in tested
    assert {*KEYS[model["name"]], "publication_id"} == set(key) or set(KEYS[model["name"]]) in tested


@EACH
def test_every_column_that_names_another_row_is_tested_to_lead_there(model: dict[str, Any]) -> None:
    for name, column in columns(model).items():
        if name not in LEADS_TO or KEYS[model["name"]] == (name,) or (model["name"], name) in NOWHERE:
            continue
        if name == "region_code" and model["name"] == "dim_region":
            continue
        targets = [
            test["relationships"]["arguments"] for test in column.get("data_tests", ()) if "relationships" in test
        ]
        found = {re.sub(r"ref\('(\w+)'\)", r"\1", target["to"]) for target in targets}
        assert found, f"{model['name']}.{name}"
        assert found <= LEADS_TO[name], f"{model['name']}.{name}"


@EACH
def test_somebody_is_said_to_use_it(model: dict[str, Any]) -> None:
    exposures = yaml_of("models/marts/_exposures.yml")["exposures"]
    users = [each["name"] for each in exposures if f"ref('{model['name']}')" in each["depends_on"]]
    assert "export" in users
    assert len(users) > 1


@EACH
def test_every_figure_says_which_table_or_law_it_comes_from(model: dict[str, Any]) -> None:
    of_mart, _ = both_languages(model, BLOCKS, model["name"])
    for column in model["columns"]:
        if column["data_type"] == "numeric":
            zh, _ = both_languages(column, BLOCKS, column["name"])
            assert SOURCE.search(zh) or SOURCE.search(of_mart), f"{model['name']}.{column['name']}: {zh}"


def test_what_the_marts_are_made_from_is_watched_for_age() -> None:
    (raw,) = (source for source in yaml_of("models/staging/_sources.yml")["sources"] if source["name"] == "raw")
    watched = {table["name"] for table in raw["tables"] if "freshness" in table.get("config", {})}
    assert watched == {"ingest_run", "visible_report"}


def macro(name: str) -> str:
    text = (DBT / "macros" / "metrics.sql").read_text(encoding="utf-8")
    return text.partition(f"macro {name}()")[2].partition("endmacro")[0]


RATES = {name: (part, whole) for name, part, whole in re.findall(r"'(\w+)':\s+\('(\w+)', '(\w+)'\)", macro("rates"))}
GUARDS = {count: guard for guard, count in re.findall(r"'(\w+)': '(\w+)'", macro("guards"))}


def test_the_macros_are_read_whole() -> None:
    assert len(RATES) + 1 == len(re.findall(r"'\w+':\s+\(", macro("rates"))) == 20  # one line for all reasons
    assert len(GUARDS) == macro("guards").count("': '") == 11


@pytest.mark.parametrize("rate", RATES)
def test_a_rate_carries_its_denominator_and_has_its_guard(rate: str) -> None:
    _, whole = RATES[rate]
    guard = GUARDS[whole]
    said = re.split("_share_of_|_per_", rate)[1].split("_")
    assert [word.rstrip("s") for word in said] == [
        word.rstrip("s") for word in guard.removesuffix("_at_least_30").split("_")
    ][-len(said) :]
    for mart in ("agency_year", "region_year"):
        assert {rate, guard, whole} <= set(columns(MODELS[mart]))


def test_the_reasons_of_denial_share_one_denominator() -> None:
    assert "_share_of_denied': (reason, 'denied_total')" in macro("rates")
    assert GUARDS["denied_total"] == "denied_at_least_30"
