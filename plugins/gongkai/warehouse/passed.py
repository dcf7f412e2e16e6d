"""What the gate let pass: the hash of every mart of the candidate, and what was live when it was compared.

Only that may go live. A candidate that was built anew under the same number, or compared with a publication that is
no longer the live one, has to pass again.
"""

from __future__ import annotations

from collections.abc import Mapping

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from gongkai.errors import WarehouseError
from gongkai.warehouse.content import hashes, slices_in
from gongkai.warehouse.partitions import shapes

_AGAIN = "Run the publication again from its beginning; the live marts stay as they are."


def candidate_hashes(conn: Connection) -> dict[str, str]:
    """The hash of every mart in the schema `candidate`."""
    tables = {
        mart: (sql.Identifier("candidate", mart), shape) for mart, shape in shapes(conn, "candidate", "r").items()
    }
    return hashes(slices_in(conn, tables), tables)


def record_pass(conn: Connection, publication_id: int, against: int | None, seen: Mapping[str, str]) -> None:
    """Write that the gate let these marts pass, as compared with the publication `against`."""
    forget_pass(conn, publication_id)
    conn.execute(
        "INSERT INTO audit.passed (publication_id, against, content_hashes) VALUES (%s, %s, %s)",
        (publication_id, against, Jsonb(dict(seen))),
    )


def forget_pass(conn: Connection, publication_id: int) -> None:
    """Whatever passed under this number is about to be built or judged anew."""
    conn.execute("DELETE FROM audit.passed WHERE publication_id = %s", (publication_id,))


def require_pass(conn: Connection, publication_id: int, built: Mapping[str, str]) -> None:
    """See that these are the marts that passed, and that what they were compared with is still live.

    Raises:
        WarehouseError: they are not, or it is not.
    """
    found = conn.execute(
        "SELECT content_hashes, against, (SELECT publication_id FROM published.pointer) FROM audit.passed "
        "WHERE publication_id = %s",
        (publication_id,),
    ).fetchone()
    if found is None:
        raise WarehouseError(f"Candidate {publication_id} has not passed the gate. {_AGAIN}")
    passed, against, live = found
    if passed != dict(built):
        other = sorted(mart for mart in passed.keys() | built.keys() if passed.get(mart) != built.get(mart))
        raise WarehouseError(f"Candidate {publication_id} is not what passed the gate ({', '.join(other)}). {_AGAIN}")
    if against != live:
        raise WarehouseError(
            f"Candidate {publication_id} was compared with publication {against}, and {live} is live now. {_AGAIN}"
        )
