"""A portal for tests and benchmarks: the listings of each CMS vendor as they really are, and all that goes wrong."""

from tests.support.simulator.server import Asked, Simulator, running
from tests.support.simulator.site import Site
from tests.support.simulator.vendors import STARTS

__all__ = ["STARTS", "Asked", "Simulator", "Site", "running"]
