"""The listings of each vendor: the markup, scripts and addresses that their products make."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote

from tests.support.simulator.site import Site

Query = dict[str, str]


class Answer(NamedTuple):
    """A page: its text, and how it is written and declared."""

    text: str
    encoding: str = "utf-8"
    content_type: str = "text/html; charset=utf-8"


STARTS = {
    "hanweb": "/col/col1001/index.html",
    "hanweb_old": "/col/col1002/index.html",
    "trs": "/xxgk/nb/index.html",
    "lonsun": "/public/column/6601?type=4&catId=7001&action=list",
    "lonsun_json": "/public/column/6602?type=4&catId=7001&action=list&isJson=true",
    "vsb": "/xxgk/gknb.htm",
    "vsb_numbers": "/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1019",
    "generic": "/gk/list.html",
}
"""Where the listing of each begins."""

MODULES = {name: name.partition("_")[0] for name in STARTS}
"""Which module is to recognise it."""

# the address of a report on each site; a negative number is its second address
_DETAIL = {
    "hanweb": "/art/2022/1/20/art_1001_{n}.html",
    "hanweb_old": "/art/2022/1/20/art_1002_{n}.html",
    "trs": "/xxgk/nb/202201/t20220120_{n}.html",
    "lonsun": "/public/6601/{n}.html",
    "lonsun_json": "/public/6602/{n}.html",
    "vsb": "/info/1018/{n}.htm",
    "vsb_numbers": "/info/1019/{n}.htm",
    "generic": "/gk/{n}.html",
}
_NUMBER = re.compile(r"(?:art_\d+_|t\d+_|/)(m?\d+)\.html?$")


def detail(vendor: str, number: int) -> str:
    return _DETAIL[vendor].format(n=number if number > 0 else f"m{-number}")


def number_of(path: str) -> int | None:
    """The report at an address."""
    found = _NUMBER.search(path) if path.startswith(("/art/", "/xxgk/nb/2", "/public/66", "/info/", "/gk/")) else None
    return int(found[1].lstrip("m")) if found else None


def listing(site: Site, path: str, query: Query) -> Answer | None:
    """A page of a listing; None for an address that is none."""
    return next((answer for page in _PAGES if (answer := page(site, path, query))), None)


def _items(site: Site, vendor: str, at: int, line: str) -> str:
    return "".join(_line(site, vendor, number, line) for number in site.page(at))


def _line(site: Site, vendor: str, number: int, line: str) -> str:
    title = site.title(number)
    words = {
        "href": detail(vendor, number),
        "title": title,
        "short": f"{title[:12]}…",
        "date": site.published_on(number),
    }
    return line.format(**words)


_LI = '<li><a href="{href}" title="{title}" target="_blank">{short}</a><span>{date}</span></li>\n'
_TR = '<tr><td><a href="{href}" target="_blank">{title}</a></td><td align="center">[{date:%Y/%m/%d}]</td></tr>\n'
_CHROME = '<div class="nav"><a href="/">首页</a> <a href="/zwgk/">政务公开</a> <a href="javascript:;">无障碍</a></div>'


def _hanweb(site: Site, path: str, query: Query) -> Answer | None:
    if path == "/col/col1001/index.html":
        inside = _datastore(site, 0)
        return Answer(f'<html><body>{_CHROME}<div id="a"><script type="text/xml">{inside}</script></div></body></html>')
    if path == "/module/web/jpage/dataproxy.jsp" and query.get("columnid") == "1001":
        xml = f"<?xml version='1.0' encoding='utf-8'?>{_datastore(site, int(query['page']))}"
        return Answer(xml, content_type="text/xml;charset=utf-8")
    return None


def _datastore(site: Site, at: int) -> str:
    proxy = "/module/web/jpage/dataproxy.jsp" if at == 0 else "./dataproxy.jsp"
    more = f"{proxy}?page={at + 1}&webid=1&path=/&columnid=1001&unitid=2002&webname={quote('乌有市')}&permissiontype=0"
    group = (
        f'<nextgroup><![CDATA[<a href="{more}"></a>]]></nextgroup>'
        if at + 1 < site.pages
        else "<nextgroup></nextgroup>"
    )
    lines = _items(site, "hanweb", at, _LI).splitlines()
    records = "".join(f"<record><![CDATA[\n{line}]]></record>\n" for line in lines)
    total = f"<totalrecord>{len(site.listed())}</totalrecord><totalpage>{site.pages}</totalpage>"
    return f"<datastore>{total}{group}<recordset>{records}</recordset></datastore>"


def _hanweb_old(site: Site, path: str, query: Query) -> Answer | None:
    total = len(site.listed())
    if path == "/col/col1002/index.html":
        script = (
            "$('#2003').jpage({themeName:'default',proxyUrl:'/module/jpage/dataproxy.jsp',"
            f"perPage:{site.per_page},startPage:1,totalRecord:{total},showTotal:true,"
            "ajaxParam:{col:1,appid:1,webid:3,path:'/',columnid:1002,sourceContentType:1,unitid:2003,permissiontype:0}});"
        )
        records = _records(site, 1, site.per_page)
        return Answer(
            f"<html><body>{_CHROME}<div id='2003'><xml>{records}</xml></div><script>{script}</script></body></html>"
        )
    if path == "/module/jpage/dataproxy.jsp" and query.get("columnid") == "1002":
        records = _records(site, int(query["startrecord"]), int(query["endrecord"]))
        return Answer(records, content_type="text/xml;charset=utf-8")
    return None


def _records(site: Site, first: int, last: int) -> str:
    numbers = site.listed()[first - 1 : last]
    records = "".join(f"<record><![CDATA[{_line(site, 'hanweb_old', number, _LI)}]]></record>" for number in numbers)
    return f"<datastore><totalrecord>{len(site.listed())}</totalrecord><recordset>{records}</recordset></datastore>"


def _trs(site: Site, path: str, query: Query) -> Answer | None:
    found = re.fullmatch(r"/xxgk/nb/index(?:_(\d+))?\.html", path)
    if found is None or int(found[1] or 0) >= site.pages:
        return None
    at = int(found[1] or 0)
    items = _items(site, "trs", at, _LI).replace("/xxgk/nb/", "./")
    script = f'function createPageHTML(pages, at, name, end) {{}}\ncreatePageHTML({site.pages}, {at}, "index", "html");'
    text = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head>'
        f"<body>{_CHROME}<ul>{items}</ul><script>{script}</script></body></html>"
    )
    return Answer(text, "gb18030", "text/html")


def _lonsun(site: Site, path: str, query: Query) -> Answer | None:
    at = int(query.get("pageIndex", "1")) - 1
    if path == "/public/column/6601":
        items = _items(site, "lonsun", at, _LI)
        script = f"Ls.pagination({{ pageIndex: {at + 1}, pageCount: {site.pages}, total: {len(site.listed())} }});"
        return Answer(f"<html><body>{_CHROME}<ul class='clearfix'>{items}</ul><script>{script}</script></body></html>")
    if path == "/public/column/6602":
        data = [
            {
                "title": site.title(n),
                "link": detail("lonsun_json", n),
                "publishDate": f"{site.published_on(n)} 09:00:00",
            }
            for n in site.page(at)
        ]
        body = json.dumps({"pageIndex": at + 1, "pageCount": site.pages, "data": data}, ensure_ascii=False)
        return Answer(body, content_type="application/json;charset=UTF-8")
    return None


_VSB = "<!--Announced by Visual SiteBuilder 9--><link href='/_sitegray/_sitegray_d.css' rel='stylesheet'>"


def _vsb(site: Site, path: str, query: Query) -> Answer | None:
    found = re.fullmatch(r"/xxgk/gknb(?:/(\d+))?\.htm", path)
    if found is None:
        return None
    at = site.pages - int(found[1]) if found[1] else 0  # the pages after the first count down to 1
    more = (
        f'<a href="/xxgk/gknb/{site.pages - at - 1}.htm" class="Next">下页</a>'
        if at + 1 < site.pages
        else "<span>下页</span>"
    )
    rows = _items(site, "vsb", at, _TR)
    return Answer(f"<html><head>{_VSB}</head><body>{_CHROME}<table>{rows}</table><div>{more}</div></body></html>")


def _vsb_numbers(site: Site, path: str, query: Query) -> Answer | None:
    if path != "/list.jsp":
        return None
    at = int(query.get("PAGENUM", "1")) - 1
    address = f"?totalpage={site.pages}&PAGENUM={{}}&urltype=tree.TreeTempUrl&wbtreeid=1019"
    numbers = "".join(f'<a href="{address.format(n + 1)}">{n + 1}</a>' for n in range(site.pages) if n != at)
    rows = _items(site, "vsb_numbers", at, _TR)
    return Answer(f"<html><head>{_VSB}</head><body><table>{rows}</table><div>{numbers}</div></body></html>")


def _generic(site: Site, path: str, query: Query) -> Answer | None:
    if path != "/gk/list.html":
        return None
    at = int(query.get("p", "1")) - 1
    more = f'<a href="?p={at + 2}">下一页</a>' if at + 1 < site.pages else ""
    return Answer(f"<html><body>{_CHROME}<ul>{_items(site, 'generic', at, _LI)}</ul>{more}</body></html>")


_PAGES: tuple[Callable[[Site, str, Query], Answer | None], ...] = (
    _hanweb, _hanweb_old, _trs, _lonsun, _vsb, _vsb_numbers, _generic,
)  # fmt: skip
