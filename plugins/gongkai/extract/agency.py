"""Who reports: the name in the title, or in the page's own facts, the preamble, or the signature."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from gongkai.extract.dates import with_digits
from gongkai.extract.labels import fold
from gongkai.extract.statements import Statements

_TITLE_LINES = 4
_LONGEST_NAME = 30
_AN_AREA = re.compile(r"[\u4e00-\u9fff]{1,8}[省市县区州盟旗]")
_IN_A_SENTENCE = tuple("。,;；")
"""What follows a title in prose; nothing follows it where it stands alone."""

_SHORTEST_TITLE_LINE, _LONGEST_TITLE_LINE = 10, 60
_CHARACTER = r"[^\s,，。.;；:：!！?？()（）<>《》【】\[\]|·_•●○◆■▪▶*/—–-]"
_NAME = rf"(?:{_CHARACTER}|\([^()]{{2,14}}\))"
_DISCLOSURE = "信息公开"
_SUBJECT = r"(?:政府|政务)信息公开|(?<!政府)(?<!政务)信息公开"
# typos are common: 工作告年度报, 年度报告 cut short
_REPORT = rf"(?:{_SUBJECT})(?:工作|年度|情况|报告|年报|的|告|报|年|度|总结){{1,6}}"
_YEAR = r"(?P<year>20[0-3]\d)年?(?:度|份)?"
_NAME_FIRST = re.compile(
    rf"(?P<agency>{_NAME}{{2,40}}?)(?:关于)?(?:公布|发布|印发|报送)?\(?{_YEAR}\)?(?:{_NAME}{{0,12}}?){_REPORT}"
)
_YEAR_FIRST = re.compile(rf"{_YEAR}(?P<agency>{_NAME}{{3,40}}?)(?:的)?{_REPORT}")
_YEAR_LAST = re.compile(rf"(?P<agency>{_NAME}{{3,40}}?)(?:的)?{_REPORT}[(-]?{_YEAR}")
_YEAR_WITHIN = re.compile(
    rf"(?P<agency>{_NAME}{{3,40}}?)(?:的)?(?:{_SUBJECT})(?:工作)?{_YEAR}(?:工作|年度){{0,3}}(?:报告|年报|总结)"
)
_WITH_YEAR = (_NAME_FIRST, _YEAR_FIRST, _YEAR_WITHIN, _YEAR_LAST)
_CENTURY = "20"
"""Begins every year; without it there is no need to look for one."""

_WITHOUT_YEAR = re.compile(rf"^(?P<agency>{_NAME}{{3,40}}?)(?:的)?{_REPORT}$")
_YEAR_ONLY = re.compile(rf"^{_YEAR}{_REPORT}")

_COMPILE = "(?<!机构)编制"  # 机构编制 is what an agency is about
_CONTACT = re.compile(
    rf"(?:请|可|或)(?:直接)?(?:与|向|同|联系)(?P<agency>{_NAME}{{4,40}}?)(?:办公室|政务公开|党政办|综合科|联系|信息公开|咨询|询问|反映)"
)
_COMPILED_BY = re.compile(rf"由(?P<agency>{_NAME}{{4,40}}?)(?:办公室)?(?:负责)?(?:{_COMPILE}|编写|组织编制)")
_COMPILES = re.compile(rf"[,，。](?P<agency>{_NAME}{{4,40}}?)(?:{_COMPILE}|特编制|现公布|现向社会公布|现将|组织编制)")
_PUBLISHES = re.compile(rf"(?:公布|发布|{_COMPILE})(?P<agency>{_NAME}{{4,40}}?)20[0-3]\d年")
# fmt: off
_ISSUER_LABELS = (
    "发布机构", "发文机关", "公开机构", "发布单位", "公开单位", "编制单位", "责任单位", "发文单位",
    "制作单位", "填报单位", "信息来源", "文章来源", "来源", "供稿单位",
)
# fmt: on
_HOST_LABELS = ("主办单位",)
"""Who runs the website; seldom the agency that reports."""

_ISSUER_PROPERTIES = ("contentsource", "ucapsource", "source", "author")

_BEFORE_NAME = re.compile(
    r"^(?:.*>|.*\d{4}-\d{1,2}-\d{1,2}|.*(?:网站|政务网|政府网)(?!.*(?:网站|政务网|政府网))|首页|当前位置|您现在的位置|您的位置|名称|标题|题名|主题|关于|现将|现?向社会公布|现?公布|发布|印发|转发|报送|附件|信息公开年报|年度报告|\d+|[-—–、·])+"
)
_BEHIND_NAME = re.compile(r"(?:\(本级\)|关于|编制的?|发布的?|公布的?|报送|印发|形成|制作|本级|的|年度|[-—–、·_])+$")
_ENDING = re.compile(
    r"(?:局|委员会|管委会|委|厅|部|署|院|中心|政府|办公室|办公厅|办事处|办|处|站|所|会|社|队|馆|校|学|中学|小学|幼儿园|学院|大学|集团|公司|行|庭|园区|"
    r"区|县|市|省|州|盟|旗|镇|乡|街道|农场|林场|海关|监狱|台|厂|港|团|银行|医院|\))$"
)
_PROSE = re.compile(
    r"[Xx×]{2}|某某|单位名称|\d{4}年|月|日|报告|年报|信息公开|我局|我市|我县|我区|本报告|本机关|按照|根据|依照|要求|条例|规定|情况"
)


class Title(NamedTuple):
    """The report's title as found, and what it says. Each may be missing."""

    text: str | None = None
    agency: str | None = None
    year: int | None = None


