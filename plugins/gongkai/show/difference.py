"""A comparison of two reports, as JSON and on a terminal."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from gongkai.check import Incomparable, Repetition
from gongkai.check.finding import as_number
from gongkai.check.repetition import THRESHOLD
from gongkai.extract import CellDifference, Comparison, ParseResult, Report, Said
from gongkai.forms import Form, form_by_id
from gongkai.show.words import STATES, VERDICTS, Words

_FACTS = {
    "agency": Words("机关", "agency"),
    "year": Words("年度", "year"),
    "scope": Words("范围", "scope"),
    "form": Words("格式", "form"),
}

Side = tuple[ParseResult, Report]


def to_json(a: Side, b: Side, found: Comparison) -> dict[str, Any]:
    """The JSON of ``gongkai diff`` (see docs/command-line.md)."""
    return {
        "a": _side(*a),
        "b": _side(*b),
        "same": found.same,
        "facts": [{"fact": name, "a": in_a, "b": in_b} for name, in_a, in_b in found.facts],
        "compared": found.compared,
        "cells": [_cell(difference) for difference in found.cells],
        "not_comparable": [_incomparable(entry) for entry in found.incomparable],
        "continuity": None if found.continuity is None else [finding.to_json() for finding in found.continuity],
        "prose": None if found.repeated is None else _prose(found.repeated),
    }


def _side(result: ParseResult, report: Report) -> dict[str, Any]:
    whole = result.to_json()
    return {name: whole[name] for name in ("file", "sha256", "form", "agency", "year", "scope", "verdict")}


def _cell(difference: CellDifference) -> dict[str, Any]:
    pair = difference.pair
    return {
        "table": pair.table,
        "label_zh": pair.label.zh,
        "label_en": pair.label.en,
        "a": {"cells": list(map(str, pair.a)), **difference.a.to_json()},
        "b": {"cells": list(map(str, pair.b)), **difference.b.to_json()},
        "change": as_number(difference.change),
    }


def _incomparable(entry: Incomparable) -> dict[str, Any]:
    return {
        "table": entry.table,
        "label_zh": entry.label.zh,
        "label_en": entry.label.en,
        "a": list(map(str, entry.a)),
        "b": list(map(str, entry.b)),
        "reason_zh": entry.reason.zh,
        "reason_en": entry.reason.en,
    }


def _prose(repeated: Repetition) -> dict[str, Any]:
    return {
        "characters": repeated.characters,
        "repeated": repeated.repeated,
        "share": None if repeated.share is None else round(repeated.share, 4),
        "threshold": THRESHOLD,
        "boilerplate": repeated.boilerplate,
        "passages": list(repeated.passages),
    }


def print_difference(a: Side, b: Side, found: Comparison) -> None:
    """Both reports' heads, the cells that differ, what cannot be compared, what carries over, what is repeated."""
    console = Console(highlight=False, soft_wrap=True)
    for letter, (result, report) in (("A", a), ("B", b)):
        verdict = VERDICTS[report.verdict]
        head = f"{report.agency or '?'} {report.year or '?'}  {report.form}  {verdict}  {result.file}"
        console.print(f"[bold]{letter}[/bold] {escape(head)}")
    for name, in_a, in_b in found.facts:
        console.print(f"  {_FACTS[name]}: {escape(str(in_a))} → {escape(str(in_b))}")
    console.print()
    if found.cells:
        console.print(_differences(form_by_id(b[1].form), found), soft_wrap=False)
    console.print(
        f"{found.compared} 项可比，{len(found.cells)} 项不同 {found.compared} compared, {len(found.cells)} differ"
    )
    if found.incomparable:
        console.print("\n[bold]不可比 Not comparable[/bold]")
    for entry in found.incomparable:
        console.print(f"  {escape(entry.label.zh)}：{escape(entry.reason.zh)}")
        console.print(f"       [dim]{escape(entry.label.en)}: {escape(entry.reason.en)}[/dim]")
    _print_years(console, found)


def _differences(form: Form, found: Comparison) -> RichTable:
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column("单元格 Cell", overflow="fold")
    for title in ("A", "B", "增减 Change"):
        shown.add_column(title, justify="right", overflow="fold")
    table = None
    for difference in found.cells:
        if difference.pair.table != table:
            table = difference.pair.table
            shown.add_row(f"[bold]{escape(form.table(table).zh)}[/bold]")
        change = difference.change
        cells = (difference.pair.label.zh, _said(difference.a), _said(difference.b), f"{change:+}" if change else "")
        shown.add_row(*map(escape, cells))
    return shown


def _said(said: Said) -> str:
    if said.value is not None:
        return str(as_number(said.value))
    return (said.text or "").strip() or (STATES[said.state].zh if said.state in STATES else "？")


def _print_years(console: Console, found: Comparison) -> None:
    """What two years running say of each other."""
    console.print("\n[bold]跨年衔接 From year to year[/bold]")
    if found.continuity is None or found.repeated is None:
        console.print("  B 不是 A 的下一年度，不核对衔接与文字重复。")
        console.print("       [dim]B is not the year after A: continuity and repeated prose are not checked.[/dim]")
        return
    for finding in found.continuity:
        console.print(f"  [yellow]提示[/yellow] {finding.identity}: {escape(finding.message_zh)}")
        console.print(f"       [dim]{escape(finding.message_en)}[/dim]")
    if not found.continuity:
        console.print("  未发现不衔接之处。 Nothing that does not carry over.")
    share = found.repeated.share
    if share is not None:
        console.print(f"\n[bold]正文重复 Repeated prose[/bold] {share:.0%}（阈值 threshold {THRESHOLD:.0%}）")
    for passage in found.repeated.passages:
        console.print(f"  {len(passage)} 字 | {escape(passage)}")
