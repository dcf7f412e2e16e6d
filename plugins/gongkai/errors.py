"""The few errors of gongkai. Each message says what is wrong, where, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Problem = Literal["damaged", "empty", "locked", "too_large", "exhausted", "not_opened", "other"]
"""Why a document cannot be read. `exhausted`: its reading took more time or memory than is given, or crashed."""

_ADVICE: Final[Mapping[Problem, tuple[str, str]]] = {
    "damaged": ("fetch it again, or ask the agency for a whole copy", "open it where it was made, and save it anew"),
    "empty": ("fetch it again", "save or export it anew"),
    "locked": ("ask the agency for a copy without a password", "save a copy without a password"),
}
"""What to do with a document that was fetched, and with a file of one's own. Other problems are each told how."""


class GongkaiError(Exception):
    """Anything that gongkai refuses or cannot do; the command line prints the message and exits."""


class SettingsError(GongkaiError):
    """A setting is wrong. The message names the setting."""


class FormError(GongkaiError):
    """A form file is wrong, or a form is unknown."""


class UnreadableError(GongkaiError):
    """A document cannot be read: truncated, encrypted, oversized, or not what it says it is.

    Args:
        what: what is wrong and where. Of a problem that has no advice for all its kind, it ends in what to do.
        problem: of which kind it is.
    """

    def __init__(self, what: str, problem: Problem = "other") -> None:
        super().__init__(what)
        self.problem: Problem = problem

    def __str__(self) -> str:
        return self.told(fetched=True)

    def told(self, *, fetched: bool) -> str:
        """What is wrong and what to do: with a document that was fetched, or with a file of one's own."""
        what = super().__str__()
        advice = _ADVICE.get(self.problem)
        return f"{what}; {advice[0 if fetched else 1]}" if advice else what


class UnsupportedError(GongkaiError):
    """A document is of a kind that gongkai cannot read here; the message names what would read it."""


class WarehouseError(GongkaiError):
    """The warehouse refuses: no connection, wrong schema version, a column that changed without a migration."""


class GateError(GongkaiError):
    """The gate refused a candidate; the live marts stay as they are."""


class FetchError(GongkaiError):
    """A portal or page could not be fetched."""
