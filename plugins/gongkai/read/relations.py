"""Which part of an Office package is which: what it calls relationships."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from gongkai.errors import UnreadableError
from gongkai.read.package import Package
from gongkai.read.xml import parse_xml

RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Relation:
    """Of a part to another, or to an address outside. `kind`: ``styles``, ``hyperlink``, …"""

    kind: str
    target: str
    external: bool


def relations_of(package: Package, part: str) -> dict[str, Relation]:
    """The relations of a part, or of the whole package (``""``), by their id.

    Raises:
        UnreadableError: damaged, or beyond the limits.
    """
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in package.names:
        return {}
    found: dict[str, Relation] = {}
    for element in parse_xml(package.read(path), path).iter(RELATIONSHIP):
        target, external = element.get("Target", ""), element.get("TargetMode") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found[element.get("Id", "")] = Relation(element.get("Type", "").rpartition("/")[2], target, external)
    return found


def main_part(package: Package, usual: str) -> str:
    """The part that is the document itself, mostly the `usual` one.

    Raises:
        UnreadableError: there is none.
    """
    if usual in package.names:
        return usual
    for relation in relations_of(package, "").values():
        if relation.kind == "officeDocument" and relation.target in package.names:
            return relation.target
    raise UnreadableError(f"the package has no {usual}, so it is no Office document", "damaged")
