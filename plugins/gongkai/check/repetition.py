"""How much of a year's prose stands word for word in the year before. Offices object to more than half of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

THRESHOLD = 0.5
"""Share of repeated prose above which offices mark a report down (domain practice: more than half)."""

_SHINGLE = 12
"""Characters that must agree in a row to count as repeated: more than a phrase, less than a sentence."""

_MOST_CHARACTERS = 200_000
_LONGEST_SENTENCE = 500
_LONGEST_PASSAGES = 5


class Repetition(NamedTuple):
    """characters: of this year's prose without boilerplate; repeated: of them, those that stand in last year's.

    boilerplate: characters of sentences that every report has, which are not counted. passages: the longest repeated
    ones, the longest first.
    """

    characters: int
    repeated: int
    boilerplate: int
    passages: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """Repeated characters out of all; None where there is no prose."""
        return self.repeated / self.characters if self.characters else None

    @property
    def too_much(self) -> bool:
        """Whether the share is above the threshold."""
        return self.share is not None and self.share > THRESHOLD


def repetition(before: Sequence[str], now: Sequence[str]) -> Repetition:
    """Compare the sentences of two years, given folded (no blanks, half-width marks)."""
    own = [sentence for sentence in now if not is_boilerplate(sentence)]
    known = _shingles("".join(before)[:_MOST_CHARACTERS])
    text = "".join(own)[:_MOST_CHARACTERS]
    passages = _runs(text, known)
    longest = sorted(passages, key=len, reverse=True)[:_LONGEST_PASSAGES]
    boilerplate = sum(map(len, now)) - sum(map(len, own))
    return Repetition(len(text), sum(map(len, passages)), boilerplate, tuple(longest))


def is_boilerplate(sentence: str) -> bool:
    """Whether every report has such a sentence (boilerplate.yaml)."""
    return any(pattern.search(sentence[:_LONGEST_SENTENCE]) for pattern in _patterns())


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    text = files("gongkai.check").joinpath("boilerplate.yaml").read_text(encoding="utf-8")
    return tuple(map(re.compile, yaml.safe_load(text)["sentences"]))


def _shingles(text: str) -> frozenset[str]:
    return frozenset(text[at : at + _SHINGLE] for at in range(len(text) - _SHINGLE + 1))


def _runs(text: str, known: frozenset[str]) -> list[str]:
    """The stretches of the text that are made of known shingles, in order; they do not overlap."""
    covered = bytearray(len(text))
    for at in range(len(text) - _SHINGLE + 1):
        if text[at : at + _SHINGLE] in known:
            covered[at : at + _SHINGLE] = b"\x01" * _SHINGLE
    return [text[match.start() : match.end()] for match in re.finditer(rb"\x01+", covered)]
