"""The switch with which golden files are written anew: `pytest tests/golden --regenerate`."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Writes instead of compares. Read what `git diff` shows afterwards, as the people who get these mails would."""
    parser.addoption("--regenerate", action="store_true", help="write the golden mails anew")


@pytest.fixture
def is_regenerating(request: pytest.FixtureRequest) -> bool:
    """Whether the golden files are to be written."""
    return bool(request.config.getoption("--regenerate", default=False))
