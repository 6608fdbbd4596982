"""The demonstration region, loaded once for each database and module."""

from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace import seed
from tests.conftest import NOW
from tests.rows import empty_database


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest) -> Iterator[Flask]:
    found: Flask = request.getfixturevalue(f"{request.param}_app")
    yield found
    with found.app_context():
        empty_database()


@pytest.fixture(scope="module")
def region(empty: Flask) -> Flask:
    with empty.app_context():
        seed.load(scale="small", number=1, now=NOW)
    return empty
