"""The demonstration region, loaded once for each database, and its rows put back for each module."""

from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace import seed
from marketplace.kernel.database import session
from tests.conftest import NOW
from tests.rows import Rows, empty_database, everything, put_back


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest) -> Iterator[Flask]:
    found: Flask = request.getfixturevalue(f"{request.param}_app")
    yield found
    with found.app_context():
        empty_database()


@pytest.fixture(scope="module")
def region(empty: Flask) -> Flask:
    with empty.app_context():
        if empty in _regions:
            put_back(_regions[empty])
        else:
            seed.load(scale="small", number=1, now=NOW)
            _regions[empty] = everything()
            session.rollback()
    return empty


_regions: dict[Flask, Rows] = {}
