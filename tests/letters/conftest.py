"""Letters of an installation as it is by default, whatever ran before in the same process."""

from collections.abc import Iterator

import pytest

from marketplace.kernel.site import Site, configure, site


@pytest.fixture(autouse=True)
def default_site() -> Iterator[None]:
    """The addresses of the examples were made when they were read: with the default site."""
    before = site()
    configure(Site())
    yield
    configure(before)
