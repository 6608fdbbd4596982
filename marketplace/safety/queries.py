"""Questions about briefs."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import undefer

from marketplace.kernel.database import session
from marketplace.safety.models import Brief


def based_on(briefs: Iterable[Brief]) -> list[Brief]:
    """The briefs that add to one of these, oldest first, with what they say themselves."""
    statement = select(Brief).where(Brief.based_on_id.in_([each.id for each in briefs]))
    return list(session.scalars(statement.options(undefer(Brief.own)).order_by(Brief.id)))
