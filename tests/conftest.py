"""Fixtures of all tests: a real Postgres, and no way to the internet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from pytest_socket import socket_allow_hosts

from gongkai.warehouse.postgres.server import EmbeddedPostgres
from tests.support.warehouse import WarehouseUnderTest, fresh_database, temporary_server

LOOPBACK = ["127.0.0.1", "::1", "localhost"]

_numbers = itertools.count(1)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """No test may reach anything but this machine."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    with temporary_server() as server:
        yield server


@pytest.fixture(scope="module")
def warehouse(postgres_server: EmbeddedPostgres) -> Iterator[WarehouseUnderTest]:
    """A migrated, empty warehouse for the tests of one module."""
    with fresh_database(postgres_server, f"test_{next(_numbers)}") as fresh:
        yield fresh
