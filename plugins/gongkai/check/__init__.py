"""The arithmetic of the form: equations evaluated, failures located, verdicts given. Knows nothing of files."""

from gongkai.check.equations import Number, Numbers, Result, evaluate, total
from gongkai.check.finding import Fault, Finding, Suspect, Verdict
from gongkai.check.report import check_numbers, verdict_of

__all__ = [
    "Fault",
    "Finding",
    "Number",
    "Numbers",
    "Result",
    "Suspect",
    "Verdict",
    "check_numbers",
    "evaluate",
    "total",
    "verdict_of",
]
