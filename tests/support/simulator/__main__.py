"""Serve a simulated site until killed: ``python -m tests.support.simulator --agencies 3000``."""

from __future__ import annotations

import argparse

from tests.support.simulator.server import Simulator
from tests.support.simulator.site import Site


def main() -> None:
    """Serve until killed; the first line of standard output is the address."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--agencies", type=int, default=3000)
    parser.add_argument("--per-page", type=int, default=20)
    parser.add_argument("--small", action="store_true", help="pages of one line instead of reports")
    options = parser.parse_args()
    with Simulator(Site(options.agencies, per_page=options.per_page, small=options.small)) as server:
        print(server.address, flush=True)
        server.serve_forever()


main()
