"""What dbt is told of the forms is exactly what the forms say, and the checked-in files are not stale."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gongkai.errors import WarehouseError
from gongkai.forms import CellKey, all_forms, form_by_id
from gongkai.settings import settings
from gongkai.warehouse.dbt.dictionary import both_languages, dictionary
from gongkai.warehouse.dbt.generate import generate, main

PROJECT = settings().project_dir
DBT = PROJECT / "dbt_project"


def seed(name: str) -> list[dict[str, str]]:
    with (DBT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_checked_in_files_are_what_the_generator_writes() -> None:
    assert main(["--check"]) == 0


def test_check_names_a_file_that_differs_and_leaves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "dictionary.md"
    stale.write_text("old", encoding="utf-8")
    assert main(["--check", "--dictionary", str(stale)]) == 1
    assert str(stale) in capsys.readouterr().err
    assert stale.read_text(encoding="utf-8") == "old"
    assert main(["--dictionary", str(stale)]) == 0
    assert stale.read_text(encoding="utf-8") == dictionary(DBT, generate(DBT))


def test_seed_has_every_cell_of_every_form_once() -> None:
    expected = {
        (str(cell_id), form.form, *key, form.columns_of_cells[key].unit)
        for form in all_forms()
        for key, cell_id in form.cell_ids.items()
    }
    names = ("cell_id", "form", "table_key", "row_key", "column_key", "unit")
    rows = [tuple(row[name] for name in names) for row in seed("form_cell")]
    assert set(rows) == expected
    assert len(rows) == len(expected)
    assert all(row["row_zh"] and row["row_en"] and row["column_zh"] and row["column_en"] for row in seed("form_cell"))


def test_cells_of_a_form_are_numbered_without_a_gap() -> None:
    """Arrays of cells are read by place: a gap would shift every later figure."""
    for form in all_forms():
        ordinals = [int(row["ordinal"]) for row in seed("form_cell") if row["form"] == form.form]
        assert ordinals == list(range(1, len(form.cell_ids) + 1))


def test_totals_are_the_cells_that_others_add_up_to() -> None:
    totals = {
        CellKey(row["table_key"], row["row_key"], row["column_key"])
        for row in seed("form_cell")
        if row["form"] == "form_2021" and row["is_total"] == "true"
    }
    table = form_by_id("form_2021").table("applications")
    expected = {CellKey("applications", "dispositions_total", column) for column in table.column_keys}
    expected |= {CellKey("applications", row, "total") for row in table.row_keys}
    expected |= {CellKey("disputes", row, "total") for row in form_by_id("form_2021").table("disputes").row_keys}
    assert totals == expected


def test_identities_name_the_cells_of_their_equations() -> None:
    rows = seed("form_identity")
    assert len(rows) == sum(len(form.equations) for form in all_forms())
    spelled_out = [(form, equation) for form in all_forms() for equation in form.equations]
    for row, (owner, equation) in zip(rows, spelled_out, strict=True):
        left, right = (",".join(str(owner.cell_ids[key]) for key in side) for side in (equation.left, equation.right))
        assert (row["form"], row["identity"]) == (owner.form, equation.identity.name)
        assert (row["left_cells"], row["right_cells"]) == (f"{{{left}}}", f"{{{right}}}")


def test_crosswalk_joins_the_split_row_and_parts_what_changed_its_meaning() -> None:
    by_cell = {row["cell_id"]: row for row in seed("form_crosswalk")}
    concepts: dict[tuple[str, str], dict[str, str]] = {}
    for form in all_forms():
        for key, cell_id in form.cell_ids.items():
            concepts[form.form, str(key)] = by_cell[str(cell_id)]
    split = concepts["form_2021", "applications.other_residual.total"]
    assert split["concept"] == concepts["form_2019", "applications.other_disposition.total"]["concept"]
    assert split["is_comparable"] == "true"
    assert concepts["form_2021", "proactive_disclosure.normative_documents.in_force"]["is_comparable"] == "false"
    assert concepts["form_2019", "proactive_disclosure.rules.total_disclosed"]["is_comparable"] == "false"
    assert concepts["form_2019", "proactive_disclosure.licensing.decisions"]["is_comparable"] == "true"


def test_every_rule_of_the_suites_has_its_words() -> None:
    rules = {row["rule"]: row for row in seed("rule")}
    assert {"rejected_by_steward", "count_not_negative"} <= set(rules)
    assert not set(rules) & {row["identity"] for row in seed("form_identity")}
    assert all(row["rule_zh"] and row["rule_en"] for row in rules.values())


@pytest.mark.parametrize("text", ["", "只有中文", "only English", "中文 | ", " | English"])
def test_a_description_in_one_language_is_refused(text: str) -> None:
    with pytest.raises(WarehouseError, match=r"dim_x\.y needs a description"):
        both_languages({"description": text}, {}, "dim_x.y")
