"""What to do with documents of kinds that no reader takes."""

from __future__ import annotations

from gongkai.read.identify import OLE, PPT, PPTX, XML

AS_DOCX = "save it as .docx (Word, WPS or LibreOffice) and try again"
ADVICE = {
    PPT: ("a presentation", "ask the agency for the report as text"),
    PPTX: ("a presentation", "ask the agency for the report as text"),
    OLE: ("an Office file of the old binary format", AS_DOCX),
    XML: ("an XML file that is not HTML", "give the page or document it was made from"),
}


def unsupported_message(media_type: str) -> str:
    """What is wrong with a document for which `readers_for` has no reader, and what to do about it."""
    what, advice = ADVICE.get(media_type, (media_type, "convert it to .docx, .html or a PDF with a text layer"))
    return f"the document is {what}, which this version cannot read; {advice}"
