"""Runs two ways of doing the same work in turn, and compares them pair by pair."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

ROUNDS = 5


class Comparison(NamedTuple):
    """Seconds of each round of both ways, the first being ours."""

    ours: list[float]
    beside: list[float]

    @property
    def ratio(self) -> float:
        """Ours over the other, the median of the pairs."""
        return statistics.median(a / b for a, b in zip(self.ours, self.beside, strict=True))

    @property
    def spread(self) -> tuple[float, float]:
        ratios = [a / b for a, b in zip(self.ours, self.beside, strict=True)]
        return min(ratios), max(ratios)


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def compare(ours: Callable[[], object], beside: Callable[[], object], rounds: int = ROUNDS) -> Comparison:
    """A B A B …: a machine that slows down slows both."""
    ours(), beside()  # imports and caches are not what is measured
    pairs = [(seconds(ours), seconds(beside)) for _ in range(rounds)]
    return Comparison([a for a, _ in pairs], [b for _, b in pairs])
