"""The pages of dbt on the marts, their lineage and their tests, as one HTML file.

``python -m gongkai.warehouse.dbt.docs`` writes ``site/index.html``. They are made against an embedded Postgres of its
own, which is gone afterwards; no warehouse and no network is needed.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from gongkai.errors import GongkaiError
from gongkai.settings import settings
from gongkai.warehouse.dbt.run import Stage, invoke, run_stage
from gongkai.warehouse.migrate import migrate
from gongkai.warehouse.postgres.server import EmbeddedPostgres
from gongkai.warehouse.roles import OWNER

_STAGES: tuple[Stage, ...] = ("intermediate", "candidate")
_EMPTY = 1
"""The number of a publication without reports, whose tables dbt describes."""


def write_docs(folder: Path) -> Path:
    """Write ``index.html`` into a folder and return its path.

    Raises:
        WarehouseError: Postgres did not start, or a model cannot be built.
    """
    state = Path(tempfile.mkdtemp(prefix="gongkai-docs-"))
    state.chmod(0o755)  # the server's own account must enter
    server = EmbeddedPostgres(state)
    try:
        server.start()
        dsn, target = server.dsn(OWNER), state / "dbt"
        migrate(dsn)
        for stage in _STAGES:
            run_stage(stage, dsn, _EMPTY, target)
        invoke(["docs", "generate", "--static"], dsn, _EMPTY, target)
        folder.mkdir(parents=True, exist_ok=True)
        return shutil.copyfile(target / "static_index.html", folder / "index.html")
    finally:
        server.stop()
        shutil.rmtree(state, ignore_errors=True)


def main() -> int:
    """Writes ``site/index.html`` of the project."""
    try:
        print(write_docs(settings().project_dir / "site"))
    except GongkaiError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
