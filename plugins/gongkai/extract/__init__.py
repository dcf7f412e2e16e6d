"""Document + form -> Report: table alignment, numbers and units, header facts, narrative claims. Knows no files."""

from gongkai.extract.comparison import CellDifference, Comparison, Said, compare
from gongkai.extract.exchange import result_from_json
from gongkai.extract.ladder import parse_bytes, parser_version
from gongkai.extract.report import Cell, Claim, ParseResult, Report, Scope, State, Status
from gongkai.extract.workers import parse_files, parse_isolated, prose_of_files

__all__ = [
    "Cell",
    "CellDifference",
    "Claim",
    "Comparison",
    "ParseResult",
    "Report",
    "Said",
    "Scope",
    "State",
    "Status",
    "compare",
    "parse_bytes",
    "parse_files",
    "parse_isolated",
    "parser_version",
    "prose_of_files",
    "result_from_json",
]
