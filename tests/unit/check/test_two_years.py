"""Two years of one agency: which cells are the same thing, what should carry over, what prose is repeated."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from gongkai.check import align_forms, check_continuity, repetition
from gongkai.check.repetition import THRESHOLD
from gongkai.forms import CellKey, all_forms, bridges, continuities, crosswalk, form_by_id
from tests.support.figures import Figures, balanced_figures

F2019, F2021 = form_by_id("form_2019"), form_by_id("form_2021")


def follow(before: Figures, now: Figures, form_before: str, form_now: str) -> Figures:
    """This year's figures, made to carry over from last year's."""
    follows = dict(now)
    for bridge in bridges(form_by_id(form_before), form_by_id(form_now)):
        (said,) = bridge.now
        follows[said] = (
            sum(before[key] for key in bridge.before)
            + sum(follows[key] for key in bridge.plus)
            - sum(follows[key] for key in bridge.minus)
        )
    return follows


@pytest.mark.parametrize(
    ("form_before", "form_now"),
    [("form_2019", "form_2019"), ("form_2019", "form_2021"), ("form_2021", "form_2021")],
)
def test_any_figure_that_does_not_carry_over_is_found_and_nothing_else(form_before: str, form_now: str) -> None:
    old, new = form_by_id(form_before), form_by_id(form_now)
    before = balanced_figures(old, Random(1))
    now = follow(before, balanced_figures(new, Random(2)), form_before, form_now)
    assert not list(check_continuity(old, before, new, now))
    for bridge in bridges(old, new):
        (said,) = bridge.now
        (finding,) = check_continuity(old, before, new, {**now, said: now[said] + 3})
        assert (finding.identity, finding.table) == (bridge.continuity.name, bridge.continuity.table)
        assert (finding.row, finding.column) == (bridge.row, bridge.column)
        assert (finding.left, finding.right) == (now[said], now[said] + 3)
        assert finding.kind == "advisory"
        assert f"{now[said]} ≠ {now[said] + 3}" in finding.message_zh


def test_what_is_missing_in_either_year_is_not_assessed() -> None:
    before = balanced_figures(F2021, Random(1))
    now = follow(before, balanced_figures(F2021, Random(2)), "form_2021", "form_2021")
    for bridge in bridges(F2021, F2021):
        (said,) = bridge.now
        spoiled = {**now, said: now[said] + 1}
        gone = {bridge.before[0]: None}
        assert not list(check_continuity(F2021, {**before, **gone}, F2021, spoiled))
        assert not list(check_continuity(F2021, before, F2021, {**spoiled, said: None}))


def test_every_continuity_holds_somewhere() -> None:
    found = {bridge.continuity.name for a, b in product(all_forms(), repeat=2) for bridge in bridges(a, b)}
    assert found == {continuity.name for continuity in continuities()}


def test_the_cells_of_one_form_are_paired_with_themselves() -> None:
    alignment = align_forms(F2021, F2021)
    assert [pair.a for pair in alignment.pairs] == [(key,) for key in F2021.cell_ids]
    assert all(pair.a == pair.b for pair in alignment.pairs)
    assert alignment.incomparable == ()


@pytest.mark.parametrize(("a", "b"), list(product([form.form for form in all_forms()], repeat=2)))
def test_every_cell_of_two_forms_is_paired_once_or_said_to_be_incomparable(a: str, b: str) -> None:
    alignment = align_forms(form_by_id(a), form_by_id(b))
    for form, side in ((a, 0), (b, 1)):
        entries = [*alignment.pairs, *alignment.incomparable]
        keys = [key for entry in entries for key in (entry.a, entry.b)[side]]
        assert sorted(keys) == sorted(form_by_id(form).cell_ids)


def test_the_split_row_of_2021_is_added_up_against_the_row_of_2019() -> None:
    key = CellKey("applications", "other_disposition", "total")
    (pair,) = (pair for pair in align_forms(F2019, F2021).pairs if key in pair.a)
    (concept,) = (concept for concept in crosswalk() if concept.keys_in("form_2019") == ("other_disposition",))
    assert pair.a == (key,)
    assert [found.row for found in pair.b] == list(concept.keys_in("form_2021"))
    assert {found.column for found in pair.b} == {"total"}


def test_a_stock_of_another_meaning_is_not_compared() -> None:
    alignment = align_forms(F2019, F2021)
    stock = CellKey("proactive_disclosure", "normative_documents", "in_force")
    assert not any(stock in pair.b for pair in alignment.pairs)
    (entry,) = (entry for entry in alignment.incomparable if stock in entry.b)
    assert "口径不同" in entry.reason.zh


def sentences(random: Random, count: int) -> list[str]:
    return ["".join(chr(random.randint(0x4E00, 0x9FA5)) for _ in range(30)) + "。" for _ in range(count)]


@pytest.mark.parametrize(("kept", "too_much"), [(0, False), (4, False), (6, True), (10, True)])
def test_the_share_of_repeated_prose(kept: int, too_much: bool) -> None:
    random = Random(5)
    last, fresh = sentences(random, 10), sentences(random, 10)
    now = last[:kept] + fresh[kept:]
    random.shuffle(now)
    found = repetition(last, now)
    assert found.share == pytest.approx(kept / 10, abs=0.04)
    assert found.too_much is too_much
    assert THRESHOLD == 0.5
    assert all(any(sentence.rstrip("。") in passage for sentence in last) for passage in found.passages)


def test_changed_figures_interrupt_a_passage_but_do_not_hide_it() -> None:
    last = ["全年通过门户网站和政务新媒体主动公开各类政府信息123条,办理群众来信并按时答复每一位来信人。"]
    found = repetition(last, [last[0].replace("123", "98")])
    assert 0.9 < (found.share or 0) < 1
    assert len(found.passages) == 2


def sentence_of(kind: str) -> str:
    return {
        "preamble": "根据中华人民共和国政府信息公开条例第五十条的规定,编制2021年度报告。",
        "period": "本报告所列数据的统计期限为2021年1月1日至2021年12月31日。",
        "contact": "如对本报告有疑问,请与办公室联系。",
        "nothing": "无其他需要报告的事项。",
    }[kind]


@pytest.mark.parametrize("kind", ["preamble", "period", "contact", "nothing"])
def test_what_every_report_says_is_not_counted(kind: str) -> None:
    boilerplate = sentence_of(kind)
    own = "部分栏目更新间隔较长,个别附件不便下载。"
    found = repetition([boilerplate, own], [boilerplate, own])
    assert found.boilerplate == len(boilerplate)
    assert found.characters == found.repeated == len(own)


def test_no_prose_has_no_share() -> None:
    found = repetition([], [])
    assert (found.share, found.too_much) == (None, False)