def read_title(statements: Statements) -> Title:
    """What reads like the title of such a report, in the likeliest place.

    Of several in places alike it is the one whose agency is named most. A name that is met nowhere else may be that of
    another report, to which the page links: one in a less likely place that is met again goes before it. Of several
    such names none is believed while the page says elsewhere who reports.
    """
    opening = "".join(dict.fromkeys(statements.texts))  # a list of links may stand there twice
    once: Title | None = None
    listed = False
    partial: Title | None = None
    nameless: Title | None = None
    for alike in _candidates(statements):
        found: dict[str, Title] = {}
        for text in (with_digits(candidate) for candidate in alike if _may_be_title(candidate)):
            title = _with_name_and_year(text)
            if title is not None and title.agency:
                found.setdefault(title.agency, title)
            in_part = None if title else _in_part(text)
            nameless = nameless or (in_part if in_part and in_part.agency is None else None)
            partial = partial or title or in_part
        if found:
            best = max(found, key=opening.count)
            title = _with_whole_name(found[best], best, statements)
            if opening.count(title.agency or best) > 1:
                return title
            listed = listed or (once is None and len(found) > 1)
            once = once or title
    if listed and (name := agency_elsewhere(statements)):
        return (nameless or Title())._replace(agency=name)
    return once or partial or Title()


def _with_name_and_year(text: str) -> Title | None:
    for pattern in _WITH_YEAR if _CENTURY in text else ():
        match = pattern.search(text)
        if (
            match
            and text[match.end() : match.end() + 1] not in _IN_A_SENTENCE
            and (name := clean_name(match["agency"]))
        ):
            return Title(_from_name(match, name), name, int(match["year"]))
    return None


def _in_part(text: str) -> Title | None:
    """A title without a name, or without a year."""
    if match := _YEAR_ONLY.match(text):
        return Title(match[0], None, int(match["year"]))
    if (match := _WITHOUT_YEAR.match(text)) and (name := clean_name(match["agency"])):
        return Title(_from_name(match, name), name, None)
    return None


def _with_whole_name(title: Title, name: str, statements: Statements) -> Title:
    """The title with all of its agency's name, if it began on the line above: as the document has it elsewhere, or
    with the area that stands there alone."""
    for above, line in pairwise(statements.texts):
        if not line.startswith(name):
            continue
        if _AN_AREA.fullmatch(above):
            return Title(f"{above}{title.text}", above + name, title.year)
        for length in range(min(len(above), _LONGEST_NAME), 0, -1):
            whole = above[-length:] + name
            if statements.opening.count(whole) > 1 and clean_name(whole) == whole:
                return Title((title.text or "").replace(name, whole, 1), whole, title.year)
    return title


def _from_name(match: re.Match[str], name: str) -> str:
    """A title that begins with the agency, without what only stands before its name."""
    begins = match.start("agency") == match.start()
    return match[0][match["agency"].find(name) :] if begins and name in match["agency"] else match[0]


def title_of(line: str) -> tuple[str, int] | None:
    """The agency and year that a folded line names, where all of it is the title of a report."""
    if not _may_be_title(line):
        return None
    text = with_digits(line.strip("#*<>《》"))
    for pattern in _WITH_YEAR if _CENTURY in text else ():
        match = pattern.fullmatch(text)
        if match and (name := clean_name(match["agency"])):
            return name, int(match["year"])
    return None


