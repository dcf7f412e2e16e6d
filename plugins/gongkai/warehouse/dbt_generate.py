"""Writes what dbt needs to know of the statutory forms and the suites, so that no model repeats a key or a label.

``python -m gongkai.warehouse.dbt_generate`` writes the seeds, the macro with the places of all cells, the wide models
and the descriptions of cells into ``dbt_project/``, and the dictionary into ``docs/``; with ``--check`` it writes
nothing and exits 1 where a file differs from the forms.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gongkai.forms import CellKey, Form, all_forms, crosswalk
from gongkai.forms.model import CELL_IDS_PER_FORM, Table
from gongkai.settings import settings

NOTICE = "generated from the statutory forms by gongkai.warehouse.dbt_generate; do not edit"

FORM_COLUMNS = ("form", "number", "cells", "name_zh", "name_en", "first_year", "last_year", "source_zh", "source_en")
CELL_COLUMNS = (
    *("cell_id", "form", "ordinal", "table_key", "row_key", "column_key", "group_key"),
    *("table_zh", "table_en", "group_zh", "group_en", "row_zh", "row_en", "column_zh", "column_en"),
    *("unit", "value_kind", "sums_into_row", "sums_into_column", "is_total"),
)
IDENTITY_COLUMNS = (
    *("form", "identity", "kind", "table_key", "row_key", "column_key", "relation", "left_cells", "right_cells"),
    *("unless_cells", "identity_zh", "identity_en", "source_zh", "source_en"),
)
RULE_COLUMNS = ("rule", "rule_zh", "rule_en")
CROSSWALK_COLUMNS = ("cell_id", "concept", "concept_zh", "concept_en", "is_comparable", "reason_zh", "reason_en")


def generate(dbt_dir: Path) -> dict[Path, str]:
    """Every generated file of the dbt project, with the text it must have."""
    files = {
        "seeds/form.csv": _csv(FORM_COLUMNS, _form_rows()),
        "seeds/form_cell.csv": _csv(CELL_COLUMNS, _cell_rows()),
        "seeds/form_identity.csv": _csv(IDENTITY_COLUMNS, _identity_rows()),
        "seeds/form_crosswalk.csv": _csv(CROSSWALK_COLUMNS, _crosswalk_rows()),
        "seeds/rule.csv": _csv(RULE_COLUMNS, _rule_rows(dbt_dir.parent / "expectations")),
        "macros/generated_forms.sql": _macro(),
        "models/generated_cells.md": _docs_blocks(),
        **_wide_models(),
    }
    return {dbt_dir / name: text for name, text in files.items()}


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def _form_rows() -> Iterator[tuple[object, ...]]:
    for form in all_forms():
        zh, en = "；".join(s.zh for s in form.source), "; ".join(s.en for s in form.source)
        years = (form.years.first, form.years.last)
        yield form.form, form.number, len(form.cell_ids), form.name.zh, form.name.en, *years, zh, en


def _sums(form: Form) -> tuple[dict[CellKey, str], dict[CellKey, str]]:
    """For each cell that is a part, the row that holds its total, and the column that does."""
    into_row: dict[CellKey, str] = {}
    into_column: dict[CellKey, str] = {}
    for equation in form.equations:
        if equation.is_sum:
            (total,) = equation.right
            for part in equation.left:
                if equation.identity.per == "column":
                    into_row[part] = total.row
                else:
                    into_column[part] = total.column
    return into_row, into_column


def _cell_rows() -> Iterator[tuple[object, ...]]:
    for form in all_forms():
        into_row, into_column = _sums(form)
        for table in form.tables:
            groups = {group.key: group for group in table.groups}
            for key, _, row, column in table.cells():
                group = groups[row.group] if row.group else None
                cell_id = form.cell_ids[key]
                yield (
                    *(cell_id, form.form, cell_id % CELL_IDS_PER_FORM, *key, row.group),
                    *(table.zh, table.en, group and group.zh, group and group.en),
                    *(row.zh, row.en, column.zh, column.en, column.unit, column.value),
                    *(into_row.get(key), into_column.get(key), str(key in form.totals).lower()),
                )


def _identity_rows() -> Iterator[tuple[object, ...]]:
    for form in all_forms():
        for equation in form.equations:
            identity = equation.identity
            left, right, unless = (
                "{" + ",".join(str(form.cell_ids[key]) for key in side) + "}"
                for side in (equation.left, equation.right, equation.unless)
            )
            yield (
                *(form.form, identity.name, identity.kind, identity.table, equation.row, equation.column),
                *(identity.relation, left, right, unless),
                *(identity.zh, identity.en, identity.source.zh, identity.source.en),
            )


def _crosswalk_rows() -> Iterator[tuple[object, ...]]:
    """One line a cell. A cell that no concept names compares with the cell of the same address, if there is one."""
    addresses = [key for form in all_forms() for key in form.cell_ids]
    for form in all_forms():
        concepts = {
            concept.place(address): concept for concept in crosswalk() for address in concept.keys_in(form.form)
        }
        for key, cell_id in form.cell_ids.items():
            by_row, by_cell = concepts.get((key.table, key.row)), concepts.get((key.table, f"{key.row}.{key.column}"))
            if concept := by_row or by_cell:
                name = f"{concept.key}.{key.column}" if by_row else concept.key
                comparable, reason_zh, reason_en = concept.comparable, concept.reason.zh, concept.reason.en
                label_zh, label_en = concept.zh, concept.en
            else:
                name, (label_zh, label_en) = str(key), _labels(key)
                comparable = addresses.count(key) > 1
                reason_zh = "其他格式有相同的项" if comparable else "只有此格式有该项"
                reason_en = "another form has the same cell" if comparable else "no other form has this cell"
            yield cell_id, name, label_zh, label_en, str(comparable).lower(), reason_zh, reason_en


def _rule_rows(expectations: Path) -> Iterator[tuple[str, str, str]]:
    """What a report can break beside the equations of its form: the rules of the suites, and a steward's word."""
    rules = {"rejected_by_steward": ("人工决定不采用此报告", "a steward has rejected the report")}
    of_forms = {identity.name for form in all_forms() for identity in form.identities}
    for path in sorted(expectations.glob("*.json")):
        for expectation in json.loads(path.read_text(encoding="utf-8"))["expectations"]:
            meta = expectation["meta"]
            if (name := meta.get("identity")) and name not in of_forms:
                rules[name] = (meta["zh"], meta["en"])
    for name in sorted(rules):
        yield name, *rules[name]


