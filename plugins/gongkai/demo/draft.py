"""One report before it is drawn: headings, paragraphs and sheets, in printed order. Every layout draws a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from gongkai.forms import CellKey, Form
from gongkai.forms.sheet import AS_THE_FORM, CountColumns, Printer, Sheet, SheetCell, lay_out

FigureStyle = Literal[
    "plain",
    "full_width",
    "padded",
    "nbsp",
    "with_unit",
    "thousands",
    "slash_for_zero",
    "dash_for_zero",
    "blank_for_zero",
]
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_HALF_WIDTH = str.maketrans("（）：；，．", "():;,.")


@dataclass(frozen=True, slots=True)
class Noise:
    """What real reports do to the form, by plain names. The default prints the form as it stands.

    label_variant: 0 prints each label as the form does, n the nth other printing of it where the form knows one.
    figure_style: how figures are written; per-cell text can also be given in `figures` itself.
    styled: the cells that `figure_style` applies to; None for all.
    half_width: ASCII brackets and punctuation everywhere. lost: cells that are not printed at all.
    broken_labels: a line break inside long labels. split_runs: the digits of a figure in separate HTML/Word runs.
    chrome: the page furniture of a CMS. with_title: print the title.
    page_break_after: figures rows of the grouped table above a page break (markdown layout only); None for no break.
    columns: more columns in a table of indicators than it needs.
    """

    label_variant: int = 0
    figure_style: FigureStyle = "plain"
    styled: frozenset[CellKey] | None = None
    half_width: bool = False
    lost: frozenset[CellKey] = frozenset()
    broken_labels: bool = False
    split_runs: bool = False
    chrome: bool = True
    with_title: bool = True
    page_break_after: int | None = None
    columns: CountColumns = AS_THE_FORM


@dataclass(frozen=True, slots=True)
class Prose:
    """The running text of a report. `paragraphs` by section key of the form; None and missing keys mean stock text."""

    preamble: str | None = None
    paragraphs: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its heading with number, its paragraphs, its table if it has one."""

    number: str
    heading: str
    paragraphs: tuple[str, ...]
    sheet: Sheet | None

    @property
    def title(self) -> str:
        return f"{self.number}、{self.heading}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A report ready to be drawn. `index_number` is the 索引号 of the page's information box."""

    agency: str
    year: int
    title: str
    published_on: date | None
    index_number: str | None
    preamble: str
    parts: tuple[Part, ...]
    noise: Noise


def load_data(name: str) -> Any:
    """A YAML file of the demo."""
    text = files("gongkai.demo").joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


@cache
def phrases() -> Mapping[str, Any]:
    """The texts of ``phrases.yaml``."""
    return dict(load_data("phrases.yaml"))


def make_draft(  # noqa: PLR0913 - a report has that many facts
    form: Form,
    figures: Mapping[CellKey, str],
    *,
    agency: str,
    year: int,
    title: str | None = None,
    published_on: date | None = None,
    index_number: str | None = None,
    prose: Prose | None = None,
    noise: Noise | None = None,
) -> Draft:
    """Set figures and prose into the form.

    Raises:
        KeyError: `figures` misses a cell of the form; a cell that stays empty is given as ''.
    """
    prose, noise = prose or Prose(), noise or Noise()
    words = {"agency": agency, "year": year, "next_year": year + 1}
    printer = _printer(figures, year, noise)
    parts = []
    for section in form.sections:
        stock = phrases()["paragraphs"].get(section.key, ())
        paragraphs = prose.paragraphs.get(section.key) or [text.format(**words) for text in stock]
        sheet = _spoil(lay_out(form.table(section.table), printer), noise) if section.table else None
        heading = _pick((section.zh, *section.variants), noise.label_variant)
        parts.append(Part(section.number, heading, tuple(_fold(text, noise) for text in paragraphs), sheet))
    return Draft(
        agency=agency,
        year=year,
        title=title or phrases()["title"].format(**words),
        published_on=published_on,
        index_number=index_number,
        preamble=_fold(prose.preamble or phrases()["preamble"].format(**words), noise),
        parts=tuple(parts),
        noise=noise,
    )


def _printer(figures: Mapping[CellKey, str], year: int, noise: Noise) -> Printer:
    def label(printings: Sequence[str]) -> str:
        return _pick(printings, noise.label_variant).format(year=year)

    def figure(key: CellKey) -> str:
        text = figures[key]
        return text if noise.styled is not None and key not in noise.styled else write_figure(text, noise.figure_style)

    return Printer(label, figure, noise.columns, _beside)


def _beside(row: int, column: int) -> str:
    """Some figure of a subordinate unit."""
    return str((row * 37 + column * 11) % 90)


def _pick(printings: Sequence[str], variant: int) -> str:
    return printings[min(variant, len(printings) - 1)]


def _fold(text: str, noise: Noise) -> str:
    return text.translate(_HALF_WIDTH) if noise.half_width else text


def _spoil(sheet: Sheet, noise: Noise) -> Sheet:
    kept = (cell for cell in sheet.cells if cell.key is None or cell.key not in noise.lost)
    return replace(sheet, cells=tuple(replace(cell, text=_fold(cell.text, noise)) for cell in kept))


def lines_of(cell: SheetCell, noise: Noise) -> tuple[str, ...]:
    """The lines that a cell's text breaks into: 本年新 / 制作数量 with `broken_labels`, one line otherwise."""
    text = cell.text
    if noise.broken_labels and cell.kind == "label" and 6 < len(text) < 10:
        return text[:3], text[3:]
    return (text,)


def write_figure(text: str, style: FigureStyle) -> str:  # noqa: PLR0911 - one line a style
    """A figure as a careless hand writes it; what a style does not concern stays as it is."""
    whole = text.lstrip("-").isdigit()
    match style:
        case "plain":
            return text
        case "full_width":
            return text.translate(_FULL_WIDTH)
        case "padded":
            return f"  {text} "
        case "nbsp":
            return f"\u00a0{text}\u00a0"
        case "with_unit":
            return f"{text}件" if whole else text
        case "thousands":
            return f"{int(text):,}" if whole else text
        case "slash_for_zero":
            return "/" if text == "0" else text
        case "dash_for_zero":
            return "—" if text == "0" else text
        case "blank_for_zero":
            return "" if text == "0" else text
