"""Figures stated in the prose: what is quoted, what counts as a number, and what the tables say to it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gongkai.extract.claims import check_claims, read_claims
from gongkai.forms import CellKey, form_by_id
from gongkai.read.document import Document, Paragraph, Where

FORM = form_by_id("form_2021")


def document(*lines: str) -> Document:
    return Document("text", "text/plain", tuple(Paragraph(text, Where(line=n)) for n, text in enumerate(lines, 1)))


def claims_of(*lines: str) -> dict[str, int | Decimal | None]:
    return {claim.key: claim.value for claim in read_claims(document(*lines))}


@pytest.mark.parametrize(
    ("prose", "key", "value"),
    [
        ("全年主动公开政府信息 1,234 条。", "n_proactive_items", 1234),
        ("共审核发布各类公开政府信息249条。", "n_proactive_items", 249),
        ("在官网主动公开信息140余条。共主动公开政府信息31条。", "n_proactive_items", 31),
        ("在官网主动公开信息140余条。", "n_website_items", None),
        ("累计公开政府信息1.7万条。", "n_proactive_items", None),
        ("公开政府信息约300条，主动公开信息近300条。", "n_proactive_items", None),
        ("政务微博2019年共发布微博信息5570条。", "n_weibo_items", 5570),
        ("通过微信公众号推送148篇，抖音发布短视频12个。", "n_wechat_items", 148),
        ("通过微信公众号推送148篇，抖音发布短视频12个。", "n_video_items", 12),
        ("全年收到政府信息公开申请7件，均已办结。", "n_requests_received", 7),
        ("全年未收到政府信息公开申请。", "n_requests_received", 0),
        ("收到申请7件，答复6件，结转下年度1件。", "n_requests_replied", 6),
        ("收到申请7件，答复6件，结转下年度1件。", "n_requests_carried_forward", 1),
        ("予以公开9件，部分公开0件，不予公开2件，无法提供10件，不予处理3件，其他处理14件。", "n_unable_to_provide", 10),
        ("予以公开9件，部分公开0件，不予公开2件，无法提供10件，不予处理3件，其他处理14件。", "n_other_disposition", 14),
        ("予以公开208件（占17.46%）。", "share_granted_in_full", Decimal("17.46")),
        ("发生行政复议4件，行政诉讼2起。", "n_reconsiderations", 4),
        ("未发生政府信息公开行政复议、行政诉讼。", "n_litigations", 0),
        ("制发规范性文件3件，废止规范性文件1件，现行有效规范性文件30件。", "n_normative_documents_in_force", 30),
        ("发出收费通知1件，收取信息处理费380元。", "fee_notices", 1),
        ("发出收费通知1件，收取信息处理费380元。", "fee_amount_yuan", 380),
        ("收取信息处理费0.5万元。", "fee_amount_yuan", 5000),
        ("本年度未收取信息处理费。", "fee_amount_yuan", 0),
    ],
)
def test_what_the_prose_states(prose: str, key: str, value: int | Decimal | None) -> None:
    claims = claims_of(prose)
    assert key in claims
    assert claims[key] == value


def test_a_claim_is_quoted_and_placed_and_ends_with_its_section() -> None:
    claims = read_claims(document("一、总体情况", "收到政府信息公开申", "请7件", "二、主动公开"))
    (claim,) = [claim for claim in claims if claim.key == "n_requests_received"]
    assert (claim.quote, claim.where) == ("一、总体情况收到政府信息公开申请7件", Where(line=1))


def test_cells_of_a_table_are_no_prose() -> None:
    cells = ("（一）予以公开", "5件", "0件", "（二）部分公开", "2件")
    in_one_line = Paragraph("予以公开 5件 0件", Where(), fields=("予以公开", "5件", "0件"))
    assert claims_of(*cells) == {}
    assert read_claims(Document("text", "text/plain", (in_one_line,))) == ()


def numbers(**totals: int) -> dict[CellKey, int | Decimal | None]:
    cells: dict[CellKey, int | Decimal | None] = dict.fromkeys(FORM.cell_ids, 0)
    cells |= {CellKey("applications", row, "total"): value for row, value in totals.items()}
    return cells


@pytest.mark.parametrize(
    ("prose", "agrees"),
    [
        ("收到申请6件。", True),
        ("收到申请7件。", True),  # with the one carried over
        ("收到申请8件。", False),
        ("收到申请8余件。", True),
        ("收到申请6件，均已办结。", False),  # one is carried forward
        ("予以公开2件（33.3%），部分公开4件（66.67%）。", True),
        ("予以公开2件（30%）。", False),
        ("不予公开1件。", False),
    ],
)
def test_a_claim_is_held_against_the_tables(prose: str, agrees: bool) -> None:
    printed = numbers(
        requests_received_new=6,
        requests_carried_over_from_prior_year=1,
        granted_in_full=2,
        granted_in_part=4,
        dispositions_total=6,
        requests_carried_forward_to_next_year=1,
    )
    findings = list(check_claims(read_claims(document(prose)), printed))
    assert (findings == []) is agrees
    assert all(finding.kind == "advisory" for finding in findings)