def _macro() -> str:
    """A macro that returns, for each form, the place of every cell in a report's array of cells (from 1)."""
    lines = [f"{{# {NOTICE} #}}", "{% macro gongkai_forms() %}{{ return({"]
    for form in all_forms():
        lines.append(f'  "{form.form}": {{')
        for table in form.tables:
            places: dict[str, dict[str, int]] = {}
            for key, *_ in table.cells():
                places.setdefault(key.row, {})[key.column] = form.cell_ids[key] % CELL_IDS_PER_FORM
            lines.append(f'    "{table.key}": {{')
            lines.append(f'      "groups": {json.dumps(_groups(table))},')
            lines.append(f'      "columns": {json.dumps(table.column_keys)},')
            lines.append('      "rows": {')
            lines += [f'        "{row}": {json.dumps(columns)},' for row, columns in places.items()]
            lines.append("      },")
            lines.append("    },")
        lines.append("  },")
    return "\n".join([*lines, "}) }}{% endmacro %}"]) + "\n"


def _groups(table: Table) -> dict[str, list[str]]:
    return {
        group.key: [row.key for block in table.blocks for row in block.rows if row.group == group.key]
        for group in table.groups
    }


def _wide_models() -> dict[str, str]:
    """One model for each table and direction in which a form adds up, and their descriptions."""
    needed = dict.fromkeys((identity.table, identity.per) for form in all_forms() for identity in form.identities)
    files, yml = {}, [f"# {NOTICE}", "models:"]
    for table, per in needed:
        name = f"int_{table}_by_{per}"
        files[f"models/intermediate/wide/{name}.sql"] = f"-- {NOTICE}\n{{{{ wide('{table}', '{per}') }}}}\n"
        zh, en = ("列", "row") if per == "column" else ("行", "column")
        yml += [
            f"  - name: {name}",
            f"    description: 每份报告的表“{table}”，一{zh}一条记录，缺失为空值"
            f" | The table {table} of each report, a line for each {per}, one column for each {en}; missing is null",
        ]
    files["models/intermediate/wide/_wide.yml"] = "\n".join(yml) + "\n"
    return files


def _labels(key: CellKey) -> tuple[str, str]:
    """What the newest form that has the cell calls it, in both languages."""
    form = [form for form in all_forms() if key in form.cell_ids][-1]
    row, column = form.rows_of_cells[key], form.columns_of_cells[key]
    return f"{row.zh}：{column.zh}", f"{row.en}: {column.en}"


def _docs_blocks() -> str:
    """Descriptions of rows and cells, for use in the models' YAML as ``{{ doc('applications__<row>') }}``."""
    blocks: dict[str, str] = {}
    for form in all_forms():
        for table in form.tables:
            for group in table.groups:
                blocks[f"{table.key}__{group.key}"] = f"{group.zh} | {group.en}"
            for key, _, row, column in table.cells():
                blocks[f"{table.key}__{row.key}"] = f"{row.zh} | {row.en}"
                zh, en = _labels(key)
                blocks["__".join(key)] = f"{zh}（单位：{column.unit}） | {en} (unit: {column.unit})"
    lines = [f"{{# {NOTICE} #}}"]
    lines += [f"{{% docs {name} %}}{text}{{% enddocs %}}" for name, text in blocks.items()]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the files, or with ``--check`` names those that differ."""
    from gongkai.warehouse.dbt_dictionary import dictionary

    parser = argparse.ArgumentParser(prog="python -m gongkai.warehouse.dbt_generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    parser.add_argument("--dictionary", type=Path, help="where the dictionary goes (docs/dictionary.md)")
    options = parser.parse_args(arguments)
    project = settings().project_dir
    files = generate(project / "dbt_project")
    files[options.dictionary or project / "docs" / "dictionary.md"] = dictionary(project / "dbt_project", files)
    stale = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if options.check:
            print(f"{path} differs from the forms: run python -m gongkai.warehouse.dbt_generate", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
