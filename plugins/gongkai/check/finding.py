"""What a check says when something does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from gongkai.forms.identities import IdentityKind
from gongkai.forms.parts import CellKey

Fault = Literal["publisher", "reader", "unknown"]
Verdict = Literal["accepted", "held"]


def as_number(value: int | Decimal | None) -> int | float | None:
    """A JSON number: whole decimals as integers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


@dataclass(frozen=True, slots=True)
class Suspect:
    """The one cell whose change would mend every equation that fails through it."""

    key: CellKey
    printed: int | Decimal | None
    balances: int | Decimal

    def to_json(self) -> dict[str, Any]:
        return {
            "row": self.key.row,
            "column": self.key.column,
            "printed": as_number(self.printed),
            "balances": as_number(self.balances),
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """An identity that does not hold, or another named anomaly. Only statutory and derived ones hold a report."""

    identity: str
    kind: IdentityKind
    table: str | None
    row: str | None
    column: str | None
    left: int | Decimal | None
    right: int | Decimal | None
    fault: Fault
    suspect: Suspect | None
    message_zh: str
    message_en: str

    def to_json(self) -> dict[str, Any]:
        return {
            "identity": self.identity,
            "kind": self.kind,
            "table": self.table,
            "row": self.row,
            "column": self.column,
            "left": as_number(self.left),
            "right": as_number(self.right),
            "fault": self.fault,
            "suspect": self.suspect.to_json() if self.suspect else None,
            "message_zh": self.message_zh,
            "message_en": self.message_en,
        }
