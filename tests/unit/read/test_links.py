from __future__ import annotations

import pytest

from gongkai.read.links import is_attachment, may_link_to_attachments


@pytest.mark.parametrize(
    ("address", "leads_to_one"),
    [
        ("files/a.pdf", True),
        ("a.DOCX?version=2", True),
        ("/module/download/downfile.jsp?classid=0&filename=a.wps", True),
        ("/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=2", True),
        ("a.html", False),
        ("javascript:open('a.pdf')", False),
        ("/a.pdf.html", False),
    ],
)
def test_which_addresses_lead_to_a_document(address: str, leads_to_one: bool) -> None:
    assert is_attachment(address) is leads_to_one
    if leads_to_one:
        assert may_link_to_attachments(f'<a href="{address}">附件</a>'.encode())


def test_a_page_without_any_such_address_is_not_looked_through() -> None:
    assert not may_link_to_attachments("<p>年度报告</p><a href='index.html'>上一页</a>".encode())
