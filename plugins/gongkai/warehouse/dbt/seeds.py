"""The seeds of the dbt project: what the statutory forms say, as rows."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gongkai.extract.claims import claim_kinds
from gongkai.forms import CellKey, Form, all_forms, bridges, crosswalk
from gongkai.forms.model import CELL_IDS_PER_FORM

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
CONTINUITY_COLUMNS = (
    *("form_before", "form", "continuity", "table_key", "row_key", "column_key", "cell_id", "before_cells"),
    *("plus_cells", "minus_cells", "now_cells", "continuity_zh", "continuity_en", "source_zh", "source_en"),
)
CLAIM_COLUMNS = ("form", "claim", "claim_zh", "claim_en", "unit", "alternative", "cells", "of_cells")
CROSSWALK_COLUMNS = ("cell_id", "concept", "concept_zh", "concept_en", "is_comparable", "reason_zh", "reason_en")


def seeds(expectations: Path) -> dict[str, str]:
    """The text of every seed by its name; the rules are those of the suites in `expectations`."""
    return {
        "form": _csv(FORM_COLUMNS, _form_rows()),
        "form_cell": _csv(CELL_COLUMNS, _cell_rows()),
        "form_identity": _csv(IDENTITY_COLUMNS, _identity_rows()),
        "form_crosswalk": _csv(CROSSWALK_COLUMNS, _crosswalk_rows()),
        "form_continuity": _csv(CONTINUITY_COLUMNS, _continuity_rows()),
        "form_claim": _csv(CLAIM_COLUMNS, _claim_rows()),
        "rule": _csv(RULE_COLUMNS, _rule_rows(expectations)),
    }


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
            left, right, unless = (_array(form, side) for side in (equation.left, equation.right, equation.unless))
            yield (
                *(form.form, identity.name, identity.kind, identity.table, equation.row, equation.column),
                *(identity.relation, left, right, unless),
                *(identity.zh, identity.en, identity.source.zh, identity.source.en),
            )


def _array(form: Form, cells: Iterable[CellKey]) -> str:
    """The numbers of some cells, as Postgres writes an array."""
    return "{" + ",".join(str(form.cell_ids[key]) for key in cells) + "}"


def _continuity_rows() -> Iterator[tuple[object, ...]]:
    """What each form says of last year's report, whatever form that has; `cell_id` is where a finding stands."""
    for before, now in itertools.product(all_forms(), repeat=2):
        for bridge in bridges(before, now):
            continuity = bridge.continuity
            sides = (_array(now, side) for side in (bridge.plus, bridge.minus, bridge.now))
            yield (
                *(before.form, now.form, continuity.name, continuity.table, bridge.row, bridge.column),
                *(now.cell_ids[bridge.now[0]], _array(before, bridge.before), *sides),
                *(continuity.zh, continuity.en, continuity.source.zh, continuity.source.en),
            )


def _claim_rows() -> Iterator[tuple[object, ...]]:
    """What each claim is called, and the cells that it may mean in each form: `cells` added up, or where there are
    `of_cells` their percentage of those. Alternatives count from 1; 0: no cell of the form is meant.
    """
    for form in all_forms():
        for kind in claim_kinds():
            names = (form.form, kind.key, kind.zh, kind.en, kind.unit)
            meanings = [(cells, ()) for cells in kind.equals] + ([(*kind.share,)] if kind.share else [])
            known = [sides for sides in meanings if {key for side in sides for key in side} <= form.cell_ids.keys()]
            for alternative, (cells, of) in enumerate(known, start=1):
                yield *names, alternative, _array(form, cells), _array(form, of)
            if not known:
                yield *names, 0, "{}", "{}"


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
                name, (label_zh, label_en) = str(key), labels(key)
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


def labels(key: CellKey) -> tuple[str, str]:
    """What the newest form that has the cell calls it, in both languages."""
    form = [form for form in all_forms() if key in form.cell_ids][-1]
    row, column = form.rows_of_cells[key], form.columns_of_cells[key]
    return f"{row.zh}：{column.zh}", f"{row.en}: {column.en}"
