"""The bundled portal as a set of pages: listings with paging, pages, attachments, files. Drawn when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from gongkai.demo.render import LAYOUTS
from gongkai.demo.render_html import environment
from gongkai.demo.samples import Notice, Sample, demo_roster, notices, samples

ENTRIES_PER_PAGE = 10
_HTML = "text/html; charset=utf-8"
_ROBOTS = b"User-agent: *\nDisallow: /internal/\n"


@dataclass(frozen=True)
class Resource:
    """What an address answers with; `make` runs once."""

    content_type: str
    make: Callable[[], bytes]

    @cached_property
    def body(self) -> bytes:
        return self.make()


class _Entry(NamedTuple):
    """A line of a listing; its resources by path."""

    portal_id: str
    year: int
    published_on: str
    title: str
    path: str
    resources: Mapping[str, Resource]


def build_site() -> dict[str, Resource]:
    """Every resource of the portal by its path."""
    roster = demo_roster()
    entries = sorted(_entries(), key=lambda entry: (entry.portal_id, entry.year))
    listed = {key: list(group) for key, group in groupby(entries, key=lambda entry: (entry.portal_id, entry.year))}
    years = sorted({entry.year for entry in entries})
    site = {
        "/": _page("index", portals=roster.portals, years=years),
        "/robots.txt": Resource("text/plain; charset=utf-8", lambda: _ROBOTS),
    }
    for portal in roster.portals:
        for year in years:
            on_list = sorted(
                listed.get((portal.portal_id, year), []), key=lambda entry: entry.published_on, reverse=True
            )
            site |= _listing(f"/{portal.portal_id}/{year}", portal.name, year, years, on_list)
            for entry in on_list:
                site |= entry.resources
    return site


def _page(template: str, **words: object) -> Resource:
    page = environment().get_template(f"{template}.html.j2")
    return Resource(_HTML, lambda: page.render(**words).encode())


def _entries() -> Iterator[_Entry]:
    for number, sample in enumerate(samples(), start=1):
        yield _sample_entry(number, sample)
    for number, notice in enumerate(notices(), start=1):
        yield _notice_entry(number, notice)


def _sample_entry(number: int, sample: Sample) -> _Entry:
    portal_id = sample.agency.portal or ""
    folder = f"/{portal_id}/{sample.year}"
    layout = LAYOUTS[sample.layout]
    document = Resource(_content_type(number, sample.layout), sample.render)
    path = f"{folder}/t{number:04d}.{layout.extension}"
    resources = {path: document}
    if sample.container == "attachment":
        attachment = f"files/P{number:04d}.{layout.extension}"
        path = f"{folder}/t{number:04d}.html"
        pointer = _page("pointer", sample=sample, attachment=attachment, extension=layout.extension)
        resources = {path: pointer, f"{folder}/{attachment}": document}
    return _Entry(portal_id, sample.year, str(sample.published_on), sample.title, path, resources)


def _content_type(number: int, layout: str) -> str:
    """The GBK pages come without a charset or with a wrong one, in turn."""
    if layout == "html_cms_gbk" and number % 2:
        return "text/html; charset=ISO-8859-1"
    return LAYOUTS[layout].content_type


def _notice_entry(number: int, notice: Notice) -> _Entry:
    path = f"/{notice.portal_id}/{notice.year}/n{number:04d}.html"
    resources = {path: _page("notice", notice=notice)}
    return _Entry(notice.portal_id, notice.year, str(notice.published_on), notice.title, path, resources)


def _listing(
    folder: str, name: str, year: int, years: Sequence[int], entries: Sequence[_Entry]
) -> Iterator[tuple[str, Resource]]:
    pages = max(1, -(-len(entries) // ENTRIES_PER_PAGE))
    for page in range(1, pages + 1):
        items = entries[(page - 1) * ENTRIES_PER_PAGE : page * ENTRIES_PER_PAGE]
        words = {"name": name, "year": year, "years": years, "items": items, "page": page, "pages": pages}
        resource = _page("listing", **words, total=len(entries), file_name=_file_name)
        yield f"{folder}/{_file_name(page)}", resource


def _file_name(page: int) -> str:
    return "index.html" if page == 1 else f"index_{page}.html"