def _may_be_title(text: str) -> bool:
    """What every title says, told without looking for a name."""
    return _DISCLOSURE in text


def _candidates(statements: Statements) -> Iterator[list[str]]:
    """Where a title may stand, the likeliest places first: lines that the document's own title holds, headings, single
    lines, then neighbours joined: a title often takes several.

    A page may list the titles of other reports above its own.
    """
    short = [text for text in statements.texts if len(text) <= _LONGEST_TITLE_LINE]
    of_document = fold(statements.document.title or "")
    yield [text for text in short if len(text) >= _SHORTEST_TITLE_LINE and text in of_document]
    for count in range(1, _TITLE_LINES + 1):
        yield list(_neighbours([text if text in statements.headings else "" for text in short], count))
    yield list(_with_titles_begun(short))
    yield [of_document]
    for count in range(2, _TITLE_LINES + 1):
        yield list(_neighbours(short, count))


def _neighbours(texts: Sequence[str], count: int) -> Iterator[str]:
    """As many texts one after another as one; none of them empty."""
    for n in range(len(texts) - count + 1):
        if all(texts[n : n + count]):
            yield "".join(texts[n : n + count])


def _with_titles_begun(short: Sequence[str]) -> Iterator[str]:
    """Single lines, and behind an agency's name the title that it begins."""
    for n, text in enumerate(short):
        yield text
        if not (n and _ENDING.search(short[n - 1])) and _is_name_above_title(short[n : n + 2]):
            yield from ("".join(short[n : n + length]) for length in (2, 3))


def _is_name_above_title(lines: Sequence[str]) -> bool:
    """Whether a line is an agency's name and the next begins the rest of its title."""
    begins_with_year = len(lines) > 1 and with_digits(lines[1]).startswith(_CENTURY)
    return begins_with_year and clean_name(lines[0], certain=False) == lines[0]


def clean_name(name: str, *, certain: bool = True) -> str | None:
    """A name without what only stands beside it; None for words that are no name of an agency.

    `certain`: it stood where nothing but a name can stand, so that an unusual ending is believed.
    """
    name = _BEHIND_NAME.sub("", _BEFORE_NAME.sub("", name))
    if name.startswith("(") or _PROSE.search(name):
        return None
    if _ENDING.search(name):
        return name if len(name) >= 3 else None
    return name if certain and 4 <= len(name) <= 20 else None


def agency_elsewhere(statements: Statements) -> str | None:
    """The name of whom the preamble calls the author, or that the page's facts give, or the preamble in other words,
    or the signature, or at last that of the website's host."""
    for names in (
        _in_preamble(statements, (_COMPILED_BY,)),
        _issuers(statements),
        _in_preamble(statements, (_CONTACT, _COMPILES, _PUBLISHES)),
        _signature(statements),
        _stated(statements, _HOST_LABELS),
    ):
        if best := _most_frequent(names, statements):
            return best
    return None


def _most_frequent(names: Iterable[str], statements: Statements) -> str | None:
    counted = Counter({name: statements.opening.count(name) for name in names})
    return counted.most_common(1)[0][0] if counted else None


def _issuers(statements: Statements) -> Iterator[str]:
    yield from _stated(statements, _ISSUER_LABELS)
    properties = statements.document.properties
    yield from _cleaned("".join(properties[name].split()) for name in _ISSUER_PROPERTIES if name in properties)


def _stated(statements: Statements, names: tuple[str, ...]) -> Iterator[str]:
    for value in statements.stated(names):
        if match := re.match(rf"{_NAME}{{3,40}}", value):
            yield from _cleaned([match[0]])


def _in_preamble(statements: Statements, patterns: Iterable[re.Pattern[str]]) -> Iterator[str]:
    for pattern in patterns:
        yield from _cleaned(match["agency"] for match in pattern.finditer(statements.opening))


def _signature(statements: Statements) -> Iterator[str]:
    closing = statements.closing
    for line, following in pairwise(closing):
        if re.match(r"20[0-3]\d年", with_digits(following)):
            yield from _cleaned([line])


def _cleaned(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if cleaned := clean_name(name, certain=False):
            yield cleaned


def as_printed(agency: str, lines: Sequence[str]) -> str:
    """The name with the blanks it is printed with, where a line holds it so."""
    for line in lines:
        if agency in line:
            return agency
        if agency in "".join(line.split()):
            spaced = re.search(r"\s*".join(map(re.escape, agency)), line)
            return spaced[0] if spaced else agency
    return agency
