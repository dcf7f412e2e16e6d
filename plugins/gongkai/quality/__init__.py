"""Great Expectations: suites generated from the forms; a verdict for each report; the gate before publication."""

from gongkai.quality.gate_pass import GateSummary, gate
from gongkai.quality.verdict_pass import VerdictSummary, verdicts

__all__ = ["GateSummary", "VerdictSummary", "gate", "verdicts"]
