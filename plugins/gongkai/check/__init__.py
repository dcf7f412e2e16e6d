"""The arithmetic of the form: equations evaluated, failures located, verdicts given. Knows nothing of files."""

from gongkai.check.alignment import Alignment, Incomparable, Pair, align_forms
from gongkai.check.continuity import check_continuity
from gongkai.check.equations import Number, Numbers, Result, evaluate, total
from gongkai.check.finding import Fault, Finding, Suspect, Verdict
from gongkai.check.repetition import Repetition, repetition
from gongkai.check.report import check_numbers, verdict_of

__all__ = [
    "Alignment",
    "Fault",
    "Finding",
    "Incomparable",
    "Number",
    "Numbers",
    "Pair",
    "Repetition",
    "Result",
    "Suspect",
    "Verdict",
    "align_forms",
    "check_continuity",
    "check_numbers",
    "evaluate",
    "repetition",
    "total",
    "verdict_of",
]
