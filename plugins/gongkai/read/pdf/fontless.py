"""pdfium without the fonts of the machine: a PDF that embeds none of its own must be read alike everywhere.

Importing this module starts pdfium anew, so it comes before the first document is opened.
"""

from __future__ import annotations

import ctypes

import pypdfium2.raw as pdfium

# pdfium searches the folders named here, and where none is named at all, those of the operating system.
_NO_FOLDERS = (ctypes.POINTER(ctypes.c_char) * 1)()


def _start_without_fonts() -> None:
    config = pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=_NO_FOLDERS)
    pdfium.FPDF_DestroyLibrary()
    pdfium.FPDF_InitLibraryWithConfig(config)


_start_without_fonts()
