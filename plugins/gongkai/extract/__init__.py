"""Document + form -> Report: table alignment, numbers and units, header facts, narrative claims. Knows no files."""

from gongkai.extract.exchange import result_from_json
from gongkai.extract.ladder import parse_bytes, parser_version
from gongkai.extract.report import Cell, Claim, ParseResult, Report, Scope, State, Status
from gongkai.extract.workers import parse_files, parse_isolated

__all__ = [
    "Cell",
    "Claim",
    "ParseResult",
    "Report",
    "Scope",
    "State",
    "Status",
    "parse_bytes",
    "parse_files",
    "parse_isolated",
    "parser_version",
    "result_from_json",
]
