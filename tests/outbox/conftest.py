"""What tests of the outbox may ask for."""

import pytest

from tests.outbox.posting import Wire


@pytest.fixture
def wire() -> Wire:
    """A mail server that takes everything until it is told not to."""
    return Wire()
