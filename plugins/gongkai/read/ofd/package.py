"""The parts of an OFD package (GB/T 33190): the documents in it, their pages, templates and pictures."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from gongkai.errors import UnreadableError
from gongkai.read.clean import clean
from gongkai.read.layout.lines import Box
from gongkai.read.limits import Limits
from gongkai.read.ofd.page import OfdContent, box_in_points, content_of
from gongkai.read.package import Package
from gongkai.read.xml import parse_xml

ROOT = "OFD.xml"
A4: Box = (0.0, 0.0, 595.3, 841.9)


@dataclass(frozen=True, slots=True)
class OfdPage:
    """A page with its templates: `box` is its sheet, `content` in points from the upper left of the page's space."""

    box: Box
    content: OfdContent


class OfdPackage:
    """An OFD file.

    Raises:
        UnreadableError: at construction or reading, if it is damaged or beyond the limits.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._package = Package(data, limits)
        self._limits = limits
        self._contents: dict[str, OfdContent] = {}
        self._names = {name.replace("\\", "/").lstrip("/").lower(): name for name in self._package.names}
        self._root = self._xml(ROOT)

    def facts(self) -> tuple[str | None, dict[str, str]]:
        """The title of the first document, and the other facts stated about it, by lower-case name."""
        info = next(self._root.iter("{*}DocInfo"), None)
        entries = info.iterchildren() if info is not None else ()
        stated = {etree.QName(e).localname.lower(): value for e in entries if (value := clean(e.text or ""))}
        return stated.pop("title", None), stated

    def pages(self) -> Iterator[OfdPage]:
        """The pages of all documents, one after the other."""
        count = 0
        for root in self._root.iter("{*}DocRoot"):
            path = _resolved("", root.text)
            document = self._xml(path)
            templates = {t.get("ID"): t.get("BaseLoc") for t in document.iter("{*}TemplatePage")}
            area = next(document.iter("{*}PageArea"), None)
            for page in document.iter("{*}Page"):
                count += 1
                if count > self._limits.pages:
                    raise UnreadableError(
                        f"the OFD has more than the limit of {self._limits.pages} pages; "
                        "raise GONGKAI_PAGE_LIMIT if it is a real report"
                    )
                yield self._page(_resolved(path, page.get("BaseLoc")), path, templates, area)

    def _page(
        self, path: str, document: str, templates: dict[str | None, str | None], area: etree._Element | None
    ) -> OfdPage:
        page = self._xml(path)
        content = OfdContent()
        for used in page.iterchildren("{*}Template"):
            location = templates.get(used.get("TemplateID"))
            if location:
                content.extend(self._template(_resolved(document, location)))
        content.extend(content_of(page))
        own = next(page.iterchildren("{*}Area"), None)
        return OfdPage(_sheet(own) or _sheet(area) or A4, content)

    def _template(self, path: str) -> OfdContent:
        if path not in self._contents:
            self._contents[path] = content_of(self._xml(path))
        return self._contents[path]

    def picture(self, resource: str) -> bytes | None:
        """The bytes of a picture by the number of its resource; None for one that is not there."""
        for name in self._names:
            if not name.endswith("res.xml"):
                continue
            path = self._names[name]
            root = self._xml(path)
            for media in root.iter("{*}MultiMedia"):
                file = next(media.iterchildren("{*}MediaFile"), None)
                if media.get("ID") == resource and file is not None:
                    folder = posixpath.join(posixpath.dirname(path), root.get("BaseLoc", ""), "_")
                    return self._package.read(self._name(_resolved(folder, file.text)))
        return None

    def _xml(self, path: str) -> etree._Element:
        return parse_xml(self._package.read(self._name(path)), path)

    def _name(self, path: str) -> str:
        name = self._names.get(path.lower())
        if name is None:
            raise UnreadableError(f"the OFD package lacks its part {path}", "damaged")
        return name


def _sheet(area: etree._Element | None) -> Box | None:
    """The box that a page shows: what is left of it after trimming, if that is stated."""
    if area is None:
        return None
    for name in ("CropBox", "ApplicationBox", "PhysicalBox"):
        stated = next(area.iterchildren(f"{{*}}{name}"), None)
        box = box_in_points(stated.text) if stated is not None else None
        if box and box[2] > box[0] and box[3] > box[1]:
            return box
    return None


def _resolved(base: str, location: str | None) -> str:
    """A location as a path in the package: from its root with a leading stroke, else beside `base`."""
    given = (location or "").strip().replace("\\", "/")
    path = given if given.startswith("/") else posixpath.join(posixpath.dirname(base), given)
    return posixpath.normpath(path).lstrip("/")
