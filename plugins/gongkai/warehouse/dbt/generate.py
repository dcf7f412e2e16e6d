"""Writes what dbt needs to know of the statutory forms and the suites, so that no model repeats a key or a label.

``python -m gongkai.warehouse.dbt.generate`` writes the seeds, the macro with the places of all cells, the wide models
and the descriptions of cells into ``dbt_project/``, and the dictionary into ``docs/``; with ``--check`` it writes
nothing and exits 1 where a file differs from the forms.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from gongkai.forms import CellKey, Concept, Equation, Form, all_forms, crosswalk
from gongkai.forms.model import CELL_IDS_PER_FORM
from gongkai.forms.parts import Table, Text
from gongkai.settings import settings
from gongkai.warehouse.dbt.seeds import labels, seeds

NOTICE = "generated from the statutory forms by gongkai.warehouse.dbt.generate; do not edit"


def generate(dbt_dir: Path) -> dict[Path, str]:
    """Every generated file of the dbt project, with the text it must have."""
    files = {
        **{f"seeds/{name}.csv": text for name, text in seeds(dbt_dir.parent / "expectations").items()},
        "macros/generated_forms.sql": _macro(),
        "macros/generated_equations.sql": _equations_macro(),
        "models/generated_cells.md": _docs_blocks(),
        **_wide_models(),
    }
    return {dbt_dir / name: text for name, text in files.items()}


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
    lines += ["}) }}{% endmacro %}", *_over_forms_macro()]
    return "\n".join(lines) + "\n"


def _equations_macro() -> str:
    """A macro that returns the equations of all forms; those that differ only in where they stand are one line.

    `left`, `right` and `unless` are columns of the wide table, `at` its lines, `total` the row that a sum is told by.
    """
    lines = [f"{{# {NOTICE} #}}", "{% macro gongkai_equations() %}{{ return(["]
    for form in all_forms():
        alike: dict[str, list[str]] = {}
        for equation in form.equations:
            alike.setdefault(_equation(form, equation), []).append(
                equation.right[0].column if equation.identity.per == "column" else equation.right[0].row
            )
        lines += [f'  {{{said}, "at": {json.dumps(at)}}},' for said, at in alike.items()]
    lines.append("]) }}{% endmacro %}")
    return "\n".join(lines) + "\n"


def _equation(form: Form, equation: Equation) -> str:
    identity = equation.identity
    across = "row" if identity.per == "column" else "column"
    sides = {name: [getattr(key, across) for key in getattr(equation, name)] for name in ("left", "right", "unless")}
    said = {"form": form.form, "identity": identity.name, "kind": identity.kind, "table": identity.table}
    how = {"per": identity.per, "relation": identity.relation, "total": (equation.row or "") if identity.sums else ""}
    return json.dumps({**said, **how, **sides})[1:-1]


def _over_forms() -> Iterator[tuple[str, Concept]]:
    """The concepts that may be followed from the old sheets into the tables of 2019 and later, by a short name."""
    for concept in crosswalk():
        if concept.comparable and concept.table == "statistics":
            yield concept.key.removeprefix("statistics."), concept


def _over_forms_macro() -> Iterator[str]:
    """A macro that returns, for each such concept and form, the places of the cells that add up to it."""
    yield "{% macro gongkai_over_forms() %}{{ return({"
    for name, concept in _over_forms():
        places = {
            form.form: [form.cell_ids[CellKey(*_address(concept, key))] % CELL_IDS_PER_FORM for key in keys]
            for form in all_forms()
            if (keys := concept.keys_in(form.form))
        }
        yield f'  "{name}": {json.dumps(places)},'
    yield "}) }}{% endmacro %}"


def _address(concept: Concept, key: str) -> tuple[str, str, str]:
    table, rest = concept.place(key)
    row, _, column = rest.partition(".")
    return table, row, column


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


def _docs_blocks() -> str:
    """Descriptions of rows and cells, for use in the models' YAML as ``{{ doc('applications__<row>') }}``."""
    blocks: dict[str, str] = {}
    for form in all_forms():
        for table in form.tables:
            for group in table.groups:
                blocks[f"{table.key}__{group.key}"] = f"{group.zh} | {group.en}"
            for key, _, row, column in table.cells():
                blocks[f"{table.key}__{row.key}"] = f"{row.zh} | {row.en}"
                blocks["__".join(key)] = _cell_block(key, column.unit)
            blocks |= _shares_of_groups(table, form.source[0])
    for name, concept in _over_forms():
        blocks[f"{name}_over_forms"] = _over_forms_block(concept)
    lines = [f"{{# {NOTICE} #}}"]
    lines += [f"{{% docs {name} %}}{text}{{% enddocs %}}" for name, text in blocks.items()]
    return "\n".join(lines) + "\n"


def _cell_block(key: CellKey, unit: str) -> str:
    """What a cell is, its unit, and the documents that ask for it."""
    zh, en = labels(key)
    sources = [form.source[0] for form in all_forms() if key in form.cell_ids]
    sources_zh, sources_en = "，".join(source.zh for source in sources), "; ".join(source.en for source in sources)
    return f"{zh}（单位：{unit}；{sources_zh}） | {en} (unit: {unit}; {sources_en})"


def _shares_of_groups(table: Table, source: Text) -> dict[str, str]:
    groups = {group.key: group for group in table.groups}
    return {
        f"{table.key}__{row.key}__share_of_group": (
            f"{row.zh}占{groups[row.group].zh}之比（0至1，六位小数；{table.zh}，{source.zh}）；比率不可相加 | "
            f"{row.en}, share of {groups[row.group].en} (0 to 1, six places; {table.en}, {source.en}); "
            "rates do not add up"
        )
        for block in table.blocks
        for row in block.rows
        if row.group
    }


def _over_forms_block(concept: Concept) -> str:
    asking = [form for form in all_forms() if concept.keys_in(form.form)]
    silent = [form.form for form in all_forms() if form not in asking]
    unit = asking[-1].columns_of_cells[CellKey(*_address(concept, concept.keys_in(asking[-1].form)[0]))].unit
    zh = f"跨格式可比：{concept.zh}（单位：{unit}）；{concept.reason.zh}"
    en = f"Comparable over forms: {concept.en} (unit: {unit}); {concept.reason.en}"
    if silent:
        zh, en = (
            f"{zh}；{'、'.join(silent)} 未统计，为空",
            f"{en}; null under {', '.join(silent)}, which do not ask for it",
        )
    return f"{zh} | {en}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the files, or with ``--check`` names those that differ."""
    from gongkai.warehouse.dbt.dictionary import dictionary

    parser = argparse.ArgumentParser(prog="python -m gongkai.warehouse.dbt.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    parser.add_argument("--dictionary", type=Path, help="where the dictionary goes (docs/dictionary.md)")
    options = parser.parse_args(arguments)
    project = settings().project_dir
    files = generate(project / "dbt_project")
    files[options.dictionary or project / "docs" / "dictionary.md"] = dictionary(project / "dbt_project", files)
    stale = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if options.check:
            print(f"{path} differs from the forms: run python -m gongkai.warehouse.dbt.generate", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
