"""Which cells of two forms say the same thing, and which may not be compared (forms/crosswalk.yaml)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gongkai.check.report import describe_cell
from gongkai.forms import CellKey, Form, crosswalk
from gongkai.forms.parts import Text
from gongkai.forms.registry import Concept


class Pair(NamedTuple):
    """Cells of two reports that say the same thing: one in each, or several that are added up."""

    label: Text
    table: str
    a: tuple[CellKey, ...]
    b: tuple[CellKey, ...]


class Incomparable(NamedTuple):
    """Cells that have no counterpart of the same meaning, and why."""

    label: Text
    table: str
    a: tuple[CellKey, ...]
    b: tuple[CellKey, ...]
    reason: Text


class Alignment(NamedTuple):
    """All cells of two forms, in pairs or said to be incomparable."""

    pairs: tuple[Pair, ...]
    incomparable: tuple[Incomparable, ...]


def align_forms(a: Form, b: Form) -> Alignment:
    """Pair the cells of two forms, in the order of `b`; cells of one address that no concept names are the same."""
    concepts = () if a is b else crosswalk()
    pairs: list[Pair] = []
    incomparable: list[Incomparable] = []
    for concept in concepts:
        keys_a, keys_b = _addressed(a, concept), _addressed(b, concept)
        if concept.comparable and keys_a and keys_b:
            pairs.extend(_of_concept(b, concept, keys_a, keys_b))
        elif keys_a or keys_b:
            label = Text(zh=concept.zh, en=concept.en)
            incomparable.append(Incomparable(label, concept.table, keys_a, keys_b, concept.reason))
    entries: list[Pair | Incomparable] = [*pairs, *incomparable]
    named = {key for entry in entries for key in (*entry.a, *entry.b)}
    common = {key for key in a.cell_ids if key in b.cell_ids and key not in named}
    pairs.extend(Pair(_label(b, key), key.table, (key,), (key,)) for key in common)
    incomparable.extend(_one_sided(a, (key for key in a.cell_ids if key not in common | named), in_a=True))
    incomparable.extend(_one_sided(b, (key for key in b.cell_ids if key not in common | named), in_a=False))
    printed = {key: at for at, key in enumerate(b.cell_ids)}
    return Alignment(tuple(sorted(pairs, key=lambda pair: printed[pair.b[0]])), tuple(incomparable))


def _addressed(form: Form, concept: Concept) -> tuple[CellKey, ...]:
    """The cells a concept names: `row.column`, or a whole `row`."""
    names = set(concept.keys_in(form.form))
    return tuple(
        key
        for key in form.cell_ids
        if key.table == concept.table and (key.row in names or f"{key.row}.{key.column}" in names)
    )


def _of_concept(form: Form, concept: Concept, a: Iterable[CellKey], b: Iterable[CellKey]) -> Iterator[Pair]:
    """A comparable concept, column by column."""
    keys_a, keys_b = list(a), list(b)
    for column in dict.fromkeys(key.column for key in keys_b):
        in_a = tuple(key for key in keys_a if key.column == column)
        in_b = tuple(key for key in keys_b if key.column == column)
        if in_a:
            found = form.columns_of_cells[in_b[0]]
            label = Text(zh=f"“{concept.zh}”行“{found.zh}”列", en=f"row “{concept.en}”, column “{found.en}”")
            yield Pair(label, concept.table, in_a, in_b)


def _label(form: Form, key: CellKey) -> Text:
    zh, en = describe_cell(form, key)
    return Text(zh=zh, en=en)


def _one_sided(form: Form, keys: Iterable[CellKey], *, in_a: bool) -> Iterator[Incomparable]:
    """Cells that only one of the forms asks for, a row at a time."""
    rows: dict[tuple[str, str], list[CellKey]] = {}
    for key in keys:
        rows.setdefault((key.table, key.row), []).append(key)
    reason = Text(zh=f"只有 {form.form} 格式有此项", en=f"only {form.form} asks for it")
    for (table, _), found in rows.items():
        row = form.rows_of_cells[found[0]]
        columns = [form.columns_of_cells[key] for key in found]
        label = Text(
            zh=f"“{row.zh}”行：{'、'.join(column.zh for column in columns)}",
            en=f"row “{row.en}”: {', '.join(column.en for column in columns)}",
        )
        yield Incomparable(label, table, tuple(found) if in_a else (), () if in_a else tuple(found), reason)
