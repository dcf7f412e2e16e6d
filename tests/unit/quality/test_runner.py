"""How the DSN reaches Great Expectations."""

from __future__ import annotations

import pytest

from gongkai.quality.runner import sqlalchemy_url


@pytest.mark.parametrize(
    ("dsn", "url"),
    [
        ("postgresql://me:pw@127.0.0.1:5432/gongkai", "postgresql+psycopg://me:pw@127.0.0.1:5432/gongkai"),
        ("postgres://me:a$b@host/db?sslmode=require", "postgresql+psycopg://me:a%24b@host/db?sslmode=require"),
    ],
)
def test_the_library_takes_no_dollar_for_a_variable(dsn: str, url: str) -> None:
    assert sqlalchemy_url(dsn) == url
