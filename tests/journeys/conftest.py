"""A demonstration that runs, for the browser to walk through."""

from collections.abc import Iterator

import pytest

from tests.live import Live, running


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demonstration region, on SQLite, as `make run` starts it."""
    folder = tmp_path_factory.mktemp("demonstration")
    with running(f"sqlite:///{folder / 'demo.sqlite'}", None) as live:
        yield live
