from __future__ import annotations

from decimal import Decimal

import pytest

from gongkai.extract.numbers import in_column_unit, is_figure, read_figure
from gongkai.extract.report import State
from gongkai.forms import CellKey, form_by_id


@pytest.mark.parametrize(
    ("text", "state", "value"),
    [
        ("2 ", State.VALUE, 2),
        ("\xa00", State.ZERO, 0),
        ("１２", State.VALUE, 12),
        ("1,234", State.VALUE, 1234),
        ("1，234", State.VALUE, 1234),
        ("12 345", State.VALUE, 12345),
        ("0件", State.ZERO, 0),
        ("22（其中修订16件）", State.VALUE, 22),
        ("-8", State.VALUE, -8),
        ("减8", State.VALUE, -8),
        ("增3", State.VALUE, 3),
        ("140余", State.APPROXIMATE, 140),
        ("", State.BLANK, None),
        ("\u3000", State.BLANK, None),
        ("/", State.NOT_APPLICABLE, None),
        ("———", State.NOT_APPLICABLE, None),
        ("无", State.NOT_APPLICABLE, None),
        ("详见附件", State.TEXT, None),
        ("1.属于国家秘密", State.TEXT, None),
        ("2019年", State.TEXT, None),
        ("12,34", State.TEXT, None),
        ("9" * 200, State.TEXT, None),
        ("1'234", State.VALUE, 1234),
        ("2 0", State.VALUE, 20),
        ("1 234 567", State.VALUE, 1_234_567),
        ("798 1229", State.TEXT, None),
        ("2\n0", State.TEXT, None),
        ("12\n345", State.TEXT, None),
        ("5①", State.VALUE, 5),
        ("5²", State.VALUE, 5),
        ("5[1]", State.VALUE, 5),
        ("0*", State.ZERO, 0),
        ("①", State.VALUE, 1),
        ("0。", State.ZERO, 0),
        ("0.", State.ZERO, 0),
        ("零", State.ZERO, 0),
        ("O", State.TEXT, None),
        ("△3", State.VALUE, -3),
        ("负3", State.VALUE, -3),
        ("下降3", State.VALUE, -3),
        ("约30", State.APPROXIMATE, 30),
        ("5（注：含修订）", State.VALUE, 5),
        ("5（6）", State.TEXT, None),
        ("5%", State.TEXT, None),
        ("不涉及", State.NOT_APPLICABLE, None),
        ("----", State.NOT_APPLICABLE, None),
    ],
)
def test_what_stands_in_a_cell(text: str, state: State, value: int | None) -> None:
    figure = read_figure(text)
    assert (figure.state, figure.value) == (state, value)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("4662039元", 4_662_039, "元"),
        ("2737.83万元", 27_378_300, "万元"),
        ("13329640 元", 13_329_640, "元"),
        ("1.5亿元", 150_000_000, "亿元"),
        ("251000", 251_000, None),
        ("0", 0, None),
    ],
)
def test_procurement_is_kept_in_yuan(text: str, value: int, unit: str | None) -> None:
    key = CellKey("proactive_disclosure", "centralised_procurement", "procurement_amount")
    figure = in_column_unit(read_figure(text), form_by_id("form_2019").columns_of_cells[key])
    assert (figure.value, figure.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [("7730.28", Decimal("7730.28"), "万元"), ("35000元", Decimal("3.5"), "元"), ("12万元", 12, "万元")],
)
def test_fees_stay_in_the_unit_of_their_header(text: str, value: Decimal, unit: str) -> None:
    key = CellKey("proactive_disclosure", "administrative_fees", "fee_amount_wan_yuan")
    figure = in_column_unit(read_figure(text), form_by_id("form_2021").columns_of_cells[key])
    assert (figure.value, figure.unit) == (value, unit)


def test_a_blank_is_no_figure() -> None:
    assert not is_figure(" ")
    assert is_figure("/")
