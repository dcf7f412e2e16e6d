"""Turns PDF coordinates, which count from the lower left, into points from the upper left corner of a page."""

from __future__ import annotations

from typing import Any

from gongkai.read.layout.lines import Box
from gongkai.read.layout.turn import Turn


class Frame:
    """The page as its text is read, which is not always as it is seen.

    turn: how far the page of the PDF is turned clockwise for its text to stand upright: 0, 90, 180 or 270.
    """

    def __init__(self, page: Any, turn: int | None = None) -> None:
        left, bottom, right, top = page.get_cropbox()
        seen: int = page.get_rotation()
        self.turn = seen if turn is None else turn
        self._left, self._top = left, top
        self._page = Turn(self.turn, right - left, top - bottom)
        as_seen = Turn(seen, right - left, top - bottom).turned_size
        self._rest = Turn((self.turn - seen) % 360, *as_seen)
        self.width, self.height = self._page.turned_size

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A box of the PDF as one of the page as it is read."""
        return self._page.apply((left - self._left, self._top - top, right - self._left, self._top - bottom))

    def seen(self, box: Box) -> Box:
        """A box of the page as it is read as one of the page as it is seen."""
        return self._rest.undo(box)
