"""Turns PDF coordinates, which count from the lower left, into points from the upper left corner of a page."""

from __future__ import annotations

from typing import Any

from gongkai.read.lines import Box


class Frame:
    """The page as its text is read, which is not always as it is seen: a table may lie on its side.

    turn: how far the page is turned clockwise for its text to stand upright: 0, 90, 180 or 270.
    """

    def __init__(self, page: Any, turn: int | None = None) -> None:
        self._left, self._bottom, self._right, self._top = page.get_cropbox()
        self._seen: int = page.get_rotation()
        self.turn = self._seen if turn is None else turn
        wide, high = self._right - self._left, self._top - self._bottom
        self.width, self.height = (wide, high) if self.turn in (0, 180) else (high, wide)

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A box of the PDF as one of the page as it is read."""
        return self._turned(left, bottom, right, top, self.turn)

    def _turned(self, left: float, bottom: float, right: float, top: float, turn: int) -> Box:
        if turn == 90:
            return bottom - self._bottom, left - self._left, top - self._bottom, right - self._left
        if turn == 180:
            return self._right - right, bottom - self._bottom, self._right - left, top - self._bottom
        if turn == 270:
            return self._top - top, self._right - right, self._top - bottom, self._right - left
        return left - self._left, self._top - top, right - self._left, self._top - bottom

    def seen(self, box: Box) -> Box:
        """A box of the page as it is read as one of the page as it is seen."""
        if self.turn == self._seen:
            return box
        x0, top, x1, bottom = box
        if self.turn == 90:
            pdf = (top + self._left, x0 + self._bottom, bottom + self._left, x1 + self._bottom)
        elif self.turn == 180:
            pdf = (self._right - x1, top + self._bottom, self._right - x0, bottom + self._bottom)
        elif self.turn == 270:
            pdf = (self._right - bottom, self._top - x1, self._right - top, self._top - x0)
        else:
            pdf = (x0 + self._left, self._top - bottom, x1 + self._left, self._top - top)
        return self._turned(*pdf, self._seen)
