"""How tasks reach the warehouse and the roster: by the settings and the state folder, never by Airflow's database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from gongkai.settings import settings

if TYPE_CHECKING:
    from psycopg import Connection

    from gongkai.roster import Roster

Account = Literal["owner", "loader"]


def dsn(account: Account) -> str:
    """The address of the warehouse for one of its accounts."""
    from gongkai.warehouse.connection import dsns

    return str(getattr(dsns(), account))


@contextmanager
def warehouse(account: Account) -> Iterator[Connection]:
    """A connection to the warehouse, closed at the end."""
    from gongkai.warehouse.connection import connect

    with connect(dsn(account)) as conn:
        yield conn


def roster() -> Roster:
    """The roster of the settings; without one, that of the demo portal."""
    from gongkai.demo.samples import ROSTER_DIR
    from gongkai.roster import load_roster

    return load_roster(settings().roster_dir or ROSTER_DIR)
