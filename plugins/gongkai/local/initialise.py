"""First step of a deployment in containers: the warehouse's schema, the password of `bi_reader`, Airflow's login.

``python -m gongkai.local.initialise``; reads BI_READER_PASSWORD and AIRFLOW_PASSWORD. Safe to repeat.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from gongkai.local.airflow_env import LOGIN
from gongkai.local.secret import write_private


def main() -> None:
    """Bring everything to what it should be before Airflow's database is prepared."""
    from gongkai.warehouse.connection import connect, dsns
    from gongkai.warehouse.migrate import migrate
    from gongkai.warehouse.roles import BI_READER, ensure_roles

    owner = dsns().owner
    migrate(owner)
    with connect(owner) as conn:
        ensure_roles(conn, {BI_READER: os.environ["BI_READER_PASSWORD"]})
    passwords = Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    write_private(passwords, json.dumps({LOGIN: os.environ["AIRFLOW_PASSWORD"]}))


if __name__ == "__main__":
    main()
