"""XML parts of packages, parsed without entities and never from the network."""

from __future__ import annotations

from lxml import etree

from gongkai.errors import UnreadableError


def parse_xml(xml: bytes, name: str) -> etree._Element:
    """The root of a part called `name`.

    Raises:
        UnreadableError: damaged, or it declares entities, which no office program writes.
    """
    if b"<!DOCTYPE" in xml[:2048] or b"<!ENTITY" in xml or _hides_its_markup(xml):
        raise UnreadableError(f"{name} declares entities, which no office program writes; it may be an attack")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"{name} is damaged ({error})", "damaged") from error


def _hides_its_markup(xml: bytes) -> bool:
    """UTF-16, in which entities would be declared unseen; office programs write UTF-8."""
    return xml.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in xml[:64]
