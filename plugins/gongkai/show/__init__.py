"""How results are shown to people: on a terminal, as CSV, a workbook or a page. Knows reports and forms, no files."""
