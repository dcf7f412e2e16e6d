"""The suites: they follow from the forms, the files hold them, and Great Expectations reads them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gongkai.errors import FormError, GateError
from gongkai.forms import Form, all_forms, form_by_id
from gongkai.quality import sql
from gongkai.quality.files import load_suites
from gongkai.quality.generate import drift, main, suites, write
from gongkai.quality.suites import equations_by_identity, finds_nothing, form_suite, suite
from gongkai.settings import settings


def test_the_files_are_what_the_forms_give() -> None:
    assert drift(settings().project_dir / "expectations") == []


def test_there_is_a_suite_for_each_form_and_table_and_one_for_the_marts() -> None:
    of_forms = [f"{form.form}.{table.key}" for form in all_forms() for table in form.tables]
    assert set(suites()) == {*of_forms, "current_reports", "reading_problems", "marts"}


def test_every_identity_is_one_expectation_with_its_source_and_severity() -> None:
    for form in all_forms():
        for table in form.tables:
            expectations = {each["meta"]["name"]: each for each in suites()[f"{form.form}.{table.key}"]["expectations"]}
            for identity in form.identities:
                if identity.table == table.key:
                    expected = expectations[identity.name]
                    assert expected["severity"] == ("warning" if identity.kind == "advisory" else "critical")
                    assert expected["meta"]["kind"] == identity.kind
                    assert expected["meta"]["source"] == identity.source.model_dump()
                    assert (expected["meta"]["zh"], expected["meta"]["en"]) == (identity.zh, identity.en)


def test_drift_names_changed_missing_and_left_over_files(tmp_path: Path) -> None:
    write(tmp_path)
    assert drift(tmp_path) == []
    (tmp_path / "marts.json").unlink()
    (tmp_path / "form_1999.applications.json").write_text("{}")
    (tmp_path / "reading_problems.json").write_text("{}")
    assert drift(tmp_path) == ["form_1999.applications.json", "marts.json", "reading_problems.json"]
    write(tmp_path)
    assert drift(tmp_path) == []


def test_check_fails_on_drift_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_PROJECT_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        result = CliRunner().invoke(main, ["--check"])
        assert result.exit_code == 1
        assert "marts.json" in result.output
        assert not (tmp_path / "expectations").exists()
        assert CliRunner().invoke(main).exit_code == 0
        assert CliRunner().invoke(main, ["--check"]).exit_code == 0
    finally:
        settings.cache_clear()


def test_great_expectations_reads_every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "false")
    from great_expectations import ExpectationSuite

    for loaded in load_suites(suites().values()):
        read = ExpectationSuite(**loaded)
        assert len(read.expectations) == len(loaded["expectations"]) > 0


def test_importing_the_package_is_cheap() -> None:
    check = "import sys, gongkai.quality; sys.exit('great_expectations' in sys.modules or 'sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_a_missing_empty_or_thinned_suite_is_refused(tmp_path: Path) -> None:
    for name, wanted in suites().items():
        path = tmp_path / f"{name}.json"
        with pytest.raises(GateError, match=rf"{name}\.json is missing"):
            load_suites([wanted], tmp_path)
        for content in ("", "[", "{}", "[]", json.dumps({"name": name}), json.dumps({"expectations": []})):
            path.write_text(content)
            with pytest.raises(
                GateError, match=rf"{name}\.json (is not JSON|lacks {wanted['expectations'][0]['meta']['name']})"
            ):
                load_suites([wanted], tmp_path)
        for expected in wanted["expectations"]:
            rest = [other for other in wanted["expectations"] if other is not expected]
            path.write_text(json.dumps({**wanted, "expectations": rest}))
            with pytest.raises(GateError, match=f"lacks {expected['meta']['name']}, and would pass"):
                load_suites([wanted], tmp_path)


def test_a_suite_refuses_two_expectations_of_one_name() -> None:
    twice = [finds_nothing("x", "SELECT 1 FROM {batch}", table="t")] * 2
    with pytest.raises(FormError, match="two expectations of one name"):
        suite("s", twice)


def changed(form: Form, **changes: Any) -> Form:
    return Form.model_validate({**form.model_dump(by_alias=True), **changes})


def test_an_advisory_identity_warns_and_holds_nothing() -> None:
    form = form_by_id("form_2019")
    identities = [{**each.model_dump(by_alias=True), "kind": "advisory"} for each in form.identities]
    advisory = changed(form, identities=identities)
    made = form_suite(advisory, advisory.table("disputes"))["expectations"]
    warnings = [each["meta"]["name"] for each in made if each["severity"] == "warning"]
    assert warnings == ["outcomes_sum"]
    assert "'advisory' AS kind" in made[-1]["kwargs"]["unexpected_rows_query"]


def test_an_identity_whose_blocks_differ_is_one_query_of_several_parts() -> None:
    form = form_by_id("form_2019")
    table = form.table("proactive_disclosure").model_dump(by_alias=True)
    for block in table["blocks"][:2]:  # both blocks get the total, over columns that differ
        block["columns"] = [*block["columns"], {**block["columns"][0], "key": "total"}]
    identity = {**form.identities[2].model_dump(by_alias=True), "table": "proactive_disclosure"}
    other = [each.model_dump(by_alias=True) for each in form.tables[1:]]
    both = changed(form, tables=[table, *other], identities=[identity])
    (equations,) = equations_by_identity(both, both.tables[0]).values()
    assert len(equations) == 4
    query = sql.broken_equations(both, equations)
    assert query.count("SELECT ") == 2
    assert query.count(" UNION ALL ") == 1
    assert "row_key IN ('rules', 'normative_documents')" in query
    assert sql.assessable_equations(both, equations).startswith("SELECT CAST(sum(places) AS bigint)")


def test_texts_are_quoted() -> None:
    assert sql.literals(["a", "it's"]) == "'a', 'it''s'"
