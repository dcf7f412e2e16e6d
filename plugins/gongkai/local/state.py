"""What the local stack remembers between commands: ports, process ids with their start times, and a lock."""

from __future__ import annotations

import fcntl
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gongkai.errors import SettingsError
from gongkai.local.secret import write_private


@dataclass(frozen=True)
class Process:
    """A process we started. ``started`` (seconds since the epoch) tells it from a later one with the same id."""

    pid: int
    started: float


@dataclass
class State:
    """The state of one local stack; ``mark`` stands in the environment of everything it started."""

    mark: str = field(default_factory=lambda: secrets.token_hex(8))
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)


def load_state(path: Path) -> State:
    """The state kept in ``path``; a new one when there is none or the file is damaged."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        processes = {name: Process(**process) for name, process in kept["processes"].items()}
        return State(mark=kept["mark"], ports=kept["ports"], processes=processes)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return State()


def save_state(path: Path, state: State) -> None:
    """Keep ``state`` in ``path``."""
    write_private(path, json.dumps(asdict(state), indent=1) + "\n")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the state folder, so that two commands do not start or stop the stack at once.

    Raises:
        SettingsError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError as error:
        raise SettingsError(f"GONGKAI_STATE_DIR={folder}: cannot write there ({error.strerror})") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
