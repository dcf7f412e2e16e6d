"""Word documents, and what LibreOffice makes into them."""
