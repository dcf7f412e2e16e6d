"""Runs last of this folder: a second start changes nothing of the stack, and nothing is left of it when it is down."""

from __future__ import annotations

import psutil
import pytest

from gongkai.local import process
from gongkai.local.ports import is_free
from gongkai.local.stack import Stack
from gongkai.local.state import load_state

pytestmark = [pytest.mark.airflow, pytest.mark.postgres, pytest.mark.timeout(600)]


def test_a_second_start_leaves_all_as_it_is(stack: Stack) -> None:
    before = load_state(stack.layout.state)
    stack.up(print)
    assert load_state(stack.layout.state) == before


def test_down_leaves_no_process_behind(stack: Stack) -> None:
    state = load_state(stack.layout.state)
    stack.down(print)
    assert process.marked(state.mark) == []
    assert not any(stack.parts().values())
    here = str(stack.layout.folder)
    commands: list[list[str]] = [other.info["cmdline"] or [] for other in psutil.process_iter(["pid", "cmdline"])]
    assert not [command for command in commands if any(here in word for word in command)]
    assert all(is_free("127.0.0.1", port) for port in state.ports.values())
