"""The dictionary of the marts and the statutory forms in both languages, as Markdown (``docs/dictionary.md``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from gongkai.errors import WarehouseError
from gongkai.forms import Form, all_forms, crosswalk
from gongkai.forms.identities import Identity
from gongkai.forms.parts import Block, Table
from gongkai.warehouse.as_of import DESCRIPTION

_BLOCK = re.compile(r"{%\s*docs\s+(\w+)\s*%}(.*?){%\s*enddocs\s*%}", re.DOTALL)
_REFERENCE = re.compile(r"^{{\s*doc\('(\w+)'\)\s*}}$")

INTRODUCTION = """# Dictionary 数据字典

Generated from the statutory forms and `dbt_project/models/marts/*.yml` by
`python -m gongkai.warehouse.dbt.generate`; do not edit. 由程序生成，请勿手工修改。

BI tools read the views of the schema `marts`; the same descriptions are comments on the views and their columns.
Missing is never zero: a figure that was not printed or could not be read is NULL. In the facts a printed zero has no
line. 缺失不等于零：未印或未读到的数值为 NULL；事实表中印为零的不列。
"""


def dictionary(dbt_dir: Path, generated: Mapping[Path, str]) -> str:
    """The whole text. `generated` holds files of the dbt project that may not have been written yet.

    Raises:
        WarehouseError: a description of a mart or column is missing, or not given as "Chinese | English".
    """
    blocks = docs_blocks(dbt_dir, generated)
    lines = [INTRODUCTION, "## Marts 数据集市", ""]
    for model in marts(dbt_dir):
        lines += _mart(model, blocks)
    lines += ("### `marts.as_of(day)`", "", *DESCRIPTION.split(" | "), "")
    for form in all_forms():
        lines += _form(form)
    lines += _crosswalk()
    return "\n".join(lines).rstrip() + "\n"


def marts(dbt_dir: Path) -> Iterator[dict[str, Any]]:
    """What the YAML beside the marts says of each."""
    for path in sorted((dbt_dir / "models" / "marts").glob("_*.yml"), reverse=True):
        yield from yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])


def docs_blocks(dbt_dir: Path, generated: Mapping[Path, str]) -> dict[str, str]:
    """The descriptions that several columns share, by the name of their ``docs`` block."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted((dbt_dir / "models").rglob("*.md"))}
    texts |= {path: text for path, text in generated.items() if path.suffix == ".md"}
    return {name: text.strip() for whole in texts.values() for name, text in _BLOCK.findall(whole)}


def both_languages(described: Mapping[str, Any], blocks: Mapping[str, str], where: str) -> tuple[str, str]:
    """The Chinese and the English description of a model or column.

    Raises:
        WarehouseError: one of them is missing.
    """
    text = " ".join(str(described.get("description", "")).split())
    if reference := _REFERENCE.match(text):
        text = blocks.get(reference[1], "")
    zh, bar, en = text.partition(" | ")
    if not (zh and bar and en):
        raise WarehouseError(f"{where} needs a description 'Chinese | English' beside the marts, not {text!r}")
    return zh, en


def _row(*cells: object) -> str:
    return "| " + " | ".join("" if cell is None else str(cell).replace("|", "\\|") for cell in cells) + " |"


def _heading(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield _row(*["---"] * len(names))


def _mart(model: Mapping[str, Any], blocks: Mapping[str, str]) -> Iterator[str]:
    zh, en = both_languages(model, blocks, model["name"])
    key = model["constraints"][0]["columns"]
    yield from (f"### `{model['name']}`", "", zh, "", en, "", f"Key 主键: {', '.join(f'`{name}`' for name in key)}", "")
    yield from _heading("column 列", "type 类型", "中文", "English")
    for column in model["columns"]:
        described = both_languages(column, blocks, f"{model['name']}.{column['name']}")
        yield _row(f"`{column['name']}`", column["data_type"], *described)
    yield ""


def _form(form: Form) -> Iterator[str]:
    last = form.years.last or "…"
    yield from (f"## `{form.form}`: {form.name.zh} {form.name.en}", "")
    yield from (f"Report years 报告年度: {form.years.first}-{last}", "")
    yield from (f"- {source.zh} · {source.en}" for source in form.source)
    yield ""
    for table in form.tables:
        yield from _table(table)
    yield from (f"### Equations of `{form.form}` 勾稽关系", "")
    yield from _heading("identity", "kind", "places 处", "中文", "English", "source 依据")
    for identity in form.identities:
        places = sum(equation.identity is identity for equation in form.equations)
        yield _identity(identity, places)
    yield ""


def _identity(identity: Identity, places: int) -> str:
    source = f"{identity.source.zh} · {identity.source.en}"
    return _row(f"`{identity.name}`", identity.kind, places, identity.zh, identity.en, source)


def _table(table: Table) -> Iterator[str]:
    yield from (f"### `{table.key}`: {table.zh} {table.en}", "")
    for block in table.blocks:
        if block.caption:
            yield from (f"{block.caption.zh} {block.caption.en}", "")
        yield from _heading("row 行", "中文", "English", *_own_units(block, "unit 单位"))
        for row in block.rows:
            yield _row(f"`{row.key}`", row.zh, row.en, *_own_units(block, row.measure(block.columns[0]).unit))
        yield ""
        yield from _heading("column 列", "中文", "English", "unit 单位")
        yield from (_row(f"`{column.key}`", column.zh, column.en, column.unit) for column in block.columns)
        yield ""


def _own_units(block: Block, cell: str) -> Iterator[str]:
    """A cell more in the list of rows, where rows have units of their own."""
    if any(row.unit for row in block.rows):
        yield cell


def _crosswalk() -> Iterator[str]:
    forms = [form.form for form in all_forms()]
    yield from ("## What may be compared between forms 各格式之间的比较", "")
    yield "Cells of the same address in two forms that are not listed here mean the same."
    yield from ("未列出而地址相同的单元格含义相同。", "")
    yield from _heading("concept 指标", "中文", "English", *forms, "comparable 可比", "理由", "reason")
    for concept in crosswalk():
        cells = [", ".join(f"`{key}`" for key in concept.keys_in(form)) or "—" for form in forms]
        comparable = "yes 是" if concept.comparable else "no 否"
        reason = (concept.reason.zh, concept.reason.en)
        yield _row(f"`{concept.key}`", concept.zh, concept.en, *cells, comparable, *reason)
