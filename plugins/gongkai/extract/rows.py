"""What reading the tables of a document along a form found: rows of cells, and what could not be placed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from gongkai.extract.lines import Line, Token
from gongkai.forms import CellKey, Form


@dataclass(frozen=True, slots=True)
class RowReading:
    """The cells found behind one label: as many tokens as keys when the row is whole.

    `mixed`: there are cells of other columns among them; only the columns of other rows tell which.
    """

    keys: tuple[CellKey, ...]
    tokens: tuple[Token, ...]
    mixed: bool = False

    @property
    def figures(self) -> list[str]:
        """What its cells print, without blanks; to be compared with another printing."""
        return [text for token in self.tokens if (text := "".join(token.text.split()))]


class CountColumns(NamedTuple):
    """A sheet with several columns of counts: their heads, and the one whose figures were read."""

    table: str
    heads: tuple[str, ...]
    read: str


@dataclass(slots=True)
class TablesReading:
    """What the walk found.

    subtotals: figures printed beside a group heading, which the form does not ask for. absent: cells of optional rows
    that the sheet does not have. counts: the columns of a sheet that has several. differing: tables that are printed
    twice, with other figures; differing_rows: rows of one table that are.
    """

    form: Form
    rows: list[RowReading] = field(default_factory=list)
    subtotals: dict[tuple[str, str], RowReading] = field(default_factory=dict)
    unknown: list[tuple[str, str, Line]] = field(default_factory=list)
    absent: set[CellKey] = field(default_factory=set)
    counts: CountColumns | None = None
    differing: set[str] = field(default_factory=set)
    differing_rows: set[tuple[str, str]] = field(default_factory=set)

    @property
    def likeness(self) -> float:
        """How much of the form was recognised: the share of its rows, table by table. Decides which form it is."""
        found = {key for reading in self.rows for key in reading.keys}
        shares = [len(keys & found) / len(keys) for keys in self.form.required]
        return sum(shares) / len(shares)
