"""What a year's report should say about the year before (continuity.yaml), spelled out for a pair of forms."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from gongkai.forms.model import Form
from gongkai.forms.parts import CellKey, Text
from gongkai.forms.registry import load_yaml


class Continuity(BaseModel):
    """One line of continuity.yaml; its keys are rows where it holds per column, columns where it holds per row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    table: str
    per: Literal["column", "row"]
    before: tuple[str, ...]
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    now: tuple[str, ...]
    zh: str
    en: str
    source: Text


class Bridge(NamedTuple):
    """A continuity in one column or row: sum(before) + sum(plus) - sum(minus) = sum(now); `before` is last year's."""

    continuity: Continuity
    row: str | None
    column: str | None
    before: tuple[CellKey, ...]
    plus: tuple[CellKey, ...]
    minus: tuple[CellKey, ...]
    now: tuple[CellKey, ...]


@cache
def continuities() -> tuple[Continuity, ...]:
    """Every continuity of continuity.yaml."""
    return tuple(Continuity.model_validate(entry) for entry in load_yaml("continuity.yaml")["continuities"])


def bridges(before: Form, now: Form) -> Iterator[Bridge]:
    """Every continuity in each column or row whose cells the two forms have."""
    for continuity in continuities():
        places = [key.column if continuity.per == "column" else key.row for key in now.cell_ids]
        for place in dict.fromkeys(places):
            bridge = _bridge(continuity, place)
            if set(bridge.before) <= before.cell_ids.keys() and {*bridge.plus, *bridge.minus, *bridge.now} <= set(
                now.cell_ids
            ):
                yield bridge


def _bridge(continuity: Continuity, place: str) -> Bridge:
    per_column = continuity.per == "column"

    def addresses(keys: tuple[str, ...]) -> tuple[CellKey, ...]:
        return tuple(CellKey(continuity.table, *((key, place) if per_column else (place, key))) for key in keys)

    parts = (addresses(keys) for keys in (continuity.before, continuity.plus, continuity.minus, continuity.now))
    return Bridge(continuity, None if per_column else place, place if per_column else None, *parts)
