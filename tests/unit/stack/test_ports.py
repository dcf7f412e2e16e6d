from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from gongkai.errors import SettingsError
from gongkai.local.ports import choose_port, is_free

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_set_by_hand_that_is_taken_names_its_setting(taken: int) -> None:
    with pytest.raises(SettingsError, match=f"GONGKAI_AIRFLOW_PORT={taken}: the port is taken"):
        choose_port("GONGKAI_AIRFLOW_PORT", taken, None, 8080, HOST)


def test_the_next_free_port_is_used_when_the_usual_one_is_taken(taken: int) -> None:
    chosen = choose_port("GONGKAI_AIRFLOW_PORT", 0, None, taken, HOST)
    assert chosen > taken
    assert is_free(HOST, chosen)


def test_the_kept_port_is_used_again(taken: int) -> None:
    kept = choose_port("GONGKAI_PORTAL_PORT", 0, None, taken, HOST)
    assert choose_port("GONGKAI_PORTAL_PORT", 0, kept, 1024, HOST) == kept


def test_a_kept_port_that_is_taken_now_gives_way(taken: int) -> None:
    assert choose_port("GONGKAI_PORTAL_PORT", 0, taken, taken, HOST) != taken


def test_a_host_that_is_not_here_names_its_setting() -> None:
    with pytest.raises(SettingsError, match="GONGKAI_HOST"):
        is_free("192.0.2.1", 8080)
