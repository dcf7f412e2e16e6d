"""Where a run of characters is parted into words."""

from __future__ import annotations

from gongkai.read.layout.lines import WIDE_GAP, Word, parted


def glyphs(*placed: tuple[str, float, float]) -> list[Word]:
    return [Word(text, (left, 0, right, 9)) for text, left, right in placed]


def words(cuts: list[float], *placed: tuple[str, float, float]) -> list[str]:
    return [word.text for word in parted(glyphs(*placed), WIDE_GAP, [(at, 0, 9) for at in cuts])]


def test_a_figure_behind_a_full_width_mark_is_parted_by_the_line_between_them() -> None:
    label = (("定", 0, 9), ("”", 9, 18))  # the mark's ink is on the left of its box
    assert words([16], *label, ("4", 19, 24)) == ["定”", "4"]
    assert words([], *label, ("4", 19, 24)) == ["定”4"]
    assert words([30], *label, ("4", 19, 24)) == ["定”4"]


def test_a_line_through_a_digit_parts_nothing() -> None:
    assert words([7.5], ("1", 0, 5), ("2", 5, 10)) == ["12"]
    assert words([5], ("1", 0, 5), ("2", 5, 10)) == ["1", "2"]
