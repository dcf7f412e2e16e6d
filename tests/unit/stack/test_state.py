from __future__ import annotations

import multiprocessing
import stat
import time
from pathlib import Path

import pytest

from gongkai.errors import SettingsError
from gongkai.local.secret import kept_secrets, write_private
from gongkai.local.state import Process, State, load_state, locked, save_state


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    state = State(ports={"airflow": 8081}, processes={"portal": Process(17, 1700000000.5)})
    save_state(tmp_path / "stack.json", state)
    assert load_state(tmp_path / "stack.json") == state
    assert mode(tmp_path / "stack.json") == 0o600


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"mark": "x", "ports": {}, "processes": {"portal": {"pid": 1}}}']
)
def test_a_damaged_state_is_a_new_state(tmp_path: Path, text: str) -> None:
    (tmp_path / "stack.json").write_text(text)
    state = load_state(tmp_path / "stack.json")
    assert state.processes == {}
    assert state.ports == {}
    assert state.mark


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    first = kept_secrets(tmp_path / "secrets.json")
    assert kept_secrets(tmp_path / "secrets.json") == first
    assert mode(tmp_path / "secrets.json") == 0o600
    assert kept_secrets(tmp_path / "other.json") != first


def test_a_private_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("for all to see")
    path.chmod(0o644)
    write_private(path, "mine")
    assert mode(path) == 0o600
    assert path.read_text() == "mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]


def test_an_unwritable_state_folder_names_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="GONGKAI_STATE_DIR"), locked(tmp_path / "file" / "state"):
        pass


def hold(folder: Path, seconds: float) -> None:
    with locked(folder):
        (folder / "held").touch()
        time.sleep(seconds)
        (folder / "held").unlink()


def test_two_commands_do_not_hold_the_folder_at_once(tmp_path: Path) -> None:
    other = multiprocessing.get_context("fork").Process(target=hold, args=(tmp_path, 0.5))
    other.start()
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    with locked(tmp_path):
        assert not (tmp_path / "held").exists()
    other.join()
    assert other.exitcode == 0
