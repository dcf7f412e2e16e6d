"""One plain mapper for every other library: rows of cells, a label and the numbers behind it, in the form's order.

It is told which form it has. It knows the form's labels and how many figures each row has, and nothing else: no
alignment by columns, no arithmetic, no second try.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from gongkai.forms import CellKey, Form

Rows = Iterable[Sequence[str | None]]
_ORDINAL = re.compile(r"^(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十\d]+[、.])")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_UNIT = re.compile(r"[件条元]$")


class _Target(NamedTuple):
    labels: tuple[str, ...]
    keys: tuple[CellKey, ...]


def map_rows(form: Form, rows: Rows) -> dict[CellKey, Decimal]:
    """The figures of the form's cells, as far as labels and numbers tell."""
    targets = list(_targets(form))
    found: dict[CellKey, Decimal] = {}
    for row in rows:
        label, numbers = _split([_fold(cell or "") for cell in row])
        for n, target in enumerate(targets):
            named = any(label.endswith(name) for name in target.labels) if target.labels else not label
            if named and len(numbers) >= len(target.keys):
                found.update(zip(target.keys, numbers, strict=False))
                del targets[: n + 1]
                break
    return found


def _targets(form: Form) -> Iterator[_Target]:
    for table in form.tables:
        keys: dict[str, list[CellKey]] = {}
        labels: dict[str, tuple[str, ...]] = {}
        for key, _, row, _ in table.cells():
            keys.setdefault(row.key, []).append(key)
            labels[row.key] = tuple(map(_label, row.labels))
        if table.layout == "one_line":
            yield _Target((), tuple(key for row in keys.values() for key in row))
        else:
            yield from (_Target(labels[row], tuple(found)) for row, found in keys.items())


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("**", "")


def _label(text: str) -> str:
    return _ORDINAL.sub("", _fold(text))


def _split(cells: Sequence[str]) -> tuple[str, list[Decimal]]:
    """The last words before the first number, and the numbers from there on."""
    numbers = [_number(cell) for cell in cells]
    first = next((n for n, number in enumerate(numbers) if number is not None), len(cells))
    words = [cell for cell in cells[:first] if cell]
    return words[-1] if words else "", [number for number in numbers[first:] if number is not None]


def _number(text: str) -> Decimal | None:
    plain = _UNIT.sub("", text.replace(",", ""))
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None
