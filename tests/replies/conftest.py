"""Here what comes back is read."""

from collections.abc import Iterator

import pytest

from marketplace.kernel.site import Site, configure, site
from tests.conftest import settings_for


@pytest.fixture(autouse=True)
def reading_site() -> Iterator[Site]:
    """The installation, with a mailbox for replies."""
    configure(Site("Meeloop", "http://localhost", "meeloop@meeloop.example", reads_replies=True))
    yield site()
    configure(settings_for("").site)  # also where the application was made meanwhile
