"""Pages that must be turned for their text to stand upright: a table may lie on its side."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gongkai.read.layout.lines import Box

SLANT = 0.05  # radians


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn clockwise by 0, 90, 180 or 270 degrees of a page of `width` and `height` points as it is seen."""

    degrees: int
    width: float
    height: float

    @property
    def turned_size(self) -> tuple[float, float]:
        """Width and height of the turned page."""
        return (self.width, self.height) if self.degrees in (0, 180) else (self.height, self.width)

    def apply(self, box: Box) -> Box:
        """A box of the page as seen as one of the turned page."""
        if self.degrees == 0:
            return box
        x0, top, x1, bottom = box
        if self.degrees == 90:
            return self.height - bottom, x0, self.height - top, x1
        if self.degrees == 180:
            return self.width - x1, self.height - bottom, self.width - x0, self.height - top
        return top, self.width - x1, bottom, self.width - x0

    def undo(self, box: Box) -> Box:
        """A box of the turned page as one of the page as seen."""
        if self.degrees == 0:
            return box
        return Turn((360 - self.degrees) % 360, *self.turned_size).apply(box)


def quarter(angle: float) -> int:
    """An angle in radians as the nearest of 0, 90, 180 and 270 degrees."""
    return round(math.degrees(angle) / 90) * 90 % 360


def is_slanted(a: float, b: float) -> bool:
    """Whether text runs neither across nor up or down the page; `a` and `b` are the first two of its matrix."""
    return abs(math.remainder(math.atan2(b, a), math.pi / 2)) > SLANT
