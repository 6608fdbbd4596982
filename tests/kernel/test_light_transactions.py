"""Transactions that do not wait for the disk: only where it was said, and only for so long."""

import pytest
from sqlalchemy import text

from marketplace.kernel.database import db, lightly, session, transaction

pytestmark = pytest.mark.usefixtures("app_context")


def patience() -> str:
    """How long the database waits at a commit, in its own words."""
    asking = "PRAGMA synchronous" if db.engine.dialect.name == "sqlite" else "SHOW synchronous_commit"
    with transaction():
        return str(session.scalar(text(asking)))


def test_only_what_is_begun_lightly_does_not_wait_for_the_disk() -> None:
    before = patience()
    with lightly():
        within = patience()
    assert (before, within, patience()) in [("2", "1", "2"), ("on", "off", "on")]
